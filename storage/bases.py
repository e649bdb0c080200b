"""On which legal basis Telegram's protocol was used, and since when."""

from datetime import datetime, timedelta

from storage.mongo import Document, Store

LOOKED_BACK = timedelta(days=3_650)
"""A basis that nobody changed for longer is not found; bounds the search."""


async def note_basis(store: Store, basis: str, at: datetime) -> None:
    """Store that a basis is in force from now on, unless it is already."""
    if await basis_at(store, at) != basis:
        document = {"_id": at.isoformat(), "at": at, "basis": basis}
        await store["bases"].replace_one({"_id": document["_id"]}, document, upsert=True)


async def basis_at(store: Store, at: datetime) -> str | None:
    """The basis in force at a moment; None before the first one."""
    found = await _changes(store, at - LOOKED_BACK, at + timedelta(milliseconds=1))
    return found[-1]["basis"] if found else None


async def bases_between(store: Store, since: datetime, until: datetime) -> tuple[str, ...]:
    """All that were in force between two moments, oldest first."""
    changed = [change["basis"] for change in await _changes(store, since, until)]
    return tuple(dict.fromkeys(filter(None, (await basis_at(store, since), *changed))))


async def _changes(store: Store, since: datetime, until: datetime) -> list[Document]:
    found = store["bases"].find({"at": {"$gte": since, "$lt": until}})
    return sorted([change async for change in found], key=lambda change: change["at"])
