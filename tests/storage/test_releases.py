"""Released summaries are never changed: corrections are new versions."""

import pytest

from evidence.errors import StorageError
from storage.mongo import Store
from storage.releases import last_release, release, releases
from tests.conftest import NOW


async def test_versions_stand_beside_each_other(store: Store) -> None:
    """The same content is the same version; another one is the next."""
    assert await last_release(store, "day office") is None
    first = await release(store, "day office", b"{}", NOW)
    assert first == await release(store, "day office", b"{}", NOW)
    second = await release(store, "day office", b'{"a":1}', NOW)
    assert (1, 2) == (first.version, second.version)
    assert (first, second) == await releases(store, "day office")
    assert second == await last_release(store, "day office")
    assert await last_release(store, "day") is None


async def test_a_changed_release_is_found_out(store: Store) -> None:
    """Whoever reads it is told."""
    await release(store, "day", b"{}", NOW)
    await store["releases"].update_one({"_id": "day 1"}, {"$set": {"content": b"[]"}})
    with pytest.raises(StorageError, match="day 1: the released summary is not what was released"):
        await last_release(store, "day")
