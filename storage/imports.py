"""Imports: which file was handed over, by whom it was brought in, on which legal basis, and how far it is stored.

How far is said by the cursor, in one transaction with the posts. The totals are written before them,
as they are and as they will be: whichever of the two the cursor agrees with is right, so that a stop
at any moment loses no count.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from evidence.errors import ConfigError, StorageError
from evidence.records import Cursor
from storage.keep import load_cursor
from storage.leases import Lease, write_leased
from storage.mongo import Document, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A file that was handed over, and the chat in it."""

    source: str
    """Address under which its posts are kept."""
    sha256: str
    """Of the file, hexadecimal; of a set of pages, of their sorted names and hashes."""
    files: tuple[str, ...]
    """Names without folders, the one that was given first."""
    size_bytes: int
    chat_type: str | None
    native_id: int | None
    """Telegram's bare id of the chat, where the export says it."""
    zone: str | None
    """Of times that are written without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What was found in a file up to a position."""

    position: int = 0
    """Messages of the chat that were read."""
    posts: int = 0
    mentions: int = 0
    flags: int = 0
    left_out: int = 0
    undated: int = 0
    repeated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A file that is being imported, or was."""

    handed: Handed
    totals: Totals
    started_at: datetime
    ended_at: datetime | None = None
    """None while something is left to read."""


async def begin_import(
    store: Store, handed: Handed, by: str, legal_basis: str | None, lease: Lease, now: datetime
) -> Import:
    """Begin an import of a leased source, or go on with it; who does it, when and why is added to its document.

    Args:
        store: open.
        handed: the file.
        by: who brings it in, as the log may know them.
        legal_basis: as given.
        lease: of its address.
        now: the moment.

    Raises:
        ConfigError: another file of the same address, or begun in another way: nothing is changed.
    """
    before = await store["imports"].find_one({"_id": handed.source})
    if before is not None:
        _check_same(handed, before)
        if before["ended_at"] is not None:
            return _read(before, Totals(**before["totals"][-1]))
    first = {name: value for name, value in asdict(handed).items() if name != "source"}
    once = first | {"files": list(handed.files), "at": now, "ended_at": None, "totals": [asdict(Totals())]}
    act = {"at": now, "actor": by, "legal_basis": legal_basis}
    await _write(store, lease, now, {"$setOnInsert": once, "$push": {"acts": act}})
    document = await store["imports"].find_one({"_id": handed.source}) or {}
    return _read(document, _totals_at(document, await load_cursor(store, handed.source)))


async def announce_totals(store: Store, lease: Lease, sure: Totals, coming: Totals, now: datetime) -> None:
    """Write what holds now and what will hold once the next posts are stored."""
    await _write(store, lease, now, {"$set": {"totals": [asdict(sure), asdict(coming)]}})


async def end_import(store: Store, lease: Lease, totals: Totals, now: datetime) -> None:
    """Say that all of the file is stored."""
    await _write(store, lease, now, {"$set": {"totals": [asdict(totals)], "ended_at": now}})


async def has_imports(store: Store) -> bool:
    """Whether anything was ever imported."""
    return await store["imports"].find_one({"_id": {"$gte": "export:", "$lt": "export;"}}) is not None


def _check_same(handed: Handed, before: Mapping[str, Any]) -> None:
    if handed.sha256 != before["sha256"]:
        raise ConfigError(f"{handed.source}: another file has this address: its SHA-256 is {before['sha256']}")
    if handed.zone != before["zone"]:
        began = f"--zone {before['zone']}" if before["zone"] else "no --zone"
        raise ConfigError(f'--zone: "{handed.zone or ""}": the import of this file was begun with {began}')


def _totals_at(document: Mapping[str, Any], cursor: Cursor | None) -> Totals:
    position = cursor.newest_id if cursor else 0
    for totals in document["totals"]:
        if totals["position"] == position:
            return Totals(**totals)
    raise StorageError(f"{document['_id']}: no totals belong to position {position}, up to which it is stored")


def _read(document: Mapping[str, Any], totals: Totals) -> Import:
    own = {field.name: document[field.name] for field in fields(Handed) if field.name != "source"}
    handed = Handed(**{**own, "files": tuple(document["files"])}, source=document["_id"])
    return Import(handed=handed, totals=totals, started_at=document["at"], ended_at=document["ended_at"])


async def _write(store: Store, lease: Lease, now: datetime, change: Document) -> None:
    """Only whoever holds the source writes."""
    write = UpdateOne({"_id": lease.source}, change, upsert=True)
    await write_leased(store, lease, now, {"imports": [write]})
