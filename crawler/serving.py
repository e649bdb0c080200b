"""The service over the newest watchlist: a version that is stored meanwhile takes over without a restart."""

import asyncio
from collections.abc import Callable

import structlog

from config.settings import Settings
from crawler.assemble import crawler_for, stored_watchlist
from crawler.schedule import serve
from evidence.errors import HaechiError
from evidence.records import CrawlRun, Watchlist
from storage.mongo import Store
from storage.watchlists import newest_number

LOOK_EVERY_S = 10.0

log = structlog.get_logger()


async def serve_newest(
    store: Store,
    watchlist: Watchlist,
    settings: Settings,
    report: Callable[[CrawlRun], None],
    stop: asyncio.Event | None = None,
    look_every_s: float = LOOK_EVERY_S,
) -> None:
    """Watch until SIGTERM, SIGINT or ``stop``, always what the newest stored version says.

    Args:
        store: open.
        watchlist: to begin with.
        settings: of this installation.
        report: called with each pass as it ends.
        stop: set from elsewhere to end.
        look_every_s: between two looks for a newer version.
    """
    stop = stop or asyncio.Event()
    newest: Watchlist | None = watchlist
    while newest is not None and not stop.is_set():
        newest = await _serve_until_newer(store, newest, settings, report, stop, look_every_s)


async def _serve_until_newer(
    store: Store,
    watchlist: Watchlist,
    settings: Settings,
    report: Callable[[CrawlRun], None],
    stop: asyncio.Event,
    look_every_s: float,
) -> Watchlist | None:
    """Serve one version; returns the one that took over, None where the service was stopped."""
    over = asyncio.Event()
    number = await newest_number(store)

    async def look() -> Watchlist:
        while True:
            await asyncio.sleep(look_every_s)
            try:
                found = await stored_watchlist(store, settings) if await newest_number(store) != number else None
            except HaechiError as problem:  # what runs goes on
                log.warning("the newest watchlist cannot be used", problem=str(problem))
                continue
            if found is not None:
                log.info("a newer watchlist takes over", sources=len(found.sources))
                return found

    looking, stopping = asyncio.create_task(look()), asyncio.create_task(stop.wait())
    for task in (looking, stopping):
        task.add_done_callback(lambda _: over.set())
    try:
        async with crawler_for(store, watchlist, settings) as crawler:
            await serve(watchlist, crawler, report, over)
    finally:
        for task in (looking, stopping):
            task.cancel()
        await asyncio.gather(looking, stopping, return_exceptions=True)
    is_newer = looking.done() and not looking.cancelled() and not stop.is_set()
    return looking.result() if is_newer else None
