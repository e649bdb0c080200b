"""Coverage by hour: what a watched pass vouches for, and what a blind one leaves open."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from evidence.records import CrawlRun, Outcome, Place, PlaceKind
from storage.mongo import Store
from storage.passes import end_pass
from tests.storage.making import SOURCE, crawl_run, everything

TEN_MIN, SIX_H = 600, 21_600
WATCHED, BLIND = Outcome.WATCHED, Outcome.BLIND


def at(hour: int, minute: int = 0) -> datetime:
    """A time of one day."""
    return datetime.fromisoformat(f"2026-11-20T{hour:02}:{minute:02}:00+00:00")


def hours(uri: str) -> dict[int, tuple[bool, str | None, int]]:
    """Hour of the day: watched, reason, passes."""
    found = sorted(everything(uri)["coverage"], key=lambda hour: hour["at"])
    return {hour["at"].hour: (hour["is_watched"], hour["reason"], hour["passes"]) for hour in found}


async def passes(store: Store, every_s: int, *runs: CrawlRun) -> None:
    """End passes one after the other."""
    for run in runs:
        await end_pass(store, run, every_s, None)


async def test_a_watched_pass_covers_its_hour(store: Store, own_database: str) -> None:
    """Passes of one hour add up in one document."""
    await passes(store, TEN_MIN, *(crawl_run(WATCHED, at(9, minute)) for minute in (0, 10, 59)))
    assert {9: (True, None, 3)} == hours(own_database)


async def test_hours_between_two_watched_passes_are_joined(store: Store, own_database: str) -> None:
    """A source that is read every six hours was watched in the hours between: nothing in them was missed."""
    await passes(store, SIX_H, crawl_run(WATCHED, at(1, 30)), crawl_run(WATCHED, at(5, 10)))
    assert {
        1: (True, None, 1),
        2: (True, None, 0),
        3: (True, None, 0),
        4: (True, None, 0),
        5: (True, None, 1),
    } == hours(own_database)


@pytest.mark.parametrize(("pause_min", "covered"), [(89, {9, 10}), (90, {9, 10}), (91, {9, 10})])
async def test_a_pass_that_is_late_by_half_joins_up(
    store: Store, own_database: str, pause_min: int, covered: set[int]
) -> None:
    """Adjacent hours are each their pass's own, joined up or not."""
    first = at(9)
    await passes(store, 3_600, crawl_run(WATCHED, first), crawl_run(WATCHED, first + timedelta(minutes=pause_min)))
    assert covered == set(hours(own_database))


@pytest.mark.parametrize(("pause_min", "between"), [(180, {10, 11}), (181, set())])
async def test_a_gap_is_not_covered(store: Store, own_database: str, pause_min: int, between: set[int]) -> None:
    """More than one and a half intervals after the last watched pass, the hours between stay open."""
    first = at(9)
    await passes(store, 7_200, crawl_run(WATCHED, first), crawl_run(WATCHED, first + timedelta(minutes=pause_min)))
    assert {9, 12} | between == set(hours(own_database))


async def test_a_blind_pass_says_why(store: Store, own_database: str) -> None:
    """An hour without a watched pass is blind, with the last reason."""
    await passes(store, TEN_MIN, crawl_run(BLIND, at(9), "answered 500"), crawl_run(BLIND, at(9, 10), "answered 503"))
    assert {9: (False, "answered 503", 2)} == hours(own_database)


async def test_one_watched_pass_makes_an_hour_watched(store: Store, own_database: str) -> None:
    """Blind first and watched then, or the other way round; why it was blind stays."""
    await passes(store, TEN_MIN, crawl_run(BLIND, at(9), "answered 500"), crawl_run(WATCHED, at(9, 10)))
    assert {9: (True, "answered 500", 2)} == hours(own_database)
    await passes(store, TEN_MIN, crawl_run(WATCHED, at(10)), crawl_run(BLIND, at(10, 10), "answered 500"))
    assert (True, "answered 500", 2) == hours(own_database)[10]


async def test_blind_passes_of_an_hour_are_counted(store: Store, own_database: str) -> None:
    """Beside all its passes; what a watched one could not see is no reason for blindness."""
    runs = [crawl_run(BLIND, at(9, minute), f"answered 50{minute}") for minute in (0, 1, 2)]
    noted = crawl_run(WATCHED, at(9, 3), "members not exact")
    await passes(store, TEN_MIN, *runs, noted, replace(noted, started_at=at(10)))
    found = {hour["at"].hour: hour for hour in everything(own_database)["coverage"]}
    assert (4, 3, True, "answered 502") == tuple(
        found[9][name] for name in ("passes", "blind_passes", "is_watched", "reason")
    )
    assert (1, 0, True, None) == tuple(found[10][name] for name in ("passes", "blind_passes", "is_watched", "reason"))


async def test_blind_hours_before_a_joined_pass_were_watched_after_all(store: Store, own_database: str) -> None:
    """What was posted in them was read by the next pass, if that came in time."""
    runs = [crawl_run(WATCHED, at(1)), crawl_run(BLIND, at(3), "answered 500"), crawl_run(WATCHED, at(5))]
    await passes(store, SIX_H, *runs)
    assert [True] * 5 == [is_watched for is_watched, _, _ in hours(own_database).values()]


async def test_a_blind_pass_joins_nothing(store: Store, own_database: str) -> None:
    """Only its own hour is written, as blind."""
    await passes(store, SIX_H, crawl_run(WATCHED, at(1)), crawl_run(BLIND, at(5), "answered 500"))
    assert {1: (True, None, 1), 5: (False, "answered 500", 1)} == hours(own_database)


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.REFUSED])
async def test_gone_and_refused_are_not_watched(store: Store, own_database: str, outcome: Outcome) -> None:
    """Nothing was read, whatever the reason."""
    await passes(store, TEN_MIN, crawl_run(outcome, at(9), "why"))
    assert {9: (False, "why", 1)} == hours(own_database)


async def test_two_sources_have_hours_of_their_own(store: Store, own_database: str) -> None:
    """Coverage is a source's, never a room's beside it."""
    other = "https://t.me/other"
    await passes(store, TEN_MIN, crawl_run(WATCHED, at(9)), crawl_run(BLIND, at(9), "why", source=other))
    found = {hour["source"]: hour["is_watched"] for hour in everything(own_database)["coverage"]}
    assert {SOURCE: True, other: False} == found


async def test_a_room_remembers_when_it_was_first_and_last_seen(store: Store) -> None:
    """Title and members stay when a later pass does not show them."""
    place = Place(kind=PlaceKind.CHANNEL, title="방")
    seen = crawl_run(WATCHED, at(9))
    await end_pass(store, seen, TEN_MIN, place)
    await end_pass(store, crawl_run(BLIND, at(10), "why"), TEN_MIN, None)
    room = await store["rooms"].find_one({"_id": SOURCE})
    assert room is not None
    assert (at(9), at(9), at(10), "방", "channel", "blind") == tuple(
        room[name] for name in ("at", "watched_at", "passed_at", "title", "kind", "outcome")
    )


async def test_a_pass_is_stored_once_with_its_counts(store: Store, own_database: str) -> None:
    """The run's id is its source and beginning."""
    run = crawl_run(WATCHED, at(9))
    await end_pass(store, run, TEN_MIN, None)
    (stored,) = everything(own_database)["runs"]
    assert (f"{SOURCE} {at(9).isoformat()}", "watched", 1) == (stored["_id"], stored["outcome"], stored["captures"])
