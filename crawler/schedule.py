"""The schedule: each Source when its collector says, never twice at the same time, until we are stopped."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from crawler.crawl import Crawler
from crawler.directories import auto_sources
from crawler.ending import told_by_signals
from crawler.passes import crawl_item
from evidence.errors import StorageError
from evidence.pause import EVERYTHING
from evidence.records import CrawlRun, Directory, Source, Via, Watchlist
from storage.pauses import paused_addresses
from storage.reads import EPOCH
from storage.rooms import rooms_before

JITTER = 0.1
"""Of the interval: passes of many Sources drift apart."""
HINTED_S = 1.0
"""After a hint: what comes in a burst is read together."""
SPREAD_S = 1.0
"""Between the first passes of two Sources; less where they are many."""
PAUSE_LOOK_S = 2.0
"""Between two looks whether a person paused something, and whether the clock was set."""
MOST_AT_ONCE = 32
"""Passes over one host's pages under way together: what is due waits there, not in memory as pages that the database
has no time for. Telegram's own protocol has the pace of its accounts."""
SET_BACK_S = 2.0
"""A clock that goes back by more was set; less is how clocks are kept right."""

log = structlog.get_logger()


async def serve(
    watchlist: Watchlist,
    crawler: Crawler,
    report: Callable[[CrawlRun], None],
    stop: asyncio.Event | None = None,
    spread_s: float = SPREAD_S,
    look_s: float = PAUSE_LOOK_S,
) -> None:
    """Watch everything on the watchlist until SIGTERM, SIGINT or ``stop``.

    A pass that is under way then is cancelled between two pages; what it stored stays, and the next
    start goes on from there.

    Args:
        watchlist: what to watch.
        crawler: what a pass needs.
        report: called with each pass as it ends.
        stop: set from elsewhere to end; made here where it is None.
        spread_s: seconds between the first passes of two Sources, at the most.
        look_s: seconds between two looks whether a person paused something, or set the clock.
    """
    stop = stop or asyncio.Event()
    scheduler = AsyncIOScheduler(timezone="UTC")
    passes = Passes(watchlist, crawler, report, stop, scheduler)
    items = await _longest_waiting_first(watchlist, crawler)
    spread_s = min([spread_s, *(item.every_s / len(items) for item in items)])  # each has its turn in its interval
    for number, item in enumerate(items):
        passes.plan(item, number * spread_s)
    await passes.plan_new(len(items) * spread_s)
    follow = (passes.follow_hints(), passes.follow_pauses(look_s), passes.follow_clock(look_s))
    following = [asyncio.create_task(work) for work in follow]
    with told_by_signals(stop.set):
        scheduler.start()
        log.info("watching", sources=len(watchlist.sources), directories=len(watchlist.directories))
        try:
            await stop.wait()
        finally:
            stop.set()  # also when we are cancelled: nothing begins from here on
            for task in following:
                task.cancel()
            scheduler.pause()
            await passes.end()
            await asyncio.gather(*following, return_exceptions=True)
            scheduler.shutdown(wait=False)
    if passes.failure is not None:
        raise passes.failure


async def _longest_waiting_first(watchlist: Watchlist, crawler: Crawler) -> list[Source | Directory]:
    """By their last pass, so that many rooms keep their turns in the interval over a restart."""
    items: list[Source | Directory] = [*watchlist.sources, *watchlist.directories]
    known = await rooms_before(crawler.store, [item.address for item in items])
    return sorted(items, key=lambda item: known.get(item.address, {}).get("passed_at", EPOCH))


class Passes:
    """The passes under way, so that they can be ended together."""

    def __init__(
        self,
        watchlist: Watchlist,
        crawler: Crawler,
        report: Callable[[CrawlRun], None],
        stop: asyncio.Event,
        scheduler: AsyncIOScheduler,
    ) -> None:
        self._watchlist = watchlist
        self._crawler = crawler
        self._report = report
        self._stop = stop
        self._scheduler = scheduler
        self._chance = random.Random()  # noqa: S311 - jitter is no secret
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._busy: set[str] = set()
        self._sources: dict[str, Source] = {}
        self._by_rule: set[str] = set()
        self._items: dict[str, Source | Directory] = {}
        self._paused: frozenset[str] = frozenset()
        self._turns = defaultdict[str | None, asyncio.Semaphore](lambda: asyncio.Semaphore(MOST_AT_ONCE))
        self._due_s: dict[str, float] = {}
        """When each was planned for, by the clock that never goes back."""
        self._hinted: set[str] = set()
        """Due soon because of a hint; further hints change nothing."""
        self.failure: BaseException | None = None
        """What ended the service: the database cannot be used."""

    def plan(self, item: Source | Directory, in_s: float) -> None:
        """Let its next pass begin in so many seconds, in place of the one that was planned."""
        self._items[item.address] = item
        self._due_s[item.address] = time.monotonic() + in_s
        if isinstance(item, Source):
            self._sources[item.address] = item
        self._scheduler.add_job(
            self.make,
            DateTrigger(self._crawler.clock() + timedelta(seconds=in_s)),
            args=(item,),
            id=item.address,
            replace_existing=True,
            max_instances=3,  # a pass plans the next one before it is over for the scheduler; two never overlap here
            misfire_grace_time=None,
        )

    async def follow_hints(self) -> None:
        """Make a Source due at once when something happened in it; a hint that is lost costs delay alone."""
        while self._crawler.due is not None:
            source = self._sources.get(await self._crawler.due.get())
            if source is not None and source.address not in self._hinted and not self._is_paused(source.address):
                self._hinted.add(source.address)
                if source.address not in self._busy:
                    self.plan(source, HINTED_S)

    async def follow_pauses(self, look_s: float) -> None:
        """End passes of what a person paused meanwhile; begin at once with what goes on again."""
        while True:
            await asyncio.sleep(look_s)
            before = {address for address in self._items if self._is_paused(address)}
            try:
                self._paused = await paused_addresses(self._crawler.store, self._crawler.clock())
            except StorageError as problem:  # a database that is gone ends the service by its passes
                log.warning("pauses could not be read", problem=str(problem))
                continue
            changed = before ^ {address for address in self._items if self._is_paused(address)}
            for address in changed - self._busy:
                self.plan(self._items[address], 0)  # also where it is paused: the hour says so
            for address in changed & self._busy:
                self._hinted.add(address)
                if self._is_paused(address) and address in self._under_way:
                    self._under_way[address].cancel()

    async def follow_clock(self, look_s: float) -> None:
        """Plan anew when the clock was set back: by it, what is due in a minute would be due in a minute and a day."""
        while True:
            await asyncio.sleep(look_s)
            now_s, shown_s = time.monotonic(), time.time()
            late = [
                job.id
                for job in self._scheduler.get_jobs()
                if job.next_run_time.timestamp() - shown_s > self._due_s[job.id] - now_s + SET_BACK_S
            ]
            for address in late:
                self.plan(self._items[address], max(0.0, self._due_s[address] - now_s))
            if late:
                log.warning("the clock was set back", sources=len(late))

    def _is_paused(self, address: str) -> bool:
        return not self._paused.isdisjoint((EVERYTHING, address))

    async def make(self, item: Source | Directory) -> None:
        """Make one pass and plan the next; called by the schedule."""
        if self._stop.is_set() or item.address in self._busy:
            return
        begun_s = time.monotonic()
        self._busy.add(item.address)
        self._hinted.discard(item.address)
        await self._await_pass(item)
        self._busy.discard(item.address)
        is_wanted = item.address in self._items
        if is_wanted and not self._stop.is_set():
            took_s = time.monotonic() - begun_s
            jitter = self._chance.uniform(1 - JITTER, 1 + JITTER)
            again_s = HINTED_S if item.address in self._hinted else self._interval_s(item) * jitter - took_s
            self.plan(item, max(0.0, again_s))

    def _interval_s(self, item: Source | Directory) -> float:
        collector = self._crawler.collectors.get(item.via) if isinstance(item, Source) else None
        return collector.interval_s(item) if collector and isinstance(item, Source) else float(item.every_s)

    async def _await_pass(self, item: Source | Directory) -> None:
        task = asyncio.create_task(self._pass(item))
        self._under_way[item.address] = task
        await asyncio.wait([task])
        del self._under_way[item.address]
        if not task.cancelled() and (problem := task.exception()) is not None:
            self.failure = self.failure or problem
            self._stop.set()

    async def _pass(self, item: Source | Directory) -> None:
        async with self._turn_of(item):
            run = await crawl_item(item, self._crawler)
        self._report(run)
        if isinstance(item, Directory):
            await self.plan_new(HINTED_S)

    def _turn_of(self, item: Source | Directory) -> AbstractAsyncContextManager[None]:
        if isinstance(item, Source) and item.via is Via.TELEGRAM:
            return nullcontext()
        return self._turns[urlsplit(item.address).hostname]

    async def plan_new(self, in_s: float) -> None:
        """Begin with the rooms that a rule of the watchlist took up meanwhile; end with those that were dismissed."""
        sources = {source.address: source for source in await auto_sources(self._watchlist, self._crawler)}
        for address in self._by_rule - sources.keys():
            self._sources.pop(address)
            self._items.pop(address)
            if self._scheduler.get_job(address) is not None:
                self._scheduler.remove_job(address)
        for address in sources.keys() - self._by_rule:
            self.plan(sources[address], in_s)
        self._by_rule = set(sources)

    async def end(self) -> None:
        """Cancel what is under way and wait for it."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        while self._under_way:  # noqa: ASYNC110 - until ``make`` has seen it too: one turn of the loop, no event
            await asyncio.sleep(0)
