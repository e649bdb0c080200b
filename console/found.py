"""Posts that were found, as one reader may see them: on a page, as JSON, in a file."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.body import Strict
from console.said import Reader
from console.visit import console_of
from evidence.query import Query
from evidence.records import KeptPost
from pipelines.found_words import Piece
from pipelines.normalize import searched_form
from storage.mongo import Store
from storage.reads import by_id
from storage.search import search


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A post in a list."""

    kept: KeptPost
    said: tuple[Piece, ...]
    named: tuple[str, ...]
    state: str | None
    """Of its Flag; None without one."""


class FoundPost(Strict):
    """A post as it leaves the console: masked."""

    id: str
    source: str
    address: str | None
    at: datetime | None
    """When it was posted, or first seen."""
    severity: str | None
    reasons: list[str]
    state: str | None
    mentioned_unchecked: list[str]
    """Schools that it may mean, as far as they are of the reader's offices. Claims, never facts."""
    text: str
    revision: int
    is_removed: bool


async def first(request: web.Request, query: Query, most: int) -> list[KeptPost]:
    """The newest posts that meet a Query.

    Raises:
        ConfigError: the text sought has nothing in it.
    """
    console, found = console_of(request), list[KeptPost]()
    async with aclosing(search(console.store, query, searched_form, console.clock())) as going:
        async for kept in going:
            found.append(kept)
            if len(found) == most:
                break
    return found


async def as_rows(
    store: Store, found: Sequence[KeptPost], reader: Reader, sought: str = "", most: int | None = None
) -> list[Row]:
    """Posts as a reader may see them."""
    flags = await by_id(store, "flags", [kept.id for kept in found if kept.flag], ("state",))
    return [
        Row(
            kept=kept,
            said=reader.post(kept, sought, most),
            named=reader.named(kept.mentions),
            state=flags.get(kept.id, {}).get("state"),
        )
        for kept in found
    ]


def as_found(row: Row, reader: Reader) -> FoundPost:
    """A row as it leaves."""
    kept = row.kept
    return FoundPost(
        id=kept.id,
        source=kept.source,
        address=kept.post.address,
        at=kept.at,
        severity=str(kept.flag.severity) if kept.flag else None,
        reasons=list(kept.flag.reasons) if kept.flag else [],
        state=row.state,
        mentioned_unchecked=list(row.named),
        text=reader.sees(kept.post.words, kept.mentions),
        revision=kept.revision,
        is_removed=kept.removed_at is not None,
    )
