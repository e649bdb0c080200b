"""Captures as they are kept for some days: read again to try new words and rules over them."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

import zstandard

from evidence.cipher import Sealed
from evidence.reading import Exchange, PageKind
from evidence.records import Capture
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

    def whole(self, store: Store) -> Capture:
        """The Capture as it was received, to the microsecond that its id names.

        Raises:
            StorageError: it was changed, or its key is gone.
        """
        exchange = self.document.get("exchange")
        return Capture(
            source=self.source,
            url=self.url,
            kind=self.kind,
            fetched_at=datetime.fromisoformat(self.id.split(" ")[-2]),
            kept=self.open(store),
            exchange=Exchange(**{**exchange, "hops": tuple(exchange["hops"])}) if exchange else None,
            **{name: self.document[name] for name in ("status", "received_sha256", "received_bytes", "kept_sha256")},
        )


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
            yield _kept(document)


async def captures_named(store: Store, names: Sequence[str]) -> list[KeptCapture]:
    """Captures by their ids, oldest first; those that have left meanwhile are left out."""
    found = store["captures"].find({"_id": {"$in": list(names)}})
    return sorted([_kept(document) async for document in found], key=lambda capture: (capture.at, capture.id))


def _kept(document: Document) -> KeptCapture:
    return KeptCapture(
        id=document["_id"],
        source=document["source"],
        url=document["url"],
        kind=PageKind(document["kind"]),
        at=document["at"],
        document=document,
    )
