"""What a worker does with a slot: the same passes and chores that a single process makes by itself."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from config.settings import Settings
from crawler.assemble import now
from crawler.crawl import Crawler
from crawler.delivery import EVERY_S, TURNS, deliver
from crawler.delivery_plan import Courier
from crawler.newest import NewestCrawler
from crawler.passes import Item, crawl_item
from crawler.upkeep import run_upkeep
from evidence.errors import AccountTaken, ConfigError, SourceTaken
from evidence.records import CrawlRun, Source
from storage.custody import Custody
from storage.mongo import Store
from storage.slots import Kind, Slot, begin_slot, end_slot, find_slot

WAIT_S, LOOK_S = 20.0, 0.5
"""How long a pass of somebody else over the same place is waited for before the slot goes to the end of its queue,
and between two looks. Of a worker that was killed on another machine the lease must run out first."""

Do = Callable[[Slot], Awaitable[bool]]

log = structlog.get_logger()


async def work_on(store: Store, name: str, do: Do) -> bool:
    """Begin the slot of an id and do it; True where nothing of it is left to do."""
    slot = await begin_slot(store, name, now())
    return slot is None or await do(slot)


async def make_pass(slot: Slot, newest: NewestCrawler, report: Callable[[CrawlRun], None]) -> bool:
    """Make the pass of a slot; False while somebody else is at the place for too long.

    Raises:
        AccountTaken: the account that reads it lives in another worker by now; nothing was written since.
        StorageError: the database cannot be used.
    """
    item, crawler = await newest.find(slot.subject)
    if item is None:
        await end_slot(crawler.store, slot, "not watched any more", now())
        return True
    deadline = asyncio.get_running_loop().time() + WAIT_S
    while (run := await _try_pass(item, crawler)) is None:
        standing = await find_slot(crawler.store, slot.id)
        if standing is None or standing.done_at is not None:
            return True
        if asyncio.get_running_loop().time() > deadline:
            log.info("put back: another worker is at it", source=item.address)
            return False
        await asyncio.sleep(LOOK_S)
    report(run)
    await end_slot(crawler.store, slot, str(run.outcome), now(), _interval_s(item, crawler))
    return True


async def _try_pass(item: Item, crawler: Crawler) -> CrawlRun | None:
    """None where somebody else holds the place."""
    try:
        return await crawl_item(item, crawler)
    except AccountTaken:
        raise
    except SourceTaken:
        return None


def _interval_s(item: Item, crawler: Crawler) -> float:
    collector = crawler.collectors.get(item.via) if isinstance(item, Source) else None
    return collector.interval_s(item) if collector and isinstance(item, Source) else float(item.every_s)


async def do_chore(slot: Slot, store: Store, custody: Custody, settings: Settings) -> bool:
    """Do what is neither a pass nor a rescan.

    Raises:
        StorageError: the database cannot be used.
    """
    try:
        if slot.kind is Kind.RETENTION:
            await run_upkeep(store, custody, settings)
        else:
            turn = int(slot.at.timestamp() // EVERY_S)
            courier = Courier(store=store, custody=custody, settings=settings, clock=now)
            await deliver(courier, is_planning=turn % TURNS == 0)
    except (ConfigError, SourceTaken) as problem:  # as with a turn of a single process: the next one tries again
        log.warning("a turn failed", task=str(slot.kind), problem=str(problem))
    await end_slot(store, slot, "done", now())
    return True
