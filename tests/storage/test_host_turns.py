"""A host sees one pace, whatever the number of processes that ask it."""

import asyncio
import time
from datetime import timedelta
from itertools import pairwise

import pytest

from channels.pace import Pace
from crawler.assemble import now
from evidence.errors import RateLimited
from storage.host_turns import TURN, StoredTurns
from storage.mongo import Store
from tests.conftest import Clock

HOST, PAUSE_S = "t.me", 0.05


async def asked_by(pace: Pace, times: list[tuple[float, float]], number: int) -> None:
    """Ask so many times, each taking a moment, and note when it began and ended."""
    for _ in range(number):
        async with pace.turn(HOST):
            begun = time.monotonic()
            await asyncio.sleep(0.01)
            times.append((begun, time.monotonic()))


async def test_two_processes_take_turns(store: Store) -> None:
    """One request at a time, with the pause between any two."""
    times: list[tuple[float, float]] = []
    paces = [Pace(PAUSE_S, turns=StoredTurns(store, now)) for _ in range(2)]
    await asyncio.gather(*(asked_by(pace, times, 2) for pace in paces))
    times.sort()
    gaps = [after[0] - before[1] for before, after in pairwise(times)]
    assert 4 == len(times)
    assert min(gaps) > PAUSE_S * 0.9


async def test_what_a_host_asks_one_it_asks_all(store: Store) -> None:
    """A wait that it told one process ends the turn of the others too, whether told with an answer or by a page."""
    first, second, third = (Pace(PAUSE_S, turns=StoredTurns(store, now)) for _ in range(3))
    async with first.turn(HOST):
        first.hold(HOST, 600)
    with pytest.raises(RateLimited, match=r"t\.me asked us to wait 600 s"):
        await asked_by(second, [], 1)
    first.hold("example.org", 60)
    async with second.turn("example.org"):
        pass
    await StoredTurns(store, now).note_holds(first.known_holds())
    with pytest.raises(RateLimited, match="asked us to wait 60 s"):
        async with third.turn("example.org"):
            pass


async def test_a_turn_of_another_machine_runs_out(store: Store, clock: Clock) -> None:
    """Whether its process lives cannot be seen from here; on this machine it is seen at once."""
    turns = StoredTurns(store, clock)
    assert (True, 0.0, 0) == await turns.take(HOST)
    await store["host_turns"].update_one({"_id": HOST}, {"$set": {"host": "elsewhere", "holder": "other"}})
    assert (False, 0.0, 0) == await turns.take(HOST)
    clock.now += TURN
    assert (True, 0.0, 0) == await turns.take(HOST)
    await store["host_turns"].update_one({"_id": HOST}, {"$set": {"holder": "an earlier process of our number"}})
    assert (True, 0.0, 0) == await turns.take(HOST)


async def test_a_turn_is_free_after_its_pause(store: Store, clock: Clock) -> None:
    """Whoever comes before is told how long it is."""
    turns = StoredTurns(store, clock)
    await turns.take(HOST)
    await turns.give_back(HOST, 2.0, 3)
    assert (False, 2.0, 3) == await turns.take(HOST)
    clock.now += timedelta(seconds=2)
    assert (True, 0.0, 3) == await turns.take(HOST)
