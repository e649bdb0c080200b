"""Killed at any moment, Haechi repeats and never skips: many real kills, then the store against the world."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from crawler.assemble import crawler_for, evidence_store, now, stored_watchlist
from crawler.passes import pass_over
from evidence.records import CrawlRun, Cursor, Seen
from practice.restless import Restless
from practice.web import PracticeWeb
from practice.world import PracticeRoom
from storage.embedded import _holder, embedded_server
from storage.forms import read_post
from storage.index import known_posts
from storage.keep import load_cursor
from storage.mongo import Document, Store
from tests.crawler.conftest import SCHOOLS_FILE
from tests.crawler.serving import Beside, finish, start
from tests.storage.making import everything

ROOMS = ("kill_a", "kill_b", "kill_c")
POSTS, KILLS, WINDOW = 2_400, 20, 90
"""Posts of a room at first; kills; how many ids back the passes at the end surely read again."""
CRAWL_S = 4.0


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A data directory with a watchlist beside it."""
    rooms = "\n".join(f"  - {{address: '@{name}', backfill: all}}" for name in ROOMS)
    (tmp_path / "rooms.yaml").write_text(f"version: 1\nsources:\n{rooms}\n", encoding="utf-8")
    yield tmp_path / "home"
    holder = _holder(tmp_path / "home") if (tmp_path / "home").is_dir() else None
    if holder is not None:
        os.kill(holder[0], signal.SIGKILL)


@pytest.fixture
def restless() -> Restless:
    """The same world and the same moments each time."""
    return Restless(20261121, ROOMS, POSTS, now)


@pytest.fixture
def web(beside: Beside, restless: Restless) -> Iterator[PracticeWeb]:
    """Its pages, each a little slow, so that a pass lasts."""
    server = PracticeWeb(restless.world, now)
    server.faults.delay_s = 0.02
    beside.run(server.start())
    yield server
    beside.run(server.stop())


def kill_a_pass(
    env: dict[str, str], web: PracticeWeb, home: Path, chance: random.Random
) -> tuple[bool, list[dict[str, Any]]]:
    """Begin a pass and kill it, sometimes while it starts, sometimes with its server.

    Returns:
        Whether it was still there, and the passes that it reported before.
    """
    begun, pages = sum(web.requests.values()), chance.randint(0, 40)
    process = start("once", "-w", str(home.with_name("rooms.yaml")), "--json", env=env)
    deadline = time.monotonic() + CRAWL_S
    while sum(web.requests.values()) < begun + pages and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(chance.random() * (0.05 if pages else 1.2))
    was_there = process.poll() is None
    holder = _holder(home) if home.is_dir() and chance.random() < 0.3 else None
    process.kill()
    if holder is not None:
        os.kill(holder[0], signal.SIGKILL)
    return was_there, finish(process).rows


async def check_what_is_vouched_for(home: Path, uri: str, restless: Restless) -> None:
    """At any moment: all that a cursor calls stored is in the index, and in posts and flags if it names a school."""
    stored = everything(uri_of(uri))
    kept, flagged = ({document["_id"] for document in stored.get(name, ())} for name in ("posts", "flags"))
    assert kept == flagged
    async with evidence_store(Settings(data_dir=home), uri) as store:
        for name in ROOMS:
            room = restless.world.rooms[name]
            cursor = await load_cursor(store, f"https://t.me/{name}")
            known = await known_posts(store, str(room.peer_id), [1], spans=[(1, room.next_id)])
            vouched = {native_id for native_id in room.posts if cursor and is_vouched_for(native_id, cursor)}
            assert vouched <= set(known)
            assert {f"{room.peer_id}:{native_id}" for native_id in vouched & restless.naming(name)} <= kept


def is_vouched_for(native_id: int, cursor: Cursor) -> bool:
    """Whether a cursor says that this id is stored."""
    is_in_gap = cursor.gap_high is not None and cursor.gap_low < native_id < cursor.gap_high
    return cursor.oldest_id <= native_id <= cursor.newest_id and not is_in_gap


async def settle(home: Path, env: dict[str, str], uri: str) -> list[CrawlRun]:
    """Passes without end or kill, until every depth of reading again has had its turn."""
    settings = Settings(
        data_dir=home, web_base=env["HAECHI_WEB_BASE"], allow_loopback=True, pace_s=0.0, schools=SCHOOLS_FILE
    )
    runs: list[CrawlRun] = []
    async with evidence_store(settings, uri) as store:
        watchlist = await stored_watchlist(store, settings)
        assert watchlist is not None
        async with crawler_for(store, watchlist, settings) as crawler:
            for _ in range(32):
                runs += await pass_over(watchlist.sources, crawler, lambda run: None)
    return runs


async def read(home: Path, uri: str, work: str, restless: Restless) -> None:
    """Hold one room of the store against the world."""
    settings = Settings(data_dir=home)
    async with evidence_store(settings, uri) as store:
        room = restless.world.rooms[work]
        known = await known_posts(store, str(room.peer_id), [1], spans=[(1, room.next_id)])
        check_index(room, known, restless)
        cursor = await load_cursor(store, f"https://t.me/{work}")
        assert cursor is not None
        newest = max(native_id for post in room.posts.values() for native_id in post.ids)
        assert (newest, None, str(room.peer_id)) == (cursor.newest_id, cursor.gap_high, cursor.peer)
        for document in everything(uri_of(uri))["posts"]:
            if document["source"] == f"https://t.me/{work}":
                check_post(store, document, room, restless)


def uri_of(uri: str) -> str:
    """The URI with Haechi's database in it."""
    return uri.replace("/?", "/haechi?")


def check_index(room: PracticeRoom, known: dict[int, Seen], restless: Restless) -> None:
    """Every post that is there is known, every known one was there, and what is gone is marked."""
    ever = {native_id for name, native_id in restless.said if name == room.username}
    assert set(room.posts) <= set(known) <= ever
    late = {native_id for native_id in known if native_id > room.next_id - WINDOW}
    assert late - set(room.posts) == {native_id for native_id in late if known[native_id].is_removed}
    assert not any(known[native_id].is_removed for native_id in room.posts)
    assert all(known[native_id].is_kept == restless.names_a_school(room.username, native_id) for native_id in known)


def check_post(store: Store, document: Document, room: PracticeRoom, restless: Restless) -> None:
    """Its revisions are texts that it had, in their order; near the newest it says what it says now."""
    said = restless.said[room.username, document["native_id"]]
    texts = [
        read_post({**document, **{name: state[name] for name in ("revision", "key", "sealed")}}, store.cipher).post.text
        for state in (*document["earlier"], document)
    ]
    assert list(range(1, len(texts) + 1)) == [state["revision"] for state in (*document["earlier"], document)]
    places = [said.index(text) for text in texts]
    assert sorted(set(places)) == places
    if document["native_id"] > room.next_id - WINDOW:
        assert (document["native_id"] in room.posts) == (document["removed_at"] is None)
        assert document["removed_at"] is not None or texts[-1] == said[-1]


@pytest.mark.slow
def test_killed_twenty_times(restless: Restless, web: PracticeWeb, home: Path) -> None:
    """Afterwards nothing is missing, nothing is there twice, and every revision is one that was."""
    env = {
        "HAECHI_DATA_DIR": str(home),
        "HAECHI_WEB_BASE": web.base,
        "HAECHI_ALLOW_LOOPBACK": "1",
        "HAECHI_PACE_S": "0",
        "HAECHI_SCHOOLS": str(SCHOOLS_FILE),
    }
    chance = random.Random(7)
    killed = 0
    reported: list[dict[str, Any]] = []
    for turn in range(100):
        was_there, rows = kill_a_pass(env, web, home, chance)
        killed += was_there
        reported += rows
        with embedded_server(home) as uri:
            asyncio.run(check_what_is_vouched_for(home, uri, restless))
        restless.change(turn)
        if killed == KILLS:
            break
    assert KILLS == killed
    clean = finish(start("once", "-w", str(home.with_name("rooms.yaml")), "--json", env=env), timeout_s=240)
    assert (0, {"watched"}) == (clean.code, {row["outcome"] for row in clean.rows})
    web.faults.delay_s = 0.0
    with embedded_server(home) as uri:
        runs = asyncio.run(settle(home, env, uri))
        assert {(0, "watched")} == {(run.new, str(run.outcome)) for run in runs}
        for room in ROOMS:
            asyncio.run(read(home, uri, room, restless))
        posts = finish(start("list", "posts", "--limit", "100000", "--json", env=env)).rows
        flags = finish(start("list", "flags", "--limit", "100000", "--json", env=env)).rows
        stored = finish(start("list", "runs", "--limit", "100000", "--json", env=env)).rows
    assert all(row in stored for row in reported)
    for room in ROOMS:
        listed = [row["native_id"] for row in posts if row["source"] == f"https://t.me/{room}"]
        assert len(set(listed)) == len(listed)
        assert restless.naming(room) <= set(listed)
    assert sorted(row["id"] for row in posts) == sorted(row["id"] for row in flags)
    assert len({row["id"] for row in flags}) == len(flags)
