"""When rooms are due: busy ones sooner, all within what an account may ask, ten of them watched closely."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.telegram.intervals import (
    BUSIER,
    CLOSE_COUNTS,
    CLOSE_EVERY_S,
    CLOSE_RATE,
    CLOSELY_WATCHED,
    COUNTS,
    REMEMBERED,
    SHORTEST_S,
    USED,
    Intervals,
    choose_close,
    plan_intervals,
)
from evidence.records import Post, Source

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BUDGET = 0.8
EVERY = st.integers(min_value=60, max_value=86_400).map(float)
RATE = st.one_of(st.just(0.0), st.floats(min_value=1e-7, max_value=0.33))
ROOMS = st.dictionaries(st.integers(), st.tuples(EVERY, RATE), min_size=1, max_size=40)


def room(number: int, every_s: int = 900) -> Source:
    """One of many rooms."""
    return Source(address=f"https://t.me/room_{number:04}", every_s=every_s)


def posts(number: int, apart_s: float, ending: datetime = NOW) -> tuple[Post, ...]:
    """So many posts, the newest one at ``ending``."""
    return tuple(
        Post(
            native_id=turn + 1,
            native_ids=(turn + 1,),
            address=None,
            posted_at=ending - timedelta(seconds=apart_s * turn),
        )
        for turn in range(number)
    )


def watching(number: int, apart_s: float | None = None, pause_s: float = 1.0) -> Intervals:
    """So many rooms of one account, each with posts so far apart."""
    intervals = Intervals(pause_s=pause_s)
    for turn in range(number):
        intervals.note_room(room(turn), "monitor", 1_000 + turn)
        if apart_s is not None:
            intervals.note_posts(room(turn), posts(20, apart_s), NOW)
    return intervals


@settings(max_examples=15)
@given(ROOMS)
def test_no_room_waits_longer_than_it_should(rooms: dict[int, tuple[float, float]]) -> None:
    """Within the budget no interval is above its longest, and none below half a minute."""
    longest = {str(key): every_s for key, (every_s, _) in rooms.items()}
    rates = {str(key): rate for key, (_, rate) in rooms.items()}
    planned = plan_intervals(longest, rates, BUDGET)
    assert longest.keys() == planned.keys()
    if sum(1 / every_s for every_s in longest.values()) < BUDGET:
        assert all(SHORTEST_S <= planned[key] <= longest[key] for key in planned)


@settings(max_examples=15)
@given(ROOMS, st.floats(min_value=0.001, max_value=2))
def test_all_rooms_together_stay_within_the_budget(rooms: dict[int, tuple[float, float]], budget: float) -> None:
    """However many rooms there are, and however busy, no more is asked than may be."""
    longest = {str(key): every_s for key, (every_s, _) in rooms.items()}
    planned = plan_intervals(longest, {str(key): rate for key, (_, rate) in rooms.items()}, budget)
    assert sum(1 / every_s for every_s in planned.values()) <= budget * 1.000001


@settings(max_examples=15)
@given(ROOMS)
def test_busier_rooms_are_due_no_later(rooms: dict[int, tuple[float, float]]) -> None:
    """Of two rooms with one longest interval the busier one is due first."""
    rates = {str(key): rate for key, (_, rate) in rooms.items()}
    planned = plan_intervals(dict.fromkeys(rates, 3_600.0), rates, BUDGET)
    in_order = [planned[key] for key in sorted(planned, key=lambda key: -rates[key])]
    assert all(one <= two for one, two in pairwise(in_order))


def test_too_many_rooms_are_stretched_alike() -> None:
    """Where even the longest intervals cost too much, each becomes longer by the same factor."""
    longest = {"a": 60.0, "b": 120.0}
    assert {"a": 90.0, "b": 180.0} == plan_intervals(longest, {"a": 1.0, "b": 0.0}, 1 / 60)


def test_no_rooms_are_no_plan() -> None:
    """Nothing to plan is no mistake."""
    assert {} == plan_intervals({}, {}, BUDGET)
    assert frozenset() == choose_close({}, ())


@settings(max_examples=15)
@given(st.dictionaries(st.integers(), RATE, max_size=60), st.sets(st.integers(), max_size=15))
def test_at_most_ten_are_watched_closely(rates: dict[int, float], held: set[int]) -> None:
    """Never more than ten of an account, only rooms with a post an hour, and none that it does not have."""
    by_name = {str(key): rate for key, rate in rates.items()}
    close = choose_close(by_name, map(str, held))
    assert len(close) <= CLOSELY_WATCHED
    assert all(by_name[key] >= CLOSE_RATE for key in close)
    busy = sum(rate >= CLOSE_RATE for rate in rates.values())
    assert len(close) == min(CLOSELY_WATCHED, busy)


@pytest.mark.parametrize(("factor", "is_new"), [(1.1, False), (BUSIER - 0.01, False), (BUSIER + 0.01, True)])
def test_a_place_is_held_until_another_is_clearly_busier(factor: float, is_new: bool) -> None:
    """Two rooms that are about as busy do not take turns."""
    rates = {f"room {turn}": 0.01 for turn in range(CLOSELY_WATCHED)}
    held = choose_close(rates, ())
    rates["new"] = 0.01 * factor
    assert is_new == ("new" in choose_close(rates, held))


def test_a_quiet_room_is_due_as_its_source_says() -> None:
    """Without posts, and before anything is known, the watchlist's interval counts."""
    intervals = Intervals(pause_s=1.0)
    assert 900.0 == intervals.interval_s(room(1))
    assert not intervals.is_close(room(1))
    intervals.note_room(room(1), "monitor", 1_001)
    assert 900.0 == intervals.interval_s(room(1))
    intervals.note_posts(room(1), (), NOW)
    assert 900.0 == intervals.interval_s(room(1))


def test_a_busy_room_is_watched_closely() -> None:
    """Every ten seconds, unless Telegram asks for longer, and never later than its Source says."""
    intervals = watching(1, apart_s=60)
    assert (True, CLOSE_EVERY_S) == (intervals.is_close(room(0)), intervals.interval_s(room(0)))
    intervals.note_timeout(room(0), 30)
    assert 30.0 == intervals.interval_s(room(0))
    intervals.note_timeout(room(0), 5_000)
    assert 900.0 == intervals.interval_s(room(0))


def test_each_account_has_ten_places() -> None:
    """Rooms of one account do not take the places of another's."""
    intervals = watching(12, apart_s=60)
    for turn in range(12, 24):
        intervals.note_room(room(turn), "other", turn)
        intervals.note_posts(room(turn), posts(20, 60), NOW)
    close = [turn for turn in range(24) if intervals.is_close(room(turn))]
    assert [10, 10] == [sum(turn < 12 for turn in close), sum(turn >= 12 for turn in close)]


def test_five_hundred_rooms_are_within_what_an_account_may_ask() -> None:
    """Those that are not watched closely cost no more than the share that is planned."""
    intervals = watching(500, apart_s=3_000)
    planned = [intervals.interval_s(room(turn)) for turn in range(500) if not intervals.is_close(room(turn))]
    assert 490 == len(planned)
    assert sum(1 / every_s for every_s in planned) <= USED * 1.000001
    assert max(planned) <= 900


def test_a_rate_is_of_the_newest_posts() -> None:
    """Twenty are remembered; a room that falls silent becomes slower with time."""
    intervals = watching(1, apart_s=10)
    intervals.note_posts(room(0), posts(REMEMBERED, 5_000, NOW + timedelta(days=9)), NOW + timedelta(days=9))
    assert not intervals.is_close(room(0))


@pytest.mark.parametrize(
    ("rooms", "apart_s", "after_s", "is_due"),
    [
        (1, None, 2.9, False),
        (1, None, COUNTS, True),
        (100, None, 299.0, False),
        (100, None, 300.0, True),
        (1, 60, CLOSE_COUNTS - 1, False),
        (1, 60, CLOSE_COUNTS, True),
    ],
)
def test_members_are_counted_as_often_as_may_be(
    rooms: int, apart_s: float | None, after_s: float, is_due: bool
) -> None:
    """With each pass, unless there are so many rooms or passes that the calls would not be enough."""
    intervals = watching(rooms, apart_s)
    assert intervals.is_count_due(room(0), None, NOW)
    assert is_due == intervals.is_count_due(room(0), NOW - timedelta(seconds=after_s), NOW)


def test_a_room_is_found_by_its_id() -> None:
    """An update names a channel by its id; others of the account are nobody's."""
    intervals = watching(3)
    assert room(2).address == intervals.address_of(1_002)
    assert intervals.address_of(5) is None


def test_a_room_that_moved_is_planned_with_its_new_account() -> None:
    """It leaves the old account's place free."""
    intervals = watching(11, apart_s=60)
    intervals.note_room(room(0), "other", 1)
    intervals.note_posts(room(0), posts(20, 60), NOW)
    intervals.note_posts(room(1), posts(20, 60), NOW)
    assert all(intervals.is_close(room(turn)) for turn in range(11))
