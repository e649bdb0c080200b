"""From the machine to people: new Flags take their place in the queue, changed and sleeping ones wake.

Kept posts are gathered into the index of their words at the same time.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import structlog

from crawler.assemble import now
from evidence.errors import HaechiError
from pipelines.near_duplicates import NEAR, bands, shingles, similarity
from storage.custody import Custody
from storage.mongo import Store
from storage.near import place_new
from storage.review_desk import Desk, open_desk
from storage.reviews import take_changes, take_in, tidy
from storage.search_gather import gather

EVERY_S = 15.0
AT_ONCE = 200
"""Flags in one step."""

log = structlog.get_logger()


@asynccontextmanager
async def intake(store: Store, custody: Custody, every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Keep the queue in order as long as it is needed."""
    desk = open_desk(store, custody)
    task = asyncio.create_task(_keep_bringing(desk, every_s), name="intake")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_bringing(desk: Desk, every_s: float) -> None:
    while True:
        try:
            await bring_in(desk, now())
        except HaechiError as problem:  # whoever watches goes on; the next turn takes it up
            log.warning("flags not brought in", problem=str(problem))
        await asyncio.sleep(every_s)


async def bring_in(desk: Desk, at: datetime) -> int:
    """Bring in all that waits; how many new Flags that were. After a stop at any point the next call goes on."""
    while await place_new(desk.store, at, bands, _likeness, NEAR, AT_ONCE):
        pass
    number = 0
    while taken := await take_in(desk, at, AT_ONCE):
        number += taken
    while await take_changes(desk, at, AT_ONCE):
        pass
    await tidy(desk, at)
    await gather(desk.store, at)
    return number


def _likeness(one: str, other: str) -> float:
    return similarity(shingles(one), shingles(other))
