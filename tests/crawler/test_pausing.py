"""What a person paused is not read, is reported as that, and goes on at once when they let it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest
import pytest_asyncio

from crawler.assemble import now
from crawler.crawl import crawl_source
from crawler.directories import crawl_directory
from crawler.schedule import serve
from evidence.case import Staff
from evidence.checkpoint import Files
from evidence.pause import EVERYTHING, Quiet
from evidence.records import Cursor, Directory, Outcome, Page, Source
from storage.custody import Custody, open_custody
from storage.mongo import Store
from storage.pauses import pause, resume
from tests.crawler.test_schedule import Counting, Report, crawler_with, watching
from tests.storage.making import everything

STAFF = Staff(actor="staff-000000000001", role="monitor", session_id="s")
ROOM = "https://t.me/room"


class Gated(Counting):
    """A collector whose only page comes when the gate opens."""

    def __init__(self, takes_s: float) -> None:
        super().__init__(takes_s)
        self.gate = asyncio.Event()

    async def collect(self, source: Source, cursor: Cursor | None, now: datetime) -> AsyncGenerator[Page, None]:
        """Wait, then as ever."""
        self.begun.append(source.name)
        await self.gate.wait()
        async for page in super().collect(source, cursor, now):
            yield page


@pytest_asyncio.fixture
async def custody(store: Store, tmp_path: Path) -> AsyncIterator[Custody]:
    """The log of the store."""
    async with open_custody(store, now, Files(folder=tmp_path)) as opened:
        yield opened


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that happens elsewhere, 5 s at the most."""
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


async def test_a_pass_over_what_is_paused_is_blind(store: Store, custody: Custody, own_database: str) -> None:
    """Nothing is asked for; the hour says why, of the room and of the directory."""
    collector = Counting(0)
    crawler = crawler_with(store, collector)
    await pause(store, custody, STAFF, Quiet.PAUSE, EVERYTHING, "stop", now())
    runs = [
        await crawl_source(Source(address=ROOM), crawler),
        await crawl_directory(Directory(site="generic", address="https://example.org/list", every_s=60), crawler),
    ]
    reason = "all crawling is paused by a person until somebody resumes it: not watched"
    assert [(Outcome.BLIND, reason)] * 2 == [(run.outcome, run.reason) for run in runs]
    assert [] == collector.begun
    assert {(False, reason)} == {(hour["is_watched"], hour["reason"]) for hour in everything(own_database)["coverage"]}
    await resume(store, custody, STAFF, Quiet.PAUSE, EVERYTHING, now())
    assert Outcome.WATCHED is (await crawl_source(Source(address=ROOM), crawler)).outcome


async def test_a_pass_that_is_under_way_ends_at_the_next_page(store: Store, custody: Custody) -> None:
    """What was read before stays; the pass is blind."""
    collector = Gated(0)
    under_way = asyncio.create_task(crawl_source(Source(address=ROOM), crawler_with(store, collector)))
    await until(lambda: bool(collector.begun))
    await pause(store, custody, STAFF, Quiet.PAUSE, ROOM, "stop", now())
    collector.gate.set()
    run = await under_way
    assert (Outcome.BLIND, "paused by a person until somebody resumes it: not watched") == (run.outcome, run.reason)


@pytest.mark.slow
async def test_the_schedule_ends_passes_and_begins_again_at_once(store: Store, custody: Custody) -> None:
    """However long the pass would take and the interval is; other rooms go on."""
    collector, report = Counting(60), Report()
    serving = asyncio.create_task(
        serve(
            watching("room", every_s=3600), crawler_with(store, collector), report, report.stop, spread_s=0, look_s=0.02
        )
    )
    await until(lambda: bool(collector.begun))
    await pause(store, custody, STAFF, Quiet.PAUSE, ROOM, "stop", now())
    await until(lambda: bool(report.runs))
    assert [Outcome.BLIND] == [run.outcome for run in report.runs]
    collector.takes_s = 0
    await resume(store, custody, STAFF, Quiet.PAUSE, ROOM, now())
    await until(lambda: len(report.runs) > 1)
    assert [Outcome.BLIND, Outcome.WATCHED] == [run.outcome for run in report.runs]
    report.stop.set()
    await serving
