"""A rescan that is stopped, killed or kept waiting: the next one goes on, and nothing is lost or twice."""

import random
import signal
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from crawler.assemble import now
from crawler.crawl import Crawler
from crawler.passes import pass_over
from evidence.errors import StorageError
from evidence.records import Watchlist
from practice.web import PracticeWeb
from practice.world import Draft, PracticeRoom, World
from storage.leases import leased
from storage.mongo import Store
from tests.conftest import Clock
from tests.crawler.conftest import SCHOOLS_FILE
from tests.crawler.rescanning import of_posts, real_now, rescan, seeing_nothing
from tests.crawler.serving import Beside, call, finish, start
from tests.storage.making import NAMING, ORDINARY, everything

ROOMS, POSTS, EVERY, KILLS = ("old_a", "old_b", "old_c"), 1_000, 7, 8
LONGEST_S = 240.0
"""What a killed process left open in the database is ours to write again after a minute."""


class Dying:
    """A clock that fails when it is asked for the n-th time, wherever the work is then."""

    def __init__(self, calls: int) -> None:
        self._left = calls

    def __call__(self) -> datetime:
        """The moment, or the end."""
        self._left -= 1
        if self._left < 0:
            raise StorageError("died")
        return real_now()


async def test_it_may_end_anywhere(crawler: Crawler, watchlist: Watchlist, store: Store, own_database: str) -> None:
    """Ended at each step in turn, it comes to what one run over all comes to, counts included."""
    await pass_over(watchlist.sources, seeing_nothing(crawler), lambda _: None)
    for calls in count(1):
        try:
            found = await rescan(store, crawler.criteria, clock=Dying(calls))
            break
        except StorageError:
            continue
    stored = everything(own_database)
    assert calls > 5
    whole = await rescan(store, crawler.criteria)
    after = everything(own_database)
    assert of_posts(stored["posts"]) == of_posts(after["posts"])
    assert stored["flags"] == after["flags"]
    assert stored["evidence"] == after["evidence"]
    assert len(stored["flags"]) == found.total.flagged
    assert (found.total.captures, found.total.posts) == (whole.total.captures, whole.total.posts)
    assert (0, 0, 0) == (whole.total.kept, whole.total.extended, whole.total.flagged)


async def test_a_pause_and_a_busy_place(crawler: Crawler, watchlist: Watchlist, store: Store, clock: Clock) -> None:
    """Paused before its first place it has done nothing; a place that is being read is left for the next run."""
    await pass_over(watchlist.sources, seeing_nothing(crawler), lambda _: None)
    paused = await rescan(store, crawler.criteria, is_stopped=lambda: True)
    assert (False, (), {}) == (paused.is_done, paused.busy, paused.shares)
    async with leased(store, "https://t.me/practice_rumours", real_now()):
        busy = await rescan(store, crawler.criteria)
    assert (False, ("https://t.me/practice_rumours",)) == (busy.is_done, busy.busy)
    ended = await rescan(store, crawler.criteria)
    assert ended.is_done
    assert ended.total.flagged > busy.total.flagged > 0


# ------------------------------------------------------------------ the command


@pytest.fixture
def old_rooms(beside: Beside) -> Iterator[PracticeWeb]:
    """Rooms with many posts, of which some name a school."""
    world = World()
    for order, name in enumerate(ROOMS):
        world.open(PracticeRoom(username=name, title=name, peer_id=1_910_000_100 + order))
        for turn in range(POSTS):
            words = NAMING if turn % EVERY == 3 else ORDINARY
            world.post(name, now() - timedelta(minutes=POSTS - turn), Draft(text=f"{words} {turn}"))
    world.open(PracticeRoom(username="telegram", title="Telegram", peer_id=1_005_640_892))
    server = PracticeWeb(world, now)
    beside.run(server.start())
    yield server
    beside.run(server.stop())


@pytest.fixture
def read(tmp_path: Path, own_database: str, old_rooms: PracticeWeb) -> dict[str, str]:
    """An installation that read them under a register without the school; settings with the school in it."""
    schools = SCHOOLS_FILE.read_text(encoding="utf-8").splitlines()
    (tmp_path / "none.csv").write_text("\n".join(schools[:1]) + "\n", encoding="utf-8")
    sources = "\n".join(f"  - {{address: '@{name}', backfill: all}}" for name in ROOMS)
    (tmp_path / "rooms.yaml").write_text(f"version: 1\nsources:\n{sources}\n", encoding="utf-8")
    env = {
        "HAECHI_DATA_DIR": str(tmp_path / "home"),
        "HAECHI_MONGODB_URI": own_database,
        "HAECHI_WEB_BASE": old_rooms.base,
        "HAECHI_ALLOW_LOOPBACK": "1",
        "HAECHI_PACE_S": "0",
        "HAECHI_SCHOOLS": str(tmp_path / "none.csv"),
    }
    ended = call("once", "-w", str(tmp_path / "rooms.yaml"), "--json", env=env)
    assert [0] * len(ROOMS) == [row["flags"] for row in ended.rows]
    return {**env, "HAECHI_SCHOOLS": str(SCHOOLS_FILE)}


@pytest.mark.slow
def test_paused_by_ctrl_c(read: dict[str, str], own_database: str) -> None:
    """It ends after the pages at hand and says how to go on; the next one does, on the same rescan."""
    process = start("rescan", "--json", env=read)
    while not any(share.get("kept") for share in everything(own_database)["rescans"]):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    paused = finish(process)
    assert 130 == paused.code
    assert "the same command goes on" in paused.err
    assert "paused" in {row["outcome"] for row in paused.rows} or len(paused.rows) < len(ROOMS)
    ended = call("rescan", "--json", env=read)
    assert 0 == ended.code
    assert "going on with the rescan of" in ended.err
    assert len(everything(own_database)["flags"]) == sum(row["flagged"] for row in ended.rows)


@pytest.mark.slow
def test_killed_many_times(read: dict[str, str], own_database: str) -> None:
    """Real processes, killed wherever they are; the last one on two processes: all flagged, all sealed, all once."""
    chance = random.Random(20261122)
    for _ in range(KILLS):
        process = start("rescan", "--json", env=read)
        time.sleep(1.0 + 3 * chance.random())
        process.kill()
        finish(process)
    ended = finish(start("rescan", "--json", "--processes", "2", env=read), timeout_s=LONGEST_S)
    stored = everything(own_database)
    expected = len(ROOMS) * len(range(3, POSTS, EVERY))
    assert 0 == ended.code
    assert expected == len(stored["flags"]) == len(stored["posts"]) == len(stored["evidence"])
    assert expected == sum(row["flagged"] for row in ended.rows) == sum(row["kept"] for row in ended.rows)
    assert len(ROOMS) * POSTS // 20 <= sum(row["captures"] for row in ended.rows)
    assert call("evidence", "verify", env=read).code in (0, 3)  # 3: intact, no checkpoint is anchored
    again = call("rescan", "--json", env=read)
    assert [0] * len(ROOMS) == [row["flagged"] + row["kept"] + row["extended"] for row in again.rows]


def test_the_command(practised: Path, tmp_path: Path) -> None:
    """Rows, words, the log's two entries, and what it refuses."""
    env = {"HAECHI_DATA_DIR": str(practised)}
    rows = call("rescan", "--json", "--source", "@practice_talk", env=env).rows
    keys = ["source", "outcome", "captures", "unreadable", "posts", "kept", "extended", "flagged"]
    assert [("https://t.me/practice_talk", "done", keys)] == [
        (row["source"], row["outcome"], list(row)) for row in rows
    ]
    assert "0 flagged" in call("rescan", "--source", "@practice_talk", "--since", "2h", env=env).out
    bad = call("rescan", "--since", "yesterday", env=env)
    assert (2, True) == (bad.code, "--since" in bad.err)
    unknown = call("rescan", "--source", "@nobody_reads_this", env=env)
    assert (2, True) == (unknown.code, "nothing was read of" in unknown.err)
