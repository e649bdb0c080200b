"""Summaries that were given out: never changed. What is corrected is a new version, beside the old one."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from evidence.errors import StorageError
from storage.mongo import Document, Store

LAST_VERSION = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A summary as it was given out."""

    what: str
    """Day, zone and reader; what all its versions share."""
    version: int
    """Counts from 1."""
    at: datetime
    content: bytes
    """Canonical JSON."""

    @property
    def sha256(self) -> str:
        """Of the content, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


async def release(store: Store, what: str, content: bytes, at: datetime) -> Release:
    """Remember a summary for good; the same content again is the same version.

    Args:
        store: open.
        what: day, zone and reader.
        content: canonical JSON.
        at: the moment.

    Raises:
        StorageError: another process released another content at the same moment.
    """
    last = await last_release(store, what)
    if last is not None and last.content == content:
        return last
    made = Release(what=what, version=last.version + 1 if last else 1, at=at, content=content)
    document = {"_id": f"{what} {made.version}", "what": what, "version": made.version, "at": at}
    try:
        await store["releases"].insert_one({**document, "content": content, "sha256": made.sha256})
    except DuplicateKeyError:
        raise StorageError(f"{what}: version {made.version} was released at this moment: ask again") from None
    return made


async def last_release(store: Store, what: str) -> Release | None:
    """The newest version; None before the first one."""
    versions = await releases(store, what)
    return versions[-1] if versions else None


async def releases(store: Store, what: str) -> tuple[Release, ...]:
    """All versions, oldest first.

    Raises:
        StorageError: one was changed since.
    """
    asked = {"what": what, "version": {"$gte": 1, "$lt": LAST_VERSION}}
    found = sorted([_read(document) async for document in store["releases"].find(asked)], key=lambda one: one.version)
    return tuple(found)


def _read(document: Document) -> Release:
    read = Release(
        what=document["what"], version=document["version"], at=document["at"], content=bytes(document["content"])
    )
    if read.sha256 != document["sha256"]:
        raise StorageError(f"{document['_id']}: the released summary is not what was released")
    return read
