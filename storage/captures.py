"""Captures as they are kept for some days: read again to try new words and rules over them."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

import zstandard

from evidence.cipher import Sealed
from evidence.reading import PageKind
from storage.mongo import Document, Store
from storage.reads import newest

LARGEST_BYTES = 200_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCapture:
    """A Capture that is still there, sealed."""

    id: str
    source: str
    url: str
    kind: PageKind
    at: datetime
    document: Document

    def open(self, store: Store) -> bytes:
        """What was kept of it.

        Raises:
            StorageError: it was changed, or its key is gone.
        """
        sealed = Sealed(key=self.document["key"], text=self.document["sealed"])
        opened = store.cipher.open(sealed, self.id)
        return zstandard.ZstdDecompressor().decompress(opened, max_output_size=LARGEST_BYTES)


async def captured_places(store: Store, until: datetime) -> dict[str, datetime]:
    """Rooms that were read and files that were handed over, with when that began; directories are none."""
    places: dict[str, datetime] = {}
    for collection, only in (("rooms", ("via", "begun_at")), ("imports", ("sha256",))):
        async for document in newest(store, collection, until=until + timedelta(days=1), only=only):
            is_room = collection == "imports" or not document.get("via", "directory:").startswith("directory:")
            if is_room:
                places[document["_id"]] = document.get("begun_at") or document["at"]
    return places


async def captures_of(store: Store, source: str, since: datetime, until: datetime) -> AsyncGenerator[KeptCapture, None]:
    """Captures of a place, newest first."""
    found = newest(store, "captures", source=source, since=since, until=until)
    async with aclosing(found) as documents:
        async for document in documents:
            yield KeptCapture(
                id=document["_id"],
                source=document["source"],
                url=document["url"],
                kind=PageKind(document["kind"]),
                at=document["at"],
                document=document,
            )
