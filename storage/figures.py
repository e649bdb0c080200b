"""What the overview is made of: flags, reviews, hours and counts of the last days, read together as they stand."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from evidence.day import FlagDay
from evidence.records import Count
from evidence.review import Review
from storage.day_review import read_flags, read_waiting
from storage.flag_view import read_curve
from storage.mongo import Store
from storage.review_reads import read_pairs
from storage.rollup_forms import Span
from storage.scopes import offices_of_posts

WEEK, MONTH = timedelta(days=7), timedelta(days=28)
LATELY = timedelta(days=2)
MOST_ROOMS = 60
"""Whose counts are read; more would fill no page that anybody reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """A room in an hour."""

    at: datetime
    is_watched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two reviews of one Flag."""

    first: Review
    second: Review
    offices: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All of it."""

    as_of: datetime
    flags: tuple[FlagDay, ...]
    """Raised within a week."""
    waiting: tuple[FlagDay, ...]
    pairs: tuple[Pair, ...]
    """Of four weeks."""
    hours: tuple[Hour, ...]
    """Of a week."""
    rooms: dict[str, tuple[Count, ...]]
    """Counts of two weeks, oldest first."""


async def read_figures(store: Store, now: datetime, watched: Collection[str]) -> Figures:
    """Read everything for the overview; of more than some rooms those that were counted lately."""
    week = Span(date=now.date(), timezone="UTC", starts_at=now - WEEK, ends_at=now, as_of=now)
    flags, waiting, pairs, hours, rooms = await asyncio.gather(
        read_flags(store, week),
        read_waiting(store, week),
        _pairs(store, now),
        _hours(store, now),
        _rooms(store, now, watched),
    )
    return Figures(as_of=now, flags=flags, waiting=waiting, pairs=pairs, hours=hours, rooms=rooms)


async def _pairs(store: Store, now: datetime) -> tuple[Pair, ...]:
    found = await read_pairs(store, now - MONTH, now)
    offices = await offices_of_posts(store, [first.flag for first, _ in found])
    return tuple(
        Pair(first=first, second=second, offices=offices.get(first.flag, frozenset())) for first, second in found
    )


async def _hours(store: Store, now: datetime) -> tuple[Hour, ...]:
    found = store["coverage"].find({"at": {"$gte": now - WEEK, "$lt": now}}, ("at", "is_watched"))
    return tuple([Hour(at=hour["at"], is_watched=hour["is_watched"]) async for hour in found])


async def _rooms(store: Store, now: datetime, watched: Collection[str]) -> dict[str, tuple[Count, ...]]:
    chosen = sorted(watched)
    if len(chosen) > MOST_ROOMS:
        lately = store["counts"].find({"at": {"$gte": now - LATELY, "$lt": now}}, ("source",))
        counted = {count["source"] async for count in lately}
        chosen = sorted(counted.intersection(watched))[:MOST_ROOMS]
    curves = {source: await read_curve(store, source, now) for source in chosen}
    return {source: counts for source, counts in curves.items() if counts}
