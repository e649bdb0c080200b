"""What a worker does with a slot: one pass, also where it comes twice or somebody else is there."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

import crawler.work
from config.settings import Settings
from crawler.assemble import now
from crawler.newest import NewestCrawler
from crawler.work import make_pass, work_on
from evidence.records import CrawlRun
from storage.leases import leased
from storage.mongo import Store
from storage.slots import Kind, Slot, claim_slot, find_slot
from tests.crawler.test_serving import yaml_of
from tests.storage.importing import imported

TALK = "https://t.me/practice_talk"


@pytest_asyncio.fixture
async def newest(store: Store, settings: Settings, tmp_path: Path) -> AsyncIterator[NewestCrawler]:
    """A worker's crawler over a watchlist of one room."""
    await imported(store, tmp_path, yaml_of("practice_talk"), "test", now())
    crawler = NewestCrawler(store, settings)
    yield crawler
    await crawler.close()


async def asked(store: Store, address: str) -> str:
    """A slot that a scheduler handed over."""
    slot = Slot(kind=Kind.PASS, subject=address, at=now())
    assert await claim_slot(store, slot, "us", now())
    return slot.id


async def outcome(store: Store, name: str) -> str | None:
    """What became of it."""
    found = await find_slot(store, name)
    return found.outcome if found else None


async def test_a_slot_is_one_pass(store: Store, newest: NewestCrawler) -> None:
    """However often it is brought; what it says comes with the first."""
    runs: list[CrawlRun] = []
    name = await asked(store, TALK)
    for _ in range(3):
        assert await work_on(store, name, lambda slot: make_pass(slot, newest, runs.append))
    found = await find_slot(store, name)
    assert found is not None
    assert ([TALK], "watched", 10.0, 1) == ([run.source for run in runs], found.outcome, found.again_s, found.tries)


async def test_a_worker_follows_the_watchlist(store: Store, newest: NewestCrawler, tmp_path: Path) -> None:
    """A room that was added is read, one that was taken off is not; a version that cannot be read changes nothing."""
    runs: list[CrawlRun] = []
    await imported(store, tmp_path, yaml_of("practice_rumours"), "test", now())
    await imported(store, tmp_path, "version: 1\nsources: 7\n", "broken", now())
    await imported(store, tmp_path, yaml_of("practice_rumours"), "test", now())
    for room, expected in (("practice_rumours", "watched"), ("practice_talk", "not watched any more")):
        name = await asked(store, f"https://t.me/{room}")
        assert await work_on(store, name, lambda slot: make_pass(slot, newest, runs.append))
        assert expected == await outcome(store, name)
    await imported(store, tmp_path, "version: 1\nsources: 7\n", "broken again", now())
    name = await asked(store, "https://t.me/practice_rumours")
    assert await work_on(store, name, lambda slot: make_pass(slot, newest, runs.append))
    assert 2 == len(runs)


async def test_who_else_is_there_is_waited_for(store: Store, newest: NewestCrawler) -> None:
    """Then the pass is made after all: what is handed over is not left out."""
    runs: list[CrawlRun] = []
    name = await asked(store, TALK)
    async with leased(store, TALK, now()):
        working = asyncio.create_task(work_on(store, name, lambda slot: make_pass(slot, newest, runs.append)))
        await asyncio.sleep(0.3)
        assert not working.done()
    assert await working
    assert [TALK] == [run.source for run in runs]
    assert crawler.work.WAIT_S > 1
