"""Conditions of the workflow's table, and how each is answered."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum

from evidence.progress import Event, Progress, Step
from evidence.records import Severity
from evidence.review import Disposition, Reason, Review
from evidence.roles import Role

LONGEST_SNOOZE = timedelta(hours=72)
UNDO_WITHIN = timedelta(hours=24)
GRAVE = (Severity.HIGH, Severity.CRITICAL)


class Guard(StrEnum):
    """A condition; its value ends the sentence "not possible: ..."."""

    OWNER = "somebody else holds it"
    OWNER_OR_SUPERVISOR = "only who holds it, or a supervisor, may"
    NOT_RECUSED = "whoever should do it was recused"
    NOT_A_REVIEWER = "nobody reviews what they decided themselves"
    REVIEW = "a disposition of its own Flag by whoever acts is needed"
    DUPLICATE = "a duplicate names another Flag, and nothing else does"
    NOTE = "a note is needed"
    REASON = "a reason is needed"
    NEEDS_SECOND = "it needs no second review"
    NEEDS_NO_SECOND = "it needs a second review"
    NO_BATCH = "it is too grave, or needs a second review: not in bulk"
    AGREES = "the two reviews differ"
    DIFFERS = "the two reviews agree"
    SHORT = "it may be put off for 72 hours at the most"
    WAITS_FOR_FIRST = "it was decided once"
    WAITS_FOR_SECOND = "it was not decided yet"
    OWN_DECISION = "the last act on it is no decision of yours, or is older than 24 hours"
    OWN_VERDICT = "the last act on it is no settling of yours, or is older than 24 hours"
    OWN_REOPENING = "the last act on it is no reopening of yours, or is older than 24 hours"
    SOMEBODY = "a person is to be named"
    URGENT = "nobody raised it as urgent, or it was looked at"
    NOT_URGENT = "it is urgent already"
    OWN_URGENT = "only who raised it, or a supervisor, may"
    OTHERS_URGENT = "nobody looks at what they raised themselves"


def needs_second(progress: Progress, event: Event) -> bool:
    """Whether a first review is not enough: it is grave, urgent, to be handed over, or chance wants it."""
    review = event.review
    is_grave = event.flagged in GRAVE or (review is not None and review.severity in GRAVE)
    is_handed_over = review is not None and review.proposes_referral
    return is_grave or is_handed_over or event.is_sampled or progress.urgent is not None


def _is_supervisor(event: Event) -> bool:
    return event.role == Role.SUPERVISOR


def _taker(event: Event) -> str:
    return event.whom or event.actor


def _is_review(event: Event) -> bool:
    review = event.review
    return review is not None and (review.flag, review.reviewer) == (event.flag, event.actor)


def _names_duplicate(event: Event) -> bool:
    review = event.review
    if review is None or (review.reason is Reason.SEE_NOTE and not event.note):
        return False
    is_duplicate = review.disposition is Disposition.DUPLICATE_OF
    return (review.duplicate_of not in (None, event.flag)) if is_duplicate else review.duplicate_of is None


def _agrees(progress: Progress, review: Review | None) -> bool:
    return review is not None and progress.first is not None and review.agrees_with(progress.first)


def _is_own(progress: Progress, event: Event, step: Step) -> bool:
    """Whether the last act is this step, by whoever acts now; a supervisor may take back a batch of others."""
    last = progress.last
    if last is None or last.step is not step or event.at - last.at > UNDO_WITHIN:
        return False
    is_batch = last.batch is not None and last.batch == event.batch
    return last.actor == event.actor or (is_batch and _is_supervisor(event))


def _is_unchecked(progress: Progress) -> bool:
    return progress.urgent is not None and progress.urgent.checked_by is None


def _is_short(event: Event) -> bool:
    return event.until is not None and timedelta(0) < event.until - event.at <= LONGEST_SNOOZE


GUARDS: Mapping[Guard, Callable[[Progress, Event], bool]] = {
    Guard.OWNER: lambda now, event: now.owner == event.actor,
    Guard.OWNER_OR_SUPERVISOR: lambda now, event: now.owner == event.actor or _is_supervisor(event),
    Guard.NOT_RECUSED: lambda now, event: _taker(event) not in now.recused,
    Guard.NOT_A_REVIEWER: lambda now, event: _taker(event) not in now.reviewers,
    Guard.REVIEW: lambda _, event: _is_review(event),
    Guard.DUPLICATE: lambda _, event: _names_duplicate(event),
    Guard.NOTE: lambda _, event: event.note is not None,
    Guard.REASON: lambda _, event: bool(event.reason),
    Guard.NEEDS_SECOND: needs_second,
    Guard.NEEDS_NO_SECOND: lambda now, event: not needs_second(now, event),
    Guard.NO_BATCH: lambda now, event: event.batch is None or not needs_second(now, event),
    Guard.AGREES: lambda now, event: _agrees(now, event.review),
    Guard.DIFFERS: lambda now, event: not _agrees(now, event.review),
    Guard.SHORT: lambda _, event: _is_short(event),
    Guard.WAITS_FOR_FIRST: lambda now, _: now.first is None,
    Guard.WAITS_FOR_SECOND: lambda now, _: now.first is not None,
    Guard.OWN_DECISION: lambda now, event: _is_own(now, event, Step.DECIDE),
    Guard.OWN_VERDICT: lambda now, event: _is_own(now, event, Step.ADJUDICATE),
    Guard.OWN_REOPENING: lambda now, event: _is_own(now, event, Step.REOPEN),
    Guard.SOMEBODY: lambda _, event: event.whom is not None,
    Guard.URGENT: lambda now, _: _is_unchecked(now),
    Guard.NOT_URGENT: lambda now, _: now.urgent is None,
    Guard.OWN_URGENT: lambda now, event: (
        _is_supervisor(event) or (now.urgent is not None and now.urgent.by == event.actor)
    ),
    Guard.OTHERS_URGENT: lambda now, event: now.urgent is not None and now.urgent.by != event.actor,
}
