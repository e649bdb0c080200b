"""The curve of a room's members."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from evidence.records import Count
from pipelines.curves import MOST_POINTS, member_curve

START = datetime(2026, 11, 1, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def read(drawing: str) -> ElementTree.Element:
    """Parsed as strictly as XML is."""
    return ElementTree.fromstring(drawing)  # noqa: S314  made by ourselves


def counts(*values: int, step: int = 1) -> list[Count]:
    """An hour apart; rounded to ``step``."""
    return [
        Count(
            source="https://t.me/example_room",
            at=START + timedelta(hours=hour),
            value=value,
            low=value,
            high=value + step - 1,
            origin="landing",
        )
        for hour, value in enumerate(values)
    ]


@pytest.mark.parametrize("number", [0, 1, 2, 3, MOST_POINTS, 2 * MOST_POINTS + 1])
def test_any_number_of_counts_is_well_formed(number: int) -> None:
    """Also none, and more than can be told apart."""
    drawing = read(member_curve(counts(*range(number)), surge=0 if number else None))
    line = drawing.find(f"{SVG}polyline")
    assert (line is not None) == (number > 0)
    assert line is None or len(line.attrib["points"].split()) <= MOST_POINTS + 1


def test_a_room_that_grows_rises_within_its_frame() -> None:
    """Left to right, from the bottom to the top; y counts downwards."""
    drawing = read(member_curve(counts(10, 20, 40), 100, 50))
    points = [tuple(map(float, point.split(","))) for point in drawing.find(f"{SVG}polyline").attrib["points"].split()]  # type: ignore[union-attr]
    assert [(6.0, 44.0), (50.0, 31.3), (94.0, 6.0)] == points


def test_a_rounded_count_is_a_band() -> None:
    """No more precision than was seen."""
    exact, rounded = (member_curve(counts(1_000, 1_200, step=step)) for step in (1, 100))
    band = [read(one).find(f"{SVG}polygon").attrib["points"] for one in (exact, rounded)]  # type: ignore[union-attr]
    heights = [len({point.split(",")[1] for point in points.split()}) for points in band]
    assert [2, 4] == heights


def test_a_surge_is_a_shape_and_not_a_colour() -> None:
    """A triangle at its count, also where the series was thinned."""
    drawing = read(member_curve(counts(*range(1_000)), 112, surge=999))
    assert "106.0" == drawing.find(f"{SVG}line").attrib["x1"]  # type: ignore[union-attr]
    assert "curve-sign" in member_curve(counts(1, 2), surge=1)
    assert "curve-sign" not in member_curve(counts(1, 2))


def test_a_title_cannot_leave_its_place() -> None:
    """It is text, whatever it says; without one the drawing is passed over by screen readers."""
    nasty = '"></svg><script>alert(1)</script>'
    drawing = read(member_curve(counts(1, 2), title=nasty))
    assert [nasty, nasty] == [drawing.attrib["aria-label"], drawing.findtext(f"{SVG}title")]
    assert 'aria-hidden="true"' in member_curve(counts(1, 2))
