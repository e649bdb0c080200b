"""Entries of other processes on their way into the log: durable, and sealed against being forged.

Who can write to the database but has no master key can put nothing in here that the appender would sign.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import structlog
from pymongo import UpdateOne

from evidence.canonical import canonical
from evidence.custody import BEGIN, ROTATE, Act, request_hash
from evidence.errors import StorageError
from storage.custody_blocks import PENDING
from storage.mongo import Document, Store

log = structlog.get_logger()


async def hand_over(store: Store, acts: Sequence[Act]) -> None:
    """Store acts for the appender; one that waits already is left as it is."""
    writes = [pending_write(store, act) for act in acts]
    if writes:
        await store[PENDING].bulk_write(writes, ordered=False)


def pending_write(store: Store, act: Act) -> UpdateOne:
    """The write that stores an act for the appender; for the transaction of what the act is about."""
    document = _document(store, act)
    return UpdateOne(
        {"_id": document["_id"]}, {"$setOnInsert": {name: document[name] for name in ("act", "mac")}}, upsert=True
    )


async def read_pending(store: Store, most: int) -> list[Act]:
    """Acts that wait, at most so many; forged ones are named in the program's log and taken out."""
    found = store[PENDING].find({"_id": {"$gte": "", "$lt": "g"}}).limit(most)
    acts, forged = [], []
    async for document in found:
        act = _read(store, document)
        if act is None:
            forged.append(document["_id"])
        else:
            acts.append(act)
    if forged:
        await store[PENDING].delete_many({"_id": {"$in": forged}})
    return acts


def _document(store: Store, act: Act) -> Document:
    content = canonical(asdict(act))
    return {"_id": request_hash(act.request).hex(), "act": content, "mac": _mac(store, content)}


def _mac(store: Store, content: bytes) -> bytes:
    return hmac.digest(store.cipher.purpose_key("pending custody entries"), content, hashlib.sha256)


def _read(store: Store, document: Mapping[str, Any]) -> Act | None:
    content = document.get("act")
    mac = document.get("mac")
    try:
        if not isinstance(content, bytes) or not hmac.compare_digest(_mac(store, content), mac or b""):
            raise StorageError("its seal does not hold")
        act = Act(**json.loads(content))
        if act.action in (BEGIN, ROTATE) or request_hash(act.request).hex() != document["_id"]:
            raise StorageError("it is not what it says")
    except (StorageError, ValueError, TypeError) as problem:
        log.error("a pending custody entry was refused", id=str(document["_id"]), reason=str(problem)[:80])
        return None
    return act
