"""What ``haechi doctor`` asks of the open store: each check gives a line, or says what is wrong and what to do."""

import shutil
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from config.settings import Settings
from crawler.assemble import now, stored_watchlist
from evidence.custody import moment
from evidence.errors import HaechiError
from storage.backup import last_backup
from storage.leases import LEASE
from storage.mongo import Store
from storage.practice import is_practice
from storage.search_repair import broken_now
from storage.server import Server, look_at_server

DIFFER_S = 5.0
"""Clocks that differ by more are set wrong; leases hold for ten minutes, so far more is needed to do harm."""
BEHIND_S = 10.0
LEAST_SHARE, LEAST_BYTES = 0.1, 1_000_000_000
"""Of a disk that has to be free: of the database's a share, of the data directory's so many bytes."""
NIGHT = timedelta(hours=36)
"""A backup is made each night, and one night it may be late."""

Check = Callable[[Store, Settings], Awaitable[str]]


async def check_server(store: Store, settings: Settings) -> str:
    """It takes writes, and would go on taking them if a machine died."""
    server = await look_at_server(store, now)
    if problem := why_not_safe(server):
        raise HaechiError(problem)
    kept = f"{server.bytes / 1e6:,.0f} MB" + (
        f", {server.free:.0%} of its disk free" if server.free is not None else ""
    )
    oplog = f", oplog of {server.oplog.total_seconds() / 3600:.0f} h" if server.oplog else ""
    return f"{name_of(server)}; a write to a majority and the journal takes {server.write_ms:.0f} ms; {kept}{oplog}"


def name_of(server: Server) -> str:
    """What it is, in a few words."""
    if server.is_embedded:
        return f"the embedded server, at most {(server.memory or 0) / 1e6:,.0f} MB of memory so far"
    if server.replica_set is None:
        return f"MongoDB {server.version}, a sharded cluster"
    alone = ", so nothing takes over if it dies" if server.members == 1 else ""
    return f"MongoDB {server.version}, replica set {server.replica_set} of {server.members}{alone}"


def why_not_safe(server: Server) -> str | None:
    """What an operator must change, or None; of the embedded server only the disk is asked."""
    if server.free is not None and server.free < LEAST_SHARE:
        return (
            f"{server.free:.0%} of the database's disk is free: expected {LEAST_SHARE:.0%}; enlarge it, or add a shard"
        )
    if server.is_embedded:
        return None
    if server.is_direct and server.members > 1:
        return (
            f"HAECHI_MONGODB_URI leads to one of {server.members} members alone, so an election ends the service:"
            f" take directConnection out of it, or add replicaSet={server.replica_set}"
        )
    if not server.retries_writes:
        return "HAECHI_MONGODB_URI has retryWrites=false, so an election fails single writes: take it out"
    if server.members == 2:
        return "a replica set of 2 takes no writes once either is gone: add a third member"
    if server.behind_s > BEHIND_S:
        return (
            f"a majority of the members is {server.behind_s:.0f} s behind, and every write waits for it:"
            " look at rs.status(); a member is down or its disk is slow"
        )
    return None


async def check_clocks(store: Store, settings: Settings) -> str:
    """Leases, sessions and the log compare times of several machines."""
    ahead_s = (await look_at_server(store, now)).ahead_s
    found = f"the database's clock is {abs(ahead_s):.1f} s {'ahead' if ahead_s > 0 else 'behind'}"
    if abs(ahead_s) > DIFFER_S:
        raise HaechiError(f"{found}: expected {DIFFER_S:.0f} s at most; let a time service set both machines")
    return f"{found}; leases run for {LEASE.total_seconds() / 60:.0f} minutes"


async def check_watchlist(store: Store, settings: Settings) -> str:
    """What would be read."""
    watchlist = await stored_watchlist(store, settings)
    if watchlist is None:
        return "none is stored yet: `haechi once -w FILE` reads one (docs/watchlists.md)"
    return f"{len(watchlist.sources)} sources, {len(watchlist.directories)} directories"


async def check_backup(store: Store, settings: Settings) -> str:
    """The newest one, or since when there should be one."""
    made_at, begun_at = await last_backup(store), await _begun_at(store)
    if made_at is None:
        if await is_practice(store) or begun_at is None or now() - begun_at < NIGHT:
            return "no backup was made yet: `haechi backup DIR` (docs/operators.md)"
        raise HaechiError(f"no backup was made since {moment(begun_at)}: make one each night, `haechi backup DIR`")
    if now() - made_at > NIGHT:
        raise HaechiError(f"the last backup is of {moment(made_at)}: does its timer run, and has its disk room?")
    return f"the last one is of {moment(made_at)}"


async def _begun_at(store: Store) -> datetime | None:
    """When there was first something to lose."""
    first = await store["watchlists"].find_one({"_id": 1})
    return first["imported_at"] if first else None


async def check_index(store: Store, settings: Settings) -> str:
    """Whether a search sees every post."""
    broken = await broken_now(store, now())
    if broken:
        parts = "part" if len(broken) == 1 else "parts"
        raise HaechiError(
            f"{len(broken)} {parts} of the index of words lack documents, so searches fail:"
            " `haechi doctor --repair` builds them anew from the posts; the service does so within six hours"
        )
    return "whole" if broken is not None else "being written just now"


def check_disk(settings: Settings) -> str:
    """Room in the data directory."""
    free = shutil.disk_usage(settings.data_dir).free
    if free < LEAST_BYTES:
        raise HaechiError(f"{settings.data_dir}: {free / 1e9:.1f} GB are free, expected {LEAST_BYTES / 1e9:.0f} GB")
    return f"{free / 1e9:.0f} GB are free for {settings.data_dir}"


STORE_CHECKS: tuple[tuple[str, Check], ...] = (
    ("database", check_server),
    ("clocks", check_clocks),
    ("watchlist", check_watchlist),
    ("backup", check_backup),
    ("index of words", check_index),
)
"""In order."""
