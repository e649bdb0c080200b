"""EvidenceItems in the store: each under a key and a salt of its own, which erasing it destroys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import UpdateOne

from evidence.canonical import commitment, new_salt
from evidence.cipher import Sealed
from evidence.errors import CustodyBroken
from evidence.item import Sealable, Setting, item_bytes, seal_act
from evidence.records import Capture, Count, Finding
from storage.custody_pending import pending_write
from storage.forms import capture_name, read_count
from storage.leases import Adding, Write
from storage.mongo import Document, Store
from storage.reads import newest

COUNTS, COUNTED_BACK = 5, timedelta(days=8)
"""Of the room, sealed with an item: so many, of the last days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """A flagged revision of a post on its way to be sealed."""

    document: Document
    """The post's."""
    finding: Finding
    capture: Capture
    fragment: str


async def recent_counts(store: Store, source: str, until: datetime) -> tuple[Count, ...]:
    """The newest Counts of a room by Telegram itself, newest first."""
    found: list[Count] = []
    async for document in newest(store, "counts", source=source, since=until - COUNTED_BACK, until=until):
        count = read_count(document)
        if not count.is_listed:
            found.append(count)
        if len(found) == COUNTS:
            break
    return tuple(found)


def evidence_writes(
    store: Store, sealings: Sequence[Sealing], counts: Sequence[Count], setting: Setting
) -> tuple[list[Write], list[UpdateOne]]:
    """Writes of the items, and of the entries that tell the log of them; both belong in one transaction."""
    items: list[Write] = []
    entries: list[UpdateOne] = []
    for sealing in sealings:
        document = _document(store, sealing, counts, setting)
        items.append(Adding(document))
        act = seal_act(document["_id"], document["commit"], setting.collector)
        entries.append(pending_write(store, act))
    return items, entries


def open_item(store: Store, document: Mapping[str, object]) -> bytes:
    """The item's canonical bytes.

    Raises:
        StorageError: the master key is another one, or a byte was changed.
        CustodyBroken: the item is not the one that was committed to.
    """
    name = str(document["_id"])
    content = store.cipher.open(Sealed(key=_bytes(document["key"]), text=_bytes(document["sealed"])), _about(name))
    if commitment(_bytes(document["salt"]), content) != document["commit"]:
        raise CustodyBroken(-1, f"item {name} is not what was sealed")
    return content


def _document(store: Store, sealing: Sealing, counts: Sequence[Count], setting: Setting) -> Document:
    post = sealing.document
    name = f"{post['_id']}:{post['revision']}"
    seen_at = post["changed_at"] or post["seen_at"]
    content = item_bytes(
        Sealable(
            id=name,
            source=post["source"],
            finding=sealing.finding,
            revision=post["revision"],
            seen_at=seen_at,
            capture=sealing.capture,
            capture_id=capture_name(sealing.capture),
            fragment=sealing.fragment,
            counts=counts,
            setting=setting,
        )
    )
    sealed, salt = store.cipher.seal(content, _about(name)), new_salt()
    return {
        "_id": name,
        "post": post["_id"],
        "source": post["source"],
        "native_id": post["native_id"],
        "revision": post["revision"],
        "at": seen_at,
        "severity": post["flag"]["severity"],
        "key": sealed.key,
        "sealed": sealed.text,
        "salt": salt,
        "commit": commitment(salt, content),
        "erased_at": None,
        "hold": None,
    }


def _about(name: str) -> str:
    return f"evidence {name}"


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""
