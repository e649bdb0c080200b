"""EvidenceItems as they are read: with their siblings, and with their place in the custody log."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from evidence.custody import request_hash
from evidence.errors import ConfigError, CustodyBroken, StorageError
from storage.custody import WAIT_S
from storage.custody_blocks import PENDING, find_requests
from storage.evidence import open_item
from storage.mongo import Document, Store

PAUSE_S = 0.05
ASKED = 500
"""Ids in one question to the database."""
LAST_REVISION = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedItem:
    """An EvidenceItem with what the store knows besides."""

    id: str
    post: str
    source: str
    revision: int
    at: datetime
    severity: str
    commit: str
    content: bytes | None
    """Canonical record; None once it was erased."""
    salt: bytes | None
    erased_at: datetime | None
    removed_at: datetime | None
    """When its post was first seen to be gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiblingItem:
    """A sealed revision, without its text."""

    id: str
    post: str
    revision: int
    at: datetime
    commit: str


async def read_items(store: Store, names: Sequence[str]) -> tuple[SealedItem, ...]:
    """Items in the order asked for, opened and held against their commitments.

    Raises:
        ConfigError: there is none under a name.
        CustodyBroken: an item is not the one that was committed to.
    """
    documents = {document["_id"]: document for document in await _all(store, "evidence", names)}
    for name in names:
        if name not in documents:
            raise ConfigError(f"{name}: nothing is sealed under this id: `haechi list evidence` shows what is")
    posts = {
        document["_id"]: document for document in await _all(store, "posts", [d["post"] for d in documents.values()])
    }
    return tuple(_item(store, documents[name], posts.get(documents[name]["post"])) for name in names)


async def _all(store: Store, collection: str, names: Iterable[str]) -> list[Document]:
    wanted, found = sorted(set(names)), []
    for start in range(0, len(wanted), ASKED):
        asked = {"_id": {"$in": wanted[start : start + ASKED]}}
        found += [document async for document in store[collection].find(asked)]
    return found


def _item(store: Store, document: Document, post: Document | None) -> SealedItem:
    is_erased = document.get("erased_at") is not None or not document.get("key")
    return SealedItem(
        id=document["_id"],
        post=document["post"],
        source=document["source"],
        revision=document["revision"],
        at=document["at"],
        severity=document.get("severity") or "",
        commit=document.get("commit") or "",
        content=None if is_erased else open_item(store, document),
        salt=None if is_erased else document["salt"],
        erased_at=document.get("erased_at"),
        removed_at=post["removed_at"] if post else None,
    )


async def read_siblings(store: Store, posts: Iterable[str]) -> dict[str, tuple[SiblingItem, ...]]:
    """All sealed revisions of posts, oldest first."""
    siblings: dict[str, tuple[SiblingItem, ...]] = {}
    for post in dict.fromkeys(posts):
        found = store["evidence"].find({"post": post, "revision": {"$gte": 0, "$lt": LAST_REVISION}})
        rows = [
            SiblingItem(
                id=document["_id"],
                post=post,
                revision=document["revision"],
                at=document["at"],
                commit=document.get("commit") or "",
            )
            async for document in found
        ]
        siblings[post] = tuple(sorted(rows, key=lambda row: row.revision))
    return siblings


async def seal_entries(store: Store, names: Sequence[str]) -> Mapping[str, int]:
    """Numbers of the entries that seal items; without those that are not in the log yet."""
    hashes = {request_hash(f"seal:{name}"): name for name in names}
    asked, found = list(hashes), dict[bytes, int]()
    for start in range(0, len(asked), ASKED):
        found |= await find_requests(store, asked[start : start + ASKED])
    return {hashes[request]: seq for request, seq in found.items()}


async def await_entries(store: Store, names: Sequence[str], wait_s: float = WAIT_S) -> Mapping[str, int]:
    """The same for all of them, waiting for those that are on their way.

    Raises:
        CustodyBroken: an item was never handed to the log: it was slipped in.
        StorageError: nobody moved them into the log in time.
    """
    deadline = time.monotonic() + wait_s
    while True:
        entries = await seal_entries(store, names)
        missing = [name for name in names if name not in entries]
        if not missing:
            return entries
        waiting = {document["_id"] for document in await _all(store, PENDING, map(_pending_id, missing))}
        if not waiting:
            entries = await seal_entries(store, names)  # they may have been moved between the two looks
            for name in names:
                if name not in entries:
                    raise CustodyBroken(-1, f"item {name} was never handed to the log: it was slipped in")
        elif time.monotonic() > deadline:
            raise StorageError(f"{len(missing)} items wait for their entry in the log, such as {missing[0]}")
        await asyncio.sleep(PAUSE_S)


def _pending_id(name: str) -> str:
    return request_hash(f"seal:{name}").hex()
