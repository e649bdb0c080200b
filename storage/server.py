"""What the database server says of itself, for whoever looks after it; Haechi's own rights are enough.

``hello``, ``buildInfo`` and ``dbStats`` are commands of MongoDB's that any user of a database may give.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo.errors import OperationFailure

from storage.mongo import Document, Store

PROBE = "doctor"
"""Document of ``meta`` that is written to see how long that takes."""
EMBEDDED = "secantus"
"""Name of the replica set that the embedded server says it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The server, or the cluster, that a store is in."""

    version: str
    replica_set: str | None
    """None behind mongos."""
    members: int
    """Of the replica set that hold documents; 0 behind mongos."""
    is_direct: bool
    """Whether the driver was told to talk to one member only."""
    retries_writes: bool
    """Whether the driver repeats a single write after an election."""
    behind_s: float
    """Seconds by which a majority is behind the primary."""
    ahead_s: float
    """Seconds by which its clock is ahead of ours, give or take half the time of an answer; negative: behind."""
    write_ms: float
    """What a write to a majority and the journal took."""
    bytes: int
    """Of this database's documents and indexes on disk."""
    free: float | None
    """Share of the server's disk that is free; None where it does not say."""
    oplog: timedelta | None
    """How long a member may be away; None where this user may not see it."""
    memory: int | None
    """Bytes that its process holds; of the embedded one, held at its most. None where this user may not see it."""

    @property
    def is_embedded(self) -> bool:
        """Whether it is the server that Haechi starts itself."""
        return self.replica_set == EMBEDDED


async def look_at_server(store: Store, clock: Callable[[], datetime]) -> Server:
    """Ask it, and write one document to see that it takes it."""
    client, asked_at = store.client, clock()
    admin = client.admin
    hello = await admin.command("hello")
    middle = asked_at + (clock() - asked_at) / 2
    begin = time.perf_counter()
    await store["meta"].update_one({"_id": PROBE}, {"$set": {"at": middle}}, upsert=True)
    write_ms = (time.perf_counter() - begin) * 1000
    sizes, status = await store.db.command("dbStats"), await _status(store)
    disk = sizes.get("fsTotalSize")
    return Server(
        version=(await admin.command("buildInfo"))["version"],
        replica_set=hello.get("setName"),
        members=len(hello.get("hosts", ())),
        is_direct=client.topology_description.topology_type_name == "Single",
        retries_writes=client.options.retry_writes,
        behind_s=_behind_s(hello.get("lastWrite", {})),
        ahead_s=(hello["localTime"].replace(tzinfo=UTC) - middle).total_seconds(),
        write_ms=write_ms,
        bytes=int(sizes.get("totalSize") or 0),
        free=1 - sizes["fsUsedSize"] / disk if disk else None,
        oplog=_oplog(status),
        memory=_memory(status),
    )


async def memory_of(store: Store) -> int | None:
    """As in ``Server.memory``, and nothing else is asked."""
    return _memory(await _status(store))


def _behind_s(last_write: Document) -> float:
    if not {"lastWriteDate", "majorityWriteDate"} <= last_write.keys():
        return 0.0
    behind: timedelta = last_write["lastWriteDate"] - last_write["majorityWriteDate"]
    return max(0.0, behind.total_seconds())


async def _status(store: Store) -> dict[str, Any]:
    """What it says of its work; nothing where this user may not see it: that takes the role ``clusterMonitor``."""
    try:
        status: dict[str, Any] = await store.client.admin.command({"serverStatus": 1, "oplog": 1})
    except OperationFailure:
        return {}
    return status


def _oplog(status: dict[str, Any]) -> timedelta | None:
    """Its window."""
    found = status.get("oplog", {})
    if not {"earliestOptime", "latestOptime"} <= found.keys():
        return None
    return timedelta(seconds=found["latestOptime"].time - found["earliestOptime"].time)


def _memory(status: dict[str, Any]) -> int | None:
    """MongoDB says it in MiB."""
    return int(status.get("mem", {}).get("resident") or 0) * 2**20 or None
