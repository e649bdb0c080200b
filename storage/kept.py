"""Which posts are kept: the ones whose later edits and removal matter."""

from datetime import datetime

from storage.mongo import Store


async def kept_ids(store: Store, source: str, since: datetime) -> tuple[int, ...]:
    """Ids of a Source's kept posts from a moment on that are not known to be removed, lowest first."""
    found = store["posts"].find({"source": source, "at": {"$gte": since}}, {"native_id": 1, "removed_at": 1})
    return tuple(sorted([post["native_id"] async for post in found if post["removed_at"] is None]))
