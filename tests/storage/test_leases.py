"""Leases: one pass over a Source at a time, and what becomes of a lease whose holder is gone."""

import asyncio
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evidence.errors import SourceTaken
from storage.keep import Examined, Stored, keep_pages
from storage.leases import LEASE, Lease, leased
from storage.mongo import Store
from tests.conftest import NOW
from tests.storage.making import NAMING, PEER, SETTING, SOURCE, criteria, everything, page, post


async def take(store: Store, now: datetime = NOW) -> str:
    """Take the lease, give it back, and say that it went well."""
    async with leased(store, SOURCE, now):
        return "taken"


async def holder(store: Store, **changes: Any) -> None:
    """Let the lease of SOURCE belong to somebody else."""
    async with leased(store, SOURCE, NOW):
        held = await store["leases"].find_one({"_id": SOURCE})
    assert held is not None
    await store["leases"].insert_one({**held, "holder": "another process", **changes})


def gone_pid() -> int:
    """The number of a process of this machine that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def zombie() -> subprocess.Popen[bytes]:
    """A process that was killed and not waited for."""
    killed = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    killed.kill()
    while Path(f"/proc/{killed.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.005)
    return killed


async def test_a_source_is_held_by_one_pass(store: Store, own_database: str) -> None:
    """A second one is told so; afterwards the Source is free and nothing is left."""
    async with leased(store, SOURCE, NOW):
        with pytest.raises(SourceTaken) as caught:
            await take(store)
        assert "another command is reading this source just now" == str(caught.value)
        async with leased(store, "https://t.me/other", NOW):
            pass
    assert "taken" == await take(store)
    assert [] == everything(own_database)["leases"]


async def test_only_one_of_many_gets_it(store: Store) -> None:
    """However close together they ask."""
    begun, ends = asyncio.Event(), asyncio.Event()

    async def one() -> None:
        async with leased(store, SOURCE, NOW):
            begun.set()
            await ends.wait()

    tasks = [asyncio.create_task(one()) for _ in range(6)]
    await begun.wait()
    done, waiting = await asyncio.wait(tasks, timeout=2)
    ends.set()
    await asyncio.gather(*waiting)
    assert 1 == len(waiting)
    assert {SourceTaken} == {type(task.exception()) for task in done}


async def test_a_cancelled_pass_gives_it_back(store: Store) -> None:
    """The next one need not wait until it runs out."""
    with pytest.raises(asyncio.CancelledError):
        async with leased(store, SOURCE, NOW):
            raise asyncio.CancelledError
    assert "taken" == await take(store)


@pytest.mark.parametrize(("after", "is_free"), [(LEASE - timedelta(seconds=1), False), (LEASE, True)])
async def test_a_lease_of_another_machine_runs_out(store: Store, after: timedelta, is_free: bool) -> None:
    """Whether its process lives cannot be seen from here."""
    await holder(store, host="elsewhere.example", pid=gone_pid())
    if is_free:
        assert "taken" == await take(store, NOW + after)
        return
    with pytest.raises(SourceTaken):
        await take(store, NOW + after)


async def test_a_process_of_this_machine_that_is_gone_holds_nothing(store: Store) -> None:
    """After kill -9 the next pass begins at once."""
    await holder(store, pid=gone_pid())
    assert "taken" == await take(store)


async def test_a_process_that_lives_holds_its_lease(store: Store) -> None:
    """Also one of another user, such as the first process of the machine."""
    await holder(store, pid=1)
    with pytest.raises(SourceTaken):
        await take(store)


async def test_an_earlier_process_with_our_number_is_gone(store: Store) -> None:
    """As in a container, where each start is process 1."""
    await holder(store)
    assert "taken" == await take(store)


async def keep(store: Store, lease: Lease, now: datetime = NOW) -> bool:
    """Keep a page under a lease."""
    from pipelines import examine

    shown = page(post(1, NAMING))
    examined = Examined(page=shown, findings=examine(shown, {}, criteria()))
    (is_kept,) = await keep_pages(store, [examined], lease, Stored(peer=PEER, known={}), now, SETTING)
    return is_kept


async def test_each_page_renews_it(store: Store) -> None:
    """A long pass stays the only one."""
    async with leased(store, SOURCE, NOW) as lease:
        await keep(store, lease, NOW + LEASE / 2)
        with pytest.raises(SourceTaken):
            await holder_after(store, NOW + LEASE)
        await keep(store, lease, NOW + 3 * LEASE)


async def holder_after(store: Store, now: datetime) -> None:
    """Ask for the lease from another machine's point of view."""
    await store["leases"].update_one({"_id": SOURCE}, {"$set": {"host": "elsewhere.example"}})
    await take(store, now)


async def test_without_the_lease_nothing_is_written(store: Store, own_database: str) -> None:
    """A pass that slept through its lease writes no page over what its successor wrote, and takes nothing from it."""
    async with leased(store, SOURCE, NOW) as late, leased(store, SOURCE, NOW + LEASE) as successor:
        with pytest.raises(SourceTaken):
            await keep(store, late)
        stored = everything(own_database)
        assert [[]] * 4 == [stored[name] for name in ("captures", "index", "posts", "cursors")]
        assert [successor.holder] == [lease["holder"] for lease in stored["leases"]]


async def test_a_killed_process_that_nobody_asked_after_holds_nothing(store: Store) -> None:
    """A zombie still has its number; it writes nothing any more."""
    killed = zombie()
    await holder(store, pid=killed.pid)
    assert "taken" == await take(store)
    await asyncio.to_thread(killed.wait)
