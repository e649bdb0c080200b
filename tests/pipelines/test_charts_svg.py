"""Bars and fields of hours."""

import pytest

from pipelines.charts_svg import bar, heat
from tests.pipelines.test_curves import SVG, read


@pytest.mark.parametrize(("share", "length"), [(0, "0.0"), (0.25, "40.0"), (1, "160.0"), (7, "160.0"), (-1, "0.0")])
def test_a_bar_is_as_long_as_its_share(share: float, length: str) -> None:
    """Never longer than its field."""
    _, front = read(bar(share)).findall(f"{SVG}rect")
    assert float(length) == float(front.attrib["width"])


def test_hours_differ_by_shape() -> None:
    """Watched, in part, blind and not due can be told apart without colour; nothing at all is still a drawing."""
    drawing = read(heat([[1.0, 0.7, 0.2, None], [1.0]]))
    kinds = [rect.attrib["class"] for rect in drawing.findall(f"{SVG}rect")]
    assert ["heat-full", "heat-part", "heat-blind", "heat-none", "heat-full"] == kinds
    assert (1, 1) == (len(drawing.findall(f"{SVG}circle")), len(drawing.findall(f"{SVG}path")))
    assert "0 0 56 28" == drawing.attrib["viewBox"]
    assert "0 0 0 0" == read(heat([])).attrib["viewBox"]
