"""The overview as values: figures of the last days within somebody's offices, small numbers withheld."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from console.visit import console_of, visit_of
from evidence.case import Staff
from evidence.day import FlagDay, Naming
from evidence.records import Count
from evidence.roles import in_scope
from pipelines.agreement import Agreement, agreement
from pipelines.digest.counting import SEVERAL, UNCLEAR
from pipelines.digest.lines import Table
from pipelines.digest.shield import post_tables
from pipelines.surges import surge_at
from storage.figures import Figures, Hour, read_figures

SMALLEST = 5
"""Number that is shown, besides nought."""
LASTS = timedelta(seconds=60)
BANDS = (("1h", 1), ("8h", 8), ("24h", 24), ("72h", 72))
"""Hours that something waited; the rest waited longer."""
OLDER = "older"
SHOWN_ROOMS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room's members in two weeks."""

    address: str
    counts: tuple[Count, ...]
    surge: int | None
    """Number of the count at which it began to grow fast."""

    @property
    def change(self) -> tuple[int, int]:
        """At least and at most how many more than two weeks before."""
        first, last = self.counts[0], self.counts[-1]
        return last.low - first.high, last.high - first.low


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits."""

    total: int
    overdue: int
    by_age: dict[str, int]
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All of it, for one reader."""

    as_of: datetime
    flags: Table
    backlog: Backlog
    agreement: Agreement
    days: tuple[tuple[str, tuple[float | None, ...]], ...]
    """Oldest first: the day, and of each hour the share of rooms that were watched."""
    rooms: tuple[Room, ...]
    """Those that grow fast first."""


@dataclass(slots=True)
class Kept:
    """Figures that were read a moment ago: they are the same for all who look."""

    figures: Figures | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


KEPT: "web.AppKey[Kept]" = web.AppKey("kept figures", Kept)


async def overview_for(request: web.Request) -> Overview:
    """The overview within the offices of whoever asks."""
    console, visit, kept = console_of(request), visit_of(request), request.config_dict[KEPT]
    async with kept.lock:
        if kept.figures is None or console.clock() - kept.figures.as_of >= LASTS:
            kept.figures = await read_figures(console.store, console.clock(), await console.works.watched())
    return make_overview(kept.figures, visit.staff, visit.zone)


def make_overview(figures: Figures, staff: Staff, zone: ZoneInfo) -> Overview:
    """Narrow figures to what somebody may see."""
    flags = [flag for flag in figures.flags if in_scope(staff, frozenset(flag.offices))]
    waiting = [flag for flag in figures.waiting if in_scope(staff, frozenset(flag.offices))]
    pairs = [
        (str(pair.first.disposition), str(pair.second.disposition))
        for pair in figures.pairs
        if in_scope(staff, pair.offices)
    ]
    return Overview(
        as_of=figures.as_of,
        flags=flag_table(flags, staff.offices),
        backlog=backlog_of(waiting, figures.as_of),
        agreement=agreement(pairs, "confirmed"),
        days=_days(figures.hours, figures.as_of, zone),
        rooms=_rooms(figures),
    )


def flag_table(flags: Sequence[FlagDay], offices: frozenset[str] | None = None) -> Table:
    """Flags by office and level; of one's own offices only what concerns them."""
    tally = Counter((_one(_theirs(flag.offices, offices)), _one(flag.levels)) for flag in flags)
    namings = (
        Naming(scope="", office=office, level=level, category="flag", posts=number)
        for (office, level), number in tally.items()
    )
    return post_tables(namings, SMALLEST).office_levels


def _theirs(offices: Sequence[str], own: frozenset[str] | None) -> tuple[str, ...]:
    return tuple(office for office in offices if own is None or office in own)


def _one(values: Sequence[str]) -> str:
    return (SEVERAL if len(values) > 1 else values[0]) if values else UNCLEAR


def backlog_of(waiting: Sequence[FlagDay], now: datetime) -> Backlog:
    """How much waits, and for how long."""
    ages = Counter(_band(now - flag.at) for flag in waiting)
    return Backlog(
        total=len(waiting),
        overdue=sum(flag.due_at is not None and flag.due_at < now for flag in waiting),
        by_age={name: ages[name] for name in (*(name for name, _ in BANDS), OLDER)},
        oldest_at=min((flag.at for flag in waiting), default=None),
    )


def _band(age: timedelta) -> str:
    return next((name for name, hours in BANDS if age < timedelta(hours=hours)), OLDER)


def _days(hours: Sequence[Hour], now: datetime, zone: ZoneInfo) -> tuple[tuple[str, tuple[float | None, ...]], ...]:
    seen, watched = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for hour in hours:
        local = hour.at.astimezone(zone)
        seen[local.date().isoformat(), local.hour] += 1
        watched[local.date().isoformat(), local.hour] += hour.is_watched
    today = now.astimezone(zone).date()
    days = [(today - timedelta(days=back)).isoformat() for back in range(6, -1, -1)]
    return tuple(
        (day, tuple(watched[day, at] / seen[day, at] if seen[day, at] else None for at in range(24))) for day in days
    )


def _rooms(figures: Figures) -> tuple[Room, ...]:
    rooms = [_room(address, counts) for address, counts in figures.rooms.items()]
    rooms.sort(key=lambda room: (room.surge is None, -room.change[0], room.address))
    return tuple(rooms[:SHOWN_ROOMS])


def _room(address: str, counts: tuple[Count, ...]) -> Room:
    """Of the origin that counted last: two origins are two series."""
    one = tuple(count for count in counts if count.origin == counts[-1].origin)
    return Room(address=address, counts=one, surge=surge_at(one))
