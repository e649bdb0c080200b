"""Blocks of the custody log as documents and back, and where the log stands.

A block is inserted once and never changed: on a MongoDB with users, the program needs no right to
update or remove in collection ``custody``. Its ``_id`` is the number of its first entry.
"""

import asyncio
import json
from array import array
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from bson import MaxKey, MinKey

from evidence.custody import REQUEST_BYTES, ROTATE, Block, Head, head_after, named_key, signed_bytes, unpack
from evidence.errors import CustodyBroken
from evidence.keys import is_signed_by
from evidence.merkle import HASH_BYTES, leaf_hash
from storage.mongo import Document, Store

CUSTODY, PENDING, APPENDER = "custody", "custody_pending", "custody_appender"
LAST_SEQ = 2**53
STEP, MOST_AT_ONCE = 10_000, 500
"""Entries that are read at a time, ten whole blocks, and how many small ones at the most."""

_BYTES = {"prev": HASH_BYTES, "root": HASH_BYTES, "key": HASH_BYTES, "packed": 0}
_LISTS = {"peaks": HASH_BYTES, "requests": REQUEST_BYTES, "signatures": 64}
FIELDS = ("_id", "log", "count", "prev", "root", "peaks", "epoch", "key", "packed", "requests", "signatures")


def block_document(block: Block) -> Document:
    """A block as it is stored."""
    return {
        "_id": block.first,
        "log": block.log,
        "count": block.count,
        "prev": block.prev,
        "root": block.root,
        "peaks": list(block.peaks),
        "epoch": block.epoch,
        "key": block.key,
        "packed": block.packed,
        "requests": list(block.requests),
        "signatures": list(block.signatures),
    }


def read_block(document: Mapping[str, Any], seq: int) -> Block:
    """A block as it was stored: exactly these fields, of exactly these kinds.

    Args:
        document: of collection ``custody``.
        seq: the entry that should come next, to be named where the document is no block.

    Raises:
        CustodyBroken: naming the field.
    """
    if tuple(document) != FIELDS:
        names = sorted(set(document) ^ set(FIELDS)) or ["their order"]
        raise CustodyBroken(seq, f"the fields of its document are not those of a block: {', '.join(names)}")
    wrong = [name for name in FIELDS if not _is_of_its_kind(name, document[name])]
    if wrong:
        raise CustodyBroken(seq, f"its document holds something else than a block does in {', '.join(wrong)}")
    return Block(
        log=document["log"],
        first=int(document["_id"]),
        count=int(document["count"]),
        prev=document["prev"],
        root=document["root"],
        peaks=tuple(document["peaks"]),
        epoch=int(document["epoch"]),
        key=document["key"],
        packed=document["packed"],
        requests=tuple(document["requests"]),
        signatures=tuple(document["signatures"]),
    )


def _is_of_its_kind(name: str, value: object) -> bool:
    if name in _BYTES:
        return type(value) is bytes and _BYTES[name] in (0, len(value))
    if name in _LISTS:
        return type(value) is list and all(type(one) is bytes and len(one) == _LISTS[name] for one in value)
    if name == "log":
        return type(value) is str
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LAST_SEQ


async def read_blocks(store: Store) -> AsyncGenerator[Block, None]:
    """All blocks in order, a few at a time. They are asked for by ``_id``: a range is not flat on every server.

    Raises:
        CustodyBroken: a document is no block.
    """
    ids, stranger = await _look_at_ids(store)
    expected = 0
    async with aclosing(_read_ahead(store, ids)) as shares:
        async for documents in shares:
            for document in documents:
                block = read_block(document, expected)
                yield block
                expected = block.end
    if stranger:
        raise CustodyBroken(expected, f"a document that is no block lies in the log: _id {stranger}")


async def _read_ahead(store: Store, ids: "array[int]") -> AsyncGenerator[list[Document], None]:
    """Documents in order; the next share is on its way while one is worked on."""
    coming: asyncio.Task[list[Document]] | None = None
    try:
        for names in _shares(ids):
            following = asyncio.create_task(_fetch(store, names))
            await asyncio.sleep(0)  # it is asked for before the work begins
            documents, coming = await coming if coming else [], following
            yield documents
        yield await coming if coming else []
    finally:
        if coming and not coming.done():
            coming.cancel()


async def _fetch(store: Store, names: list[int]) -> list[Document]:
    """Documents of these numbers; an empty one for each that is gone."""
    found = {document["_id"]: document async for document in store[CUSTODY].find({"_id": {"$in": names}})}
    return [found.get(name, {}) for name in names]


def _shares(ids: "array[int]") -> Iterator[list[int]]:
    """Numbers of blocks with about so many entries together."""
    share: list[int] = []
    for name in ids:
        if share and (name - share[0] >= STEP or len(share) == MOST_AT_ONCE):
            yield share
            share = []
        share.append(name)
    if share:
        yield share


async def _look_at_ids(store: Store) -> "tuple[array[int], str]":
    """The number of every block, in order, 8 bytes each; and the first ``_id`` that is none, of whatever type."""
    ids, stranger = array("q"), ""
    async for document in store[CUSTODY].find({"_id": {"$gte": MinKey(), "$lte": MaxKey()}}, {"_id": 1}):
        name = document["_id"]
        if isinstance(name, int) and not isinstance(name, bool) and 0 <= name < LAST_SEQ:
            ids.append(name)
        else:
            stranger = stranger or ascii(name)[:80]
    return array("q", sorted(ids)), stranger


async def read_head(store: Store) -> Head | None:
    """Where the log stands; None before its first entry. The last block is checked, those before it are not.

    Raises:
        CustodyBroken: it is no block, or not signed.
    """
    appender = await store[APPENDER].find_one({"_id": CUSTODY}) or {}
    document = await store[CUSTODY].find_one({"_id": appender.get("last", 0)})
    if document is None:
        ids, _ = await _look_at_ids(store)
        document = await store[CUSTODY].find_one({"_id": ids[-1]}) if ids else None
    if document is None:
        return None
    while True:  # the appender noted the last block but one, or somebody changed its note
        block = read_block(document, int(document["_id"]))
        document = await store[CUSTODY].find_one({"_id": block.end}) if block.count else None
        if document is None:
            return _head_of(block)


def _head_of(block: Block) -> Head:
    lines = unpack(block)
    try:
        entry = json.loads(lines[-1])
        new = named_key(entry) if entry["action"] == ROTATE else None
    except (ValueError, LookupError, TypeError):
        raise CustodyBroken(block.end - 1, "is unreadable") from None
    if not block.signatures or not is_signed_by(block.key, block.signatures[0], signed_bytes(block)):
        raise CustodyBroken(block.first, "its block is not signed by its key: nothing is written behind it")
    return head_after(block, new, leaf_hash(lines[-1]))


async def find_requests(store: Store, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """Which requests are in the log already, and under which number."""
    asked = {"_id": {"$gte": 0, "$lt": LAST_SEQ}, "requests": {"$in": list(hashes)}}
    seqs: dict[bytes, int] = {}
    async for document in store[CUSTODY].find(asked, {"requests": 1}):
        seqs |= {request: document["_id"] + place for place, request in enumerate(document["requests"])}
    return {request: seqs[request] for request in hashes if request in seqs}
