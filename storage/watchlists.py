"""Watchlists as versions: what was watched when can always be told."""

import hashlib
from dataclasses import dataclass
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


async def newest_version(store: Store) -> Version | None:
    """The version that runs where no file is given; None before the first import."""
    number = await _newest_number(store)
    document = await store["watchlists"].find_one({"_id": number}) if number else None
    return _read(document) if document else None


async def all_versions(store: Store) -> list[Version]:
    """Every version, newest first."""
    number = await _newest_number(store)
    found = store["watchlists"].find({"_id": {"$gte": 1, "$lte": number}})
    return sorted([_read(document) async for document in found], key=lambda version: -version.number)


async def _newest_number(store: Store) -> int:
    pointer = await store["meta"].find_one({"_id": "watchlist"})
    return int(pointer["newest"]) if pointer else 0


def _read(document: Document) -> Version:
    return Version(
        number=document["_id"], text=document["text"], name=document["name"], imported_at=document["imported_at"]
    )


async def import_version(store: Store, text: str, name: str, now: datetime) -> Version:
    """Store a watchlist as the newest version, unless it says what the newest one says."""
    newest = await newest_version(store)
    if newest is not None and _hash(newest.text) == _hash(text):
        return newest
    number = newest.number + 1 if newest else 1
    document = {"_id": number, "text": text, "name": name, "imported_at": now, "sha256": _hash(text)}

    async def work(session: Session) -> None:
        await store["watchlists"].replace_one({"_id": number}, document, upsert=True, session=session)
        await store["meta"].replace_one(
            {"_id": "watchlist"}, {"_id": "watchlist", "newest": number}, upsert=True, session=session
        )

    await store.in_transaction(work)
    return Version(number=number, text=text, name=name, imported_at=now)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
