"""Who reads a Source just now: one pass at a time, whichever command or machine makes it.

A pass reads what is known, examines, and replaces; a second one in between would be overwritten. So
each page is written together with the lease: whoever lost it writes nothing.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from pymongo import DeleteMany, InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from evidence.errors import SourceTaken
from storage.mongo import Document, Session, Store

Fence = Callable[[datetime, Session], Awaitable[None]]
"""Asked in each transaction of a pass; raises ``SourceTaken`` where its process may not write any more."""

LEASE = timedelta(minutes=10)
"""Longer than a pass waits between two pages when many Sources share a host. It matters between machines only:
on its own machine a process that is gone is seen at once."""
DUPLICATE = 11000
PROCESS = uuid4().hex
"""Tells this process from an earlier one of the same number, as in a container that was started again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A Source that is ours to read."""

    source: str
    holder: str
    """One pass of one process."""
    fence: Fence | None = None
    """What must hold besides."""


@dataclass(frozen=True, slots=True)
class Adding:
    """The write of a document whose place was empty when it was looked at: half the work of ``replacing``."""

    document: Document


Operation = ReplaceOne[Document] | UpdateOne | DeleteMany
Write = Adding | Operation


@asynccontextmanager
async def leased(store: Store, source: str, now: datetime, fence: Fence | None = None) -> AsyncIterator[Lease]:
    """Hold a Source for one pass.

    Raises:
        SourceTaken: another pass holds it.
    """
    lease = Lease(source=source, holder=f"{PROCESS} {uuid4().hex}", fence=fence)
    await _take(store, lease, now)
    try:
        yield lease
    except asyncio.CancelledError:
        await _release(store, lease)
        raise
    await _release(store, lease)  # after any other failure it runs out: the database may be what failed


async def renew(store: Store, lease: Lease, now: datetime, session: Session) -> None:
    """Hold it for longer, in the transaction of a page: without the lease there is no page.

    Raises:
        SourceTaken: it ran out and another pass holds it.
    """
    longer: Document = {"$set": {"until": now + LEASE}, "$inc": {"renewals": 1}}  # never a write of nothing new
    mine = {"_id": lease.source, "holder": lease.holder}
    renewed = await store["leases"].update_one(mine, longer, session=session)
    if not renewed.matched_count:
        raise SourceTaken(lease.source)
    if lease.fence is not None:
        await lease.fence(now, session)


async def write_leased(store: Store, lease: Lease, now: datetime, writes: Mapping[str, Sequence[Write]]) -> None:
    """Write to all collections in the order given, or to none; to none without the lease.

    Raises:
        SourceTaken: the lease was lost; nothing is stored.
    """
    steps = {name: batch for name, batch in writes.items() if batch}
    if not steps:
        return
    try:
        await _write(store, lease, now, {name: [*map(_inserting, batch)] for name, batch in steps.items()})
    except BulkWriteError as problem:
        if [error["code"] for error in problem.details["writeErrors"]] != [DUPLICATE]:
            raise
        # stored already: a server that dies at the commit may have kept what it then says it does not know
        await _write(store, lease, now, {name: over_what_is_there(batch) for name, batch in steps.items()})


async def _write(
    store: Store, lease: Lease, now: datetime, steps: Mapping[str, Sequence[InsertOne[Document] | Operation]]
) -> None:
    async def work(session: Session) -> None:
        await renew(store, lease, now, session)
        for name, batch in steps.items():
            await store[name].bulk_write(batch, ordered=True, session=session)

    await store.in_transaction(work)


def _inserting(write: Write) -> InsertOne[Document] | Operation:
    return InsertOne(write.document) if isinstance(write, Adding) else write


def over_what_is_there(writes: Iterable[Write]) -> list[Operation]:
    """The same writes, right also where a place is not empty any more."""
    return [replacing(write.document) if isinstance(write, Adding) else write for write in writes]


def replacing(document: Document) -> ReplaceOne[Document]:
    """The write that puts a document in place of the one of its ``_id``, if there is one."""
    return ReplaceOne({"_id": document["_id"]}, document, upsert=True)


async def _take(store: Store, lease: Lease, now: datetime) -> None:
    """One write where nobody holds it, which is nearly always."""
    free = {"_id": lease.source, "until": {"$lte": now}}
    try:
        await store["leases"].update_one(free, {"$set": _document(lease, now)}, upsert=True)
    except DuplicateKeyError:
        held = await store["leases"].find_one({"_id": lease.source})
        if held is None or not is_over(held, now):
            raise SourceTaken(lease.source) from None
        dead = {"_id": lease.source, "holder": held["holder"]}
        taken = await store["leases"].update_one(dead, {"$set": _document(lease, now)})
        if not taken.matched_count:
            raise SourceTaken(lease.source) from None


def _document(lease: Lease, now: datetime) -> Document:
    return {"holder": lease.holder, "renewals": 0, **held_here(now + LEASE)}


async def _release(store: Store, lease: Lease) -> None:
    await store["leases"].delete_one({"_id": lease.source, "holder": lease.holder})


def held_here(until: datetime) -> Document:
    """What ``is_over`` asks of whoever holds something: which process of which machine, and for how long."""
    return {"host": socket.gethostname(), "pid": os.getpid(), "until": until}


def is_over(held: Document, now: datetime) -> bool:
    """Whether a lease ran out, or its process is known to be gone."""
    if held["until"] <= now:
        return True
    if held["host"] != socket.gethostname():
        return False
    if held["pid"] == os.getpid():
        return not held["holder"].startswith(PROCESS)
    return not is_alive(held["pid"])


def is_alive(pid: int) -> bool:
    """Whether a process of this machine goes on."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # another user's
    with suppress(OSError, IndexError):  # killed, and its parent has not asked yet: a zombie writes nothing
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0] != "Z"
        )
    return True
