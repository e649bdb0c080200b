"""Rows of ``haechi list``: what is asked for, and what the store holds of it, newest first."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from crawler.rows import Row, count_row, coverage_row, evidence_row, flag_row, mention_rows, post_row, room_row, run_row
from evidence.records import KeptPost
from pipelines.masking.kept import mask_kept
from storage.forms import read_count, read_post, read_run
from storage.mongo import Document, Store
from storage.reads import newest
from storage.rooms import standing
from storage.sealed import seal_entries

KINDS = ("posts", "mentions", "flags", "counts", "runs", "coverage", "rooms", "evidence")
BY_SCHOOL = ("posts", "mentions", "flags")
"""Kinds that name schools."""
BY_TEXT = ("posts", "mentions")
"""Kinds that have words."""
LOOKED_UP = 100
"""Items whose entries are looked up at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for."""

    kind: str
    source: str | None
    since: datetime | None
    until: datetime
    schools: frozenset[str] | None
    """Codes; None for any."""
    text: str | None
    limit: int
    watched: frozenset[str] = frozenset()
    """Addresses on the watchlist."""
    is_revealed: bool = False
    """Personal text is shown; the reason was logged."""


async def read_rows(store: Store, wanted: Wanted) -> AsyncGenerator[Row, None]:
    """Rows of one kind, newest first."""
    if wanted.kind in ("posts", "mentions"):
        async for found in _posts(store, wanted):
            kept = found if wanted.is_revealed else mask_kept(found, wanted.watched)
            for row in [post_row(kept)] if wanted.kind == "posts" else _wanted_mentions(kept, wanted):
                yield row
        return
    if wanted.kind == "evidence":
        async for row in _evidence(store, wanted):
            yield row
        return
    async for document in newest(store, wanted.kind, source=_source_of(wanted), since=wanted.since, until=wanted.until):
        if wanted.kind == "counts":
            yield count_row(read_count(document))
        elif wanted.kind == "runs":
            yield run_row(read_run(document))
        elif wanted.kind == "coverage":
            yield coverage_row(document)
        elif wanted.kind == "flags" and (wanted.schools is None or wanted.schools.intersection(document["schools"])):
            yield flag_row(document)
        elif wanted.kind == "rooms" and (status := _status(document, wanted)) is not None:
            yield room_row(document, status)


async def _evidence(store: Store, wanted: Wanted) -> AsyncGenerator[Row, None]:
    """Items with their entries, looked up some at a time."""
    found = newest(store, "evidence", source=wanted.source, since=wanted.since, until=wanted.until)
    documents: list[Document] = []
    async with aclosing(found):
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


def _wanted_mentions(kept: KeptPost, wanted: Wanted) -> list[Row]:
    """Of a post that names several schools, only the mentions that were asked for."""
    rows = mention_rows(kept)
    return rows if wanted.schools is None else [row for row in rows if wanted.schools.intersection(row["candidates"])]


def _source_of(wanted: Wanted) -> str | None:
    """Rooms carry their address as their id; the others name their source."""
    return None if wanted.kind == "rooms" else wanted.source


def _status(document: Document, wanted: Wanted) -> str | None:
    """What became of a room; None for what is not wanted. Directories are passed over like rooms and are none."""
    if document.get("via", "").startswith("directory:") or wanted.source not in (None, document["_id"]):
        return None
    return standing(document, wanted.watched, wanted.until)


async def _posts(store: Store, wanted: Wanted) -> AsyncGenerator[KeptPost, None]:
    found = newest(store, "posts", source=wanted.source, since=wanted.since, until=wanted.until)
    async for document in found:
        if wanted.schools is not None and not wanted.schools.intersection(document["schools"]):
            continue
        kept = read_post(document, store.cipher)
        words = [kept.post.words, *(earlier.words for earlier in kept.earlier)]
        if wanted.text is None or any(wanted.text in each.casefold() for each in words):
            yield kept
