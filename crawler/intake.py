"""From the machine to people: new Flags take their place in the queue, changed and sleeping ones wake.

Kept posts are gathered into the index of their words at the same time.
"""

from contextlib import AbstractAsyncContextManager
from datetime import datetime

from crawler.assemble import now
from crawler.turns import turning
from pipelines.near_duplicates import NEAR, bands, shingles, similarity
from storage.custody import Custody
from storage.mongo import Store
from storage.near import place_new
from storage.review_desk import Desk, open_desk
from storage.review_intake import take_changes, take_in, tidy
from storage.search_gather import gather

EVERY_S = 15.0
AT_ONCE = 200
"""Flags in one step."""


def intake(store: Store, custody: Custody, every_s: float = EVERY_S) -> AbstractAsyncContextManager[None]:
    """Keep the queue in order as long as it is needed."""
    desk = open_desk(store, custody)

    async def turn(_: int) -> None:
        await bring_in(desk, now())

    return turning("intake", turn, every_s)


async def bring_in(desk: Desk, at: datetime) -> int:
    """Bring in all that waits; how many new Flags that were. After a stop at any point the next call goes on."""
    while await place_new(desk.store, at, bands, _likeness, NEAR, AT_ONCE):
        pass
    number = await take_in(desk, at)
    while await take_changes(desk, at, AT_ONCE):
        pass
    await tidy(desk, at)
    await gather(desk.store, at)
    return number


def _likeness(one: str, other: str) -> float:
    return similarity(shingles(one), shingles(other))
