"""``haechi once`` over web pages and Telegram together, and what it says where something is missing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.assemble import now
from practice.story import build_world
from practice.telegram.mirror import mirror
from practice.telegram.server import TelegramServer
from practice.telegram.sessions import write_session
from practice.web import PracticeWeb
from tests.crawler.conftest import SCHOOLS_FILE
from tests.crawler.serving import GROUP, Beside, call
from tests.crawler.telegram_making import check_manners
from tests.storage.making import everything

WATCHLIST = f"""
version: 1
sources:
  - {{address: https://t.me/practice_talk, backfill: all}}
  - {{address: https://t.me/practice_news, backfill: all, via: telegram}}
  - {{address: {GROUP}, backfill: all, via: telegram}}
"""


@pytest.fixture
def telegram(beside: Beside, tmp_path: Path) -> Iterator[tuple[TelegramServer, PracticeWeb]]:
    """The standard practice world, served both ways while commands run; its session in ``tmp_path``."""
    world = build_world(now())
    web, server = PracticeWeb(world, now), TelegramServer(mirror(world))
    beside.run(web.start())
    beside.run(server.listen())
    server.register(write_session(tmp_path / "loop.session", server.port))
    yield server, web
    beside.run(server.__aexit__(None, None, None))
    beside.run(web.stop())


@pytest.fixture
def both(telegram: tuple[TelegramServer, PracticeWeb], tmp_path: Path, own_database: str) -> dict[str, str]:
    """Settings of commands that read both ways."""
    (tmp_path / "rooms.yaml").write_text(WATCHLIST, encoding="utf-8")
    return {
        "HAECHI_DATA_DIR": str(tmp_path / "home"),
        "HAECHI_MONGODB_URI": own_database,
        "HAECHI_WEB_BASE": telegram[1].base,
        "HAECHI_ALLOW_LOOPBACK": "1",
        "HAECHI_PACE_S": "0",
        "HAECHI_SCHOOLS": str(SCHOOLS_FILE),
        "HAECHI_TELEGRAM_SESSION": str(tmp_path / "loop.session"),
        "HAECHI_TELEGRAM_API_ID": "1",
        "HAECHI_TELEGRAM_API_HASH": "hash",
        "HAECHI_LEGAL_BASIS": "practice",
    }


def once(env: dict[str, str]) -> tuple[int, dict[str, tuple[str, str | None, int]]]:
    """Its exit code, and by room how the pass ended."""
    ended = call("once", "-w", str(Path(env["HAECHI_DATA_DIR"]).with_name("rooms.yaml")), "--json", env=env)
    rows = {row["source"].rsplit("/", 1)[-1]: row for row in ended.rows}
    return ended.code, {name: (row["outcome"], row["reason"], row["new"]) for name, row in rows.items()}


@pytest.mark.slow
def test_both_ways_in_one_pass(
    telegram: tuple[TelegramServer, PracticeWeb], both: dict[str, str], own_database: str
) -> None:
    """Each source by its own way; a second pass finds nothing new; the legal basis is remembered."""
    rooms = telegram[1].world.rooms
    code, ended = once(both)
    posts = {name: len(rooms[name].posts) for name in ("practice_talk", "practice_news", "practice_group")}
    assert (0, {name: ("watched", None, number) for name, number in posts.items()}) == (code, ended)
    assert (0, dict.fromkeys(posts, ("watched", None, 0))) == once(both)
    assert ["practice"] == [basis["basis"] for basis in everything(own_database)["bases"]]
    check_manners(telegram[0].world)


@pytest.mark.parametrize(
    ("left_out", "reason"),
    [
        ("HAECHI_LEGAL_BASIS", "HAECHI_LEGAL_BASIS is not set: nothing is read via telegram without it"),
        (
            "HAECHI_TELEGRAM_SESSION",
            "no Telegram session: set HAECHI_TELEGRAM_SESSION (docs/telegram.md says how to get one)",
        ),
    ],
)
def test_what_is_missing_makes_telegram_blind_and_sends_nothing(
    telegram: tuple[TelegramServer, PracticeWeb], both: dict[str, str], left_out: str, reason: str
) -> None:
    """The web side goes on; the server did not even see a connection."""
    del both[left_out]
    code, ended = once(both)
    assert (3, "watched") == (code, ended["practice_talk"][0])
    assert {("blind", reason, 0)} == {ended["practice_news"], ended["practice_group"]}
    assert ([], []) == (telegram[0].world.net, telegram[0].world.calls)


def test_a_session_that_is_not_there_is_a_mistake_of_configuration(both: dict[str, str], tmp_path: Path) -> None:
    """One line says which file and what makes it."""
    (tmp_path / "loop.session").unlink()
    ended = call("once", "-w", str(tmp_path / "rooms.yaml"), env=both)
    assert 2 == ended.code
    assert "loop.session: there is no such file: `haechi telegram login` makes it" in ended.err
