"""How long hosts asked to be left alone: the next process waits on, instead of asking anew."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from pymongo import UpdateOne

from storage.mongo import Store

LATEST = timedelta(days=3_650)
"""No wait is longer; bounds the search."""


async def save_holds(store: Store, holds: Mapping[str, tuple[float, int]], now: datetime) -> None:
    """Store the waits of hosts; what another process knows of a longer one stays.

    Args:
        store: open.
        holds: by host, seconds until it may be asked, negative once that is over, and how often it was held.
        now: what the seconds count from.
    """
    writes = [
        UpdateOne(
            {"_id": host},
            {"$max": {"free_at": now + timedelta(seconds=left_s)}, "$set": {"holds": number}},
            upsert=True,
        )
        for host, (left_s, number) in holds.items()
    ]
    if writes:
        await store["holds"].bulk_write(writes, ordered=False)


async def load_holds(store: Store, now: datetime, forgiven_s: float) -> dict[str, tuple[float, int]]:
    """Waits of hosts in the form of ``save_holds``, without those that ended ``forgiven_s`` ago or earlier."""
    bounds = {"$gte": now - timedelta(seconds=forgiven_s), "$lt": now + LATEST}
    found = store["holds"].find({"free_at": bounds})
    return {hold["_id"]: ((hold["free_at"] - now).total_seconds(), hold["holds"]) async for hold in found}
