"""Keeps practice and real work apart: a store holds the one or the other."""

from evidence.errors import ConfigError
from storage.imports import has_imports
from storage.mongo import Store
from storage.schema import INDEXES

MARK = "practice"


async def is_practice(store: Store) -> bool:
    """Whether the store was made by practice."""
    return await store["meta"].find_one({"_id": MARK}) is not None


async def claim_for_practice(store: Store) -> None:
    """Mark the store as practice, and empty it of what earlier practice left.

    Raises:
        ConfigError: it holds real sources or imports.
    """
    if not await is_practice(store):
        if await store["meta"].find_one({"_id": "watchlist"}) is not None or await has_imports(store):
            raise ConfigError("this store holds real sources: set HAECHI_DATA_DIR to another directory for practice")
        await store["meta"].insert_one({"_id": MARK})
    await store["meta"].delete_one({"_id": "watchlist"})
    for name in INDEXES.keys() - {"meta"}:
        await store[name].delete_many({})
