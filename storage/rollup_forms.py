"""Rollups as documents and back: rows as short lists, for there are many."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from evidence.day import BlindHours, Naming, Raised, Rollup
from storage.forms import read_count
from storage.mongo import Document

PLAIN = (
    *("source", "posts", "unknown_names", "passes", "edited", "removed", "unreadable", "is_by_protocol"),
    *("hours_watched", "hours_partly"),
)
"""Fields that are stored as they are."""
ROWS = {"namings": Naming, "raised": Raised, "blind": BlindHours}
"""Fields that are stored as rows of values, in the order of their records' own fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A calendar day, as far as it is known."""

    date: date
    timezone: str
    starts_at: datetime
    ends_at: datetime
    as_of: datetime
    """Nothing from here on is read."""

    @property
    def until(self) -> datetime:
        """The day's end, or a moment of the day while it runs."""
        return min(self.ends_at, self.as_of)

    @property
    def name(self) -> str:
        """Of the day in its zone."""
        return f"{self.timezone} {self.date.isoformat()}"


def rollup_document(rollup: Rollup, span: Span, mark: list[int]) -> Document:
    """A Rollup; one for each Source and day.

    Args:
        rollup: of a day that is over.
        span: of that day.
        mark: what was there when it was counted.
    """
    return {
        "_id": f"{span.name} {rollup.source}",
        "zone": span.timezone,
        "at": span.starts_at,
        "day": rollup.day.isoformat(),
        "mark": mark,
        **{name: getattr(rollup, name) for name in PLAIN},
        **{name: [_row(row) for row in getattr(rollup, name)] for name in ROWS},
        "flag_delays_s": list(rollup.flag_delays_s),
        "members": asdict(rollup.members) if rollup.members else None,
        "listed": [asdict(count) for count in rollup.listed],
    }


def span_of(day: date, timezone: str, as_of: datetime) -> Span:
    """A calendar day; daylight saving makes it 23 to 25 hours long."""
    zone = ZoneInfo(timezone)
    starts_at, ends_at = (
        datetime.combine(day + timedelta(days=days), time(), zone).astimezone(as_of.tzinfo) for days in (0, 1)
    )
    return Span(date=day, timezone=timezone, starts_at=starts_at, ends_at=ends_at, as_of=as_of)


def read_rollup(document: Mapping[str, Any]) -> Rollup:
    """A Rollup as it was stored."""
    rows: dict[str, Any] = {
        name: tuple(kind(**_named(kind, row)) for row in document[name]) for name, kind in ROWS.items()
    }
    return Rollup(
        day=date.fromisoformat(document["day"]),
        **{name: document[name] for name in PLAIN},
        **rows,
        flag_delays_s=tuple(document["flag_delays_s"]),
        members=read_count(document["members"]) if document["members"] else None,
        listed=tuple(read_count(count) for count in document["listed"]),
    )


def _row(record: Naming | Raised | BlindHours) -> list[Any]:
    return [getattr(record, name) for name in record.__slots__]


def _named(kind: type[Naming | Raised | BlindHours], row: list[Any]) -> dict[str, Any]:
    return dict(zip(kind.__slots__, row, strict=True))
