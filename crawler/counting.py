"""Counts days that are over, at night and again by the hour: the summary of the morning reads what was counted.

A summary that is asked for before, or where this did not run, counts for itself and comes to the same.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, timedelta

from config.settings import Settings
from crawler.assemble import schools_by_code
from crawler.delivery_plan import zone_of
from crawler.turns import turning
from pipelines.digest import counter_of
from storage.mongo import Store
from storage.rollups import roll_days

NIGHT = timedelta(minutes=90)
"""After midnight, in which passes of the evening end."""
EVERY_S = 1_800.0


def counting(
    store: Store, settings: Settings, clock: Callable[[], datetime], every_s: float = EVERY_S
) -> AbstractAsyncContextManager[None]:
    """Keep days counted as long as it is needed."""

    async def turn(_: int) -> None:
        await count_days(store, settings, clock())

    return turning("counting", turn, every_s)


async def count_days(store: Store, settings: Settings, at: datetime) -> date:
    """Count the latest day that has been over for a while and those before it; gives that day.

    Args:
        store: open.
        settings: of this installation.
        at: now.
    """
    zone = await zone_of(store, settings)
    day = (at - NIGHT).astimezone(zone).date() - timedelta(days=1)
    schools = await asyncio.to_thread(schools_by_code, settings)
    await roll_days(store, day, zone.key, at, counter_of(schools))
    return day
