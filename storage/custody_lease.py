"""Who appends to the custody log, with which key, and whether the log is still the one that was left."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from pymongo.errors import DuplicateKeyError

from evidence.checkpoint import Files, Note, append_note, last_note, sign_head
from evidence.custody import Head
from evidence.errors import ConfigError, CustodyBroken, SourceTaken
from evidence.keys import NEXT, SigningKey, change_key, load_key, read_key
from storage.custody_blocks import APPENDER, CUSTODY, read_head
from storage.leases import PROCESS, held_here, is_over
from storage.mongo import Document, Session, Store

LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """That this process appends."""

    holder: str
    epoch: int
    """Counts the takings of the lease; a block of an earlier one is not written any more."""
    key: SigningKey


async def take_lead(store: Store, files: Files, now: datetime) -> tuple[Lead, Head | None] | None:
    """Become the appender; None while another process is.

    Raises:
        ConfigError: the key here is not the log's.
        CustodyBroken: the log ends before our own last checkpoint, or its last block does not hold.
    """
    held = await store[APPENDER].find_one({"_id": CUSTODY})
    if held is not None and not is_over(held, now):
        return None
    head = await read_head(store)
    key = await asyncio.to_thread(ready_key, files, head)
    holder = f"{PROCESS} {uuid4().hex}"
    epoch = await _take_lease(store, holder, head.epoch if head else 0, now)
    if epoch is None:
        return None
    lead = Lead(holder=holder, epoch=epoch, key=key)
    after = await read_head(store)
    if after != head:  # somebody was quicker, and has left already
        await release(store, lead, now)
        return None
    return lead, head


async def release(store: Store, lead: Lead, now: datetime) -> None:
    """The next appender need not wait; the epoch stays."""
    mine = {"_id": CUSTODY, "holder": lead.holder, "epoch": lead.epoch}
    await store[APPENDER].update_one(mine, {"$set": {"until": now, "holder": ""}, "$inc": {"renewals": 1}})


async def _take_lease(store: Store, holder: str, epoch: int, now: datetime) -> int | None:
    """Take the lease with the next epoch; None while another process holds it."""
    taken = 0

    async def work(session: Session) -> None:
        nonlocal taken
        held = await store[APPENDER].find_one({"_id": CUSTODY}, session=session)
        if held is not None and not is_over(held, now):
            raise SourceTaken(CUSTODY)
        taken = max(epoch, held["epoch"] if held else 0) + 1
        document: Document = {"_id": CUSTODY, "holder": holder, "epoch": taken, "renewals": 0, **held_here(now + LEASE)}
        document["last"] = held["last"] if held else 0
        await store[APPENDER].replace_one({"_id": CUSTODY}, document, upsert=True, session=session)

    try:
        await store.in_transaction(work)
    except (SourceTaken, DuplicateKeyError):
        return None
    return taken


def ready_key(files: Files, head: Head | None) -> SigningKey:
    """The key for the next block; made for a log that has not begun.

    Raises:
        ConfigError: the key here is not the log's.
        CustodyBroken: the log ends before our own last checkpoint.
    """
    note = last_note(files.notes)
    if note and (head is None or note.log != head.log or note.size > head.size):
        raise CustodyBroken(
            head.size if head else 0,
            f"the log ends here, but {files.notes} has a checkpoint of {note.size:,} entries:"
            " nothing is added to a log that was cut or replaced; run haechi evidence verify",
        )
    return load_key(files.key) if head is None else _key_of(files, head)


def _key_of(files: Files, head: Head) -> SigningKey:
    coming = files.key.with_name(files.key.name + NEXT)
    key = read_key(files.key)
    if key.public != head.key and coming.exists() and read_key(coming).public == head.key:
        change_key(files.key)  # a process ended between the log's change of keys and ours
        key = read_key(files.key)
    if key.public != head.key:
        raise ConfigError(
            f"custody key: {files.key} is not the key of this store's log {head.log}:"
            " put the key back that belongs to it; a new one needs an entry signed by the old one"
        )
    return key


async def make_checkpoint(store: Store, files: Files, at: datetime) -> Note | None:
    """Sign the log as it stands, whoever appends to it, and keep the note; None for a log without entries.

    Raises:
        ConfigError: the key here is not the log's.
        CustodyBroken: the last block does not hold, or the log ends before our own last checkpoint.
    """
    head = await read_head(store)
    if head is None and not files.notes.exists():
        return None
    key = await asyncio.to_thread(ready_key, files, head)
    if head is None:
        return None
    note = sign_head(head, key, at)
    await asyncio.to_thread(append_note, files.notes, note)
    return note
