"""Rooms and directories of the watchlist as its pages show them: entry, last pass, hours, pauses."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from config.watchlist_model import UNITS_S
from console.visit import Console
from evidence.pause import EVERYTHING, Pause, Quiet
from evidence.records import Directory, Source
from pipelines.masking import mask
from storage.coverage import HOUR, SeenPlace, Stretch, WatchedHour, in_stretches, seen_places, watched_hours
from storage.pauses import standing_pauses

DAYS = 7
HOURS = 24 * DAYS
NOTHING = SeenPlace()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A place on the list."""

    entry: Source | Directory
    seen: SeenPlace
    title: str | None
    """Masked."""
    hours: tuple[WatchedHour, ...]
    strip: tuple[Stretch, ...]
    pause: Pause | None
    """Of the place, or of everything."""
    mute: Pause | None

    @property
    def is_source(self) -> bool:
        """Whether it is a room; else a directory."""
        return isinstance(self.entry, Source)

    @property
    def name(self) -> str:
        """What its page is called by."""
        return self.entry.name if isinstance(self.entry, Source) else directory_name(self.entry.address)

    @property
    def every(self) -> str:
        """Its interval, as an entry says it."""
        seconds = self.entry.every_s
        unit = next(unit for unit in ("d", "h", "m", "s") if seconds % UNITS_S[unit] == 0)
        return f"{seconds // UNITS_S[unit]}{unit}"

    @property
    def watched(self) -> int:
        """Hours that were watched."""
        return sum(hour.is_watched for hour in self.hours)

    @property
    def blind(self) -> int:
        """Hours in which passes saw nothing."""
        return len(self.hours) - self.watched

    @property
    def unknown(self) -> int:
        """Hours without a pass."""
        return HOURS - len(self.hours)

    @property
    def reasons(self) -> tuple[tuple[str, int], ...]:
        """Why it was blind, and for how many hours; the last reason first."""
        counted = Counter(hour.reason for hour in self.hours if hour.reason)
        newest = dict.fromkeys(hour.reason for hour in reversed(self.hours) if hour.reason)
        return tuple((reason, counted[reason]) for reason in newest if reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the strip, for those who cannot see it."""

    at: datetime
    watched: int
    blind: int


def directory_name(address: str) -> str:
    """A directory's address as part of a path."""
    return address.encode().hex()


async def rows_of(console: Console, entries: Sequence[Source | Directory]) -> tuple[Row, ...]:
    """How places stand."""
    at = console.clock()
    since = strip_start(at)
    addresses = [entry.address for entry in entries]
    seen = await seen_places(console.store, addresses) if addresses else {}
    hours = await watched_hours(console.store, addresses, since, at) if addresses else {}
    pauses = {(pause.quiet, pause.about): pause for pause in await standing_pauses(console.store, at)}
    return tuple(
        _row(entry, seen.get(entry.address, NOTHING), hours.get(entry.address, ()), since, pauses) for entry in entries
    )


def strip_start(at: datetime) -> datetime:
    """The first hour of the strip that ends with this one."""
    return at.replace(minute=0, second=0, microsecond=0) - timedelta(days=DAYS) + HOUR


def days_of(row: Row, zone: ZoneInfo) -> tuple[Day, ...]:
    """The strip's hours by day in somebody's zone, newest first."""
    days: dict[datetime, Counter[str]] = {}
    for hour in row.hours:
        local = hour.at.astimezone(zone).replace(hour=0)
        days.setdefault(local, Counter())["watched" if hour.is_watched else "blind"] += 1
    return tuple(
        Day(at=day, watched=counted["watched"], blind=counted["blind"])
        for day, counted in sorted(days.items(), reverse=True)
    )


def _row(
    entry: Source | Directory,
    seen: SeenPlace,
    hours: tuple[WatchedHour, ...],
    since: datetime,
    pauses: dict[tuple[Quiet, str], Pause],
) -> Row:
    pause = pauses.get((Quiet.PAUSE, EVERYTHING)) or pauses.get((Quiet.PAUSE, entry.address))
    return Row(
        entry=entry,
        seen=seen,
        title=mask(seen.title, public=(entry.address,)).text if seen.title else None,
        hours=hours,
        strip=in_stretches(hours, since, HOURS),
        pause=pause,
        mute=pauses.get((Quiet.MUTE, entry.address)),
    )
