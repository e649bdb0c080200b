"""The service begins anew before the embedded server holds too much: it keeps memory of each transaction until it ends.

The service ends as at SIGTERM, between two pages, and the server with it unless another command uses it; then the
same command line runs again in the same process.
"""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext

import structlog

from config.settings import Settings
from crawler.turns import turning
from storage.mongo import Store
from storage.server import memory_of

LOOK_EVERY_S = 10.0

log = structlog.get_logger()


def renewing(store: Store, settings: Settings, grown: asyncio.Event) -> AbstractAsyncContextManager[None]:
    """Set ``grown`` once the embedded server holds more, by what the settings allow, than at the first look."""
    if settings.mongodb_uri:
        return nullcontext()
    at_first: int | None = None

    async def turn(_: int) -> None:
        nonlocal at_first
        held = await memory_of(store) or 0
        at_first = held if at_first is None else at_first
        if held - at_first > settings.embedded_growth_mb * 1_000_000 and not grown.is_set():
            log.info("the embedded database has grown: beginning anew", megabytes=held // 1_000_000)
            grown.set()

    return turning("renewal", turn, LOOK_EVERY_S)
