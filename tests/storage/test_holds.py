"""Waits that hosts asked for, kept from one process to the next."""

from datetime import timedelta

from storage.holds import load_holds, save_holds
from storage.mongo import Store
from tests.conftest import NOW

HOUR_S = 3_600.0


async def test_the_rest_of_a_wait_is_left(store: Store) -> None:
    """As much of it as is not over at the moment that it is asked for."""
    await save_holds(store, {"t.me": (600.0, 2), "a.example": (60.0, 1)}, NOW)
    later = NOW + timedelta(seconds=100)
    assert {"t.me": (500.0, 2), "a.example": (-40.0, 1)} == await load_holds(store, later, HOUR_S)


async def test_what_is_forgiven_is_forgotten(store: Store) -> None:
    """An hour after its end a wait makes the next one no longer."""
    await save_holds(store, {"t.me": (60.0, 3)}, NOW)
    for after_s, known in ((HOUR_S + 60, {"t.me": (-HOUR_S, 3)}), (HOUR_S + 61, {})):
        assert known == await load_holds(store, NOW + timedelta(seconds=after_s), HOUR_S)


async def test_a_shorter_wait_replaces_no_longer_one(store: Store) -> None:
    """Two processes may know different things of a host."""
    await save_holds(store, {"t.me": (600.0, 2)}, NOW)
    await save_holds(store, {"t.me": (60.0, 3)}, NOW)
    assert {"t.me": (600.0, 3)} == await load_holds(store, NOW, HOUR_S)


async def test_no_waits_are_no_write(store: Store) -> None:
    """Most of the time no host asks for any."""
    await save_holds(store, {}, NOW)
    assert {} == await load_holds(store, NOW, HOUR_S)
