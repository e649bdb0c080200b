"""The schedule: intervals, one pass at a time for a source, and an end in good order."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from channels.collector import Collector
from crawler.assemble import now
from crawler.crawl import Crawler
from crawler.schedule import MOST_AT_ONCE, serve
from evidence.item import Setting
from evidence.records import CrawlRun, Cursor, Directory, Outcome, Page, PageKind, Reading, Source, Via, Watchlist
from storage.mongo import Document, Store
from tests.practice.telegram.serving import until
from tests.storage.making import criteria, everything
from tests.tasks import own_tasks

SETTING = Setting(collector="haechi test", configuration_sha256="0" * 64, watchlist_version=1)


class Counting(Collector):
    """A collector that takes its time and notes how many passes of a source are under way together."""

    def __init__(self, takes_s: float) -> None:
        self.takes_s = takes_s
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.most_at_once = 0
        self.under_way: dict[str, int] = {}

    async def collect(self, source: Source, cursor: Cursor | None, now: datetime) -> AsyncGenerator[Page, None]:
        """One empty page, after a while."""
        self.begun.append(source.name)
        self.under_way[source.name] = self.under_way.get(source.name, 0) + 1
        self.most_at_once = max(self.most_at_once, *self.under_way.values())
        try:
            await asyncio.sleep(self.takes_s)
            self.ended.append(source.name)
        finally:
            self.under_way[source.name] -= 1
        yield Page(capture=None, reading=Reading(kind=PageKind.PREVIEW))

    async def confirm_removed(self, source: Source, suspects: Sequence[int], witness: int | None) -> tuple[Page, ...]:
        """Never asked."""
        return ()


def crawler_with(store: Store, collector: Counting) -> Crawler:
    """A crawler whose only collector is this one."""
    return Crawler(
        setting=Setting(collector="haechi test", configuration_sha256="0" * 64, watchlist_version=1),
        store=store,
        collectors={Via.TELEGRAM_WEB: collector},
        criteria=criteria(),
        clock=now,
    )


def watching(*names: str, every_s: int = 1) -> Watchlist:
    """A watchlist of sources."""
    sources = tuple(Source(address=f"https://t.me/{name}", every_s=every_s) for name in names)
    return Watchlist(timezone="Asia/Seoul", sources=sources)


class Report:
    """Notes passes, and stops the service after so many."""

    def __init__(self, stop_after: int = 1000) -> None:
        self.runs: list[CrawlRun] = []
        self.stop = asyncio.Event()
        self._stop_after = stop_after

    def __call__(self, run: CrawlRun) -> None:
        """Called as each pass ends."""
        self.runs.append(run)
        if len(self.runs) == self._stop_after:
            self.stop.set()


async def stop_later(report: Report, after_s: float) -> None:
    """Stop the service from elsewhere."""
    await asyncio.sleep(after_s)
    report.stop.set()


async def test_every_source_and_directory_has_its_first_pass_at_once(store: Store) -> None:
    """In the order of the watchlist; the service ends when it is told to."""
    report = Report(stop_after=3)
    directory = Directory(site="generic", address="https://example.org/list", every_s=60)
    await serve(
        replace(watching("a", "b", every_s=60), directories=(directory,)),
        crawler_with(store, Counting(0)),
        report,
        report.stop,
        spread_s=0,
    )
    outcomes = {run.source: run.outcome for run in report.runs}
    assert {
        "https://t.me/a": Outcome.WATCHED,
        "https://t.me/b": Outcome.WATCHED,
        directory.address: Outcome.BLIND,
    } == outcomes


async def test_who_waits_longest_comes_first_after_a_restart(store: Store) -> None:
    """Of many rooms none waits for two intervals because the service began anew."""
    for name in ("c", "a"):
        first = Report(stop_after=1)
        await serve(watching(name, every_s=60), crawler_with(store, Counting(0)), first, first.stop, spread_s=0)
    again, collector = Report(stop_after=3), Counting(0)
    await serve(watching("a", "b", "c", every_s=60), crawler_with(store, collector), again, again.stop, spread_s=0.05)
    assert ["b", "c", "a"] == collector.begun


async def test_a_pass_under_way_is_cancelled_at_the_end(
    store: Store, own_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It leaves no run behind, no task, and no complaint in the log."""
    collector, report = Counting(60), Report()
    serving = serve(watching("a", "b"), crawler_with(store, collector), report, report.stop, spread_s=0)
    await asyncio.gather(serving, stop_later(report, 0.1))
    assert ({"a", "b"}, [], []) == (set(collector.begun), collector.ended, report.runs)
    assert {0} == set(collector.under_way.values())
    assert [] == everything(own_database)["runs"]
    assert [] == [record for record in caplog.records if record.name.startswith("apscheduler")]
    assert 1 == own_tasks()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_service_that_is_cancelled_begins_nothing_more(
    store: Store, own_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Ctrl-C in the moment of its start: no pass goes on behind its back.

    The driver leaves it to Python to close a socket that it was just connecting, which Python remarks on.
    """
    for turns in range(4):
        collector, report = Counting(60), Report()
        crawler = crawler_with(store, collector)
        serving = asyncio.create_task(serve(watching("a", "b"), crawler, report, report.stop, spread_s=0))
        for _ in range(turns):
            await asyncio.sleep(0)
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        assert {0} >= set(collector.under_way.values())
    assert [] == everything(own_database)["runs"]
    assert [] == [record for record in caplog.records if record.name.startswith("apscheduler")]
    assert 1 == own_tasks()


async def test_a_database_that_cannot_be_used_ends_the_service(store: Store, own_database: str) -> None:
    """The first pass that cannot be stored ends it with the database's own problem."""
    report = Report()
    crawler = crawler_with(store, Counting(0))
    with MongoClient[Document](own_database) as other:
        other.get_default_database().command("collMod", "runs", validator={"$jsonSchema": {"required": ["never"]}})
    with pytest.raises(PyMongoError):
        await serve(watching("a"), crawler, report, report.stop, spread_s=0)
    assert [] == report.runs


async def test_a_listener_that_fails_ends_the_service(store: Store) -> None:
    """What is raised while reporting is not swallowed."""

    def fail(run: CrawlRun) -> None:
        raise KeyError(run.source)

    with pytest.raises(KeyError):
        await serve(watching("a"), crawler_with(store, Counting(0)), fail, asyncio.Event(), spread_s=0)


async def test_many_rooms_of_one_host_take_turns(store: Store) -> None:
    """So many are under way together and no more; another host does not wait for them."""
    rooms = watching(*(f"room{number}" for number in range(40)), every_s=600)
    elsewhere = Source(address="https://telegram.example/other", every_s=600)
    collector, report = Counting(1.5), Report()
    both = replace(rooms, sources=(*rooms.sources, elsewhere))
    serving = asyncio.create_task(serve(both, crawler_with(store, collector), report, report.stop, spread_s=0))
    await until(lambda: len(collector.begun) > MOST_AT_ONCE)
    await asyncio.sleep(0.3)
    assert (MOST_AT_ONCE + 1, True) == (len(collector.begun), elsewhere.name in collector.begun)
    report.stop.set()
    await serving


@pytest.mark.slow
async def test_sources_are_passed_over_at_their_interval(store: Store) -> None:
    """In four seconds a source of every second has three to five passes, one of every minute has one."""
    collector, report = Counting(0), Report()
    both = replace(watching("often"), sources=(*watching("often").sources, *watching("rare", every_s=60).sources))
    serving = serve(both, crawler_with(store, collector), report, report.stop, spread_s=0)
    await asyncio.gather(serving, stop_later(report, 4.2))
    assert 1 == collector.begun.count("rare")
    assert 3 <= collector.begun.count("often") <= 7


@pytest.mark.slow
async def test_passes_of_one_source_never_overlap_nor_pile_up(store: Store) -> None:
    """A pass that takes longer than the interval delays the next one; missed ones are not made up for."""
    collector, report = Counting(1.6), Report()
    serving = serve(watching("a", "b"), crawler_with(store, collector), report, report.stop, spread_s=0)
    await asyncio.gather(serving, stop_later(report, 6))
    assert 1 == collector.most_at_once
    assert 2 <= collector.begun.count("a") <= 4
    assert len(report.runs) == len(collector.ended)


@pytest.mark.slow
async def test_a_clock_that_is_set_back_delays_no_pass(store: Store) -> None:
    """What was due in a second is due in a second still, not in a day and a second."""
    report = Report(stop_after=4)
    with time_machine.travel(now(), tick=True) as clock:
        watched = asyncio.create_task(
            serve(watching("a"), crawler_with(store, Counting(0)), report, report.stop, look_s=0.1)
        )
        for _ in range(2):
            await asyncio.sleep(1.3)
            clock.shift(-timedelta(days=1))
        async with asyncio.timeout(10):
            await watched
    assert 4 == len(report.runs)
