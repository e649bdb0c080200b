"""Commands beside watching: parse, mentions, summary, watchlist, doctor, demo, and what keeps practice apart."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from practice.web import PracticeWeb
from tests.crawler.conftest import SCHOOLS_FILE, WATCHLIST_FILE
from tests.crawler.serving import Beside, call
from tests.storage.making import everything

SOURCE_KEYS = ["record", "kind", "username", "native_id", "title", "description", "verified", "count"]
POST_KEYS = ["record", "native_id", "native_ids", "address", "posted_at", "edited", "service", "author", "text"]
POST_KEYS += ["captions", "views", "forwarded_from", "reply_to", "media", "links"]
MENTION_KEYS = {"start", "end", "surface", "school", "candidates", "level", "rule", "confidence"}


async def fetch(web: PracticeWeb, path: str) -> str:
    """A page of practice as a browser would save it."""
    async with aiohttp.ClientSession(web.base) as session, session.get(path) as answer:
        return await answer.text()


@pytest.fixture
def there(practised: Path) -> dict[str, str]:
    """Settings of a reader of the practised day."""
    return {"HAECHI_DATA_DIR": str(practised), "HAECHI_SCHOOLS": str(SCHOOLS_FILE)}


# ------------------------------------------------------------------ offline


def saved(beside: Beside, web: PracticeWeb, folder: Path, path: str) -> str:
    """A page of practice in a file."""
    file = folder / "page.html"
    file.write_text(beside.run(fetch(web, path)), encoding="utf-8")
    return str(file)


def test_parse_a_preview(beside: Beside, site: PracticeWeb, tmp_path: Path) -> None:
    """The source first, then its posts oldest first, with the published keys."""
    file = saved(beside, site, tmp_path, "/s/practice_games")
    ended = call("parse", file, "--url", "https://t.me/s/practice_games", env={})
    source, *posts = ended.rows
    assert (0, "") == (ended.code, ended.err)
    assert (SOURCE_KEYS, {tuple(POST_KEYS)}) == (list(source), {tuple(post) for post in posts})
    assert ("source", "channel", "practice_games", 1_900_000_404) == tuple(
        source[name] for name in ("record", "kind", "username", "native_id")
    )
    assert {"value": 537, "low": 537, "high": 537, "unit": "subscribers", "online": None} == source["count"]
    room = site.world.rooms["practice_games"]
    assert list(room.posts)[-len(posts) :] == [post["native_id"] for post in posts]
    album = next(post for post in posts if len(post["native_ids"]) == 4)
    assert [{"kind": "photo", "number": 4}] == album["media"]


@pytest.mark.parametrize(
    ("path", "kind", "count"),
    [
        (
            "/practice_group",
            "group",
            {"value": 14_035, "low": 14_035, "high": 14_035, "unit": "members", "online": 791},
        ),
        ("/practice_person", "user", None),
        ("/practice_nobody", "absent", None),
        ("/+PracticeInvite00", "invite", {"value": 136, "low": 136, "high": 136, "unit": "members", "online": 6}),
    ],
)
def test_parse_a_landing_page(
    beside: Beside, site: PracticeWeb, tmp_path: Path, path: str, kind: str, count: dict[str, Any] | None
) -> None:
    """What the place is, and how many are in it."""
    (row,) = call("parse", saved(beside, site, tmp_path, path), "--json", env={}).rows
    assert (kind, count) == (row["kind"], row["count"])


def test_parse_a_missing_post(beside: Beside, site: PracticeWeb, tmp_path: Path) -> None:
    """No row; standard error says what the page says."""
    ended = call("parse", saved(beside, site, tmp_path, "/practice_talk/9999?embed=1"), env={})
    assert (0, "") == (ended.code, ended.out)
    assert ended.err.endswith(": the page says that there is no such post\n")


def test_parse_what_is_no_page(tmp_path: Path) -> None:
    """The file is named, in one line, with code 1."""
    file = tmp_path / "other.html"
    file.write_text("<html><body>hello</body></html>", encoding="utf-8")
    ended = call("parse", str(file), env={})
    assert (1, "") == (ended.code, ended.out)
    assert ended.err.startswith(f"haechi: {file}: not a page of t.me")


def test_mentions_of_lines() -> None:
    """A line for a line; offsets cut the surface out of the text; a missing id is the line's number."""
    texts = ["해솔빛고 이야기", "아무 말", "😭 라온제나고·참별솔고"]
    given = "\n".join(
        [json.dumps({"id": "a", "text": texts[0]}), "", *(json.dumps({"text": text}) for text in texts[1:])]
    )
    ended = call("mentions", "--schools", str(SCHOOLS_FILE), "--json", env={}, given=given)
    assert (0, ["a", 3, 4]) == (ended.code, [row["id"] for row in ended.rows])
    assert ["9900001"] == [mention["school"] for mention in ended.rows[0]["mentions"]]
    assert [1, 0, 2] == [len(row["mentions"]) for row in ended.rows]
    for row, text in zip(ended.rows, texts, strict=True):
        for mention in row["mentions"]:
            assert MENTION_KEYS == set(mention)
            assert text[mention["start"] : mention["end"]] == mention["surface"]


def test_mentions_use_the_register_of_the_settings() -> None:
    """``HAECHI_SCHOOLS`` where no file is given; the packaged universities where neither is."""
    line = json.dumps({"id": 1, "text": "해솔빛고 그리고 서울대학교"})
    by_settings = call("mentions", env={"HAECHI_SCHOOLS": str(SCHOOLS_FILE)}, given=line).rows[0]["mentions"]
    packaged = call("mentions", env={}, given=line).rows[0]["mentions"]
    assert "9900001" in [mention["school"] for mention in by_settings]
    assert ["U:서울대학교"] == [mention["school"] for mention in packaged]


def test_all_mentions_include_the_unsure_ones() -> None:
    """``--all`` never shows fewer."""
    line = json.dumps({"id": 1, "text": "명단에 '해**고', '가온*리중'처럼, 그리고 해솔빛고"})
    few, all_ = (
        call("mentions", "--schools", str(SCHOOLS_FILE), *more, env={}, given=line).rows[0]["mentions"]
        for more in ([], ["--all"])
    )
    assert all(mention in all_ for mention in few)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("not json", '<stdin>:1: not JSON; expected {"id": …, "text": …}'),
        ('{"id": 1, "text": "a"}\n[1]', '<stdin>:2: no "text"; expected {"id": …, "text": …}'),
        ('{"id": 1, "text": null}', '<stdin>:1: no "text"; expected {"id": …, "text": …}'),
        (b"\xff\xfe", '<stdin>:1: not JSON; expected {"id": …, "text": …}'),
    ],
)
def test_lines_that_are_no_text(given: str | bytes, said: str) -> None:
    """The line is named; what came before it was answered."""
    ended = call("mentions", env={}, given=given)
    assert (2, said) == (ended.code, ended.err.strip())


# ------------------------------------------------------------------ summary


def test_summary_of_today_where_yesterday_holds_nothing(there: dict[str, str]) -> None:
    """Counts posts and flags, names no school."""
    ended = call("summary", "--json", env=there)
    (row,) = ended.rows
    today = datetime.now(UTC) + timedelta(hours=9)
    assert (0, "Asia/Seoul", False) == (ended.code, row["timezone"], row["is_over"])
    assert row["day"] in {today.date().isoformat(), (today - timedelta(days=1)).date().isoformat()}
    assert len(call("list", "posts", "--json", env=there).rows) == row["posts"]
    assert len(call("list", "flags", "--json", env=there).rows) == sum(row["flags"].values())
    assert "해솔빛" not in ended.out
    assert call("summary", "--format", "json", env=there).rows[0]["posts"] == row["posts"]


def test_summary_for_people_in_two_languages(there: dict[str, str], tmp_path: Path) -> None:
    """Markdown by default; ``--out`` writes a file named for the day."""
    korean = call("summary", env=there)
    english = call("summary", env={**there, "HAECHI_LANG": "en"})
    assert ("# 일일 요약 ", "# Daily summary ") == (korean.out[:8], english.out[:16])
    assert "서울특별시교육청" in korean.out
    written = call("summary", "--out", str(tmp_path / "reports"), env={**there, "HAECHI_LANG": "en"})
    (file,) = (tmp_path / "reports").iterdir()
    warning = "! practice: these rooms and schools are invented\n"
    assert (0, "", f"{warning}{file}\n") == (written.code, written.out, written.err)
    assert file.read_text(encoding="utf-8").splitlines()[0] == english.out.splitlines()[0]


def test_summary_of_a_day_that_holds_nothing(there: dict[str, str]) -> None:
    """Long ago nothing was watched and nothing was due but what is on the list now."""
    (row,) = call("summary", "--day", "2020-01-01", "--json", env=there).rows
    assert (0, {"critical": 0, "high": 0, "medium": 0, "low": 0}, []) == (row["posts"], row["flags"], row["sources"])


# ------------------------------------------------------------------ watchlist and doctor


def test_watchlist_check(there: dict[str, str], tmp_path: Path) -> None:
    """Numbers of what is in a good file; every mistake of a bad one with its line."""
    (row,) = call("watchlist", "check", str(WATCHLIST_FILE), "--json", env={}).rows
    assert (7, 0) == (row["sources"], row["directories"])
    bad = tmp_path / "bad.yaml"
    bad.write_text("version: 1\nsources:\n  - address: https://t.me/+abcdefgh\n    every: 10 min\n", encoding="utf-8")
    ended = call("watchlist", "check", str(bad), env={})
    assert (2, "") == (ended.code, ended.out)
    assert [f"{bad}:3: ", f"{bad}:4: "] == [line[: len(str(bad)) + 4] for line in ended.err.splitlines()]
    assert f'{bad}:4: sources[0].every: "10 min" is not a duration such as 10m' in ended.err.splitlines()


def test_watchlist_history(env: dict[str, str], tmp_path: Path) -> None:
    """A version for each changed file, newest first; the newest runs where no file is given."""
    file = tmp_path / "rooms.yaml"
    for name in ("practice_news", "practice_news", "practice_games"):
        file.write_text(f"version: 1\nsources: [{{address: '@{name}'}}]", encoding="utf-8")
        assert 0 == call("once", "-w", str(file), env=env).code
    rows = call("watchlist", "history", "--json", env=env).rows
    assert [(2, "rooms.yaml"), (1, "rooms.yaml")] == [(row["version"], row["name"]) for row in rows]
    assert ["https://t.me/practice_games"] == [row["source"] for row in call("once", "--json", env=env).rows]


def test_doctor(env: dict[str, str]) -> None:
    """Every part is checked; a fault is named and gives code 1."""
    ended = call("doctor", "--json", env=env)
    checks = ["contact", "master key", "register", "telegram", "disk", "anchoring of the log"]
    checks += ["database", "clocks", "watchlist", "backup", "index of words"]
    assert (0, checks) == (ended.code, [row["check"] for row in ended.rows])
    assert {("check", "ok", "found")} == {tuple(row) for row in ended.rows}
    ill = call("doctor", "--json", env={**env, "HAECHI_SCHOOLS": "/nowhere.csv", "HAECHI_WEB_BASE": "https://t.me"})
    wrong = [row["check"] for row in ill.rows if not row["ok"]]
    assert (1, ["contact", "register"]) == (ill.code, wrong)


# ------------------------------------------------------------------ practice and real work


def test_demo_shows_mentions_and_flags(practised: Path) -> None:
    """After two passes with changes between, later commands see all of it."""
    there = {"HAECHI_DATA_DIR": str(practised)}
    rows = call("list", "runs", "--json", env=there).rows
    assert 16 == len(rows)
    assert {"watched": 14, "blind": 2} == {
        outcome: sum(row["outcome"] == outcome for row in rows) for outcome in ("watched", "blind")
    }
    assert all(sum(row[name] for row in rows) for name in ("new", "edited", "removed", "mentions", "flags"))
    severities = {row["severity"] for row in call("list", "flags", "--json", env=there).rows}
    assert {"low", "medium", "high", "critical"} == severities


def test_demo_refuses_a_store_with_real_sources(env: dict[str, str]) -> None:
    """Nothing in it is touched."""
    assert 3 == call("once", "-w", str(WATCHLIST_FILE), env=env).code
    before = everything(env["HAECHI_MONGODB_URI"])
    ended = call("demo", "--once", "--json", env=env)
    assert (2, "") == (ended.code, ended.out)
    assert "this store holds real sources: set HAECHI_DATA_DIR to another directory for practice\n" == ended.err
    assert before == everything(env["HAECHI_MONGODB_URI"])


def test_a_practice_store_refuses_real_work(env: dict[str, str], tmp_path: Path) -> None:
    """Before the watchlist is imported; what practice left stays."""
    assert 0 == call("demo", "--once", "--json", env=env).code
    before = everything(env["HAECHI_MONGODB_URI"])
    real = {name: value for name, value in env.items() if name not in ("HAECHI_WEB_BASE", "HAECHI_PACE_S")}
    file = tmp_path / "real.yaml"
    file.write_text("version: 1\nsources: [{address: '@example_room'}]", encoding="utf-8")
    for command in ("once", "run"):
        ended = call(command, "-w", str(file), env={**real, "HAECHI_CONTACT": "team@example.org"})
        assert (2, "") == (ended.code, ended.out)
        assert ended.err.endswith(
            "this store holds practice rooms: set HAECHI_DATA_DIR to another directory for real work\n"
        )
    assert before == everything(env["HAECHI_MONGODB_URI"])
