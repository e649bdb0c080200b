"""Which posts are kept: the ones whose later edits and removal matter."""

from datetime import datetime

from storage.mongo import Store


async def kept_ids(store: Store, source: str, since: datetime, until: datetime) -> tuple[int, ...]:
    """Ids of a Source's kept posts between two moments that are not known to be removed, lowest first."""
    query = {"source": source, "at": {"$gte": since, "$lt": until}}
    found = store["posts"].find(query, {"native_id": 1, "removed_at": 1})
    return tuple(sorted([post["native_id"] async for post in found if post["removed_at"] is None]))
