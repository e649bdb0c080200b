"""One pass over everything on a watchlist, a few Sources at a time."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

from crawler.crawl import Crawler, crawl_source
from evidence.records import CrawlRun, Directory, Outcome, Source
from storage.mongo import Store
from storage.passes import end_pass

AT_ONCE = 8
"""Sources under way together; a host still gets one request at a time."""


async def pass_over(sources: Iterable[Source], crawler: Crawler, report: Callable[[CrawlRun], None]) -> list[CrawlRun]:
    """Make one pass over each Source and report each as it ends.

    Raises:
        StorageError: the database cannot be used; the others are ended.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(source: Source) -> CrawlRun:
        async with turns:
            run = await crawl_source(source, crawler)
        report(run)
        return run

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(source)) for source in sources]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]


async def pass_over_directory(directory: Directory, store: Store, at: datetime) -> CrawlRun:
    """A directory cannot be read by this version: it shows as blind, here and in the summary."""
    run = CrawlRun(
        source=directory.address,
        via=f"directory:{directory.site}",
        outcome=Outcome.BLIND,
        reason="directories are not read by this version",
        started_at=at,
        ended_at=at,
    )
    await end_pass(store, run, directory.every_s, None)
    return run
