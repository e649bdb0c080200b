"""What erasing does in the store: keys, texts and salts go, and all that was derived from them.

Works by what may stay: of a document only fields that are named here are kept, so that a new field cannot
keep what should be gone. Each step may be done twice.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from itertools import groupby
from typing import Any

from pymongo import ReplaceOne, UpdateOne

from evidence.erasure import Gone
from evidence.errors import ConfigError, HaechiError, ItemHeld, SourceTaken
from evidence.records import Seen
from storage.index import bucket_writes, known_posts
from storage.leases import Lease, Operation, leased, over_what_is_there, renew
from storage.mongo import Document, Session, Store
from storage.near import forget_near
from storage.referral_posts import forget_letters
from storage.search_forget import forget, remember
from storage.search_gather import INDEX

ITEM_KEEPS = ("_id", "post", "source", "native_id", "revision", "at", "commit")
FLAG_KEEPS = (
    *("_id", "source", "address", "at", "posted_at", "delay_s", "severity", "revision"),
    *("disposition", "category", "decided_severity", "decided_at", "referral", "outcome_at"),
)
"""When it was raised, and what became of it; reasons, schools and whatever else came from the text go."""
ERASED = "erased"
"""The state of a Flag whose post is gone."""
LAST_REVISION = 2**31
WAIT_S, PAUSE_S = 60.0, 0.2
"""How long a pass over the room is waited for."""


async def find_gone(store: Store, name: str) -> Gone:
    """The post that an id means, or of which it is an item, with all that hangs on it.

    Raises:
        ConfigError: nothing is kept under this id.
    """
    item = await store["evidence"].find_one({"_id": name}, {"post": 1})
    post = str(item["post"]) if item else name
    items = await items_of(store, post)
    document = await store["posts"].find_one({"_id": post}, {"source": 1, "native_ids": 1})
    if document is None and not items:
        raise ConfigError(f"{name}: neither a kept post nor a sealed item: `haechi evidence find` finds ids by address")
    return gone_of(post, document, items)


async def items_of(store: Store, post: str) -> list[Document]:
    """Sealed revisions of a post, oldest first, erased ones too; without what is sealed."""
    its = {"post": post, "revision": {"$gte": 0, "$lt": LAST_REVISION}}
    found = store["evidence"].find(its, {"source": 1, "native_id": 1, "revision": 1, "erased_at": 1})
    return sorted([item async for item in found], key=lambda item: int(item["revision"]))


def gone_of(name: str, post: Mapping[str, Any] | None, items: Sequence[Mapping[str, Any]]) -> Gone:
    """All that goes with a post, of which at least an item is there."""
    first = post or {"source": items[0]["source"], "native_ids": [items[0]["native_id"]]}
    return Gone(
        post=name,
        source=first["source"],
        native_ids=tuple(first["native_ids"]),
        items=tuple(item["_id"] for item in items),
    )


@asynccontextmanager
async def lease_when_free(
    store: Store, source: str, clock: Callable[[], datetime], wait_s: float = WAIT_S
) -> AsyncIterator[Lease]:
    """Hold a Source, waiting for the pass that holds it: what that one read before must not be written after us.

    Raises:
        SourceTaken: it is held for too long.
    """
    deadline, problem = time.monotonic() + wait_s, None
    async with AsyncExitStack() as stack:
        lease: Lease | None = None
        while lease is None:
            try:
                lease = await stack.enter_async_context(leased(store, source, clock()))
            except SourceTaken:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(PAUSE_S)
        try:
            yield lease
        except HaechiError as found:  # a refusal of ours: the room is free again at once
            problem = found
    if problem is not None:
        raise problem


async def destroy(
    store: Store, lease: Lease, gones: Sequence[Gone], at: datetime, *, is_request: bool, beats_hold: bool = False
) -> None:
    """Destroy posts of the leased Source, all or none of them.

    Args:
        store: open.
        lease: of their Source.
        gones: the posts; their entry is in the log.
        at: the moment.
        is_request: whether somebody asked for it: then Captures that show them are not stored again either.
        beats_hold: whether a hold counts for nothing: only where the ledger is newer than the store.

    Raises:
        ItemHeld: an item is held for a case; nothing is destroyed.
        SourceTaken: the lease was lost; nothing is destroyed.
    """
    marks = await _marked(store, gones, is_request=is_request)

    async def work(session: Session) -> None:
        await renew(store, lease, at, session)
        if marks:
            await store["index"].bulk_write(marks, session=session)
        items = [name for gone in gones for name in gone.items]
        await _strip(store, "evidence", items, _item_left if beats_hold else _item_left_unless_held, at, session)
        names = [gone.post for gone in gones]
        await _strip(store, "flags", names, _flag_left, at, session)
        await _drop_notes(store, [gone.post for gone in gones if gone.items], session)
        await store["posts"].delete_many({"_id": {"$in": names}}, session=session)

    async with lease_when_free(store, INDEX, lambda: at):
        await forget(store, [gone.post for gone in gones])
        try:
            await store.in_transaction(work)
        except HaechiError:
            await remember(store, [gone.post for gone in gones])
            raise
    told = gones if is_request else [gone for gone in gones if gone.items]
    for gone in told:
        await forget_near(store, gone.post)
    await forget_letters(store, [gone.post for gone in told])


async def _marked(store: Store, gones: Sequence[Gone], *, is_request: bool) -> list[Operation]:
    """Writes after which the index says of posts that they stay gone.

    A post that nothing was sealed of and nobody asked to erase may come back if it is edited: it is another one then.
    """
    writes: list[Operation] = []
    for peer, group in groupby(sorted(gones, key=lambda gone: gone.peer), key=lambda gone: gone.peer):
        mine = list(group)
        known = await known_posts(store, peer, [native_id for gone in mine for native_id in gone.native_ids])
        after = dict(known)
        for gone in mine:
            is_closed = is_request or bool(gone.items)
            for native_id in gone.native_ids:
                after[native_id] = _closed(native_id, known.get(native_id), is_closed, is_request)
        writes += over_what_is_there(bucket_writes(peer, known, after))
    return writes


def _closed(native_id: int, seen: Seen | None, is_closed: bool, is_erased: bool) -> Seen:
    return Seen(
        native_id=native_id,
        fingerprint=seen.fingerprint if seen else bytes(8),
        is_removed=seen is not None and seen.is_removed,
        is_closed=is_closed or (seen is not None and seen.is_closed),
        is_erased=is_erased or (seen is not None and seen.is_erased),
    )


async def _strip(
    store: Store,
    collection: str,
    names: Sequence[str],
    left: Callable[[Mapping[str, Any], datetime], Document],
    at: datetime,
    session: Session,
) -> None:
    """Put in place of documents what may be left of them."""
    found = store[collection].find({"_id": {"$in": list(names)}}, session=session)
    writes = [
        ReplaceOne({"_id": document["_id"]}, left(document, at))
        async for document in found
        if document.get("erased_at") is None
    ]
    if writes:
        await store[collection].bulk_write(writes, session=session)


async def _drop_notes(store: Store, names: Sequence[str], session: Session) -> None:
    """What reviewers wrote about a post may quote it; that they did, and when, stays."""
    for name in names:
        its = {"_id": {"$gte": f"{name} ", "$lt": f"{name}!"}, "sealed_note": {"$ne": None}}
        found = store["review_events"].find(its, {"_id": 1}, session=session)
        writes = [UpdateOne({"_id": event["_id"]}, {"$set": {"sealed_note": None}}) async for event in found]
        if writes:
            await store["review_events"].bulk_write(writes, session=session)


def _item_left_unless_held(document: Mapping[str, Any], at: datetime) -> Document:
    if document.get("hold"):
        raise ItemHeld(document["_id"], document["hold"][0])
    return _item_left(document, at)


def _item_left(document: Mapping[str, Any], at: datetime) -> Document:
    return {**_only(document, ITEM_KEEPS), "erased_at": at, "hold": None}


def _flag_left(document: Mapping[str, Any], at: datetime) -> Document:
    """Lists stay as empty ones: whoever reads them finds nothing."""
    lists: Document = {name: [] for name, value in document.items() if isinstance(value, list)}
    return {**lists, **_only(document, FLAG_KEEPS), "state": ERASED, "erased_at": at}


def _only(document: Mapping[str, Any], names: Collection[str]) -> Document:
    return {name: document[name] for name in names if name in document}
