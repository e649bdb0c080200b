"""The line of a room's members."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from console.curve import HEIGHT, WIDTH, draw_curve
from evidence.records import Count
from tests.conftest import NOW

SEOUL = ZoneInfo("Asia/Seoul")


def count(hours: float, value: int) -> Count:
    """So many, so long ago."""
    at = NOW - timedelta(hours=hours)
    return Count(source="https://t.me/room", at=at, value=value, low=value, high=value, origin="landing")


def test_a_line_within_its_field() -> None:
    """Every point inside; the table has the last count of each day, newest first."""
    curve = draw_curve([count(hours, 1_000 + hours * (-1) ** hours) for hours in range(96, 0, -1)], SEOUL)
    assert curve is not None
    points = [tuple(map(float, point.split(","))) for point in curve.line.split()]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert points == sorted(points)
    assert (17, 5) == (len(points), len(curve.rows))
    assert [row.at for row in curve.rows] == sorted((row.at for row in curve.rows), reverse=True)


def test_too_few_make_no_line() -> None:
    """None and one; a level line lies in the middle."""
    assert None is draw_curve([], SEOUL)
    assert None is draw_curve([count(1, 5), count(0.5, 5)], SEOUL)
    level = draw_curve([count(40, 5), count(1, 5)], SEOUL)
    assert level is not None
    assert {HEIGHT / 2} == {float(point.split(",")[1]) for point in level.line.split()}
