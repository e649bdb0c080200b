"""How far the review of a Flag has come: a value, folded from its events by ``evidence/workflow.py``."""

import hashlib
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

from evidence.canonical import Json, canonical
from evidence.case import Staff, staff_act
from evidence.custody import Act, moment
from evidence.records import Severity
from evidence.review import Review

TIMER = Staff(actor="timer", role="system", session_id="timer")
"""Acts when a time is up, or when a post changed."""


class State(StrEnum):
    """Where a Flag stands. ``decided`` lasts no time: the same act goes on to what follows it."""

    QUEUED = "queued"
    """Waits for somebody."""
    CLAIMED = "claimed"
    """Somebody looks at it, and nobody else may."""
    SECOND_PENDING = "second_pending"
    """Decided once; waits for another person who does not know how."""
    SECOND_CLAIMED = "second_claimed"
    """That person looks at it."""
    DISPUTED = "disputed"
    """Two persons came to different ends; waits for a supervisor who is neither."""
    FINAL = "final"
    """Has its disposition."""
    SNOOZED = "snoozed"
    """Put off until a time or an event."""
    REOPENED = "reopened"
    """Was final; waits for somebody again."""


class Step(StrEnum):
    """What can be done to it."""

    CLAIM = "claim"
    """Take it, for 15 minutes that each act on it renews."""
    ASSIGN = "assign"
    """Give it to somebody."""
    RELEASE = "release"
    """Give it back."""
    LAPSE = "lapse"
    """The time to act on it was up."""
    SKIP = "skip"
    """Give it back and not be offered it again; nobody asks why."""
    RECUSE = "recuse"
    """Give it back for good: it is too near to oneself."""
    READMIT = "readmit"
    """Take somebody's recusal back."""
    DECIDE = "decide"
    """Decide first."""
    SECOND = "second"
    """Decide second, blindly."""
    ADJUDICATE = "adjudicate"
    """Settle a dispute."""
    WITHDRAW = "withdraw"
    """Take one's decision back."""
    SNOOZE = "snooze"
    """Put it off, for 72 hours at the most."""
    WAKE = "wake"
    """End that."""
    REOPEN = "reopen"
    """Have it reviewed anew."""
    SETTLE = "settle"
    """Take that back."""
    URGENT = "urgent"
    """Child safety: one person may hand it over at once; a supervisor looks within 24 hours."""
    CALM = "calm"
    """It is not urgent."""
    CHECK = "check"
    """A supervisor looked at an urgent one."""
    NOTE = "note"
    """Write something down about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something was done to a Flag. Never changed, never deleted."""

    flag: str
    number: int
    """Counts from 1, without gaps."""
    step: Step
    actor: str
    role: str
    at: datetime
    review: Review | None = None
    """Of ``decide``, ``second`` and ``adjudicate``."""
    flagged: Severity = Severity.LOW
    """What the machine said at that moment."""
    is_sampled: bool = False
    """Whether chance asks for a second review."""
    reason: str = ""
    """A code."""
    until: datetime | None = None
    """Of ``snooze``."""
    wakes_on: str | None = None
    """What ends a ``snooze`` early: ``revision`` or ``growth``."""
    whom: str | None = None
    """Of ``assign`` and ``readmit``."""
    batch: str | None = None
    """Of acts on many Flags at once."""
    note: str | None = None
    """Commitment to a sealed note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """Somebody raised child safety."""

    by: str
    at: datetime
    checked_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """The last event, as far as taking it back depends on it."""

    step: Step
    actor: str
    at: datetime
    batch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the review of a Flag has come."""

    flag: str
    state: State = State.QUEUED
    version: int = 0
    """Number of its last event."""
    owner: str | None = None
    first: Review | None = None
    second: Review | None = None
    third: Review | None = None
    """Of a supervisor, after a dispute."""
    needs_second: bool = False
    former: tuple[Review, ...] = ()
    """Reviews of the round before it was reopened."""
    skipped: frozenset[str] = frozenset()
    recused: frozenset[str] = frozenset()
    wake_at: datetime | None = None
    wakes_on: str | None = None
    urgent: Urgent | None = None
    last: Last | None = None

    @property
    def outcome(self) -> Review | None:
        """What was decided; None until it is final."""
        if self.state is not State.FINAL or self.first is None:
            return None
        if self.third is not None or self.second is None:
            return self.third or self.first
        return self.second.joined(self.first)

    @property
    def awaits_second(self) -> bool:
        """Whether somebody who does not know of the first review is still to make the second."""
        return self.first is not None and self.second is None and self.state is not State.FINAL

    @property
    def reviews(self) -> tuple[Review, ...]:
        """Of this round, in order."""
        return tuple(review for review in (self.first, self.second, self.third) if review is not None)

    @property
    def reviewers(self) -> frozenset[str]:
        """Who decided in this round."""
        return frozenset(review.reviewer for review in self.reviews)


def blind(progress: Progress, who: str) -> Progress:
    """What somebody may see: a second reviewer sees no first decision until both have decided."""
    is_open = progress.state in (State.FINAL, State.DISPUTED) or who in progress.reviewers
    return progress if is_open or progress.second is not None else replace(progress, first=None)


def review_act(staff: Staff, event: Event) -> Act:
    """The log's entry of an event: who, what, to which Flag, by codes; the same event gives the same request."""
    content = hashlib.sha256(canonical(_content(event))).hexdigest()
    return staff_act(
        staff,
        f"review:{event.flag}:{event.number}:{event.step}:{event.actor}:{content[:16]}",
        f"review-{event.step}",
        ("flag", event.flag),
        reason_code=_code(event),
        commit=event.note or "",
    )


def _code(event: Event) -> str:
    """All that was decided, in codes."""
    review = event.review
    said = [review.disposition, review.category, review.severity, review.reason] if review else [event.reason]
    more = [review.duplicate_of if review else None, event.whom, event.batch]
    return "/".join(str(part) for part in (*said, *more) if part)


def _content(event: Event) -> dict[str, Json]:
    """An event without its moment, which differs when it is asked for again."""
    review = event.review
    plain = {field.name: getattr(event, field.name) for field in fields(event) if field.name not in ("at", "review")}
    decided = (
        {field.name: getattr(review, field.name) for field in fields(review) if field.name != "at"} if review else {}
    )
    return {
        name: moment(value) if isinstance(value, datetime) else value
        for name, value in {
            **plain,
            "note": bool(event.note),
            **{f"review {key}": decided[key] for key in decided},
        }.items()
    }
