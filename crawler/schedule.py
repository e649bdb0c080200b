"""The schedule: each Source at its interval, never twice at the same time, until we are stopped."""

import asyncio
import signal
from collections.abc import Callable
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from crawler.crawl import Crawler, crawl_source
from crawler.passes import pass_over_directory
from evidence.records import CrawlRun, Directory, Source, Watchlist

JITTER = 0.1
"""Of the interval: passes of many Sources drift apart."""
SPREAD_S = 1.0
"""Between the first passes of two Sources."""

log = structlog.get_logger()


async def serve(
    watchlist: Watchlist,
    crawler: Crawler,
    report: Callable[[CrawlRun], None],
    stop: asyncio.Event | None = None,
    spread_s: float = SPREAD_S,
) -> None:
    """Watch everything on the watchlist until SIGTERM, SIGINT or ``stop``.

    A pass that is under way then is cancelled between two pages; what it stored stays, and the next
    start goes on from there.

    Args:
        watchlist: what to watch.
        crawler: what a pass needs.
        report: called with each pass as it ends.
        stop: set from elsewhere to end; made here where it is None.
        spread_s: seconds between the first passes of two Sources.
    """
    stop = stop or asyncio.Event()
    passes = Passes(crawler, report, stop)
    scheduler = AsyncIOScheduler(timezone="UTC")
    begin = crawler.clock()
    items: tuple[Source | Directory, ...] = (*watchlist.sources, *watchlist.directories)
    for number, item in enumerate(items):
        scheduler.add_job(
            passes.make,
            IntervalTrigger(seconds=item.every_s, jitter=max(1, int(item.every_s * JITTER))),
            args=(item,),
            id=item.address,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=begin + timedelta(seconds=number * spread_s),
        )
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    scheduler.start()
    log.info("watching", sources=len(watchlist.sources), directories=len(watchlist.directories))
    try:
        await stop.wait()
    finally:
        stop.set()  # also when we are cancelled: nothing begins from here on
        scheduler.pause()
        await passes.end()
        scheduler.shutdown(wait=False)
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(sign)
    if passes.failure is not None:
        raise passes.failure


class Passes:
    """The passes under way, so that they can be ended together."""

    def __init__(self, crawler: Crawler, report: Callable[[CrawlRun], None], stop: asyncio.Event) -> None:
        self._crawler = crawler
        self._report = report
        self._stop = stop
        self._under_way: set[asyncio.Task[None]] = set()
        self.failure: BaseException | None = None
        """What ended the service: the database cannot be used."""

    async def make(self, item: Source | Directory) -> None:
        """Make one pass; called by the schedule."""
        if self._stop.is_set():
            return
        task = asyncio.create_task(self._pass(item))
        self._under_way.add(task)
        await asyncio.wait([task])
        self._under_way.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            self.failure = self.failure or problem
            self._stop.set()

    async def _pass(self, item: Source | Directory) -> None:
        if isinstance(item, Source):
            run = await crawl_source(item, self._crawler)
        else:
            run = await pass_over_directory(item, self._crawler.store, self._crawler.clock())
        self._report(run)

    async def end(self) -> None:
        """Cancel what is under way and wait for it."""
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        while self._under_way:  # noqa: ASYNC110 - until ``make`` has seen it too: one turn of the loop, no event
            await asyncio.sleep(0)
