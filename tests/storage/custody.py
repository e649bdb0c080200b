"""Custody logs on a real database, and hands that reach past the store."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.write_concern import WriteConcern

from crawler.commands.evidence import feed
from evidence.canonical import canonical_ascii
from evidence.checkpoint import Files, Note, read_notes
from evidence.custody import Act, pack
from evidence.verdict import Verdict
from evidence.verify import Verification
from storage.custody import open_custody
from storage.mongo import Document, Store
from tests.conftest import Clock

SIZES = (3, 1, 4)
"""Entries of the three blocks of ``write_log``; the first block has one more, which begins the log."""


def act(number: int | str, action: str = "seal") -> Act:
    """Something that was done to an item."""
    return Act(
        request=f"{action}:{number}",
        action=action,
        actor="collector",
        actor_role="system",
        session_id="session-1",
        target_type="item",
        target_id=f"item-{number}",
        commit="ab" * 32,
    )


async def write_log(store: Store, clock: Clock, folder: Path, start: int = 0, action: str = "seal") -> Note:
    """Write three blocks and return the checkpoint made at the end."""
    files, number = Files(folder=folder), start
    async with open_custody(store, clock, files) as custody:
        for size in SIZES:
            await custody.record(*(act(place, action) for place in range(number, number + size)))
            number += size
            clock.forward(seconds=1)
    return read_notes(files.notes).notes[-1]


async def verdict_of(store: Store, *outside: Note, own: tuple[Note, ...] = ()) -> Verdict:
    """What ``haechi evidence verify`` would find."""
    verification = Verification(outside, own)
    await feed(store, verification)
    return verification.end()


@contextmanager
def past_the_store(uri: str, collection: str = "custody") -> Iterator[Collection[Document]]:
    """The collection as whoever can write to the database has it."""
    with MongoClient[Document](uri, tz_aware=True) as client:
        durable = WriteConcern(w="majority", j=True)
        yield client.get_default_database().get_collection(collection, write_concern=durable)


def entries_of(block: Document) -> list[dict[str, Any]]:
    """The entries that a stored block holds."""
    import zlib

    return [json.loads(line) for line in zlib.decompress(block["packed"]).split(b"\n")]


def packed(entries: list[dict[str, Any]]) -> bytes:
    """Entries as a block stores them."""
    return pack([canonical_ascii(entry) for entry in entries])
