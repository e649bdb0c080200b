"""What may follow on what in the review of a Flag: one table, read by the store, the console, the docs and the tests.

Undo is a step like the others: each row names the step that takes it back, and history only grows.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from evidence.conditions import GUARDS, Guard, needs_second
from evidence.errors import ReviewRefused
from evidence.progress import TIMER, Event, Last, Progress, State, Step, Urgent
from evidence.roles import Permission, Role, may

URGENT_WITHIN = timedelta(hours=24)
"""A supervisor looks at what was raised as urgent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A row of the table."""

    state: State | None
    """None: any."""
    step: Step
    who: Permission | None
    """None: the timer."""
    guards: tuple[Guard, ...] = ()
    to: State | None = None
    """None: where it was."""
    inverse: Step | None = None
    """What takes it back."""


def _row(
    state: State | None,
    step: Step,
    to: State | None,
    who: Permission | None,
    *guards: Guard,
    inverse: Step | None = None,
) -> Transition:
    return Transition(state=state, step=step, to=to, who=who, guards=guards, inverse=inverse)


S, G, P = State, Guard, Permission
_TAKE = (G.NOT_RECUSED, G.NOT_A_REVIEWER)
_GIVE = (G.SOMEBODY, *_TAKE)

TRANSITIONS: tuple[Transition, ...] = (
    # the first review
    _row(S.QUEUED, Step.CLAIM, S.CLAIMED, P.DECIDE, *_TAKE, inverse=Step.RELEASE),
    _row(S.REOPENED, Step.CLAIM, S.CLAIMED, P.DECIDE, *_TAKE, inverse=Step.RELEASE),
    _row(S.QUEUED, Step.ASSIGN, S.CLAIMED, P.ASSIGN, *_GIVE, inverse=Step.RELEASE),
    _row(S.REOPENED, Step.ASSIGN, S.CLAIMED, P.ASSIGN, *_GIVE, inverse=Step.RELEASE),
    _row(S.CLAIMED, Step.RELEASE, S.QUEUED, P.DECIDE, G.OWNER_OR_SUPERVISOR, inverse=Step.CLAIM),
    _row(S.CLAIMED, Step.LAPSE, S.QUEUED, None, inverse=Step.CLAIM),
    _row(S.CLAIMED, Step.SKIP, S.QUEUED, P.DECIDE, G.OWNER, inverse=Step.CLAIM),
    _row(S.CLAIMED, Step.RECUSE, S.QUEUED, P.DECIDE, G.OWNER, inverse=Step.READMIT),
    _row(
        *(S.CLAIMED, Step.DECIDE, S.SECOND_PENDING, P.DECIDE),
        *(G.OWNER, G.REVIEW, G.DUPLICATE, G.NO_BATCH, G.NEEDS_SECOND),
        inverse=Step.WITHDRAW,
    ),
    _row(
        *(S.CLAIMED, Step.DECIDE, S.FINAL, P.DECIDE),
        *(G.OWNER, G.REVIEW, G.DUPLICATE, G.NO_BATCH, G.NEEDS_NO_SECOND),
        inverse=Step.WITHDRAW,
    ),
    _row(S.SECOND_PENDING, Step.WITHDRAW, S.CLAIMED, P.DECIDE, G.OWN_DECISION, inverse=Step.DECIDE),
    # the second, blind one
    _row(S.SECOND_PENDING, Step.CLAIM, S.SECOND_CLAIMED, P.SECOND_REVIEW, *_TAKE, inverse=Step.RELEASE),
    _row(S.SECOND_PENDING, Step.ASSIGN, S.SECOND_CLAIMED, P.ASSIGN, *_GIVE, inverse=Step.RELEASE),
    _row(S.SECOND_CLAIMED, Step.RELEASE, S.SECOND_PENDING, P.DECIDE, G.OWNER_OR_SUPERVISOR, inverse=Step.CLAIM),
    _row(S.SECOND_CLAIMED, Step.LAPSE, S.SECOND_PENDING, None, inverse=Step.CLAIM),
    _row(S.SECOND_CLAIMED, Step.SKIP, S.SECOND_PENDING, P.DECIDE, G.OWNER, inverse=Step.CLAIM),
    _row(S.SECOND_CLAIMED, Step.RECUSE, S.SECOND_PENDING, P.DECIDE, G.OWNER, inverse=Step.READMIT),
    _row(
        *(S.SECOND_CLAIMED, Step.SECOND, S.FINAL, P.SECOND_REVIEW),
        *(G.OWNER, G.NOT_A_REVIEWER, G.REVIEW, G.DUPLICATE, G.AGREES),
        inverse=Step.REOPEN,
    ),
    _row(
        *(S.SECOND_CLAIMED, Step.SECOND, S.DISPUTED, P.SECOND_REVIEW),
        *(G.OWNER, G.NOT_A_REVIEWER, G.REVIEW, G.DUPLICATE, G.DIFFERS),
    ),
    # what follows
    _row(
        *(S.DISPUTED, Step.ADJUDICATE, S.FINAL, P.ADJUDICATE),
        *(G.NOT_RECUSED, G.NOT_A_REVIEWER, G.REVIEW, G.DUPLICATE, G.NOTE),
        inverse=Step.WITHDRAW,
    ),
    _row(S.FINAL, Step.WITHDRAW, S.CLAIMED, P.DECIDE, G.OWN_DECISION, inverse=Step.DECIDE),
    _row(S.FINAL, Step.WITHDRAW, S.DISPUTED, P.ADJUDICATE, G.OWN_VERDICT, inverse=Step.ADJUDICATE),
    _row(S.FINAL, Step.REOPEN, S.REOPENED, P.CASES, G.REASON, inverse=Step.SETTLE),
    _row(S.FINAL, Step.REOPEN, S.REOPENED, None, G.REASON, inverse=Step.SETTLE),
    _row(S.REOPENED, Step.SETTLE, S.FINAL, P.CASES, G.OWN_REOPENING, inverse=Step.REOPEN),
    # putting off
    _row(S.CLAIMED, Step.SNOOZE, S.SNOOZED, P.DECIDE, G.OWNER, G.SHORT, inverse=Step.WAKE),
    _row(S.SECOND_CLAIMED, Step.SNOOZE, S.SNOOZED, P.DECIDE, G.OWNER, G.SHORT, inverse=Step.WAKE),
    *(
        _row(S.SNOOZED, Step.WAKE, to, who, guard)
        for who in (P.DECIDE, None)
        for to, guard in ((S.QUEUED, G.WAITS_FOR_FIRST), (S.SECOND_PENDING, G.WAITS_FOR_SECOND))
    ),
    # beside all that
    _row(None, Step.URGENT, None, P.DECIDE, G.NOT_URGENT, inverse=Step.CALM),
    _row(None, Step.CALM, None, P.DECIDE, G.URGENT, G.OWN_URGENT, inverse=Step.URGENT),
    _row(None, Step.CHECK, None, P.ASSIGN, G.URGENT, G.OTHERS_URGENT),
    _row(None, Step.READMIT, None, P.ASSIGN, G.SOMEBODY),
    _row(None, Step.NOTE, None, P.NOTE, G.NOTE),
)
"""Every transition there is."""


def apply(progress: Progress, event: Event) -> Progress:
    """What an event makes of the review of a Flag.

    Raises:
        ReviewRefused: the table does not allow it, or something happened in between.
    """
    if (event.flag, event.number) != (progress.flag, progress.version + 1):
        raise ReviewRefused(f"{event.flag}: somebody else acted on it in between: look again")
    refusals = []
    for row in TRANSITIONS:
        if row.step is not event.step or row.state not in (None, progress.state):
            continue
        refusal = _refusal(row, progress, event)
        if refusal is None:
            return _after(row, progress, event)
        refusals.append((not _may(row.who, event), refusal))  # what a person could do something about comes first
    why = f": {min(refusals)[1]}" if refusals else f" while it is {progress.state}"
    raise ReviewRefused(f"{event.flag}: {event.step} is not possible{why}")


def _refusal(row: Transition, progress: Progress, event: Event) -> str | None:
    if not _may(row.who, event):
        return f"the role {event.role} may not"
    return next((str(guard) for guard in row.guards if not GUARDS[guard](progress, event)), None)


def _may(who: Permission | None, event: Event) -> bool:
    if who is None or event.role == TIMER.role:
        return who is None and event.role == TIMER.role
    return event.role in set(Role) and may(Role(event.role), who)


def replay(flag: str, events: Iterable[Event]) -> Progress:
    """Where a Flag stands after all that was done to it, in order."""
    progress = Progress(flag=flag)
    for event in events:
        progress = apply(progress, event)
    return progress


def undo_of(progress: Progress, actor: str) -> Step | None:
    """The step that takes back what somebody did last; None where the last act was another's or has no way back.

    ``decide`` and ``adjudicate`` after a ``withdraw`` are decided anew, so they are left to the person.
    """
    last = progress.last
    if last is None or last.actor != actor or last.step is Step.WITHDRAW:
        return None
    inverses = (row.inverse for row in TRANSITIONS if row.step is last.step and row.to in (None, progress.state))
    return next(inverses, None)


def is_sampled(key: bytes, flag: str, share: float) -> bool:
    """Whether a Flag is in the random sample that is reviewed twice; nobody without the key can tell before.

    Args:
        key: of this purpose.
        flag: its id.
        share: of all Flags, 0 to 1.
    """
    drawn = int.from_bytes(hmac.digest(key, flag.encode(), hashlib.sha256)[:8], "big")
    return drawn < share * 2**64


# ------------------------------------------------------------------ what changes


def _after(row: Transition, progress: Progress, event: Event) -> Progress:
    changes = EFFECTS[event.step](progress, event) if event.step in EFFECTS else {}
    last = Last(step=event.step, actor=event.actor, at=event.at, batch=event.batch)
    kept = progress.last if event.step is Step.NOTE else last
    return replace(progress, state=row.to or progress.state, version=event.number, last=kept, **changes)


def _withdrawn(progress: Progress, _: Event) -> dict[str, Any]:
    """Of a dispute only the verdict; else the first review, whose author holds it again."""
    if progress.third is not None:
        return {"third": None}
    return {"first": None, "needs_second": False, "owner": progress.first and progress.first.reviewer}


def _reopened(progress: Progress, _: Event) -> dict[str, Any]:
    return {"former": progress.reviews, "first": None, "second": None, "third": None}


def _settled(progress: Progress, _: Event) -> dict[str, Any]:
    first, second, third = (*progress.former, None, None)[:3]
    return {"former": (), "first": first, "second": second, "third": third}


EFFECTS: Mapping[Step, Callable[[Progress, Event], dict[str, Any]]] = {
    Step.CLAIM: lambda _, event: {"owner": event.actor},
    Step.ASSIGN: lambda _, event: {"owner": event.whom},
    Step.RELEASE: lambda *_: {"owner": None},
    Step.LAPSE: lambda *_: {"owner": None},
    Step.SKIP: lambda now, event: {"owner": None, "skipped": now.skipped | {event.actor}},
    Step.RECUSE: lambda now, event: {"owner": None, "recused": now.recused | {event.actor}},
    Step.READMIT: lambda now, event: {"recused": now.recused - {event.whom}},
    Step.DECIDE: lambda now, event: {"owner": None, "first": event.review, "needs_second": needs_second(now, event)},
    Step.SECOND: lambda _, event: {"owner": None, "second": event.review},
    Step.ADJUDICATE: lambda _, event: {"third": event.review},
    Step.WITHDRAW: _withdrawn,
    Step.SNOOZE: lambda _, event: {"owner": None, "wake_at": event.until, "wakes_on": event.wakes_on},
    Step.WAKE: lambda *_: {"wake_at": None, "wakes_on": None},
    Step.REOPEN: _reopened,
    Step.SETTLE: _settled,
    Step.URGENT: lambda _, event: {"urgent": Urgent(by=event.actor, at=event.at)},
    Step.CALM: lambda *_: {"urgent": None},
    Step.CHECK: lambda now, event: {"urgent": now.urgent and replace(now.urgent, checked_by=event.actor)},
}
