"""Watchlists as versions."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from evidence.checkpoint import Files
from evidence.errors import StorageError
from evidence.watchlist_change import text_hash
from storage.custody import Custody, open_custody
from storage.mongo import Store
from storage.watchlists import IMPORTED, Version, all_versions, import_version, newest_version
from tests.conftest import NOW, Clock
from tests.storage.custody_reading import logged
from tests.storage.importing import OPERATOR


@pytest_asyncio.fixture
async def custody(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Custody]:
    """The log of the store."""
    async with open_custody(store, clock, Files(folder=tmp_path), wait_s=0.5) as opened:
        yield opened


async def take(custody: Custody, text: str, name: str = "a.yaml") -> Version:
    """Import a text, as a command does."""
    return await import_version(custody.store, custody, OPERATOR, text, name, custody.clock())


async def test_there_is_no_version_before_the_first_import(store: Store) -> None:
    """An empty store has no watchlist."""
    assert await newest_version(store) is None
    assert [] == await all_versions(store)


async def test_each_change_is_a_version(store: Store, custody: Custody, clock: Clock) -> None:
    """The newest runs; all stay, with name and moment of their import."""
    first = await take(custody, "version: 1")
    clock.forward(hours=1)
    second = await take(custody, "version: 1\nsources:", "b.yaml")
    assert (1, 2) == (first.number, second.number)
    assert second == await newest_version(store)
    assert [second, first] == await all_versions(store)


async def test_the_same_text_is_no_new_version(custody: Custody, clock: Clock) -> None:
    """Also under another name and later; what an older version said is new again."""
    first = await take(custody, "가")
    clock.forward(hours=1)
    assert first == await take(custody, "가", "b.yaml")
    await take(custody, "나", "b.yaml")
    assert 3 == (await take(custody, "가")).number


async def test_two_imports_at_once_leave_one_order(store: Store, custody: Custody) -> None:
    """Commands that import at the same moment overwrite nothing: each text becomes a version."""
    await asyncio.gather(*(take(custody, text) for text in ["a", "b", "a"]))
    versions = await all_versions(store)
    assert versions[0] == await newest_version(store)
    assert {"a", "b"} == {version.text for version in versions}
    assert [version.number for version in versions] == list(range(len(versions), 0, -1))


async def test_an_import_is_in_the_log_like_what_the_console_saves(custody: Custody, own_database: str) -> None:
    """Who, which number, and the hash of the text; what says the same makes no entry."""
    for text in ("가", "가", "나"):
        await take(custody, text)
    acts = [entry for entry in logged(own_database) if entry["action"] == "watchlist-save"]
    assert [("1", text_hash("가")), ("2", text_hash("나"))] == [(act["target_id"], act["commit"]) for act in acts]
    assert {(OPERATOR.actor, "operator", IMPORTED)} == {
        (act["actor"], act["actor_role"], act["reason_code"]) for act in acts
    }


async def test_without_its_entry_nothing_is_imported(store: Store, clock: Clock) -> None:
    """It fails closed: another process has the log, and does not answer."""
    async with open_custody(store, clock, None, wait_s=0.01) as broken:
        with pytest.raises(StorageError):
            await import_version(store, broken, OPERATOR, "version: 1", "a.yaml", NOW)
    assert await newest_version(store) is None
