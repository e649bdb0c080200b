"""Slots: claimed once, begun and ended by workers, and the next one follows from the last."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from storage.mongo import Store
from storage.slots import (
    LOST,
    UNHANDED,
    Kind,
    Slot,
    Standing,
    begin_slot,
    claim_slot,
    end_slot,
    find_slot,
    latest_slot,
    next_start,
    note_handed,
)
from tests.storage.making import SOURCE

NOW = datetime.now(UTC).replace(microsecond=0)
"""The database lets slots go by its own clock."""
EVERY_S = 600.0
SLOT = Slot(kind=Kind.PASS, subject=SOURCE, at=NOW)


async def latest(store: Store, now: datetime = NOW) -> Standing | None:
    """The last slot of SOURCE."""
    return await latest_slot(store, Kind.PASS, SOURCE, EVERY_S, now)


async def test_one_of_many_schedulers_claims_a_slot(store: Store) -> None:
    """However close together they try."""
    claims = await asyncio.gather(*(claim_slot(store, SLOT, "us", NOW) for _ in range(6)))
    assert [False] * 5 + [True] == sorted(claims)


async def test_the_last_slot_of_a_place_is_found(store: Store) -> None:
    """Not that of another place or of a rescan of it; one that is long past is nobody's concern."""
    assert await latest(store) is None
    for kind, subject, ago_s in ((Kind.PASS, SOURCE, 60), (Kind.PASS, SOURCE, 0), (Kind.PASS, f"{SOURCE}x", -60)):
        await claim_slot(store, Slot(kind=kind, subject=subject, at=NOW - timedelta(seconds=ago_s)), "us", NOW)
    await claim_slot(store, Slot(kind=Kind.RESCAN, subject=SOURCE, at=NOW + timedelta(seconds=5)), "us", NOW)
    found = await latest(store)
    assert found is not None
    assert SLOT == found.slot
    assert await latest(store, NOW + LOST + timedelta(seconds=1)) is None


async def test_a_slot_that_is_done_is_not_begun_again(store: Store) -> None:
    """What comes a second time after that does nothing; before, it repeats."""
    await claim_slot(store, SLOT, "us", NOW)
    assert SLOT == await begin_slot(store, SLOT.id, NOW)
    assert SLOT == await begin_slot(store, SLOT.id, NOW)
    await end_slot(store, SLOT, "watched", NOW, 30.0)
    await end_slot(store, SLOT, "blind", NOW)
    assert await begin_slot(store, SLOT.id, NOW) is None
    assert await begin_slot(store, "pass of nothing", NOW) is None
    found = await find_slot(store, SLOT.id)
    assert found is not None
    assert ("watched", 30.0, 2) == (found.outcome, found.again_s, found.tries)


async def test_who_hands_a_slot_over(store: Store) -> None:
    """Whoever claimed it; another scheduler only once that one had its time; nobody once the broker has it."""
    await claim_slot(store, SLOT, "us", NOW)
    mine = await latest(store)
    await store["slots"].update_one({"_id": SLOT.id}, {"$set": {"claimed_by": "another"}})
    theirs = await latest(store)
    await note_handed(store, SLOT, NOW)
    handed = await latest(store)
    assert mine
    assert theirs
    assert handed
    late = NOW + UNHANDED + timedelta(seconds=1)
    assert (True, False, True, False) == (
        mine.is_to_hand("us", NOW),
        theirs.is_to_hand("us", NOW),
        theirs.is_to_hand("us", late),
        handed.is_to_hand("us", late),
    )


@pytest.mark.parametrize(
    ("again_s", "passed_s", "due_s"),
    [
        (None, 0, 600),
        (None, 599, 600),
        (None, 600, 600),
        (None, 1_250, 1_200),
        (10.0, 3, 10),
        (9_999.0, 3, 600),
        (0.12345, 0, 0.123),
    ],
)
async def test_the_next_slot_follows_from_the_last(
    store: Store, again_s: float | None, passed_s: int, due_s: float
) -> None:
    """An interval later, or as soon as its worker asked; missed ones are not made up for."""
    await claim_slot(store, SLOT, "us", NOW)
    await end_slot(store, SLOT, "watched", NOW, again_s)
    now = NOW + timedelta(seconds=passed_s)
    assert NOW + timedelta(seconds=due_s) == next_start(SOURCE, EVERY_S, await latest(store, now), now)


def test_first_slots_lie_on_a_grid() -> None:
    """Due at once, the same for every scheduler, and spread over the interval."""
    for seconds in range(0, 600, 50):
        now = NOW + timedelta(seconds=seconds)
        start = next_start(SOURCE, EVERY_S, None, now)
        assert timedelta(0) <= now - start < timedelta(seconds=EVERY_S)
        assert start in (
            next_start(SOURCE, EVERY_S, None, NOW),
            next_start(SOURCE, EVERY_S, None, NOW + timedelta(seconds=600)),
        )
    starts = {next_start(f"https://t.me/room{number}", EVERY_S, None, NOW) for number in range(100)}
    assert len(starts) > 50
