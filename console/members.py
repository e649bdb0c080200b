"""A room's members over two weeks, for a page: the drawing, and the table that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from evidence.records import Count
from pipelines.curves import member_curve
from pipelines.surges import surge_at

WIDTH, HEIGHT = 640, 120
MOST_ROWS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Of one room, as one origin counted them."""

    drawing: Markup
    rows: tuple[Count, ...]
    """The last Count of each day of the reader's zone, newest first."""
    low: int
    high: int
    change: int
    """From the first day to the last."""
    surge: Count | None
    """Where it began to grow fast."""


def members_of(counts: Sequence[Count], zone: ZoneInfo) -> Members | None:
    """What a page shows of Counts, oldest first; None where there are too few for a line."""
    kept = [count for count in counts if count.origin == counts[-1].origin]  # two origins are two series
    if len(kept) < 2:
        return None
    days = {count.at.astimezone(zone).date(): count for count in kept}
    surge = surge_at(kept)
    return Members(
        drawing=Markup(member_curve(kept, WIDTH, HEIGHT, surge=surge)),  # noqa: S704  numbers alone
        rows=tuple(reversed(days.values()))[:MOST_ROWS],
        low=min(count.low for count in kept),
        high=max(count.high for count in kept),
        change=kept[-1].value - kept[0].value,
        surge=None if surge is None else kept[surge],
    )
