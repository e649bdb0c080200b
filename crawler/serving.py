"""The service over the newest watchlist: a version that is stored meanwhile takes over without a restart."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from channels.telegram.session import label_of
from config.settings import Settings
from crawler.assemble import crawler_for, now, stored_watchlist
from crawler.broker import CHORES, WEB, account_queue, check_broker, sending
from crawler.delivery import can_deliver
from crawler.ending import told_by_signals
from crawler.handing import DELIVERY, RETENTION, hand_out
from crawler.schedule import serve
from evidence.errors import HaechiError
from evidence.records import CrawlRun, Watchlist
from storage.mongo import Store
from storage.watchlists import newest_number

LOOK_EVERY_S = 10.0

Serve = Callable[[Watchlist, asyncio.Event], Awaitable[None]]
"""Serves one version of the watchlist until the event is set."""

log = structlog.get_logger()


async def serve_newest(
    store: Store,
    watchlist: Watchlist,
    settings: Settings,
    serve_version: Serve,
    stop: asyncio.Event | None = None,
    look_every_s: float = LOOK_EVERY_S,
) -> bool:
    """Watch until SIGTERM, SIGINT or ``stop``, always what the newest stored version says.

    Args:
        store: open.
        watchlist: to begin with.
        settings: of this installation.
        serve_version: by passes of this process or by workers.
        stop: set from elsewhere to end.
        look_every_s: between two looks for a newer version.

    Returns:
        Whether a signal came, be it alone or beside ``stop``.
    """
    stop, told = stop or asyncio.Event(), asyncio.Event()
    newest: Watchlist | None = watchlist
    with told_by_signals(told.set):  # also while one version makes room for the next
        while newest is not None and not stop.is_set() and not told.is_set():
            newest = await _serve_until_newer(store, newest, settings, serve_version, stop, look_every_s)
    return told.is_set()


async def _serve_until_newer(
    store: Store,
    watchlist: Watchlist,
    settings: Settings,
    serve_version: Serve,
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
        await serve_version(watchlist, over)
    finally:
        for task in (looking, stopping):
            task.cancel()
        await asyncio.gather(looking, stopping, return_exceptions=True)
    is_newer = looking.done() and not looking.cancelled() and not stop.is_set()
    return looking.result() if is_newer else None


def passes_here(store: Store, settings: Settings, report: Callable[[CrawlRun], None]) -> Serve:
    """This process makes all passes and reports each as it ends."""

    async def serve_version(watchlist: Watchlist, over: asyncio.Event) -> None:
        async with crawler_for(store, watchlist, settings) as crawler:
            await serve(watchlist, crawler, report, over)

    return serve_version


@asynccontextmanager
async def passes_elsewhere(store: Store, settings: Settings, url: str) -> AsyncIterator[Serve]:
    """Workers make the passes, and do the chores; this process hands them out.

    Raises:
        ConfigError: the broker cannot be reached, or taskiq is not installed.
    """
    accounts = () if settings.why_no_telegram else tuple(label_of(path) for path in settings.sessions)
    chores = (RETENTION, DELIVERY) if can_deliver(settings) else (RETENTION,)
    await check_broker(url)
    async with sending(url, (WEB, CHORES, *map(account_queue, accounts))) as send:

        async def serve_version(watchlist: Watchlist, over: asyncio.Event) -> None:
            await hand_out(watchlist, store, send, accounts, chores, now, over)

        yield serve_version
