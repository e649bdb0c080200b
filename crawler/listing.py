"""Rows of ``haechi list``: what is asked for, and what the store holds of it, newest first."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.rows import Row, count_row, coverage_row, evidence_row, flag_row, mention_rows, post_row, room_row, run_row
from evidence.query import Query
from evidence.records import KeptPost
from pipelines.masking.kept import mask_kept
from pipelines.normalize import searched_form
from storage.forms import read_count, read_run
from storage.mongo import Document, Store
from storage.reads import newest
from storage.rooms import standing
from storage.sealed import seal_entries
from storage.search import search
from storage.search_sealed import search_evidence, search_flags

SEARCHED = ("posts", "mentions", "flags", "evidence")
"""Kinds that can be chosen by what posts say and name."""
KINDS = ("posts", "mentions", "flags", "counts", "runs", "coverage", "rooms", "evidence")
LOOKED_UP = 100
"""Items whose entries are looked up at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for."""

    kind: str
    query: Query
    at: datetime
    """Now."""
    limit: int
    codes: frozenset[str] | None = None
    """Schools of the offices asked for; None for any. They choose among the mentions of a post."""
    watched: frozenset[str] = frozenset()
    """Addresses on the watchlist."""
    is_revealed: bool = False
    """Personal text is shown; the reason was logged."""

    @property
    def until(self) -> datetime:
        """End of the range, exclusive."""
        return self.query.until or self.at + timedelta(days=1)


async def read_rows(store: Store, wanted: Wanted) -> AsyncGenerator[Row, None]:
    """Rows of one kind, newest first."""
    rows = {"posts": _posts, "mentions": _posts, "flags": _flags, "evidence": _evidence}.get(wanted.kind, _plain)
    async with aclosing(rows(store, wanted)) as found:
        async for row in found:
            yield row


async def _posts(store: Store, wanted: Wanted) -> AsyncGenerator[Row, None]:
    """Posts, or the mentions in them."""
    async with aclosing(search(store, wanted.query, searched_form, wanted.at)) as found:
        async for one in found:
            kept = one if wanted.is_revealed else mask_kept(one, wanted.watched)
            for row in [post_row(kept)] if wanted.kind == "posts" else _wanted_mentions(kept, wanted):
                yield row


def _wanted_mentions(kept: KeptPost, wanted: Wanted) -> list[Row]:
    """Of a post that names several schools, only the mentions that were asked for."""
    schools, codes, levels = wanted.query.schools, wanted.codes, wanted.query.levels
    return [
        row
        for row in mention_rows(kept)
        if (not schools or schools.intersection(row["candidates"]))
        and (codes is None or codes.intersection(row["candidates"]))
        and (not levels or row["level"] in levels)
    ]


async def _flags(store: Store, wanted: Wanted) -> AsyncGenerator[Row, None]:
    async with aclosing(search_flags(store, wanted.query, searched_form, wanted.at)) as found:
        async for document in found:
            yield flag_row(document)


async def _evidence(store: Store, wanted: Wanted) -> AsyncGenerator[Row, None]:
    """Items with their entries, looked up some at a time."""
    documents: list[Document] = []
    async with aclosing(search_evidence(store, wanted.query, searched_form, wanted.at)) as found:
        async for document in found:
            documents.append(document)
            if len(documents) == LOOKED_UP:
                for row in await _evidence_rows(store, documents):
                    yield row
                documents = []
    for row in await _evidence_rows(store, documents):
        yield row


async def _evidence_rows(store: Store, documents: list[Document]) -> list[Row]:
    entries = await seal_entries(store, [document["_id"] for document in documents])
    return [evidence_row(document, entries.get(document["_id"])) for document in documents]


async def _plain(store: Store, wanted: Wanted) -> AsyncGenerator[Row, None]:
    """What is chosen by its source and time alone; rooms carry their address as their id."""
    source = None if wanted.kind == "rooms" else wanted.query.source
    async for document in newest(store, wanted.kind, source=source, since=wanted.query.since, until=wanted.until):
        if wanted.kind == "counts":
            yield count_row(read_count(document))
        elif wanted.kind == "runs":
            yield run_row(read_run(document))
        elif wanted.kind == "coverage":
            yield coverage_row(document)
        elif (status := _status(document, wanted)) is not None:
            yield room_row(document, status)


def _status(document: Document, wanted: Wanted) -> str | None:
    """What became of a room; None for what is not wanted. Directories are passed over like rooms and are none."""
    if document.get("via", "").startswith("directory:") or wanted.query.source not in (None, document["_id"]):
        return None
    return standing(document, wanted.watched, wanted.until)
