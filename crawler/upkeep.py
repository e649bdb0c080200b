"""What a running service does for the store by itself: ends erasures, lets go of what ran out, mends the index."""

from contextlib import AbstractAsyncContextManager

import structlog

from config.settings import Settings
from crawler.assemble import now
from crawler.erasing import eraser_for
from crawler.turns import turning
from evidence.checkpoint import Files
from evidence.retention import read_periods
from storage.custody import Custody
from storage.erasure import finish_erasures
from storage.mongo import Store
from storage.retention import run_retention
from storage.search_repair import repair

EVERY_S = 6 * 3_600.0
"""Between two runs: what one had to leave, the next one takes up."""
BUSY_S = 5.0
"""How long a pass over a room is waited for; the next run takes up what is left."""

log = structlog.get_logger()


def upkeep(
    store: Store, custody: Custody, settings: Settings, every_s: float = EVERY_S
) -> AbstractAsyncContextManager[None]:
    """Keep retention going as long as it is needed; the first run begins at once."""

    async def turn(_: int) -> None:
        await run_upkeep(store, custody, settings)

    return turning("upkeep", turn, every_s)


async def run_upkeep(store: Store, custody: Custody, settings: Settings) -> None:
    """End erasures that were begun, destroy what ran out, build anew what the index of words lost."""
    eraser = eraser_for(custody, Files(folder=settings.data_dir), now, BUSY_S)
    periods = read_periods(settings.retention)
    _ended, left = await finish_erasures(store, eraser)
    rows = await run_retention(store, eraser, periods, lambda done, whole: None)
    await repair(store, now())
    is_left = bool(left) or any(row.left for row in rows)
    log.info("retention ran", destroyed=sum(row.destroyed for row in rows), is_left=is_left)
