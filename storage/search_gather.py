"""Gathers the index: what waits in the tail becomes a segment, ten segments of one level one of the next.

One process at a time does it, under a lease. Leaves are written first; then one transaction makes their root
whole and takes back what it stands for, and only after that the old leaves go. A process that is killed
in between leaves nothing that is found twice or not at all, and the next one does the same again.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from pymongo import DeleteMany, UpdateOne

from evidence.errors import SourceTaken
from storage.leases import Lease, Write, leased, replacing, write_leased
from storage.mongo import Store
from storage.search_roots import GONE, ROOTS, Root, read_roots, read_segment, root_document, sweep, write_leaves
from storage.search_segment import Segment, merged, of_entries
from storage.search_tail import TAIL, read_tail, tail_length

INDEX = "index of words"
"""What is leased by whoever changes segments."""
LEAST = 1_000
"""Posts that are worth a segment."""
TOGETHER = 10
"""Segments of one level that become one of the next."""
HIGHEST = 2
"""Level that is not merged any more: some 100,000 posts, of which every leaf is small."""
AT_ONCE = 2_000
"""Documents of the tail in one segment: they leave it in one transaction."""


async def gather(store: Store, at: datetime, least: int = LEAST) -> None:
    """Gather whatever waits; nothing where too little does, or somebody else is at it.

    Args:
        store: open.
        at: the moment.
        least: posts that are worth a segment.
    """
    try:
        while await _is_due(store, least):
            async with leased(store, INDEX, at) as lease:
                await _step(store, lease, at, least)
    except SourceTaken:
        return


async def _is_due(store: Store, least: int) -> bool:
    if await tail_length(store) >= least:
        return True
    roots, others = await read_roots(store)
    return bool(others or _crowd(roots))


def _crowd(roots: Iterable[Root]) -> list[Root]:
    """Segments of one level that are enough to be merged; none where there are no such."""
    levels: dict[int, list[Root]] = {}
    for root in roots:
        levels.setdefault(root.level, []).append(root)
    crowds = (some for level, some in sorted(levels.items()) if level < HIGHEST and len(some) >= TOGETHER)
    return next(crowds, [])[:TOGETHER]


async def _step(store: Store, lease: Lease, at: datetime, least: int) -> None:
    """One segment out of the tail, or one out of others, or neither."""
    roots, others = await read_roots(store)
    await sweep(store, others)
    tail = await read_tail(store, AT_ONCE)
    if sum(map(len, tail.values())) >= least:
        segment = await asyncio.to_thread(of_entries, [entry for its in tail.values() for entry in its])
        old: list[Write] = [DeleteMany({"_id": {"$in": list(tail)}})]
        await _put(store, lease, at, segment, tail, _level(len(segment.posts), least), {TAIL: old})
    elif crowd := _crowd(roots):
        names = [root.name for root in crowd]
        segment = await asyncio.to_thread(merged, [await read_segment(store, root) for root in crowd])
        old = [UpdateOne({"_id": name}, {"$set": {"state": GONE}}) for name in names]
        await _put(store, lease, at, segment, names, crowd[0].level + 1, {ROOTS: old})
        await sweep(store, names)


def _level(posts: int, least: int) -> int:
    """That of a segment of so many posts if it had been merged."""
    level = 0
    while level < HIGHEST and posts >= least * TOGETHER ** (level + 1):
        level += 1
    return level


async def _put(
    store: Store,
    lease: Lease,
    at: datetime,
    segment: Segment,
    sources: Iterable[str],
    level: int,
    old: dict[str, list[Write]],
) -> None:
    """Store a segment in place of what it was made of, after which it is named: the same again has the same name."""
    name = hashlib.sha256("\n".join(sorted(sources)).encode()).hexdigest()[:16]
    await write_leaves(store, segment, name)
    root: Sequence[Write] = [replacing(root_document(segment, name, level))]
    await write_leased(store, lease, at, {**old, ROOTS: [*old.get(ROOTS, ()), *root]})
