"""Gathers the index: what waits in the tail becomes a small segment, twenty small ones become a large one.

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
TOGETHER = 20
"""Small segments that become a large one; that is not merged any more, so that no leaf is long and no merging large."""
AT_ONCE = 2_000
"""Documents of the tail in one segment: they leave it in one transaction."""


async def gather(store: Store, at: datetime, least: int = LEAST, together: int = TOGETHER) -> None:
    """Gather whatever waits; nothing where too little does, or somebody else is at it.

    Args:
        store: open.
        at: the moment.
        least: posts that are worth a segment.
        together: small segments that become a large one.
    """
    try:
        while await _is_due(store, least, together):
            async with leased(store, INDEX, at) as lease:
                await _step(store, lease, at, least, together)
    except SourceTaken:
        return


async def _is_due(store: Store, least: int, together: int) -> bool:
    if await tail_length(store) >= least:
        return True
    roots, others = await read_roots(store)
    return bool(others or _crowd(roots, together))


def _crowd(roots: Iterable[Root], together: int) -> list[Root]:
    """Small segments that are enough to be merged; none where they are too few."""
    small = [root for root in roots if not root.is_large][:together]
    return small if len(small) == together else []


async def _step(store: Store, lease: Lease, at: datetime, least: int, together: int) -> None:
    """One segment out of the tail, or one out of others, or neither."""
    roots, others = await read_roots(store)
    await sweep(store, others)
    tail = await read_tail(store, AT_ONCE)
    if sum(map(len, tail.values())) >= least:
        segment = await asyncio.to_thread(of_entries, [entry for its in tail.values() for entry in its])
        is_large = len(segment.posts) >= least * together
        old: list[Write] = [DeleteMany({"_id": {"$in": list(tail)}})]
        await _put(store, lease, at, segment, tail, {TAIL: old}, is_large=is_large)
    elif crowd := _crowd(roots, together):
        names = [root.name for root in crowd]
        segment = await asyncio.to_thread(merged, [await read_segment(store, root) for root in crowd])
        old = [UpdateOne({"_id": name}, {"$set": {"state": GONE}}) for name in names]
        await _put(store, lease, at, segment, names, {ROOTS: old}, is_large=True)
        await sweep(store, names)


async def _put(
    store: Store,
    lease: Lease,
    at: datetime,
    segment: Segment,
    sources: Iterable[str],
    old: dict[str, list[Write]],
    *,
    is_large: bool,
) -> None:
    """Store a segment in place of what it was made of, after which it is named: the same again has the same name."""
    name = hashlib.sha256("\n".join(sorted(sources)).encode()).hexdigest()[:16]
    await write_leaves(store, segment, name)
    root: Sequence[Write] = [replacing(root_document(segment, name, is_large=is_large))]
    await write_leased(store, lease, at, {**old, ROOTS: [*old.get(ROOTS, ()), *root]})
