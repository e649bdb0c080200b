"""What was decided, read back: the history of a Flag, decisions for a package, pairs of reviews."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from evidence.canonical import canonical
from evidence.case import Staff
from evidence.custody import moment
from evidence.progress import Event, Progress, Step, blind
from evidence.review import CLAIM_STATES, ClaimState, Review
from storage.mongo import Document, Store
from storage.review_desk import find_flag
from storage.review_forms import open_note, read_event, read_progress

LAST_NUMBER = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event as a person reads it."""

    event: Event
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A Flag as a person may see it just now."""

    progress: Progress
    claim: ClaimState
    rank: str | None
    """None until it is queued."""
    why: tuple[str, ...]
    due_at: datetime | None
    lease_until: datetime | None
    first_look_at: datetime | None


async def read_standing(store: Store, staff: Staff, flag: str) -> Standing:
    """Where a Flag stands; a second reviewer does not see the first decision.

    Raises:
        ReviewRefused: there is none, or it is not in their scope.
    """
    document = await find_flag(store, staff, flag)
    progress = read_progress(document)
    return Standing(
        progress=blind(progress, staff.actor),
        claim=CLAIM_STATES[progress.outcome.disposition if progress.outcome else None],
        rank=document.get("rank"),
        why=tuple(document.get("why", ())),
        due_at=document.get("due_at"),
        lease_until=document.get("lease_until"),
        first_look_at=document.get("first_look_at"),
    )


async def read_history(store: Store, staff: Staff, flag: str) -> tuple[Told, ...]:
    """All that was done to a Flag, oldest first; blind reviewers see neither decision nor note of the first.

    Raises:
        ReviewRefused: there is none, or it is not in their scope.
        CustodyBroken: a note is not the one that was committed to.
    """
    progress = read_progress(await find_flag(store, staff, flag))
    is_blind = blind(progress, staff.actor) != progress
    told = []
    for document in await _events(store, flag):
        event = read_event(document)
        if not (is_blind and event.actor != staff.actor and _tells(progress, event)):
            told.append(Told(event=event, note=open_note(store.cipher, document)))
    return tuple(told)


def _tells(progress: Progress, event: Event) -> bool:
    """Whether an event would tell a blind reviewer what the first one thinks."""
    is_theirs = progress.first is not None and event.actor == progress.first.reviewer
    return event.step is Step.DECIDE or (is_theirs and event.step in (Step.NOTE, Step.WITHDRAW, Step.URGENT))


async def read_events(store: Store, flag: str) -> tuple[Event, ...]:
    """The events of a Flag, oldest first: ``replay`` of them gives where it stands."""
    return tuple(read_event(document) for document in await _events(store, flag))


async def _events(store: Store, flag: str) -> list[Document]:
    found = store["review_events"].find({"flag": flag, "number": {"$gte": 1, "$lt": LAST_NUMBER}})
    return sorted([document async for document in found], key=lambda document: document["number"])


async def decision_lines(store: Store, flags: Iterable[str]) -> tuple[bytes, ...]:
    """What was done to Flags, a line of canonical JSON each, for a package; without notes and unclaimed."""
    lines = []
    for flag in dict.fromkeys(flags):
        for event in await read_events(store, flag):
            lines.append(_line(event))
    return tuple(lines)


def _line(event: Event) -> bytes:
    review = event.review
    return canonical(
        {
            "flag": event.flag,
            "number": event.number,
            "act": str(event.step),
            "at": moment(event.at),
            "actor": event.actor,
            "role": event.role,
            "disposition": str(review.disposition) if review else None,
            "category": str(review.category) if review else None,
            "severity": str(review.severity) if review else None,
            "reason": str(review.reason) if review else event.reason or None,
            "duplicate_of": review.duplicate_of if review else None,
            "has_note": event.note is not None,
            "note_commit": event.note,
        }
    )


async def read_pairs(store: Store, since: datetime, until: datetime) -> tuple[tuple[Review, Review], ...]:
    """First and second review of each Flag that was reviewed the second time between two moments.

    They are as they were made, whatever became of the Flag since.
    """
    found = store["review_events"].find({"at": {"$gte": since, "$lt": until}}, {"flag": 1, "number": 1, "step": 1})
    seconds = sorted([(row["flag"], row["number"]) async for row in found if row["step"] == Step.SECOND])
    pairs = []
    for flag, number in seconds:
        before = [event for event in await read_events(store, flag) if event.number <= number]
        first = next((event.review for event in reversed(before) if event.step is Step.DECIDE), None)
        second = before[-1].review
        if first is not None and second is not None:
            pairs.append((first, second))
    return tuple(pairs)
