"""A room's members as a page shows them."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from console.members import members_of
from evidence.records import Count
from tests.conftest import NOW

SEOUL = ZoneInfo("Asia/Seoul")


def count(hours: float, value: int) -> Count:
    """So many, so long ago."""
    at = NOW - timedelta(hours=hours)
    return Count(source="https://t.me/room", at=at, value=value, low=value, high=value, origin="landing")


def test_a_row_a_day_of_the_reader() -> None:
    """The last count of each, newest first; days begin where the reader is."""
    counts = [count(hours, 1_000 + hours * (-1) ** hours) for hours in range(96, 0, -1)]
    seen = members_of(counts, SEOUL)
    assert seen is not None
    days = [row.at.astimezone(SEOUL).date() for row in seen.rows]
    assert days == sorted(set(days), reverse=True)
    assert counts[-1] == seen.rows[0]
    assert (905, 1_096) == (seen.low, seen.high)
    assert counts[-1].value - counts[0].value == seen.change


def test_too_few_make_no_line() -> None:
    """None and one, also of the origin that counted last."""
    assert None is members_of([], SEOUL)
    assert None is members_of([count(1, 5)], SEOUL)
    assert None is members_of([count(3, 5), replace(count(1, 5), origin="page")], SEOUL)


def test_where_it_grew_fast() -> None:
    """The count from which on it is a surge; rounded ones are drawn as bands."""
    seen = members_of([count(48, 100), count(24, 110), count(1, 400)], SEOUL)
    assert seen is not None
    assert seen.surge is not None
    assert 400 == seen.surge.value
    assert "curve-sign" in seen.drawing
