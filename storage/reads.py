"""Lists, newest first. Each query is bounded by a range of time on an index, in growing windows.

A database that does not push ``limit`` down reads all that matches; windows keep that small.
"""

from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.mongo import Document, Store

EPOCH = datetime(2013, 8, 1, tzinfo=UTC)
"""Nothing on Telegram is older."""
FIRST_WINDOW = timedelta(days=1)
GROWTH = 4
FEW, MANY = 250, 1_000
"""Documents of a window after which the next one is longer, or shorter: what is waited for and held stays small."""
SHORTEST = timedelta(minutes=1)
ASKED = 500
"""Ids in one question to the database."""


@dataclass(slots=True)
class Windows:
    """Ranges from ``until`` (exclusive) back to ``since``; whoever walks them says how many documents each had."""

    since: datetime | None
    """None for all."""
    until: datetime
    first: timedelta = FIRST_WINDOW
    """Length of the first one."""
    found: int = 0
    """Documents of the last one; it decides how long the next one is."""

    def __iter__(self) -> Iterator[tuple[datetime, datetime]]:
        """Newest first, without a gap."""
        low, high, length = self.since or EPOCH, self.until, self.first
        while high > low:
            start = low if high - low <= length else high - length
            yield start, high
            high, length = start, self._next_length(length)

    def _next_length(self, length: timedelta) -> timedelta:
        if self.found < FEW:
            return length * GROWTH
        return max(SHORTEST, length / GROWTH) if self.found > MANY else length


async def newest(
    store: Store,
    collection: str,
    *,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime,
    field: str = "at",
    only: Sequence[str] = (),
) -> AsyncGenerator[Document, None]:
    """Documents of a collection, newest first; stop iterating when there are enough.

    Args:
        store: open.
        collection: one whose documents carry ``field`` with an index on it.
        source: only of this Source.
        since: from this moment on; None for all.
        until: before this moment.
        field: the time that is meant.
        only: fields that are wanted besides ``_id`` and ``field``; all where there are none.
    """
    lead: Document = {} if source is None else {"source": source}
    found = in_windows(store, collection, (lead,), since=since, until=until, field=field, only=only)
    async with aclosing(found) as lists:
        async for documents in lists:
            for document in documents:
                yield document


async def in_windows(
    store: Store,
    collection: str,
    leads: Sequence[Document],
    *,
    since: datetime | None,
    until: datetime,
    field: str = "at",
    only: Sequence[str] = (),
    first: timedelta = FIRST_WINDOW,
) -> AsyncGenerator[list[Document], None]:
    """The same, a window's documents together, also where there are none.

    Args:
        store: open.
        collection: one with an index on the fields of ``leads``, then ``field``.
        leads: equalities, asked for one by one; an empty one asks for everything.
        since: from this moment on; None for all.
        until: before this moment.
        field: the time that is meant.
        only: fields that are wanted besides ``_id`` and ``field``; all where there are none.
        first: length of the first window.
    """
    wanted = [*only, field] if only else None
    windows = Windows(since, until, first)
    for low, high in windows:
        met: dict[Any, Document] = {}
        for lead in leads:
            found = store[collection].find({**lead, field: {"$gte": low, "$lt": high}}, wanted)
            met |= {document["_id"]: document async for document in found}
        windows.found = len(met)
        yield sorted(met.values(), key=lambda document: (document[field], document["_id"]), reverse=True)


async def last_document(
    store: Store, collection: str, *, source: str | None = None, since: datetime | None = None, until: datetime
) -> Document | None:
    """The newest document before a moment, or None."""
    async with aclosing(newest(store, collection, source=source, since=since, until=until)) as found:
        async for document in found:
            return document
    return None


async def by_id(store: Store, collection: str, names: Iterable[str], only: Sequence[str] = ()) -> dict[str, Document]:
    """Documents by their id; those that are not there are left out."""
    wanted, found = sorted(set(names)), dict[str, Document]()
    for start in range(0, len(wanted), ASKED):
        asked = store[collection].find({"_id": {"$in": wanted[start : start + ASKED]}}, [*only] or None)
        found |= {document["_id"]: document async for document in asked}
    return found
