"""Small charts as SVG: numbers alone go in, colours come from the page, shapes carry what must be told in grey.

Each stands beside a table that says the same, so screen readers pass the drawing over. Curves are in ``curves.py``.
"""

from collections.abc import Sequence

CELL, GAP = 14, 2
WELL, HALF = 0.999, 0.5
"""Share of an hour's rooms that were watched: all of them; fewer than half are crossed out."""


def bar(share: float, width: int = 160, height: int = 10) -> str:
    """A bar.

    Args:
        share: of the width, 0 to 1; more is cut.
        width: in pixels.
        height: in pixels.
    """
    length = round(max(0.0, min(1.0, share)) * width, 1)
    return (
        f'{_open("bar", width, height)}<rect class="bar-back" width="{width}" height="{height}" rx="2"/>'
        f'<rect class="bar-front" width="{length}" height="{height}" rx="2"/></svg>'
    )


def heat(rows: Sequence[Sequence[float | None]]) -> str:
    """A field of hours: full, dotted in part, crossed where less than half was watched, empty where nothing was due.

    Args:
        rows: days, each with its hours; shares 0 to 1, None where nothing was due.
    """
    width = max(map(len, rows), default=0) * CELL
    cells = "".join(_cell(x * CELL, y * CELL, share) for y, row in enumerate(rows) for x, share in enumerate(row))
    return f"{_open('heat', width, len(rows) * CELL)}{cells}</svg>"


def _cell(x: int, y: int, share: float | None) -> str:
    side = CELL - GAP
    if share is None:
        return f'<rect class="heat-none" x="{x + 4}" y="{y + 4}" width="4" height="4"/>'
    kind = "full" if share >= WELL else "part" if share >= HALF else "blind"
    field = f'<rect class="heat-{kind}" x="{x}" y="{y}" width="{side}" height="{side}" rx="2"/>'
    if kind == "full":
        return field
    if kind == "part":
        return f'{field}<circle class="heat-sign" cx="{x + side / 2:g}" cy="{y + side / 2:g}" r="2"/>'
    low, high = 3, side - 3
    cross = f"M{x + low} {y + low}L{x + high} {y + high}M{x + high} {y + low}L{x + low} {y + high}"
    return f'{field}<path class="heat-cross" d="{cross}"/>'


def _open(name: str, width: int, height: int) -> str:
    return (
        f'<svg class="{name}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" focusable="false" aria-hidden="true">'
    )
