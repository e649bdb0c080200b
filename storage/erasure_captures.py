"""Captures that still show an erased post, or quote it: removed whole, they are a buffer of seven days."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime

import zstandard

from evidence.cipher import Sealed
from evidence.errors import StorageError
from evidence.records import PageKind
from storage.mongo import Document, Store
from storage.reads import EPOCH

IdsIn = Callable[[PageKind, bytes], Collection[int] | None]
"""Ids of the posts that a kept page shows or quotes; None where it cannot be told."""
NO_END = datetime(9999, 1, 1, tzinfo=UTC)
LARGEST_BYTES = 200_000_000


async def remove_captures(store: Store, source: str, native_ids: Collection[int], ids_in: IdsIn) -> int:
    """Remove every Capture of a Source that shows one of these posts, or that cannot be read.

    Returns:
        How many were removed.
    """
    wanted, removed = set(native_ids), 0
    found = store["captures"].find({"source": source, "at": {"$gte": EPOCH, "$lt": NO_END}}, {"_id": 1})
    for name in [document["_id"] async for document in found]:
        document = await store["captures"].find_one({"_id": name})
        if document is not None and _holds(store, document, wanted, ids_in):
            await store["captures"].delete_one({"_id": name})
            removed += 1
    return removed


def _holds(store: Store, document: Document, wanted: set[int], ids_in: IdsIn) -> bool:
    try:
        opened = store.cipher.open(Sealed(key=document["key"], text=document["sealed"]), document["_id"])
        kept = zstandard.ZstdDecompressor().decompress(opened, max_output_size=LARGEST_BYTES)
    except (StorageError, zstandard.ZstdError):
        return True
    ids = ids_in(PageKind(document["kind"]), kept)
    return ids is None or not wanted.isdisjoint(ids)
