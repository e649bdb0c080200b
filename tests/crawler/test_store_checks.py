"""What ``haechi doctor`` says of the store: fine where it is, what is wrong and what to do where it is not."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from crawler.assemble import now
from crawler.store_checks import (
    check_backup,
    check_clocks,
    check_disk,
    check_index,
    check_server,
    name_of,
    why_not_safe,
)
from evidence.errors import HaechiError
from storage.mongo import Store
from storage.search_roots import LEAVES
from storage.server import Server, look_at_server
from storage.whole import EVERY, WATCHED
from tests.conftest import MASTER_KEY, NOW
from tests.crawler.serving import call
from tests.storage.searching import many, put_in_segments

GOOD = Server(
    version="8.0.4",
    replica_set="haechi",
    members=3,
    is_direct=False,
    retries_writes=True,
    behind_s=0.0,
    ahead_s=0.1,
    write_ms=3.0,
    bytes=10**9,
    free=0.5,
    oplog=None,
    memory=None,
)
UNSAFE: list[tuple[dict[str, Any], str]] = [
    ({"free": 0.04}, "4% of the database's disk is free: expected 10%; enlarge it, or add a shard"),
    (
        {"is_direct": True},
        "HAECHI_MONGODB_URI leads to one of 3 members alone, so an election ends the service:"
        " take directConnection out of it, or add replicaSet=haechi",
    ),
    (
        {"retries_writes": False},
        "HAECHI_MONGODB_URI has retryWrites=false, so an election fails single writes: take it out",
    ),
    ({"members": 2}, "a replica set of 2 takes no writes once either is gone: add a third member"),
    (
        {"behind_s": 34.0},
        "a majority of the members is 34 s behind, and every write waits for it:"
        " look at rs.status(); a member is down or its disk is slow",
    ),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of an empty data directory."""
    return Settings(data_dir=tmp_path)


@pytest.mark.parametrize(("change", "said"), UNSAFE)
def test_what_is_not_safe_is_said_with_the_next_step(change: dict[str, Any], said: str) -> None:
    """One thing at a time; a whole set, a single one and a sharded cluster are fine."""
    assert said == why_not_safe(replace(GOOD, **change))


def test_what_is_safe() -> None:
    """And what it is called; a set of one is told that it is one, and a clock may be seen by itself."""
    alone = replace(GOOD, members=1, is_direct=True)
    sharded = replace(GOOD, replica_set=None, members=0)
    embedded = replace(GOOD, replica_set="secantus", is_direct=True, retries_writes=False, members=1, memory=10**9)
    assert [None] * 4 == [why_not_safe(server) for server in (GOOD, alone, sharded, embedded)]
    assert [
        "MongoDB 8.0.4, replica set haechi of 3",
        "MongoDB 8.0.4, replica set haechi of 1, so nothing takes over if it dies",
        "MongoDB 8.0.4, a sharded cluster",
        "the embedded server, at most 1,000 MB of memory so far",
    ] == [name_of(server) for server in (GOOD, alone, sharded, embedded)]


async def test_the_server_is_asked(store: Store, settings: Settings) -> None:
    """What it says has a name, a version and times; a clock of ours that is wrong is seen."""
    server = await look_at_server(store, now)
    assert (True, True) == (server.version[0].isdigit(), abs(server.ahead_s) < 5)
    assert (server.memory or 2**30) > 2**20
    late = await look_at_server(store, lambda: now() - timedelta(minutes=1))
    assert 59 < late.ahead_s < 61
    assert "a write to a majority and the journal takes" in await check_server(store, settings)
    assert "leases run for 10 minutes" in await check_clocks(store, settings)


async def test_a_backup_that_is_late(store: Store, settings: Settings) -> None:
    """Nothing to lose, something to lose for longer than a night, a backup, an old one."""
    assert "no backup was made yet" in await check_backup(store, settings)
    await store["watchlists"].insert_one({"_id": 1, "imported_at": NOW})
    with pytest.raises(HaechiError, match="no backup was made since 2026-11-20T09:00"):
        await check_backup(store, settings)
    await store["meta"].insert_one({"_id": WATCHED, "at": now()})
    assert "the last one is of" in await check_backup(store, settings)
    await store["meta"].update_one({"_id": WATCHED}, {"$set": {"at": NOW - timedelta(days=900)}})
    with pytest.raises(HaechiError, match="does its timer run"):
        await check_backup(store, settings)


def test_the_data_directory_has_room(settings: Settings) -> None:
    """How much, in one line."""
    assert f"GB are free for {settings.data_dir}" in check_disk(settings)


async def test_an_index_that_lost_something_is_mended_on_demand(
    store: Store, settings: Settings, env: dict[str, str]
) -> None:
    """Named with the command, which builds it anew."""
    await put_in_segments(store, many(9))
    assert "whole" == await check_index(store, settings)
    (leaf, *_) = [leaf["_id"] async for leaf in store[LEAVES].find({"_id": EVERY}, {"_id": 1})]
    await store[LEAVES].delete_one({"_id": leaf})
    with pytest.raises(HaechiError, match=r"1 part of the index of words lack documents.*haechi doctor --repair"):
        await check_index(store, settings)
    key = settings.data_dir / "master.key"
    key.write_bytes(MASTER_KEY)
    key.chmod(0o600)
    ended = await asyncio.to_thread(call, "doctor", "--repair", "--json", env={**env, "HAECHI_KEY_FILE": str(key)})
    rows = {row["check"]: row for row in ended.rows}
    assert (True, "whole") == (rows["index of words"]["ok"], rows["index of words"]["found"])
