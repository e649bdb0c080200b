"""How an act of review takes effect: the log first, then event and Flag in one transaction, or nothing."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pymongo.errors import DuplicateKeyError

from evidence.case import Staff
from evidence.errors import ReviewRefused
from evidence.progress import Event, Progress, State, Step, review_act
from evidence.records import Severity
from evidence.review import Review
from evidence.roles import in_scope
from evidence.waiting import due_at, place_of
from evidence.workflow import URGENT_WITHIN, apply, is_sampled
from storage.custody import Custody
from storage.mongo import Document, Session, Store
from storage.reads import EPOCH
from storage.review_forms import (
    as_kept,
    at_milliseconds,
    event_document,
    event_name,
    progress_fields,
    read_progress,
    seal_note,
)
from storage.review_lanes import ASLEEP, DISPUTED, DONE, END, HELD
from storage.review_queue import Queue

LEASE, LONGEST_LEASE = timedelta(minutes=15), timedelta(minutes=60)
"""Of a claim: renewed by each act on it, never past the second."""
ERASED = "erased"
"""The state of a Flag whose post is gone: nothing can be done to it any more."""
SHARE = 0.05
"""Of all Flags, reviewed twice by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that acts of review need."""

    store: Store
    custody: Custody
    queue: Queue
    share: float = SHARE
    holidays: Collection[date] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody would do to a Flag."""

    step: Step
    review: Review | None = None
    reason: str = ""
    until: datetime | None = None
    wakes_on: str | None = None
    whom: str | None = None
    batch: str | None = None
    note: str | None = None
    """In words; sealed, and in the log by commitment alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """An event on its way."""

    staff: Staff
    event: Event
    note: Document | None
    after: Progress
    before: Progress = field(repr=False)


def open_desk(store: Store, custody: Custody, share: float = SHARE, holidays: Collection[date] = frozenset()) -> Desk:
    """A desk of this process; one is enough, it remembers where the queue begins."""
    return Desk(store=store, custody=custody, queue=Queue(store), share=share, holidays=holidays)


async def find_flag(store: Store, staff: Staff, flag: str) -> Document:
    """The document of a Flag in somebody's scope.

    Raises:
        ReviewRefused: there is none, or it is not theirs to see, which of both is not told; or its post was erased.
    """
    document = await store["flags"].find_one({"_id": flag})
    if document is None or not in_scope(staff, frozenset(document.get("offices") or ())):
        raise ReviewRefused(f"{flag}: there is no such flag among those that you may see")
    if document["state"] == ERASED:
        raise ReviewRefused(f"{flag}: its post was erased")
    return document


async def perform(desk: Desk, document: Document, wishes: Sequence[tuple[Staff, Wish]], at: datetime) -> Progress:
    """Do something to a Flag as it stands in ``document``: all of the wishes, or none.

    Raises:
        ReviewRefused: the table does not allow it, or somebody else was sooner.
        StorageError: the log did not take it; nothing was done.
    """
    steps = _steps(desk, document, wishes, at_milliseconds(at))
    await desk.custody.record(*(review_act(step.staff, step.event) for step in steps))
    await _write(desk, document, steps)
    return steps[-1].after


def _steps(desk: Desk, document: Document, wishes: Sequence[tuple[Staff, Wish]], at: datetime) -> list[_Step]:
    progress, steps = read_progress(document), list[_Step]()
    for staff, wish in wishes:
        name = event_name(progress.flag, progress.version + 1)
        note = seal_note(desk.store.cipher, wish.note, name) if wish.note else None
        event = as_kept(_event(desk, document, progress, staff, wish, note, at))
        after = apply(progress, event)
        steps.append(_Step(staff=staff, event=event, note=note, before=progress, after=after))
        progress = after
    return steps


def _event(
    desk: Desk, document: Document, progress: Progress, staff: Staff, wish: Wish, note: Document | None, at: datetime
) -> Event:
    key = desk.store.cipher.purpose_key("sample of reviews")
    return Event(
        flag=progress.flag,
        number=progress.version + 1,
        step=wish.step,
        actor=staff.actor,
        role=staff.role,
        at=at,
        review=wish.review,
        flagged=Severity(document["severity"]),
        is_sampled=is_sampled(key, progress.flag, desk.share),
        reason=wish.reason,
        until=wish.until,
        wakes_on=wish.wakes_on,
        whom=wish.whom,
        batch=wish.batch,
        note=note["commit"] if note else None,
    )


def rehearse(desk: Desk, document: Document, wishes: Sequence[tuple[Staff, Wish]], at: datetime) -> Progress:
    """What ``perform`` would come to, with nothing done.

    Raises:
        ReviewRefused: the table does not allow it.
    """
    return _steps(desk, document, wishes, at_milliseconds(at))[-1].after


async def _write(desk: Desk, document: Document, steps: Sequence[_Step]) -> None:
    """Events and Flag together, and only if the Flag is as it was."""
    store, last = desk.store, steps[-1]
    events = [event_document(step.event, review_act(step.staff, step.event).request, step.note) for step in steps]
    fields = {**progress_fields(last.after), **_standing(desk, document, steps)}
    as_it_was = {"_id": document["_id"], "version": steps[0].before.version}

    async def work(session: Session) -> None:
        written = await store["flags"].update_one(as_it_was, {"$set": fields}, session=session)
        if not written.matched_count:
            raise ReviewRefused(f"{document['_id']}: somebody else acted on it in between: look again")
        await store["review_events"].insert_many(events, session=session)

    try:
        await store.in_transaction(work)
    except (ReviewRefused, DuplicateKeyError):
        found = await store["review_events"].find_one({"_id": events[-1]["_id"]})
        if found is None or found["request"] != events[-1]["request"]:  # else ours, whose answer was lost
            raise ReviewRefused(f"{document['_id']}: somebody else acted on it in between: look again") from None


def _standing(desk: Desk, document: Document, steps: Sequence[_Step]) -> Document:
    """Lease, place in the queue and due time after an act."""
    after, at = steps[-1].after, steps[-1].event.at
    is_looked_at = any(step.after.owner is not None for step in steps)
    first_look = document.get("first_look_at") or (at if is_looked_at else None)
    fields = {**place_fields(document, after, desk.holidays), "reserved_by": None, "reserved_until": EPOCH}
    fields |= {"first_look_at": first_look}
    if after.owner is None:
        return {**fields, "claimed_at": None, "lease_until": None}
    is_new = steps[-1].before.owner != after.owner
    claimed_at = at if is_new else document["claimed_at"]
    is_theirs = is_new or steps[-1].event.actor == after.owner
    until = lease_end(claimed_at, at) if is_theirs else document["lease_until"]
    return {**fields, "claimed_at": claimed_at, "lease_until": until, "lane_at": until}


def lease_end(claimed_at: datetime, at: datetime) -> datetime:
    """Until when a claim lasts after an act."""
    return min(at + LEASE, claimed_at + LONGEST_LEASE)


_LANES: dict[State, Callable[[Document, Progress], tuple[str, datetime]]] = {
    State.CLAIMED: lambda *_: (HELD, END),
    State.SECOND_CLAIMED: lambda *_: (HELD, END),
    State.SNOOZED: lambda _, now: (ASLEEP, now.wake_at or END),
    State.DISPUTED: lambda document, _: (DISPUTED, document["at"]),
    State.FINAL: lambda document, now: (DONE, now.outcome.at if now.outcome else document["at"]),
}


def place_fields(document: Document, progress: Progress, holidays: Collection[date]) -> Document:
    """Rank, lane and due time of a Flag; while a second person is awaited they tell nothing of the first review."""
    severity, is_second = Severity(document["severity"]), progress.awaits_second
    if progress.first is not None and not is_second:
        severity = max(severity, progress.first.severity, key=lambda each: each.rank)
    place = place_of(
        severity,
        document["reasons"],
        document.get("growth"),
        is_urgent=progress.urgent is not None,
        is_second=is_second,
    )
    in_queue = (str(place.rank), document["at"])
    lane, lane_at = _LANES[progress.state](document, progress) if progress.state in _LANES else in_queue
    due = due_at(document["at"], place.rank, holidays, decided=progress.first is not None)
    urgent = progress.urgent
    is_unchecked = urgent is not None and urgent.checked_by is None
    return {
        "rank": str(place.rank),
        "why": [str(each) for each in place.why],
        "lane": lane,
        "lane_at": lane_at,
        "due_at": due,
        "urgent_due": urgent.at + URGENT_WITHIN if urgent is not None and is_unchecked else None,
    }
