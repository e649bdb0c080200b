"""Changes the master key of a store: every wrapped data key is wrapped anew, no text is touched.

Until the last one is, both master keys open; whoever was killed goes on where keys of the old one are left.
"""

import os
import socket
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from pymongo import UpdateOne

from evidence.cipher import Cipher
from evidence.errors import StorageError
from storage.apart import ROOTS, wrapped_keys
from storage.custody_blocks import APPENDER, CUSTODY
from storage.leases import PROCESS, is_alive, is_over
from storage.mongo import KEY, Document, Session, Store
from storage.schema import INDEXES
from storage.whole import EVERY, shares

WITHOUT_KEYS = (CUSTODY, "index", "meta")
"""Collections that hold no wrapped data key: the log is never changed, and the root in ``meta`` comes last."""
MOST_ROUNDS = 20

Told = Callable[[str, int, int], None]


async def check_alone(store: Store, now: datetime) -> None:
    """See that nobody works with the store, as far as its leases tell: who began before knows one key only.

    Raises:
        StorageError: naming what must end first.
    """
    held = await store[APPENDER].find_one({"_id": CUSTODY})
    if held and held["holder"] and not held["holder"].startswith(PROCESS):
        is_here = held["host"] == socket.gethostname()
        if (is_here and held["pid"] != os.getpid() and is_alive(held["pid"])) or (not is_here and held["until"] > now):
            raise StorageError(f"process {held['pid']} on {held['host']} is at work here: stop the service first")
    async for lease in store["leases"].find({"_id": EVERY}):
        if not is_over(lease, now):
            raise StorageError(f"{lease['_id']} is being read: stop the service first, or wait for the pass to end")


async def offer_root(store: Store, coming: Cipher) -> None:
    """Let the key to come open the store too."""
    wrapped = await _roots(store)
    if not any(coming.wraps(root) for root in wrapped):
        roots = [*(wrapped or [store.cipher.wrapped_root()]), coming.wrapped_root()]
        await store["meta"].update_one({"_id": KEY}, {"$set": {ROOTS: roots}})


async def keep_one_root(store: Store) -> None:
    """Let only the master key in force open the store."""
    await store["meta"].update_one({"_id": KEY}, {"$set": {ROOTS: [store.cipher.wrapped_root()]}})


async def _roots(store: Store) -> list[bytes]:
    found = await store["meta"].find_one({"_id": KEY}) or {}
    return list(found.get(ROOTS) or [])


@dataclass(slots=True)
class Rewrapped:
    """What became of the data keys."""

    number: int = 0
    """Wrapped anew."""
    damaged: dict[str, None] = field(default_factory=dict)
    """Documents with a key that no master key known here opens: their text was lost before."""


async def rewrap(store: Store, told: Told) -> Rewrapped:
    """Wrap every data key by the master key in force, until a round finds none that is not.

    Raises:
        StorageError: others keep writing under the old one.
    """
    whole = Rewrapped()
    for _ in range(MOST_ROUNDS):
        before = whole.number
        for name in INDEXES:
            if name not in WITHOUT_KEYS:
                await _rewrap_collection(store, name, whole, told)
        if whole.number == before:
            return whole
    raise StorageError("somebody keeps writing under the old master key: stop the service, then run this again")


async def _rewrap_collection(store: Store, name: str, whole: Rewrapped, told: Told) -> None:
    async with aclosing(shares(store, name, fields={"sealed": 0})) as found:
        async for share in found:
            writes = [write for document in share.documents for write in _writes(store.cipher, name, document, whole)]
            if writes:
                await _write(store, name, writes)
            whole.number += len(writes)
            told(name, share.number, share.of)


async def _write(store: Store, name: str, writes: list[UpdateOne]) -> None:
    """In one transaction: one wait for the journal instead of one for each document."""

    async def work(session: Session) -> None:
        await store[name].bulk_write(writes, ordered=False, session=session)

    await store.in_transaction(work)


def _writes(cipher: Cipher, name: str, document: Document, whole: Rewrapped) -> list[UpdateOne]:
    """Each names the key that it replaces: what was erased or written meanwhile stays as it is."""
    writes = []
    for path, key in wrapped_keys(document):
        if cipher.wraps(key):
            continue
        fresh = cipher.rewrap(key)
        if fresh is None:
            whole.damaged[f"{name} {document['_id']}"] = None
        else:
            writes.append(UpdateOne({"_id": document["_id"], path: key}, {"$set": {path: fresh}}))
    return writes
