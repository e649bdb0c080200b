"""Keeping a directory's page: what was received, the rooms on it, their listed members, all in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from evidence.records import Capture
from storage.forms import capture_document, count_document
from storage.leases import Adding, Lease, Write, replacing, write_leased
from storage.mongo import Document, Store
from storage.rooms import Listing, listed_count, listing_writes


async def keep_listing(
    store: Store,
    capture: Capture,
    listings: Mapping[str, Listing],
    before: Mapping[str, Document],
    lease: Lease,
    now: datetime,
) -> bool:
    """Store a page of the leased directory.

    Args:
        store: open.
        capture: of the page.
        listings: by the key of their room.
        before: what was known of the rooms, by key.
        lease: of the directory.
        now: the moment.

    Returns:
        Whether the Capture was kept; one whose rooms and numbers are all known already is not.

    Raises:
        SourceTaken: the lease was lost; nothing is stored.
    """
    at = capture.fetched_at
    counts = [count for key, listing in listings.items() if (count := listed_count(listing, key, before.get(key), at))]
    is_news = bool(counts or listings.keys() - before.keys())
    writes: dict[str, Sequence[Write]] = {
        "captures": [Adding(capture_document(capture, store.cipher))] if is_news else [],
        "rooms": [
            write for key, listing in listings.items() for write in listing_writes(listing, key, before.get(key), at)
        ],
        "room_ids": [replacing(document) for document in _ids(listings)],
        "counts": [replacing(count_document(count)) for count in counts],
    }

    await write_leased(store, lease, now, writes)
    return is_news


def _ids(listings: Mapping[str, Listing]) -> list[Document]:
    known = {listing.room.native_id: key for key, listing in listings.items() if listing.room.native_id is not None}
    return [{"_id": native_id, "room": key} for native_id, key in known.items()]
