"""Lists in windows: all of a range once, newest first, and no further than asked."""

from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from storage.mongo import Store
from storage.reads import EPOCH, FEW, MANY, SHORTEST, Windows, last_document, newest
from tests.conftest import NOW
from tests.mongo_rules import Rules

moments = st.integers(0, 2**41).map(
    lambda since_ms: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(milliseconds=since_ms)
)


@given(st.none() | moments, moments)
def test_windows_cover_the_range_exactly_once(since: datetime | None, until: datetime) -> None:
    """Each begins where the one before ended, from ``until`` back to ``since``, growing."""
    found = list(Windows(since, until))
    low = since or EPOCH
    if until <= low:
        assert [] == found
        return
    assert (until, low) == (found[0][1], found[-1][0])
    assert [start for start, _ in found[:-1]] == [end for _, end in found[1:]]
    lengths = [end - start for start, end in found]
    assert all(timedelta() < length for length in lengths)
    assert all(4 * length == longer for length, longer in pairwise(lengths[:-1]))
    assert len(found) < 12


@given(st.lists(st.integers(0, 3 * MANY), min_size=1, max_size=30))
def test_windows_follow_what_was_found(founds: list[int]) -> None:
    """Much in one makes the next one shorter, little longer; together they still have no gap."""
    windows = Windows(None, NOW)
    before = None
    for (low, high), found in zip(windows, founds, strict=False):
        length = high - low
        if before is not None:
            end, earlier, last = before
            assert end == high
            grown = earlier * 4 if last < FEW else max(SHORTEST, earlier / 4) if last > MANY else earlier
            assert length in (grown, high - EPOCH)
        before = (low, length, found)
        windows.found = found


async def fill(store: Store, *ages_h: int) -> None:
    """Flags of two sources in turn, so many hours before NOW."""
    await store["flags"].insert_many(
        {
            "_id": f"{number:03}",
            "source": "ab"[number % 2],
            "at": NOW - timedelta(hours=age_h),
            "severity": "low",
            "reasons": [],
        }
        for number, age_h in enumerate(ages_h)
    )


async def ids(store: Store, limit: int = 1000, source: str | None = None, since: datetime | None = None) -> list[str]:
    """Ids of flags in the order in which they come."""
    found: list[str] = []
    async with aclosing(newest(store, "flags", source=source, since=since, until=NOW)) as documents:
        async for document in documents:
            found.append(document["_id"])
            if len(found) == limit:
                break
    return found


async def test_newest_come_first_across_windows(store: Store) -> None:
    """Hours, months and years apart: one order."""
    await fill(store, 50_000, 1, 700, 30, 2, 100_000)
    assert ["001", "004", "003", "002", "000", "005"] == await ids(store)


async def test_equal_moments_have_one_order(store: Store) -> None:
    """Ids decide, so that two calls list alike."""
    await fill(store, 5, 5, 5)
    assert ["002", "001", "000"] == await ids(store)


async def test_range_and_source_are_kept_to(store: Store) -> None:
    """From ``since`` on, before ``until``, of one source."""
    await fill(store, 0, 1, 2, 24, 48)
    assert ["001", "002", "003"] == await ids(store, since=NOW - timedelta(hours=24))
    assert ["002", "004"] == await ids(store, source="a")


async def test_a_limit_stops_reading(store: Store, rules: Rules) -> None:
    """Older windows are not asked for once there is enough."""
    await fill(store, 1, 2, 100_000)
    rules.commands.clear()
    assert ["000", "001"] == await ids(store, limit=2)
    assert ["find"] == rules.commands
    rules.commands.clear()
    assert 3 == len(await ids(store))
    assert 5 < rules.commands.count("find") < 12


async def test_the_last_document_is_the_newest_before_a_moment(store: Store) -> None:
    """Or None where there is none."""
    await fill(store, 5, 3)
    last = await last_document(store, "flags", source="a", until=NOW)
    assert last is not None
    assert "000" == last["_id"]
    assert await last_document(store, "flags", source="c", until=NOW) is None
    assert await last_document(store, "flags", until=NOW - timedelta(hours=5)) is None
