"""Builds parts of the index anew from the posts, which carry their tokens, where the database lost a document of it.

A segment that lacks a leaf finds nothing any more, and leaves without their root would never be found: the posts
of both go back into the tail, and what is left of them goes. Posts that are in the index twice do no harm.
"""

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from evidence.errors import SourceTaken
from storage.leases import leased
from storage.mongo import Document, Store
from storage.reads import EPOCH, by_id, in_windows
from storage.search_gather import INDEX, gather
from storage.search_roots import LEAVES, ROOTS, page_name, part_name, read_roots, sweep
from storage.search_segment import unpack_page
from storage.search_tail import TAIL, tail_writes
from storage.whole import EVERY

TOGETHER = 100
"""Posts in one document of the tail."""
FIELDS = ("at", "revision", "tokens")
"""Of a post, what the tail wants of it."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A segment that is not whole although it should be."""

    name: str
    pages: Collection[str]
    """Leaves with posts that are still there."""
    spans: Sequence[tuple[datetime, datetime]]
    """Of the posts whose leaf is lost: from, and up to but without."""


async def broken_segments(store: Store) -> list[Broken]:
    """Segments that lack a leaf, or their root; to be read while nobody changes segments."""
    leaves = dict[str, set[str]]()
    async for leaf in store[LEAVES].find({"_id": EVERY}, {"_id": 1}):
        leaves.setdefault(leaf["_id"].partition(":")[0], set()).add(leaf["_id"])
    roots, others = await read_roots(store)
    found = list[Broken]()
    for root in roots:
        pages = [page_name(root.name, at) for at in range(len(root.firsts))]
        has = leaves.pop(root.name, set())
        if not has.issuperset([*pages, *(part_name(root.name, at) for at in range(root.parts))]):
            lost = [at for at, page in enumerate(pages) if page not in has]
            spans = [_span(root.firsts, at) for at in lost]
            found.append(Broken(name=root.name, pages=has.intersection(pages), spans=spans))
    for name in leaves.keys() - others:
        pages = [leaf for leaf in leaves[name] if leaf.startswith(page_name(name, 0)[:-1])]
        found.append(Broken(name=name, pages=pages, spans=()))
    return found


def _span(firsts: Sequence[int], page: int) -> tuple[datetime, datetime]:
    """When the posts of a page were written: pages lead from the newest to the oldest."""
    moment, epoch = timedelta(milliseconds=1), datetime(1970, 1, 1, tzinfo=UTC)
    since = epoch + moment * firsts[page + 1] if page + 1 < len(firsts) else EPOCH
    return since, epoch + moment * (firsts[page] + 1)


async def broken_now(store: Store, at: datetime) -> list[str] | None:
    """Names of broken segments; None while another process is at the index."""
    try:
        async with leased(store, INDEX, at):
            return [segment.name for segment in await broken_segments(store)]
    except SourceTaken:
        return None


async def repair(store: Store, at: datetime) -> int:
    """Put whatever is broken back together; returns how many segments were.

    It may be cut short, and goes on at the next call; nothing happens while another process is at the index.
    """
    try:
        async with leased(store, INDEX, at):
            broken = await broken_segments(store)
            for segment in broken:
                number = await _put_back(store, segment)
                log.warning("segment of the index built anew", id=segment.name, posts=number)
    except SourceTaken:
        return 0
    if broken:
        await gather(store, at)
    return len(broken)


async def _put_back(store: Store, segment: Broken) -> int:
    """Its posts into the tail, and only then its root and leaves away."""
    number = 0
    async with aclosing(_posts_of(store, segment)) as lists:
        async for posts in lists:
            for start in range(0, len(posts), TOGETHER):
                await store[TAIL].bulk_write(tail_writes(posts[start : start + TOGETHER]))
            number += len(posts)
    await store[ROOTS].delete_one({"_id": segment.name})  # nobody reads its leaves any more
    await sweep(store, [segment.name])
    return number


async def _posts_of(store: Store, segment: Broken) -> AsyncGenerator[list[Document], None]:
    """Posts that are still there: those that its pages name, and all of the time of pages that are lost."""
    for page in sorted(segment.pages):
        leaf = await store[LEAVES].find_one({"_id": page}) or {}
        names = [name for _, name in unpack_page(leaf["packed"]) if name]
        yield list((await by_id(store, "posts", names, FIELDS)).values())
    for since, until in segment.spans:
        async with aclosing(in_windows(store, "posts", ({},), since=since, until=until, only=FIELDS)) as lists:
            async for posts in lists:
                yield posts
