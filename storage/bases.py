"""On which legal basis Telegram's protocol was used, and from when to when."""

import hashlib
from datetime import datetime

from storage.mongo import Store


async def note_basis(store: Store, basis: str, at: datetime) -> None:
    """Store that a basis is in force; kept for good, with its first and last moment."""
    name = hashlib.sha256(basis.encode()).hexdigest()[:16]
    change = {"$set": {"last_at": at}, "$setOnInsert": {"basis": basis, "at": at}}
    await store["bases"].update_one({"_id": name}, change, upsert=True)


async def bases_until(store: Store, until: datetime) -> tuple[str, ...]:
    """Every basis first used before a moment, oldest first."""
    found = store["bases"].find({"at": {"$gte": datetime.min.replace(tzinfo=until.tzinfo), "$lt": until}})
    return tuple(
        document["basis"] for document in sorted([basis async for basis in found], key=lambda basis: basis["at"])
    )
