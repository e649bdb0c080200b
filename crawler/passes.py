"""One pass over everything on a watchlist, a few Sources at a time."""

import asyncio
from collections.abc import Callable, Iterable

from crawler.crawl import Crawler, crawl_source
from crawler.directories import crawl_directory
from evidence.records import CrawlRun, Directory, Source

AT_ONCE = 8
"""Sources under way together; a host still gets one request at a time."""


Item = Source | Directory


async def crawl_item(item: Item, crawler: Crawler) -> CrawlRun:
    """One pass over whatever is on a watchlist."""
    return await (crawl_source(item, crawler) if isinstance(item, Source) else crawl_directory(item, crawler))


async def pass_over(items: Iterable[Item], crawler: Crawler, report: Callable[[CrawlRun], None]) -> list[CrawlRun]:
    """Make one pass over each Source and Directory and report each as it ends.

    Raises:
        StorageError: the database cannot be used; the others are ended.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(item: Item) -> CrawlRun:
        async with turns:
            run = await crawl_item(item, crawler)
        report(run)
        return run

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(item)) for item in items]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]
