"""Practice and real work never share a store."""

from pathlib import Path

import pytest

from evidence.errors import ConfigError
from storage.mongo import Store
from storage.practice import claim_for_practice, is_practice
from storage.watchlists import newest_version
from tests.storage.importing import imported
from tests.storage.making import NAMING, everything, keep, page, post


async def test_an_empty_store_becomes_one_of_practice(store: Store) -> None:
    """It is marked, and stays so."""
    assert not await is_practice(store)
    await claim_for_practice(store)
    await claim_for_practice(store)
    assert await is_practice(store)


async def test_practice_begins_empty(store: Store, own_database: str, tmp_path: Path) -> None:
    """What earlier practice left is gone, the mark and the schema stay."""
    await claim_for_practice(store)
    await imported(store, tmp_path, "version: 1", "practice")
    await keep(store, page(post(1, NAMING)))
    await claim_for_practice(store)
    assert await newest_version(store) is None
    left = everything(own_database)
    assert {"practice", "schema", "key"} == {document["_id"] for document in left.pop("meta")}
    assert {} == {name: documents for name, documents in left.items() if documents}


async def test_a_store_with_real_sources_is_refused_and_left_alone(
    store: Store, own_database: str, tmp_path: Path
) -> None:
    """The message says where practice may go."""
    await imported(store, tmp_path, "version: 1")
    await keep(store, page(post(1, NAMING)))
    before = everything(own_database)
    with pytest.raises(ConfigError) as caught:
        await claim_for_practice(store)
    assert str(caught.value) == ("this store holds real sources: set HAECHI_DATA_DIR to another directory for practice")
    assert before == everything(own_database)
