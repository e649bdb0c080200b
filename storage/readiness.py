"""Whether the store can be worked with at this moment."""

import asyncio

from pymongo.errors import ConnectionFailure, ExecutionTimeout, PyMongoError, WTimeoutError

from storage.mongo import RESTORE, Store
from storage.schema import SCHEMA_VERSION


def is_away(problem: BaseException) -> bool:
    """Whether it says that the database was not to be reached in time, and not that something is wrong with us."""
    return isinstance(problem, (ConnectionFailure, ExecutionTimeout, WTimeoutError))


async def is_ready(store: Store, within_s: float) -> bool:
    """Whether it answers in time, in the schema of this Haechi, with no backup being put back."""
    try:
        async with asyncio.timeout(within_s):
            found = await store["meta"].find({"_id": {"$in": ["schema", RESTORE]}}).to_list(2)
    except (PyMongoError, TimeoutError):
        return False
    return [("schema", SCHEMA_VERSION)] == [(each["_id"], each.get("version")) for each in found]
