"""Reads one day as a value."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import date, datetime, timedelta
from math import ceil

from evidence.cipher import fingerprint
from evidence.day import CountPosts, Day, DayBefore, FoundRooms, Rollup, SourceDay, Week
from evidence.records import Count, Source
from evidence.rooms import Found
from storage.bases import bases_between
from storage.day_referrals import read_referrals
from storage.day_review import read_acted, read_agreed, read_decided, read_flags, read_waiting
from storage.forms import read_count
from storage.mongo import Document, Store
from storage.reads import newest
from storage.rollup_forms import Span, span_of
from storage.rollups import DAYS_BEFORE, Rolled, roll_days
from storage.rooms import standing

HOUR_S = 3_600
WEEK = 7
CLOCKS_DIFFER = timedelta(minutes=5)
LOOKED_AHEAD = timedelta(days=7)


async def read_day(
    store: Store,
    day: date,
    timezone: str,
    sources: Sequence[Source],
    as_of: datetime,
    count_posts: CountPosts,
    *,
    recount: bool = False,
) -> Day:
    """Read a calendar day.

    Args:
        store: open.
        day: in ``timezone``.
        timezone: IANA name.
        sources: on the watchlist: one that was never passed over shows as blind.
        as_of: now; nothing later is read, and hours after it are not due.
        count_posts: sorts posts.
        recount: look for what came late, however long ago the day was.
    """
    span = span_of(day, timezone, as_of)
    rolled, *before = await roll_days(store, day, timezone, as_of, count_posts, recount=recount)
    earlier = [
        DayBefore(date=day - timedelta(days=days), rollups=one.rollups) for days, one in enumerate(before, start=1)
    ]
    return Day(
        date=day,
        timezone=timezone,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        as_of=as_of,
        sources=await _read_sources(store, span, sources, rolled, earlier),
        rollups=rolled.rollups,
        earlier=tuple(earlier),
        flags=await read_flags(store, span),
        waiting=await read_waiting(store, span),
        decided=await read_decided(store, span),
        acted=await read_acted(store, span),
        referrals=await read_referrals(store, span.starts_at, span.until),
        rooms=await _rooms(store, span, {source.address for source in sources}),
        legal_bases=await _legal_bases(store, span, rolled.rollups),
        under_way=await _under_way(store, span, sources),
        from_the_future=await _from_the_future(store, as_of),
        restated=tuple(one.restated for one in (rolled, *before) if one.restated),
    )


async def read_week(store: Store, last: date, timezone: str, as_of: datetime) -> Week:
    """Read what was decided in the seven days up to a day, and in the seven before."""
    spans = [span_of(last - timedelta(days=days), timezone, as_of) for days in reversed(range(2 * WEEK))]
    return Week(
        first=spans[WEEK].date,
        last=last,
        timezone=timezone,
        starts_at=spans[WEEK].starts_at,
        ends_at=spans[-1].ends_at,
        as_of=as_of,
        decided=tuple([await read_decided(store, span) for span in spans]),
        referrals=await read_referrals(store, spans[WEEK].starts_at, spans[-1].until),
        acted=await read_agreed(store, spans[WEEK].starts_at, spans[-1].until),
    )


async def has_data(store: Store, day: date, timezone: str, as_of: datetime) -> bool:
    """Whether anything was passed over or found on a day."""
    span = span_of(day, timezone, as_of)
    for collection, field in (("coverage", "at"), ("runs", "at"), ("posts", "seen_at"), ("flags", "at")):
        found = newest(store, collection, since=span.starts_at, until=span.until, field=field, only=("source",))
        async with aclosing(found) as documents:
            async for _ in documents:
                return True
    return False


# ------------------------------------------------------------------ Sources


async def _read_sources(
    store: Store, span: Span, listed: Sequence[Source], rolled: Rolled, earlier: Sequence[DayBefore]
) -> tuple[SourceDay, ...]:
    """Those on the watchlist, then those that were on it then; not those first seen later."""
    today = {rollup.source: rollup for rollup in rolled.rollups}
    watched = [rollup.source for rollup in rolled.rollups if rollup.hours_watched or rollup.blind]
    addresses = list(dict.fromkeys([*(source.address for source in listed), *watched]))
    rooms = {
        room["_id"]: room async for room in store["rooms"].find({"_id": {"$in": addresses}}) if room["at"] < span.as_of
    }
    by_day = [{rollup.source: rollup for rollup in before.rollups} for before in earlier]
    return tuple(
        [
            await _read_source(store, span, rooms.get(address), _rollup(today, address, span), by_day)
            for address in addresses
            if (begun_at := _begun_at(rooms.get(address))) is None or begun_at < span.until
        ]
    )


def _rollup(rollups: Mapping[str, Rollup], address: str, span: Span) -> Rollup:
    return rollups.get(address) or Rollup(source=address, day=span.date)


async def _read_source(
    store: Store, span: Span, room: Document | None, rollup: Rollup, by_day: Sequence[Mapping[str, Rollup]]
) -> SourceDay:
    begun_at = _begun_at(room)
    key = store.cipher.purpose_key("codes of sources in summaries")
    return SourceDay(
        address=rollup.source,
        code=f"R-{fingerprint(key, rollup.source).hex()[:8]}",
        title=room.get("title") if room else None,
        first_seen=begun_at or span.until,
        hours_due=_hours_between(max(span.starts_at, begun_at or span.starts_at), span.until),
        rollup=rollup,
        members_before=await _members_before(
            store, span, rollup.source, by_day, was_counted=room is not None and room.get("members") is not None
        ),
    )


async def _members_before(
    store: Store, span: Span, source: str, by_day: Sequence[Mapping[str, Rollup]], *, was_counted: bool
) -> tuple[Count | None, ...]:
    counts = [rollups[source].members if source in rollups else None for rollups in by_day]
    last = next(filter(None, counts), None)
    if last is None and was_counted:
        last = await _last_count(store, source, span.starts_at - timedelta(days=DAYS_BEFORE))
    return (last, *counts[1:])


async def _last_count(store: Store, address: str, until: datetime) -> Count | None:
    """The last one before a moment, by Telegram itself."""
    async with aclosing(newest(store, "counts", source=address, until=until)) as found:
        async for document in found:
            count = read_count(document)
            if not count.is_listed:
                return count
    return None


def _begun_at(room: Document | None) -> datetime | None:
    """When a room was first passed over; it may have been found long before. None: not yet."""
    if room is None or "via" not in room:
        return None
    begun_at: datetime = room.get("begun_at") or room["at"]
    return begun_at


def _hours_between(start: datetime, end: datetime) -> int:
    """Clock hours that the stretch touches."""
    hour = start.replace(minute=0, second=0, microsecond=0)
    return max(0, ceil((end - hour).total_seconds() / HOUR_S)) if start < end else 0


# ------------------------------------------------------------------ the rest


async def _rooms(store: Store, span: Span, watched: set[str]) -> tuple[FoundRooms, ...]:
    """Rooms that were found on the day, by where and what became of them."""
    tally = Counter(
        [
            (_found(room["found"]), standing(room, watched, span.as_of))
            async for room in newest(store, "rooms", since=span.starts_at, until=span.until)
            if room.get("found")
        ]
    )
    rows = sorted(tally.items(), key=lambda row: (str(row[0][0]), str(row[0][1])))
    return tuple(FoundRooms(found=found, standing=what, rooms=number) for (found, what), number in rows)


def _found(places: Mapping[str, object]) -> Found:
    kinds = {place.partition(":")[0] for place in places}
    return next(found for found in Found if found in kinds)


async def _legal_bases(store: Store, span: Span, rollups: Sequence[Rollup]) -> tuple[str, ...]:
    if not any(rollup.is_by_protocol for rollup in rollups):
        return ()
    return await bases_between(store, span.starts_at, span.until)


async def _under_way(store: Store, span: Span, sources: Sequence[Source]) -> int:
    """Passes that hold their Source now; only where the day ended a moment ago or runs."""
    if span.as_of - span.ends_at > timedelta(hours=1):
        return 0
    asked = {"_id": {"$in": [source.address for source in sources]}}
    return len([lease async for lease in store["leases"].find(asked) if lease["until"] > span.as_of])


async def _from_the_future(store: Store, as_of: datetime) -> int:
    """Passes that bear a time which is still to come: the clock was set back."""
    asked = {"at": {"$gte": as_of + CLOCKS_DIFFER, "$lt": as_of + LOOKED_AHEAD}}
    grouped = {"$group": {"_id": None, "number": {"$sum": 1}}}
    found = [row["number"] async for row in await store["runs"].aggregate([{"$match": asked}, grouped])]
    return found[0] if found else 0
