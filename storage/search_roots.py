"""Segments as they are stored: a root for each, and its leaves under the root's name.

A root is there before the first leaf and goes after the last one, and only what is under a whole root is read:
so a segment is there whole or not at all, and what a killed process left is swept up by name.
"""

import struct
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import ReplaceOne

from storage.leases import replacing
from storage.mongo import Document, Store
from storage.search_segment import (
    NUMBER,
    Segment,
    pack_page,
    pack_part,
    pages,
    parts,
    parts_for,
    unpack_page,
    unpack_part,
)
from storage.whole import EVERY

ROOTS, LEAVES = "search_segments", "search_leaves"
BEGUN, WHOLE, GONE = "begun", "whole", "gone"
"""States of a root: its leaves are being written; are there; are in another segment now."""
BATCH_BYTES = 2_000_000
"""Of leaves in one write: the embedded server stands still when one holds too much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A segment that is whole."""

    name: str
    is_large: bool
    """Whether it is not merged any more."""
    posts: int
    parts: int
    firsts: Sequence[int]
    """With which millisecond each page begins."""


async def read_roots(store: Store) -> tuple[list[Root], list[str]]:
    """Whole segments, and the names of those that are not."""
    roots, others = list[Root](), list[str]()
    async for document in store[ROOTS].find({"_id": EVERY}):
        if document["state"] == WHOLE:
            roots.append(_read_root(document))
        else:
            others.append(document["_id"])
    return roots, others


def _read_root(document: Mapping[str, Any]) -> Root:
    firsts: bytes = document["firsts"]
    return Root(
        name=document["_id"],
        is_large=document["is_large"],
        posts=document["posts"],
        parts=document["parts"],
        firsts=struct.unpack(f"<{len(firsts) // (2 * NUMBER)}q", firsts),
    )


def page_name(root: str, page: int) -> str:
    """The id of a leaf with posts."""
    return f"{root}:page{page}"


def part_name(root: str, part: int) -> str:
    """The id of a leaf with postings."""
    return f"{root}:part{part}"


def root_document(segment: Segment, name: str, *, is_large: bool) -> Document:
    """The root of a whole segment."""
    firsts = [page[0][0] for page in pages(segment)]
    packed = struct.pack(f"<{len(firsts)}q", *firsts)
    number = len(segment.posts)
    return {
        "_id": name,
        "state": WHOLE,
        "is_large": is_large,
        "posts": number,
        "parts": parts_for(segment),
        "firsts": packed,
    }


async def write_leaves(store: Store, segment: Segment, name: str) -> None:
    """Write the leaves of a segment under a root that is not whole; twice does no harm."""
    await store[ROOTS].replace_one({"_id": name}, {"_id": name, "state": BEGUN}, upsert=True)
    leaves = [(page_name(name, at), pack_page(page)) for at, page in enumerate(pages(segment))]
    split = parts(segment, parts_for(segment))
    await replace_leaves(store, [*leaves, *((part_name(name, at), pack_part(part)) for at, part in enumerate(split))])


async def replace_leaves(store: Store, leaves: Iterable[tuple[str, bytes]]) -> None:
    """Write leaves, some at a time."""
    batch, size = list[ReplaceOne[Document]](), 0
    for name, content in leaves:
        batch.append(replacing({"_id": name, "packed": content}))
        size += len(content)
        if size > BATCH_BYTES:
            await store[LEAVES].bulk_write(batch, ordered=False)
            batch, size = [], 0
    if batch:
        await store[LEAVES].bulk_write(batch, ordered=False)


async def read_segment(store: Store, root: Root) -> Segment:
    """A whole segment with all its leaves."""
    leaves = [document async for document in _leaves(store, root.name)]
    content = {document["_id"]: document["packed"] for document in leaves}
    posts = [place for at in range(len(root.firsts)) for place in unpack_page(content[page_name(root.name, at)])]
    postings = [unpack_part(content[part_name(root.name, at)]) for at in range(root.parts)]
    return Segment(posts=posts, postings={token: its for part in postings for token, its in part.items()})


async def _leaves(store: Store, name: str) -> AsyncGenerator[Document, None]:
    async for document in store[LEAVES].find({"_id": {"$gte": f"{name}:", "$lt": f"{name};"}}):
        yield document


async def sweep(store: Store, names: Iterable[str]) -> None:
    """Remove segments that are not whole."""
    for name in names:
        await store[LEAVES].delete_many({"_id": {"$gte": f"{name}:", "$lt": f"{name};"}})
        await store[ROOTS].delete_one({"_id": name})
