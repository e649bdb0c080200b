"""What a running service does for the store by itself: ends erasures that were begun, and retention once a day."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from config.settings import Settings
from crawler.assemble import now
from crawler.erasing import eraser_for
from evidence.checkpoint import Files
from evidence.errors import HaechiError
from evidence.retention import read_periods
from storage.custody import Custody
from storage.erasure import finish_erasures
from storage.mongo import Store
from storage.retention import run_retention

EVERY_S, AGAIN_S = 86_400.0, 600.0
"""Between two runs; after one that left something."""
BUSY_S = 5.0
"""How long a pass over a room is waited for; the next run takes up what is left."""

log = structlog.get_logger()


@asynccontextmanager
async def upkeep(store: Store, custody: Custody, settings: Settings, every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Keep retention going as long as it is needed; the first run begins at once."""
    task = asyncio.create_task(_keep_up(store, custody, settings, every_s), name="upkeep")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_up(store: Store, custody: Custody, settings: Settings, every_s: float) -> None:
    eraser = eraser_for(custody, Files(folder=settings.data_dir), now, BUSY_S)
    periods = read_periods(settings.retention)
    while True:
        try:
            _, left = await finish_erasures(store, eraser)
            rows = await run_retention(store, eraser, periods, lambda done, whole: None)
        except HaechiError as problem:  # the service goes on watching; the next run takes it up
            log.warning("retention failed", problem=str(problem))
            await asyncio.sleep(AGAIN_S)
            continue
        is_left = bool(left) or any(row.left for row in rows)
        log.info("retention ran", destroyed=sum(row.destroyed for row in rows), is_left=is_left)
        await asyncio.sleep(AGAIN_S if is_left else every_s)
