"""Reads one day as a value."""

from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from datetime import date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from evidence.day import Day, PostDay, SourceDay
from evidence.records import Count, Severity, Source, Via
from storage.bases import bases_between
from storage.forms import read_count, read_mentions
from storage.mongo import Document, Store
from storage.reads import newest

HOUR_S = 3_600


async def read_day(store: Store, day: date, timezone: str, sources: Sequence[Source], as_of: datetime) -> Day:
    """Read a calendar day.

    Args:
        store: open.
        day: in ``timezone``; daylight saving makes it 23 to 25 hours long.
        timezone: IANA name.
        sources: on the watchlist: one that was never passed over shows as blind.
        as_of: now; nothing later is read, and hours after it are not due.
    """
    zone = ZoneInfo(timezone)
    starts_at = datetime.combine(day, time(), zone).astimezone(as_of.tzinfo)
    ends_at = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(as_of.tzinfo)
    until = min(ends_at, as_of)
    runs = [run async for run in newest(store, "runs", since=starts_at, until=until, only=("edited", "removed", "via"))]
    flags = [flag async for flag in newest(store, "flags", since=starts_at, until=until, only=("severity", "delay_s"))]
    is_protocol_used = any(run["via"] == Via.TELEGRAM for run in runs)
    kept = newest(
        store, "posts", since=starts_at, until=until, field="seen_at", only=("mentions", "earlier.mentions", "flag")
    )
    return Day(
        date=day,
        timezone=timezone,
        starts_at=starts_at,
        ends_at=ends_at,
        as_of=as_of,
        sources=await _read_sources(store, sources, starts_at, until, as_of),
        posts=tuple([_read_post(post) async for post in kept]),
        flags=dict(Counter(Severity(flag["severity"]) for flag in flags)),
        flag_delays_s=tuple(sorted(delay_s for flag in flags if (delay_s := flag.get("delay_s")) is not None)),
        legal_bases=await bases_between(store, starts_at, until) if is_protocol_used else (),
        edited=sum(run["edited"] for run in runs),
        removed=sum(run["removed"] for run in runs),
    )


async def _read_sources(
    store: Store, listed: Sequence[Source], starts_at: datetime, until: datetime, as_of: datetime
) -> tuple[SourceDay, ...]:
    """Those on the watchlist, then those that were on it then; not those first seen later."""
    rooms = {room["_id"]: room async for room in newest(store, "rooms", until=as_of)}
    hours: dict[str, list[Document]] = {}
    async for hour in newest(store, "coverage", since=_hour_of(starts_at), until=until):
        hours.setdefault(hour["source"], []).append(hour)
    addresses = dict.fromkeys([*(source.address for source in listed), *sorted(hours)])
    return tuple(
        [
            await _read_source(store, address, rooms.get(address), hours.get(address, []), starts_at, until)
            for address in addresses
            if (begun_at := _begun_at(rooms.get(address))) is None or begun_at < until
        ]
    )


async def _read_source(
    store: Store, address: str, room: Document | None, hours: list[Document], starts_at: datetime, until: datetime
) -> SourceDay:
    reasons = Counter(hour["reason"] for hour in hours if hour["blind_passes"])
    day_before = starts_at - timedelta(days=1)
    begun_at = _begun_at(room)
    return SourceDay(
        address=address,
        title=room.get("title") if room else None,
        first_seen=begun_at or until,
        hours_watched=sum(hour["is_watched"] for hour in hours),
        hours_partly=sum(hour["is_watched"] and hour["blind_passes"] > 0 for hour in hours),
        hours_due=_hours_between(max(starts_at, begun_at or starts_at), until),
        reasons=tuple(reason for reason, _ in reasons.most_common()),
        members=await _count(store, address, starts_at, until),
        members_before=await _count(store, address, day_before, starts_at)
        or await _count(store, address, None, day_before),
        listed=await _listed(store, address, starts_at, until),
    )


def _begun_at(room: Document | None) -> datetime | None:
    """When a room was first passed over; it may have been found long before. None: not yet."""
    if room is None or "via" not in room:
        return None
    begun_at: datetime = room.get("begun_at") or room["at"]
    return begun_at


def _hours_between(start: datetime, end: datetime) -> int:
    """Clock hours that the stretch touches."""
    return max(0, ceil((end - _hour_of(start)).total_seconds() / HOUR_S)) if start < end else 0


def _hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


async def _count(store: Store, address: str, since: datetime | None, until: datetime) -> Count | None:
    """The last exact Count; where no moment bounds the search or all are rounded, the last one."""
    last: Count | None = None
    async with aclosing(newest(store, "counts", source=address, since=since, until=until)) as found:
        async for document in found:
            count = read_count(document)
            if count.is_listed:
                continue
            if count.is_exact or since is None:
                return count
            last = last or count
    return last


async def _listed(store: Store, address: str, since: datetime, until: datetime) -> tuple[Count, ...]:
    """What each directory said last of a room's members."""
    last: dict[str, Count] = {}
    async for document in newest(store, "counts", source=address, since=since, until=until):
        count = read_count(document)
        if count.is_listed:
            last.setdefault(count.origin, count)
    return tuple(last.values())


def _read_post(document: Document) -> PostDay:
    flag = document["flag"]
    return PostDay(
        id=document["_id"],
        mentions=tuple(mention for said in (document, *document["earlier"]) for mention in read_mentions(said, "")),
        severity=Severity(flag["severity"]) if flag else None,
    )
