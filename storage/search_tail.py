"""The tail of the index: tokens of posts that are in no segment yet, a document for each page that was kept.

It is written with the page and costs one insert, and it is looked through from end to end: whoever gathers
the segments keeps it short.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from pymongo import DeleteMany, ReplaceOne

from storage.leases import replacing
from storage.mongo import Document, Store
from storage.search_segment import Entry, moment_ms, pack_entries, unpack_entries
from storage.whole import EVERY

TAIL = "search_tail"


def tail_writes(posts: Iterable[Mapping[str, Any]]) -> list[ReplaceOne[Document]]:
    """The write that adds posts, as they are stored, to the tail; an edited one is there again, with all its tokens."""
    rows = list(posts)
    if not rows:
        return []
    names = "\n".join(sorted(f"{row['_id']} {row['revision']}" for row in rows))
    entries = [Entry(place=(moment_ms(row["at"]), row["_id"]), tokens=row["tokens"]) for row in rows]
    return [_writing(hashlib.sha256(names.encode()).hexdigest()[:16], entries)]


def _writing(name: str, entries: Sequence[Entry]) -> ReplaceOne[Document]:
    return replacing({"_id": name, "posts": len(entries), "packed": pack_entries(entries)})


async def tail_length(store: Store) -> int:
    """How many posts wait in the tail."""
    return sum([document["posts"] async for document in store[TAIL].find({"_id": EVERY}, {"posts": 1})])


async def read_tail(store: Store, most: int = 0) -> dict[str, list[Entry]]:
    """The tail by the ids of its documents; at most so many documents, 0 for all."""
    found = store[TAIL].find({"_id": EVERY}).limit(most)
    return {document["_id"]: unpack_entries(document["packed"]) async for document in found}


async def forget_in_tail(store: Store, posts: Collection[str]) -> None:
    """Take posts out of the tail."""
    writes: list[ReplaceOne[Document] | DeleteMany] = []
    for name, entries in (await read_tail(store)).items():
        left = [entry for entry in entries if entry.place[1] not in posts]
        if not left:
            writes.append(DeleteMany({"_id": {"$in": [name]}}))
        elif len(left) < len(entries):
            writes.append(_writing(name, left))
    if writes:
        await store[TAIL].bulk_write(writes, ordered=False)
