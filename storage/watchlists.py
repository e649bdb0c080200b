"""Watchlists as versions: what was watched when can always be told."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime

from storage.mongo import Document, Session, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One stored version of the watchlist."""

    number: int
    text: str
    """The YAML as it was imported."""
    name: str
    imported_at: datetime


async def newest_version(store: Store, session: Session | None = None) -> Version | None:
    """The version that runs where no file is given; None before the first import."""
    number = await newest_number(store, session)
    document = await store["watchlists"].find_one({"_id": number}, session=session) if number else None
    return _read(document) if document else None


async def all_versions(store: Store) -> list[Version]:
    """Every version, newest first."""
    number = await newest_number(store)
    found = store["watchlists"].find({"_id": {"$gte": 1, "$lte": number}})
    return sorted([_read(document) async for document in found], key=lambda version: -version.number)


async def newest_number(store: Store, session: Session | None = None) -> int:
    """Number of the newest version; 0 before the first import."""
    pointer = await store["meta"].find_one({"_id": "watchlist"}, session=session)
    return int(pointer["newest"]) if pointer else 0


def _read(document: Document) -> Version:
    return Version(
        number=document["_id"], text=document["text"], name=document["name"], imported_at=document["imported_at"]
    )


async def import_version(store: Store, text: str, name: str, now: datetime) -> Version:
    """Store a watchlist as the newest version, unless it says what the newest one says."""
    imported: list[Version] = []

    async def work(session: Session) -> None:
        newest = await newest_version(store, session)
        if newest is None or newest.text != text:
            newest = _next(newest, text, name, now)
            await _write(store, newest, session)
        imported[:] = [newest]

    await store.in_transaction(work)
    return imported[0]


def _next(newest: Version | None, text: str, name: str, now: datetime) -> Version:
    return Version(number=newest.number + 1 if newest else 1, text=text, name=name, imported_at=now)


async def _write(store: Store, version: Version, session: Session) -> None:
    document = {**asdict(version), "_id": version.number, "sha256": hashlib.sha256(version.text.encode()).hexdigest()}
    await store["watchlists"].replace_one({"_id": version.number}, document, upsert=True, session=session)
    pointer = {"_id": "watchlist", "newest": version.number}
    await store["meta"].replace_one({"_id": "watchlist"}, pointer, upsert=True, session=session)
