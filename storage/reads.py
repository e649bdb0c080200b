"""Lists, newest first. Each query is bounded by a range of time on an index, in growing windows.

A database that does not push ``limit`` down reads all that matches; windows keep that small.
"""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

from storage.mongo import Document, Store

EPOCH = datetime(2013, 8, 1, tzinfo=UTC)
"""Nothing on Telegram is older."""
FIRST_WINDOW = timedelta(days=1)
GROWTH = 4


def windows(since: datetime | None, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Ranges from ``until`` back to ``since``, each four times as long as the one before."""
    low, high, length = since or EPOCH, until, FIRST_WINDOW
    while high > low:
        start = low if high - low <= length else high - length
        yield start, high
        high, length = start, length * GROWTH


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
    wanted = [*only, field] if only else None
    for low, high in windows(since, until):
        bounds: Document = {field: {"$gte": low, "$lt": high}}
        query = {"source": source, **bounds} if source is not None else bounds
        found = [document async for document in store[collection].find(query, wanted)]
        for document in sorted(found, key=lambda document: (document[field], document["_id"]), reverse=True):
            yield document


async def last_document(
    store: Store, collection: str, *, source: str | None = None, since: datetime | None = None, until: datetime
) -> Document | None:
    """The newest document before a moment, or None."""
    async with aclosing(newest(store, collection, source=source, since=since, until=until)) as found:
        async for document in found:
            return document
    return None
