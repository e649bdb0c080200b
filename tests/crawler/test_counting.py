"""Days are counted at night, so that the summary of the morning reads what was counted."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from crawler.counting import count_days, counting
from crawler.summaries import day_of
from storage.mongo import Store
from tests.conftest import Clock
from tests.crawler.mailbox import settings_for
from tests.storage.making import NAMING, SOURCE, keep, page, post

DAY = date(2026, 11, 20)
EVENING = datetime(2026, 11, 20, 14, tzinfo=UTC)
"""23:00 of that day in Seoul."""
NIGHT = EVENING + timedelta(hours=2, minutes=30)
HOUR = timedelta(hours=1)


async def counted(store: Store) -> dict[str, datetime]:
    """Days that were counted, and when."""
    asked = {"zone": "Asia/Seoul", "at": {"$gte": EVENING - timedelta(days=30), "$lt": EVENING}}
    found = [document async for document in store["rollups"].find(asked)]
    return {document["_id"].split()[1]: document["counted_at"] for document in found if document["source"] == "*"}


async def test_the_night_counts_and_the_morning_reads(store: Store, tmp_path: Path) -> None:
    """From half past one on it is yesterday's turn; nothing is counted again for the readers of the next hour."""
    settings = settings_for(tmp_path)
    await keep(store, page(post(1, NAMING), at=EVENING))
    assert DAY - timedelta(days=1) == await count_days(store, settings, NIGHT - timedelta(minutes=1))
    assert str(DAY) not in await counted(store)
    assert DAY == await count_days(store, settings, NIGHT)
    assert NIGHT == (await counted(store))[str(DAY)]
    await store["posts"].delete_many({"_id": {"$in": ["1900000001:1"]}})  # what is counted needs them no more
    day = await day_of(store, settings, DAY, NIGHT + timedelta(minutes=59))
    assert [1] == [rollup.posts for rollup in day.rollups]
    assert NIGHT == (await counted(store))[str(DAY)]


async def test_what_came_late_is_there_in_the_morning(store: Store, tmp_path: Path) -> None:
    """An hour later it is looked again; and where nobody counted at night, the morning comes to the same."""
    settings = settings_for(tmp_path)
    await keep(store, page(post(1, NAMING), at=EVENING))
    await count_days(store, settings, NIGHT)
    await keep(store, page(post(2, NAMING), at=EVENING))
    await count_days(store, settings, NIGHT + HOUR)
    morning = NIGHT + 6 * HOUR
    read = await day_of(store, settings, DAY, morning)
    assert [2] == [rollup.posts for rollup in read.rollups]
    await store["rollups"].delete_many({"_id": {"$in": [f"Asia/Seoul {DAY} {name}" for name in ("*", SOURCE)]}})
    assert read == await day_of(store, settings, DAY, morning)


async def test_the_service_counts_by_itself(store: Store, clock: Clock, tmp_path: Path) -> None:
    """As long as it runs."""
    clock.now = NIGHT
    async with counting(store, settings_for(tmp_path), clock, every_s=0.05):
        for _ in range(100):
            if await counted(store):
                break
            await asyncio.sleep(0.02)
    assert str(DAY) in await counted(store)
