"""A calendar day read as a value: whose hours, which posts, what counts as blind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from config.register import load_schools
from evidence.day import Day, SourceDay
from evidence.records import Outcome, Place, PlaceKind, Severity, Source
from pipelines.digest import counter_of
from storage.day import read_day
from storage.leases import leased
from storage.mongo import Store
from storage.passes import end_pass
from tests.storage.making import NAMING, SOURCE, crawl_run, keep, member_count, page, post

SEOUL = "Asia/Seoul"
DAY = date(2026, 11, 20)
MIDNIGHT = datetime(2026, 11, 19, 15, tzinfo=UTC)
"""Of that day in Seoul."""
OVER = MIDNIGHT + timedelta(days=2)


COUNT = counter_of({school.code: school for school in load_schools(Path(str(files("practice") / "schools.csv")))})


async def read(
    store: Store, sources: Sequence[Source] = (), as_of: datetime = OVER, timezone: str = SEOUL, day: date = DAY
) -> Day:
    """The day."""
    return await read_day(store, day, timezone, sources, as_of, COUNT)


def listed(*addresses: str) -> list[Source]:
    """Sources of a watchlist."""
    return [Source(address=address) for address in addresses]


async def watch(store: Store, *at: datetime, outcome: Outcome = Outcome.WATCHED, reason: str | None = None) -> None:
    """Passes over SOURCE."""
    for moment in at:
        place = Place(kind=PlaceKind.CHANNEL, title="방")
        await end_pass(store, crawl_run(outcome, moment, reason), 600, place)


async def only_source(store: Store, as_of: datetime = OVER, timezone: str = SEOUL, day: date = DAY) -> SourceDay:
    """SOURCE on a day."""
    (source,) = (await read(store, listed(SOURCE), as_of, timezone, day)).sources
    return source


async def test_a_day_is_a_day_of_its_zone(store: Store) -> None:
    """Midnight in Seoul is 15:00 UTC; a post belongs to the day on which it was first seen."""
    for native_id, after in ((1, timedelta(seconds=-1)), (2, timedelta()), (3, timedelta(hours=24, seconds=-1))):
        await keep(store, page(post(native_id, NAMING), at=MIDNIGHT + after))
    await keep(store, page(post(4, NAMING), at=MIDNIGHT + timedelta(hours=24)))
    day = await read(store)
    assert (MIDNIGHT, MIDNIGHT + timedelta(days=1)) == (day.starts_at, day.ends_at)
    assert [2] == [rollup.posts for rollup in day.rollups]
    assert [Severity.HIGH] * 2 == [flag.severity for flag in day.flags]
    assert [1, 0] == [sum(rollup.posts for rollup in before.rollups) for before in day.earlier[:2]]


@pytest.mark.parametrize(
    ("timezone", "day", "hours"),
    [
        (SEOUL, date(2026, 11, 20), 24),
        (SEOUL, date(2024, 2, 29), 24),
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/Santiago", date(2026, 9, 6), 23),
    ],
)
async def test_days_have_23_to_25_hours(store: Store, timezone: str, day: date, hours: int) -> None:
    """Daylight saving changes how many hours are due, also where it begins at midnight."""
    late = datetime(2026, 12, 1, tzinfo=UTC)
    assert hours == (await only_source(store, late, timezone, day)).hours_due


async def test_watched_all_day_is_watched_all_day(store: Store) -> None:
    """Twenty-four watched hours of twenty-four due."""
    await watch(store, *(MIDNIGHT + timedelta(hours=hour) for hour in range(-1, 26)))
    found = await only_source(store)
    assert (24, 24, ()) == (found.rollup.hours_watched, found.hours_due, found.rollup.blind)


async def test_zones_with_half_hours_lose_none(store: Store) -> None:
    """A day in Kolkata begins at 18:30 UTC and touches 25 clock hours; all of them are read."""
    begin = datetime(2026, 11, 19, 18, tzinfo=UTC)
    await watch(store, *(begin + timedelta(hours=hour) for hour in range(25)))
    found = await only_source(store, timezone="Asia/Kolkata")
    assert (25, 25) == (found.rollup.hours_watched, found.hours_due)


async def test_hours_to_come_are_not_due(store: Store) -> None:
    """While the day runs, the hour under way is due and later ones are not."""
    await watch(store, MIDNIGHT - timedelta(hours=1), MIDNIGHT)
    found = await only_source(store, MIDNIGHT + timedelta(hours=3, minutes=1))
    assert (1, 4) == (found.rollup.hours_watched, found.hours_due)


async def test_hours_before_a_room_was_first_seen_are_not_due(store: Store) -> None:
    """A source that was added at noon is due from noon on."""
    noon = MIDNIGHT + timedelta(hours=12, minutes=40)
    await watch(store, noon)
    found = await only_source(store)
    assert (noon, 12, 1, "방") == (found.first_seen, found.hours_due, found.rollup.hours_watched, found.title)


async def test_hours_before_a_room_was_first_passed_over_are_not_due(store: Store) -> None:
    """It was found in a directory days before, and watched from noon on; until then it was nobody's."""
    noon = MIDNIGHT + timedelta(hours=12)
    await store["rooms"].insert_one({"_id": SOURCE, "at": MIDNIGHT - timedelta(days=9), "title": "방"})
    waiting = await only_source(store)
    assert (24, OVER - timedelta(days=1)) == (waiting.hours_due, waiting.first_seen)
    await watch(store, noon, noon + timedelta(hours=1))
    found = await only_source(store, OVER + timedelta(hours=2))
    assert (noon, 12, 2) == (found.first_seen, found.hours_due, found.rollup.hours_watched)


async def test_members_as_directories_list_them_are_apart(store: Store) -> None:
    """The last of the day of each site; never taken for what Telegram says."""
    for hour, value, origin in (
        (1, 40, "landing"),
        (2, 90, "tgstat"),
        (3, 95, "tgstat"),
        (4, 80, "combot"),
        (30, 7, "x"),
    ):
        at = MIDNIGHT + timedelta(hours=hour)
        origin = origin if origin == "landing" else f"directory:{origin}"
        await keep(store, page(count=replace(member_count(value, at), origin=origin), at=at))
    found = await only_source(store)
    assert found.rollup.members is not None
    assert (40, {"directory:combot": 80, "directory:tgstat": 95}) == (
        found.rollup.members.value,
        {count.origin: count.value for count in found.rollup.listed},
    )


async def test_reasons_are_those_of_blind_passes(store: Store) -> None:
    """Each once, of most hours first, also of hours that were watched in the end; those are partly blind."""
    hours = [MIDNIGHT + timedelta(hours=hour) for hour in range(5)]
    await watch(store, hours[0], outcome=Outcome.BLIND, reason="answered 503")
    await watch(store, *hours[1:3], outcome=Outcome.BLIND, reason="answered 500")
    await watch(store, hours[3], outcome=Outcome.BLIND, reason="soon healed")
    await watch(store, hours[3] + timedelta(minutes=30))
    found = await only_source(store)
    reasons = tuple(one.reason for one in found.rollup.blind)
    assert ("answered 500", "answered 503", "soon healed") == reasons
    assert (1, 1, 24) == (found.rollup.hours_watched, found.rollup.hours_partly, found.hours_due)


async def test_a_source_that_was_never_passed_over_is_blind(store: Store) -> None:
    """It stands on the watchlist and nothing is known of it: every hour is blind."""
    found = await only_source(store)
    assert (0, 24, None) == (found.rollup.hours_watched, found.hours_due, found.title)


async def test_only_sources_of_the_day_are_in_it(store: Store) -> None:
    """One first seen later is not; one that was taken off the list since is, if it was passed over then."""
    await watch(store, MIDNIGHT + timedelta(hours=2))
    await end_pass(store, crawl_run(Outcome.WATCHED, OVER - timedelta(hours=1), source="https://t.me/later"), 600, None)
    await end_pass(
        store, crawl_run(Outcome.WATCHED, MIDNIGHT - timedelta(days=3), source="https://t.me/old"), 600, None
    )
    day = await read(store, listed("https://t.me/later", "https://t.me/new"))
    assert ["https://t.me/new", SOURCE] == [source.address for source in day.sources]


async def test_members_are_the_last_of_the_day_and_before_it(store: Store) -> None:
    """Later counts do not count."""
    hours = {-30: 10, -1: 20, 1: 30, 23: 40, 24: 50}
    for hour, value in hours.items():
        at = MIDNIGHT + timedelta(hours=hour)
        await keep(store, page(count=member_count(value, at), at=at))
    found = await only_source(store)
    assert found.rollup.members is not None
    before = found.members_before[0]
    assert before is not None
    assert (40, 20) == (found.rollup.members.value, before.value)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({1: 40, 2: (41, 30)}, (40, None)),
        ({1: (42, 30)}, (42, None)),
        ({-2: 20, -1: (22, 10), 1: 40}, (40, 20)),
        ({-30: 10, -1: (22, 10), 1: 40}, (40, 22)),
        ({-30: 10, 1: 40}, (40, 10)),
    ],
)
async def test_exact_members_come_before_rounded_ones(
    store: Store, counts: dict[int, int | tuple[int, int]], shown: tuple[int | None, int | None]
) -> None:
    """Of the day, and of the day before it; an exact count of an earlier day is no better than a later one."""
    for hour, number in counts.items():
        at = MIDNIGHT + timedelta(hours=hour)
        value, low = number if isinstance(number, tuple) else (number, number)
        await keep(store, page(count=replace(member_count(value, at), low=low), at=at))
    found = await only_source(store)
    assert shown == tuple(count.value if count else None for count in (found.rollup.members, found.members_before[0]))


async def test_nothing_after_now_is_read(store: Store) -> None:
    """A day that is asked for as of an earlier moment reads as it did then."""
    for hour in (1, 3):
        at = MIDNIGHT + timedelta(hours=hour)
        await keep(store, page(post(hour, NAMING), count=member_count(hour, at), at=at))
        await watch(store, at)
    day = await read(store, listed(SOURCE), MIDNIGHT + timedelta(hours=2))
    (source,) = day.sources
    assert ([Severity.HIGH], 1) == ([flag.severity for flag in day.flags], source.rollup.posts)
    assert source.rollup.members is not None
    assert (1, 1) == (source.rollup.members.value, source.rollup.hours_watched)


async def test_a_day_to_come_is_empty(store: Store) -> None:
    """Nothing is due and nothing is found."""
    day = await read(store, listed(SOURCE), MIDNIGHT - timedelta(days=2))
    assert ((), (), 0, False) == (day.rollups, day.flags, day.sources[0].hours_due, day.has_data)


async def test_an_edit_takes_no_school_out_of_a_day(store: Store) -> None:
    """What the post said when it was first seen still counts; posts are sorted without their words."""
    await keep(store, page(post(1, NAMING), at=MIDNIGHT))
    await keep(store, page(post(1, "아무것도 아니에요"), at=MIDNIGHT + timedelta(hours=1)))
    (rollup,) = (await read(store)).rollups
    assert [("", "B10", "high", "synthetic-media", 1), ("B10", "B10", "high", "synthetic-media", 1)] == [
        (one.scope, one.office, one.level, one.category, one.posts) for one in rollup.namings
    ]


async def test_edits_and_removals_are_those_of_the_days_passes(store: Store) -> None:
    """They count on the day on which they were seen, whenever the post was written and kept or not."""
    for hour, edited in {-1: 100, 1: 2, 23: 1, 24: 100}.items():
        run = replace(crawl_run(Outcome.WATCHED, MIDNIGHT + timedelta(hours=hour)), edited=edited, removed=edited + 1)
        await end_pass(store, run, 600, None)
    (rollup,) = (await read(store)).rollups
    assert (3, 5) == (rollup.edited, rollup.removed)


async def test_a_pass_under_way_is_told(store: Store) -> None:
    """At 00:05 a pass may still hold its room; later it is of no matter for that day."""
    at = MIDNIGHT + timedelta(days=1, minutes=5)
    async with leased(store, SOURCE, at):
        assert 1 == (await read(store, listed(SOURCE), at)).under_way
        assert 0 == (await read(store, listed(SOURCE), at + timedelta(hours=2))).under_way


async def test_a_clock_that_was_set_back_is_told(store: Store) -> None:
    """Passes bear times that are still to come."""
    await watch(store, MIDNIGHT + timedelta(hours=3))
    assert 1 == (await read(store, as_of=MIDNIGHT + timedelta(hours=2))).from_the_future
    assert 0 == (await read(store, as_of=MIDNIGHT + timedelta(hours=3, minutes=1))).from_the_future


async def test_rooms_that_were_found(store: Store) -> None:
    """By where and what became of them; those that were only watched were not found."""
    at, reasons = MIDNIGHT + timedelta(hours=1), ["link"]
    for name, more in (
        ("a", {"found": {"link:room": {}}, "reasons": reasons, "last_at": at}),
        ("b", {"found": {"directory:x": {}, "link:room": {}}, "refused": "private"}),
        ("c", {}),
    ):
        await store["rooms"].insert_one({"_id": f"https://t.me/{name}", "at": at, **more})
    rooms = (await read(store)).rooms
    assert {("link", "candidate", 1), ("directory", "refused", 1)} == {
        (one.found, one.standing, one.rooms) for one in rooms
    }
