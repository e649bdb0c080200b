"""Limits that protect people who look at this."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from evidence.errors import ConfigError, ReviewRefused
from evidence.records import Severity
from storage.exposure import MOST_ITEMS, lower_limit, read_exposure, spend
from storage.mongo import Store
from storage.review_desk import Desk
from storage.review_reads import read_events
from storage.reviews import claim_next
from tests.conftest import NOW, Clock
from tests.storage.reviewing import ANN, BEN, SUE, flag_document, opened_desk, put_flags
from tests.storage.test_cases import logged


@pytest_asyncio.fixture
async def desk(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk with its log."""
    async with opened_desk(store, clock, tmp_path) as opened:
        yield opened


async def test_items_and_minutes_are_counted(store: Store) -> None:
    """By severity; a pause of ten minutes begins anew, and 45 minutes without one ask for one."""
    for minutes in range(0, 46, 9):
        exposure = await spend(store, "ann", Severity.HIGH, NOW + timedelta(minutes=minutes))
    at = NOW + timedelta(minutes=45)
    assert (True, {Severity.HIGH: 6}) == (exposure.asks_for_pause(at), exposure.items)
    assert not exposure.asks_for_pause(at + timedelta(minutes=10))
    after = await spend(store, "ann", Severity.LOW, at + timedelta(minutes=10))
    assert timedelta(0) == after.without_break(at + timedelta(minutes=10))
    assert after == await read_exposure(store, "ann", at)
    assert {Severity.HIGH: 6, Severity.LOW: 1} == (await spend(store, "ann", None, at)).items


async def test_the_day_ends_at_midnight_in_korea(store: Store) -> None:
    """15 h UTC."""
    await spend(store, "ann", Severity.LOW, NOW.replace(hour=14, minute=59))
    assert 0 == (await read_exposure(store, "ann", NOW.replace(hour=15))).total


async def test_many_windows_of_one_person_overshoot_nothing(store: Store) -> None:
    """Each item is counted once."""
    await store["exposure_limits"].insert_one({"_id": "ann", "most_items": 5})
    tries = await asyncio.gather(*(spend(store, "ann", Severity.LOW, NOW) for _ in range(8)), return_exceptions=True)
    assert 3 == sum(isinstance(one, ReviewRefused) for one in tries)
    assert 5 == (await read_exposure(store, "ann", NOW)).total


async def test_a_supervisor_lowers_a_limit_and_never_raises_it(desk: Desk, own_database: str) -> None:
    """It is in the log; nothing is claimed past it, and the flag stays free for others."""
    (flag,) = await put_flags(desk.store, flag_document(1))
    with pytest.raises(ReviewRefused, match="the role investigator may not set limits"):
        await lower_limit(desk.store, desk.custody, BEN, "ann", 0, NOW)
    with pytest.raises(ConfigError, match="it is never raised"):
        await lower_limit(desk.store, desk.custody, SUE, "ann", MOST_ITEMS + 1, NOW)
    await lower_limit(desk.store, desk.custody, SUE, "ann", 0, NOW)
    with pytest.raises(ReviewRefused, match="please go on tomorrow"):
        await claim_next(desk, ANN, NOW)
    assert () == await read_events(desk.store, flag)
    assert [("limit-exposure", "ann", "0")] == [
        (entry["action"], entry["target_id"], entry["reason_code"])
        for entry in logged(own_database)
        if entry["action"] != "begin"
    ]
    claimed = await claim_next(desk, BEN, NOW)
    assert claimed is not None
    assert {Severity.MEDIUM: 1} == claimed.exposure.items
