"""Members of a room over time, as a small drawing: SVG without script, style or any text of a stranger.

Colours come from the page (classes ``curve-…``), so it follows light, dark and print; a surge is a triangle and a
dashed line, not a colour. A rounded count is drawn as the band that it may lie in. Its table belongs beside it.
"""

from collections.abc import Sequence
from html import escape

from evidence.records import Count

EDGE = 6
"""Pixels around the curve, so that marks at its ends are not cut off."""
MOST_POINTS = 400
"""More would not be seen; of a longer series each n-th is drawn, and the last."""
SIGN = 4


def member_curve(
    points: Sequence[Count], width: int = 320, height: int = 72, *, title: str = "", surge: int | None = None
) -> str:
    """Draw Counts of one room.

    Args:
        points: oldest first, all of one origin; may be empty.
        width: in pixels; the page may scale it.
        height: in pixels.
        title: what a screen reader says; escaped here. Empty where the words beside it say it all.
        surge: number of the Count from which on the room grew unusually; None for none.

    Returns:
        One ``<svg>`` element that may be put into a page as it is.
    """
    drawn, marked = _thinned(points, surge)
    heading = f"<title>{escape(title)}</title>" if title else ""
    is_said = f'role="img" aria-label="{escape(title)}"' if title else 'aria-hidden="true"'
    inside = _curve(drawn, marked, width, height) if drawn else ""
    return (
        f'<svg class="curve" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" focusable="false" {is_said}>{heading}{inside}</svg>'
    )


def _thinned(points: Sequence[Count], surge: int | None) -> tuple[Sequence[Count], int | None]:
    """At most so many as can be told apart, always with the last one."""
    step = -(-len(points) // MOST_POINTS) or 1
    chosen = sorted({*range(0, len(points), step), *([len(points) - 1] if points else [])})
    marked = None if surge is None else min(range(len(chosen)), key=lambda at: abs(chosen[at] - surge), default=None)
    return [points[place] for place in chosen], marked


def _curve(points: Sequence[Count], surge: int | None, width: int, height: int) -> str:
    first, last = points[0].at.timestamp(), points[-1].at.timestamp()
    low, high = min(point.low for point in points), max(point.high for point in points)

    def x(point: Count) -> float:
        share = (point.at.timestamp() - first) / (last - first) if last > first else 0.5
        return EDGE + share * (width - 2 * EDGE)

    def y(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return height - EDGE - share * (height - 2 * EDGE)

    there = " ".join(f"{x(point):.1f},{y(point.high):.1f}" for point in points)
    back = " ".join(f"{x(point):.1f},{y(point.low):.1f}" for point in reversed(points))
    middle = " ".join(f"{x(point):.1f},{y((point.low + point.high) / 2):.1f}" for point in points)
    end = points[-1]
    marks = "" if surge is None else _surge(x(points[surge]), height)
    return (
        f'<polygon class="curve-band" points="{there} {back}"/><polyline class="curve-line" points="{middle}"/>'
        f'<circle class="curve-end" cx="{x(end):.1f}" cy="{y((end.low + end.high) / 2):.1f}" r="2.5"/>{marks}'
    )


def _surge(x: float, height: int) -> str:
    left, right, foot = x - SIGN, x + SIGN, 2 * SIGN
    return (
        f'<line class="curve-surge" x1="{x:.1f}" y1="{foot}" x2="{x:.1f}" y2="{height}"/>'
        f'<polygon class="curve-sign" points="{left:.1f},{foot} {right:.1f},{foot} {x:.1f},1"/>'
    )
