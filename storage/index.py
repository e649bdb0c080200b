"""The packed index: of every post ever read its id, state and fingerprint, 256 ids to a document.

Thousands of documents instead of millions, and enough to see edits and removals of posts whose text
is not kept.
"""

import struct
from collections.abc import Collection, Iterable, Mapping
from itertools import groupby

from msgspec.structs import replace

from evidence.records import Finding, Page, Seen
from storage.leases import Adding, Write, replacing
from storage.mongo import Document, Store

BUCKET_IDS = 256
MOST_BUCKETS = 64
"""Buckets of a span that one read asks for at the most: 16,384 ids, far more than a page spans."""

_ENTRY = struct.Struct(">qB8s")
_KEPT, _REMOVED, _CLOSED, _ERASED = 1, 2, 4, 8


async def known_posts(
    store: Store, peer: str, ids: Collection[int], spans: Iterable[tuple[int, int]] = ()
) -> dict[int, Seen]:
    """What is known around some ids, in whole buckets.

    Args:
        store: open.
        peer: what the ids belong to.
        ids: on a page; their buckets are always read.
        spans: first and last id that a page should list; only their newest buckets where they are very long.
    """
    return await read_buckets(store, peer, buckets_around(ids, spans))


def buckets_around(ids: Iterable[int], spans: Iterable[tuple[int, int]] = ()) -> set[int]:
    """The buckets of ids, and of spans as ``known_posts`` reads them."""
    buckets = {bucket_of(native_id) for native_id in ids}
    for low, high in spans:
        first, last = bucket_of(low), bucket_of(high)
        buckets.update(range(max(first, last - MOST_BUCKETS + 1), last + 1))
    return buckets


async def read_buckets(store: Store, peer: str, buckets: Iterable[int]) -> dict[int, Seen]:
    """All that is known of the ids in some buckets."""
    found = store["index"].find({"_id": {"$in": [_name(peer, bucket) for bucket in sorted(buckets)]}})
    return {seen.native_id: seen async for document in found for seen in _unpack(document["entries"])}


def bucket_of(native_id: int) -> int:
    """Which document of the index an id belongs in."""
    return native_id // BUCKET_IDS


def merge_seen(known: Mapping[int, Seen], findings: Iterable[Finding], removed: Iterable[int]) -> dict[int, Seen]:
    """What is known after a page: its posts as they are now, confirmed removals marked.

    Args:
        known: before the page.
        findings: its posts.
        removed: ids whose removal was confirmed.
    """
    merged = dict(known)
    for finding in findings:
        native_id = finding.post.native_id
        merged[native_id] = Seen(native_id=native_id, fingerprint=finding.fingerprint, is_kept=finding.is_worth_keeping)
    for native_id in removed:
        merged[native_id] = replace(merged[native_id], is_removed=True)
    return merged


def bucket_writes(peer: str, before: Mapping[int, Seen], after: Mapping[int, Seen]) -> list[Write]:
    """Writes for the buckets that changed. Both mappings hold whole buckets."""
    known = {bucket_of(native_id) for native_id in before}
    changed = {bucket_of(native_id) for native_id, seen in after.items() if before.get(native_id) != seen}
    writes: list[Write] = []
    for bucket, ids in groupby(sorted(after), bucket_of):
        if bucket in changed:
            entries = _pack(after[native_id] for native_id in ids)
            document: Document = {"_id": _name(peer, bucket), "entries": entries}
            writes.append(replacing(document) if bucket in known else Adding(document))
    return writes


def erased_among(known: Mapping[int, Seen]) -> frozenset[int]:
    """Ids of posts that were erased on request."""
    return frozenset(native_id for native_id, seen in known.items() if seen.is_erased)


def shows_any(page: Page, ids: Collection[int]) -> bool:
    """Whether a page shows one of some posts, or quotes one in an answer to it."""
    return bool(ids) and any(
        native_id in ids for post in page.reading.posts for native_id in (*post.native_ids, post.reply_to)
    )


def _name(peer: str, bucket: int) -> str:
    return f"{peer}:{bucket}"


def _pack(entries: Iterable[Seen]) -> bytes:
    return b"".join(_ENTRY.pack(seen.native_id, _state(seen), seen.fingerprint) for seen in entries)


def _state(seen: Seen) -> int:
    marks = _KEPT * seen.is_kept | _REMOVED * seen.is_removed
    return marks | _CLOSED * seen.is_closed | _ERASED * seen.is_erased


def _unpack(packed: bytes) -> Iterable[Seen]:
    for native_id, state, mark in _ENTRY.iter_unpack(packed):
        yield Seen(
            native_id=native_id,
            fingerprint=mark,
            is_kept=bool(state & _KEPT),
            is_removed=bool(state & _REMOVED),
            is_closed=bool(state & _CLOSED),
            is_erased=bool(state & _ERASED),
        )
