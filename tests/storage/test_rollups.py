"""Days are counted once: what is kept of them, what comes late, and what is not kept of a day that runs."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from evidence.day import Naming, PostDay, Restated
from evidence.records import Outcome
from storage.mongo import Document, Store
from storage.rollup_forms import Span, span_of
from storage.rollups import LATE, Rolled, roll
from tests.storage.making import NAMING, SOURCE, keep, member_count, page, post
from tests.storage.test_day import COUNT, DAY, MIDNIGHT, SEOUL, watch

MORNING = MIDNIGHT + timedelta(hours=31)
"""After the day."""


def span(**later: float) -> Span:
    """The day, as of the morning after it or later."""
    return span_of(DAY, SEOUL, MORNING + timedelta(**later))


async def kept(store: Store) -> dict[str, Document]:
    """Roll-ups of the day by Source."""
    found = store["rollups"].find({"zone": SEOUL, "at": {"$gte": MIDNIGHT, "$lt": MORNING}})
    return {document["source"]: document async for document in found}


async def fill(store: Store) -> None:
    """A post, a count and a pass."""
    await keep(store, page(post(1, NAMING), count=member_count(40, MIDNIGHT), at=MIDNIGHT))
    await watch(store, MIDNIGHT)
    await watch(store, MIDNIGHT + timedelta(hours=1), outcome=Outcome.BLIND, reason="answered 500")


async def test_what_was_counted_is_read_again(store: Store) -> None:
    """Equal to what was counted, to the last field; counting again changes nothing."""
    await fill(store)
    first = await roll(store, span(), COUNT)
    before = await kept(store)
    assert first == await roll(store, span(), COUNT)
    assert before == await kept(store)
    assert {SOURCE, "*"} == set(before)
    (rollup,) = first.rollups
    assert (1, 2, 1, 40) == (rollup.posts, rollup.passes, rollup.hours_watched, rollup.members and rollup.members.value)


async def test_a_settled_day_is_not_counted_again(store: Store) -> None:
    """Its posts may leave by their time; their number stays."""
    await fill(store)
    first = await roll(store, span(), COUNT)
    assert first == await roll(store, span(days=3), COUNT)
    await store["posts"].delete_many({"_id": "1900000001:1"})

    def fail(_: Sequence[PostDay]) -> tuple[Naming, ...]:
        raise AssertionError("counted again")

    assert first == await roll(store, span(days=30), fail)
    assert first == await roll(store, span(days=30), fail, recount=True)
    assert LATE < timedelta(days=4)


@pytest.mark.parametrize("recount", [False, True])
async def test_what_comes_late_is_counted(store: Store, recount: bool) -> None:
    """Of its own Source only; the day is named with both numbers, once. Long after, only when it is asked for."""
    await fill(store)
    await roll(store, span(), COUNT)
    await keep(store, page(post(2, NAMING), at=MIDNIGHT + timedelta(hours=5)))
    later = {"days": 40} if recount else {"hours": 2}
    rolled = await roll(store, span(**later), COUNT, recount=recount)
    assert Restated(day=DAY, posts_before=1, posts=2) == rolled.restated
    assert [2] == [rollup.posts for rollup in rolled.rollups]
    assert Rolled(rollups=rolled.rollups) == await roll(store, span(**later), COUNT, recount=recount)


async def test_many_readers_are_one_count(store: Store) -> None:
    """For an hour nothing is looked for; right after the end of a day it always is, for passes are under way."""
    await fill(store)
    await roll(store, span(), COUNT)
    await keep(store, page(post(2, NAMING), at=MIDNIGHT + timedelta(hours=5)))
    assert [1] == [rollup.posts for rollup in (await roll(store, span(minutes=59), COUNT)).rollups]
    assert [2] == [rollup.posts for rollup in (await roll(store, span(minutes=60), COUNT)).rollups]
    at_the_end = {"$set": {"counted_at": MORNING - timedelta(hours=6.9)}}
    await store["rollups"].update_one({"_id": f"{SEOUL} {DAY} *"}, at_the_end)
    await keep(store, page(post(3, NAMING), at=MIDNIGHT + timedelta(hours=5)))
    early = span(hours=-6.8)
    assert [3] == [rollup.posts for rollup in (await roll(store, early, COUNT)).rollups]


async def test_an_edit_is_something_late(store: Store) -> None:
    """It may name another school; the post counts once all the same."""
    await fill(store)
    await roll(store, span(), COUNT)
    await keep(store, page(post(1, "가온누리중 이야기"), at=MORNING))
    rolled = await roll(store, span(hours=1), COUNT)
    assert [("several", 1)] == [(one.level, one.posts) for one in rolled.rollups[0].namings if one.scope == ""]
    assert rolled.restated is None


async def test_a_running_day_is_not_kept(store: Store) -> None:
    """It is counted up to the moment."""
    await fill(store)
    running = span_of(DAY, SEOUL, MIDNIGHT + timedelta(minutes=30))
    (rollup,) = (await roll(store, running, COUNT)).rollups
    assert (1, 1) == (rollup.posts, rollup.passes)
    assert {} == await kept(store)


async def test_zones_are_counted_apart(store: Store) -> None:
    """A day in another zone is another day."""
    await fill(store)
    utc = span_of(date(2026, 11, 19), "UTC", MORNING)
    assert [1] == [rollup.posts for rollup in (await roll(store, utc, COUNT)).rollups]
    assert [1] == [rollup.posts for rollup in (await roll(store, span(), COUNT)).rollups]
    assert [] == list((await roll(store, span_of(DAY, "UTC", MORNING), COUNT)).rollups)


async def test_many_windows_count_each_post_once(store: Store) -> None:
    """On the first moment of a day, on the last, and between."""
    moments = [MIDNIGHT, MIDNIGHT + timedelta(hours=1), MIDNIGHT + timedelta(days=1, microseconds=-1_000)]
    for native_id, at in enumerate(moments, start=1):
        await keep(store, page(post(native_id, NAMING), at=at))
    assert [3] == [rollup.posts for rollup in (await roll(store, span(), COUNT)).rollups]
