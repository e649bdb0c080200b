"""A room's members over time as a small line, drawn on the server: the table beside it says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from evidence.records import Count

WIDTH, HEIGHT, EDGE = 320, 84, 6
STEP = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line in a field of ``WIDTH`` by ``HEIGHT``."""

    line: str
    """Points of an SVG polyline."""
    last: tuple[float, float]
    rows: tuple[Count, ...]
    """The last count of each day, newest first."""
    low: int
    high: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def change(self) -> int:
        """From the first day to the last."""
        return self.rows[0].value - self.rows[-1].value


def draw_curve(counts: Sequence[Count], zone: ZoneInfo) -> Curve | None:
    """Draw counts, oldest first; None where there are too few for a line."""
    kept = list({_bucket(count.at): count for count in counts}.values())
    if len(kept) < 2:
        return None
    values = [count.value for count in kept]
    low, high, first, length = min(values), max(values), kept[0].at, kept[-1].at - kept[0].at
    points = [
        (
            round(EDGE + (WIDTH - 2 * EDGE) * ((count.at - first) / length if length else 0), 1),
            round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * ((count.value - low) / (high - low) if high > low else 0.5), 1),
        )
        for count in kept
    ]
    days = {count.at.astimezone(zone).date(): count for count in counts}
    return Curve(
        line=" ".join(f"{x},{y}" for x, y in points),
        last=points[-1],
        rows=tuple(reversed(days.values())),
        low=low,
        high=high,
    )


def _bucket(at: datetime) -> int:
    return int(at.timestamp() // STEP.total_seconds())
