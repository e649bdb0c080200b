"""Slots: a turn of a place or of a chore, run once whatever the number of schedulers and workers.

A slot's ``_id`` follows from what is due and when, so of several schedulers one claims it. A worker begins it
and ends it; what reaches a second worker after that does nothing. The broker only carries names of slots: what
is due, and what became of it, stands here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zlib import crc32

from pymongo.errors import DuplicateKeyError

from storage.leases import PROCESS
from storage.mongo import Document, Store

SLOTS = "slots"
KEPT = timedelta(hours=6)
"""Twice the interval where that is longer: the next slot follows from the last one."""
LOST = timedelta(hours=3)
"""A slot that is not done by then holds back no later one: the broker gave it up, or nobody works."""
UNHANDED = timedelta(seconds=30)
"""A claim whose scheduler did not hand it over by then is handed over by any other."""
_GRID = datetime(2000, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    """What there is to do."""

    PASS = "pass"  # noqa: S105 - no password
    """A pass over a Source or a Directory."""
    RETENTION = "retention"
    """Destroying what ran out."""
    DELIVERY = "delivery"
    """Summaries and notices that are due."""
    EXPORT = "export"
    """A package that somebody waits for."""
    RESCAN = "rescan"
    """The stored Captures of one place under the words of today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One turn of something."""

    kind: Kind
    subject: str
    """A place's address; of a rescan its id and the place, on a line each; of a chore its own name."""
    at: datetime
    """When it was due."""

    @property
    def id(self) -> str:
        """The same wherever it is worked out."""
        return f"{self.kind} {self.subject} {self.at.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What became of a slot."""

    slot: Slot
    claimed_by: str
    claimed_at: datetime
    handed_at: datetime | None
    done_at: datetime | None
    outcome: str | None
    tries: int
    """How often a worker began it."""
    again_s: float | None
    """After how long the next one is due, where its worker said so."""

    def is_to_hand(self, by: str, now: datetime) -> bool:
        """Whether nobody told the broker of it yet, and it is ours to do so."""
        is_ours = self.claimed_by == by or now - self.claimed_at > UNHANDED
        return self.done_at is None and self.handed_at is None and is_ours


async def latest_slot(store: Store, kind: Kind, subject: str, every_s: float, now: datetime) -> Standing | None:
    """The last slot of something; None where there was none for long."""
    since = now - max(LOST, timedelta(seconds=2 * every_s))
    bounds = {"$gte": since, "$lt": now + LOST}
    found = store[SLOTS].find({"subject": _name(kind, subject), "at": bounds}).sort("at", -1).limit(1)
    documents = [document async for document in found]
    return _read(documents[0]) if documents else None


async def find_slot(store: Store, name: str) -> Standing | None:
    """What became of the slot of an id."""
    document = await store[SLOTS].find_one({"_id": name})
    return _read(document) if document else None


def next_start(subject: str, every_s: float, last: Standing | None, now: datetime) -> datetime:
    """When the next slot of something is due, the same for every scheduler; missed ones are not made up for.

    Args:
        subject: of the slots; the first ones of different subjects are spread over the interval.
        every_s: its interval.
        last: its last slot; None begins on a grid of intervals, not after ``now``.
        now: the moment.
    """
    step = _whole(every_s)
    if last is None:
        spread = timedelta(seconds=crc32(subject.encode()) % max(1, int(every_s)))
        return _GRID + spread + (now - _GRID - spread) // step * step
    step = min(step, _whole(last.again_s or every_s))
    due = last.slot.at + step
    return due if due > now else last.slot.at + (now - last.slot.at) // step * step


async def claim_slot(store: Store, slot: Slot, by: str, now: datetime, every_s: float = 0.0) -> bool:
    """Make a slot ours to hand over.

    Args:
        store: open.
        slot: what is due.
        by: our name.
        now: the moment.
        every_s: its interval: so long the next one follows from it.

    Returns:
        False where another scheduler was quicker.
    """
    document: Document = {
        "_id": slot.id,
        "kind": str(slot.kind),
        "subject": _name(slot.kind, slot.subject),
        "at": slot.at,
        "expires_at": slot.at + max(KEPT, timedelta(seconds=2 * every_s)),
        "claimed_by": by,
        "claimed_at": now,
        "handed_at": None,
        "begun_at": None,
        "done_at": None,
        "worker": None,
        "outcome": None,
        "again_s": None,
        "tries": 0,
    }
    try:
        await store[SLOTS].insert_one(document)
    except DuplicateKeyError:
        return False
    return True


async def note_handed(store: Store, slot: Slot, now: datetime) -> None:
    """The broker has it."""
    await store[SLOTS].update_one({"_id": slot.id}, {"$set": {"handed_at": now}})


async def begin_slot(store: Store, name: str, now: datetime) -> Slot | None:
    """Begin what the broker brought; None where there is nothing to do: it is done, or long past."""
    change: Document = {"$set": {"begun_at": now, "worker": PROCESS}, "$inc": {"tries": 1}}
    begun = await store[SLOTS].update_one({"_id": name, "done_at": None}, change)
    found = await find_slot(store, name) if begun.matched_count else None
    return found.slot if found else None


async def end_slot(store: Store, slot: Slot, outcome: str, now: datetime, again_s: float | None = None) -> None:
    """Say that a slot is done; the first word on it counts."""
    change: Document = {"$set": {"done_at": now, "outcome": outcome, "again_s": again_s}}
    await store[SLOTS].update_one({"_id": slot.id, "done_at": None}, change)


def _whole(seconds: float) -> timedelta:
    """In milliseconds, as the database keeps moments: an id that is worked out anew must be the same."""
    return timedelta(milliseconds=max(1, round(seconds * 1000)))


def _name(kind: Kind, subject: str) -> str:
    return f"{kind} {subject}"


def _read(document: Document) -> Standing:
    kind = Kind(document["kind"])
    return Standing(
        slot=Slot(kind=kind, subject=document["subject"].removeprefix(f"{kind} "), at=document["at"]),
        **{name: document[name] for name in Standing.__slots__ if name != "slot"},
    )
