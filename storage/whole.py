"""Whole collections, a share at a time, in memory that does not grow with them.

A database that does not push ``limit`` down reads all that matches. So the ids are asked for once and
put aside in a file; then documents are asked for by their ids.
"""

import tempfile
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO, Any

import bson
from bson import MaxKey, MinKey
from bson.codec_options import CodecOptions
from pymongo.read_preferences import ReadPreference

from evidence.errors import StorageError
from storage.mongo import STANDING_STILL, Document, Session, Store

EVERY = {"$gte": MinKey(), "$lte": MaxKey()}
SHARE = 200
IN_MEMORY_BYTES = 1_000_000
WATCHED = "backup"
"""Document of ``meta`` by which a view is tried."""
_PLAIN: CodecOptions[dict[str, Any]] = CodecOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Some documents of a collection."""

    documents: list[Document]
    number: int
    """Documents asked for so far."""
    of: int
    """Documents that the collection had when it was begun."""


@asynccontextmanager
async def fixed_view(store: Store, mark: str) -> "AsyncGenerator[Session, None]":
    """A session in which the whole database stands still, whatever is written meanwhile.

    MongoDB gives it by snapshot, for five minutes unless it is set otherwise; its transactions end after one.
    The embedded server has no snapshots and says nothing of it, but its transactions last. So it is tried out.

    Args:
        store: open.
        mark: one that was never used before.

    Raises:
        StorageError: the database gives no such view.
    """
    async with store.client.start_session(snapshot=True) as session:
        if await _stands_still(store, session, f"{mark} 1"):
            yield session
            return
    async with store.client.start_session() as session:
        await session.start_transaction(STANDING_STILL, read_preference=ReadPreference.PRIMARY)
        try:
            if not await _stands_still(store, session, f"{mark} 2"):
                raise StorageError("the database gives no fixed view: nothing whole can be read while others write")
            yield session
        finally:
            await session.abort_transaction()


async def _stands_still(store: Store, session: Session, mark: str) -> bool:
    """Whether what is written beside a session is not seen in it."""
    await store["meta"].find_one({"_id": WATCHED}, session=session)
    await store["meta"].update_one({"_id": WATCHED}, {"$set": {"view": mark}}, upsert=True)
    seen = await store["meta"].find_one({"_id": WATCHED}, session=session) or {}
    return seen.get("view") != mark


async def shares(
    store: Store, name: str, session: Session | None = None, fields: Document | None = None
) -> AsyncGenerator[Share, None]:
    """All documents of a collection in the order of their ids; those that go meanwhile are left out."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as ids:
        number, total = 0, 0
        async for document in store[name].find({"_id": EVERY}, {"_id": 1}, sort=[("_id", 1)], session=session):
            ids.write(bson.encode(document))
            total += 1
        ids.seek(0)
        for names in _in_shares(_read_ids(ids)):
            asked = store[name].find({"_id": {"$in": names}}, fields, session=session)
            found = {repr(document["_id"]): document async for document in asked}
            number += len(names)
            documents = [found[key] for key in map(repr, names) if key in found]
            yield Share(documents=documents, number=number, of=total)


def _read_ids(file: "IO[bytes]") -> Iterator[Any]:
    for document in bson.decode_file_iter(file, codec_options=_PLAIN):
        yield document["_id"]


def _in_shares(names: Iterable[Any]) -> Iterator[list[Any]]:
    share: list[Any] = []
    for name in names:
        share.append(name)
        if len(share) == SHARE:
            yield share
            share = []
    if share:
        yield share
