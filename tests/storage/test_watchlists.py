"""Watchlists as versions."""

import asyncio

from storage.mongo import Store
from storage.watchlists import all_versions, import_version, newest_version
from tests.conftest import NOW, Clock


async def test_there_is_no_version_before_the_first_import(store: Store) -> None:
    """An empty store has no watchlist."""
    assert await newest_version(store) is None
    assert [] == await all_versions(store)


async def test_each_change_is_a_version(store: Store, clock: Clock) -> None:
    """The newest runs; all stay, with name and moment of their import."""
    first = await import_version(store, "version: 1", "a.yaml", clock())
    second = await import_version(store, "version: 1\nsources:", "b.yaml", clock.forward(hours=1))
    assert (1, 2) == (first.number, second.number)
    assert second == await newest_version(store)
    assert [second, first] == await all_versions(store)


async def test_the_same_text_is_no_new_version(store: Store, clock: Clock) -> None:
    """Also under another name and later; what an older version said is new again."""
    first = await import_version(store, "가", "a.yaml", clock())
    assert first == await import_version(store, "가", "b.yaml", clock.forward(hours=1))
    await import_version(store, "나", "b.yaml", clock())
    assert 3 == (await import_version(store, "가", "a.yaml", clock())).number


async def test_two_imports_at_once_leave_one_order(store: Store) -> None:
    """Commands that import at the same moment overwrite nothing: each text becomes a version."""
    texts = ["a", "b", "a"]
    await asyncio.gather(*(import_version(store, text, "a.yaml", NOW) for text in texts))
    versions = await all_versions(store)
    assert versions[0] == await newest_version(store)
    assert {"a", "b"} == {version.text for version in versions}
    assert [version.number for version in versions] == list(range(len(versions), 0, -1))
