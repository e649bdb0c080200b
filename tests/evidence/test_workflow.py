"""The workflow of reviews against its table."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from evidence.errors import ReviewRefused
from evidence.progress import TIMER, Event, Progress, State, Step, blind, review_act
from evidence.records import Severity
from evidence.review import Category, Disposition, Reason, Review
from evidence.roles import Permission, Role, may
from evidence.workflow import TRANSITIONS, apply, is_sampled, replay, undo_of
from tests.conftest import NOW

FLAG = "1900000001:7"
ROLES = {"ann": "monitor", "ben": "investigator", "sue": "supervisor", "sam": "supervisor", "timer": "system"}
ROLES |= {"vic": "viewer", "adm": "admin", "cli": "operator"}


def review(who: str, disposition: str = "confirmed", **changes: Any) -> Review:
    """A decision on FLAG."""
    plain = Review(
        flag=FLAG,
        disposition=Disposition(disposition),
        category=Category.THREAT,
        severity=Severity.LOW,
        reason=Reason.PLAIN,
        reviewer=who,
        at=NOW,
    )
    return replace(plain, **changes)


def go(progress: Progress, who: str, step: str, **what: Any) -> Progress:
    """What an act of somebody makes of it; a disposition stands for a whole review."""
    said = what.pop("says", None)
    if said is not None:
        what["review"] = said if isinstance(said, Review) else review(who, said)
    plain = Event(flag=FLAG, number=progress.version + 1, step=Step(step), actor=who, role=ROLES[who], at=NOW)
    return apply(progress, replace(plain, **what))


def walk(*acts: tuple[Any, ...], start: Progress | None = None) -> Progress:
    """After several acts: who, step, and what else."""
    progress = start or Progress(flag=FLAG)
    for who, step, *what in acts:
        progress = go(progress, who, step, **(what[0] if what else {}))
    return progress


GRAVE = {"flagged": Severity.HIGH}
ONCE: tuple[tuple[Any, ...], ...] = (("ann", "claim"), ("ann", "decide", {"says": "confirmed", **GRAVE}))
TWICE: tuple[tuple[Any, ...], ...] = (*ONCE, ("ben", "claim"))
DISPUTED: tuple[tuple[Any, ...], ...] = (*TWICE, ("ben", "second", {"says": "not_relevant"}))


def test_a_mild_one_is_final_at_once() -> None:
    """Its disposition shows only then."""
    claimed = walk(("ann", "claim"))
    assert (State.CLAIMED, "ann", None) == (claimed.state, claimed.owner, claimed.outcome)
    final = go(claimed, "ann", "decide", says="rumour_hoax")
    assert (State.FINAL, None) == (final.state, final.owner)
    assert final.outcome is not None
    assert Disposition.RUMOUR_HOAX is final.outcome.disposition


@pytest.mark.parametrize(
    "what",
    [
        {"says": "not_relevant", "flagged": Severity.HIGH},
        {"says": review("ann", severity=Severity.CRITICAL)},
        {"says": review("ann", proposes_referral=True)},
        {"says": "confirmed", "is_sampled": True},
    ],
)
def test_what_needs_a_second_review(what: dict[str, Any]) -> None:
    """Grave by machine or person, proposed to be handed over, or drawn by chance."""
    pending = walk(("ann", "claim"), ("ann", "decide", what))
    assert (State.SECOND_PENDING, True, None) == (pending.state, pending.needs_second, pending.outcome)


def test_an_urgent_one_needs_a_second_review() -> None:
    """And a look of a supervisor who did not raise it."""
    urgent = walk(("ann", "claim"), ("ann", "urgent"), ("ann", "decide", {"says": "confirmed"}))
    assert State.SECOND_PENDING is urgent.state
    raised = walk(("sue", "urgent"))
    with pytest.raises(ReviewRefused, match="nobody looks at what they raised themselves"):
        go(raised, "sue", "check")
    checked = go(raised, "sam", "check")
    assert checked.urgent is not None
    assert ("sue", "sam") == (checked.urgent.by, checked.urgent.checked_by)
    assert walk(("ann", "urgent"), ("ann", "calm")).urgent is None


def test_two_who_agree_make_it_final_with_the_graver_severity() -> None:
    """Severity may differ, disposition and category may not."""
    graver = review("ben", severity=Severity.CRITICAL)
    final = walk(*TWICE, ("ben", "second", {"says": graver}))
    assert final.outcome is not None
    assert (State.FINAL, Severity.CRITICAL) == (final.state, final.outcome.severity)
    other = walk(*TWICE, ("ben", "second", {"says": review("ben", category=Category.TRADE)}))
    assert (State.DISPUTED, None) == (other.state, other.outcome)


def test_a_supervisor_who_did_neither_settles_a_dispute() -> None:
    """With a note; takes it back within a day."""
    disputed = walk(*DISPUTED)
    with pytest.raises(ReviewRefused, match="a note is needed"):
        go(disputed, "sue", "adjudicate", says="likely")
    final = go(disputed, "sue", "adjudicate", says="likely", note="ab" * 32)
    assert final.outcome is not None
    assert ("sue", Disposition.LIKELY) == (final.outcome.reviewer, final.outcome.disposition)
    assert State.DISPUTED is go(final, "sue", "withdraw", at=NOW + timedelta(hours=23)).state
    by_sue = walk(("ann", "claim"), ("ann", "decide", {"says": "likely", **GRAVE}), ("sue", "claim"))
    by_sue = go(by_sue, "sue", "second", says="confirmed")
    with pytest.raises(ReviewRefused, match="nobody reviews what they decided themselves"):
        go(by_sue, "sue", "adjudicate", says="likely", note="ab" * 32)


@pytest.mark.parametrize(
    ("before", "who", "step", "what", "why"),
    [
        ((), "vic", "claim", {}, "the role viewer may not"),
        ((), "adm", "claim", {}, "the role admin may not"),
        ((), "cli", "claim", {}, "the role operator may not"),
        ((), "timer", "claim", {}, "the role system may not"),
        ((("ann", "claim"),), "ben", "claim", {}, "not possible while it is claimed"),
        ((("ann", "claim"),), "ben", "release", {}, "only who holds it, or a supervisor, may"),
        ((("ann", "claim"),), "ben", "decide", {"says": "likely"}, "somebody else holds it"),
        ((("ann", "claim"),), "ann", "lapse", {}, "the role monitor may not"),
        ((("ann", "claim"),), "ann", "decide", {"says": review("ben")}, "by whoever acts is needed"),
        ((("ann", "claim"),), "ann", "decide", {"says": "duplicate_of"}, "a duplicate names another Flag"),
        ((("ann", "claim"),), "ann", "decide", {"says": "likely", "batch": "b", **GRAVE}, "not in bulk"),
        ((("ann", "claim"), ("ann", "recuse")), "ann", "claim", {}, "was recused"),
        ((("ann", "claim"), ("ann", "recuse")), "sue", "assign", {"whom": "ann"}, "was recused"),
        ((), "ann", "assign", {"whom": "ben"}, "the role monitor may not"),
        (ONCE, "ann", "claim", {}, "nobody reviews what they decided themselves"),
        (ONCE, "sue", "assign", {"whom": "ann"}, "nobody reviews what they decided themselves"),
        (DISPUTED, "ben", "adjudicate", {"says": "likely"}, "the role investigator may not"),
        (DISPUTED, "ben", "withdraw", {}, "not possible while it is disputed"),
        ((("ann", "claim"),), "ann", "snooze", {"until": NOW + timedelta(hours=73)}, "72 hours"),
        ((("ann", "claim"), ("ann", "decide", {"says": "likely"})), "ann", "reopen", {"reason": "x"}, "may not"),
        ((("ann", "claim"), ("ann", "decide", {"says": "likely"})), "ben", "reopen", {}, "a reason is needed"),
        ((("ann", "claim"), ("ann", "decide", {"says": "likely"})), "ben", "withdraw", {}, "no decision of yours"),
    ],
)
def test_what_is_refused(before: tuple[Any, ...], who: str, step: str, what: dict[str, Any], why: str) -> None:
    """By role, by state, by condition; each in words."""
    with pytest.raises(ReviewRefused, match=why):
        go(walk(*before), who, step, **what)


def test_skipping_needs_no_reason_and_is_taken_back_by_claiming() -> None:
    """It is remembered whom not to offer it to, and nothing else."""
    skipped = walk(("ann", "claim"), ("ann", "skip"))
    assert (State.QUEUED, frozenset({"ann"})) == (skipped.state, skipped.skipped)
    assert "ann" == go(skipped, "ann", "claim").owner


def test_reopened_and_settled_again() -> None:
    """An investigator has it reviewed anew; taking that back restores what was decided."""
    final = walk(("ann", "claim"), ("ann", "decide", {"says": "confirmed"}))
    reopened = go(final, "ben", "reopen", reason="new-facts")
    assert (State.REOPENED, (), None) == (reopened.state, reopened.reviews, reopened.outcome)
    assert final.outcome == go(reopened, "ben", "settle").outcome
    changed = go(final, "timer", "reopen", reason="revision")
    assert State.CLAIMED is go(changed, "ann", "claim").state
    with pytest.raises(ReviewRefused, match="no reopening of yours"):
        go(changed, "ben", "settle")


def test_put_off_and_back_to_where_it_was() -> None:
    """Before the second review it wakes up as waiting for it."""
    until = {"until": NOW + timedelta(hours=72)}
    first = walk(("ann", "claim"), ("ann", "snooze", {**until, "wakes_on": "revision"}))
    assert (State.SNOOZED, "revision") == (first.state, first.wakes_on)
    assert State.QUEUED is go(first, "timer", "wake").state
    assert State.SECOND_PENDING is walk(*TWICE, ("ben", "snooze", until), ("ben", "wake")).state


@pytest.mark.parametrize(
    ("acts", "who", "inverse", "state"),
    [
        ((("ann", "claim"),), "ann", Step.RELEASE, State.QUEUED),
        ((("ann", "claim"), ("ann", "release")), "ann", Step.CLAIM, State.CLAIMED),
        ((("ann", "claim"), ("ann", "skip")), "ann", Step.CLAIM, State.CLAIMED),
        (ONCE, "ann", Step.WITHDRAW, State.CLAIMED),
        ((("ann", "claim"), ("ann", "decide", {"says": "likely"})), "ann", Step.WITHDRAW, State.CLAIMED),
        ((("ann", "claim"), ("ann", "snooze", {"until": NOW + timedelta(hours=1)})), "ann", Step.WAKE, State.QUEUED),
        ((*ONCE, ("ben", "urgent")), "ben", Step.CALM, State.SECOND_PENDING),
    ],
)
def test_undo(acts: tuple[Any, ...], who: str, inverse: Step, state: State) -> None:
    """The table names what takes the last act back, for whoever did it and nobody else."""
    progress = walk(*acts)
    assert (inverse, None) == (undo_of(progress, who), undo_of(progress, "sue"))
    assert state is go(progress, who, inverse).state


def test_a_decision_is_withdrawn_within_a_day_and_before_anything_else() -> None:
    """A supervisor may only where it was made in a batch."""
    final = walk(("ann", "claim"), ("ann", "decide", {"says": "likely", "batch": "batch-1"}))
    for who, what in (("ann", {"at": NOW + timedelta(hours=25)}), ("sue", {}), ("sue", {"batch": "batch-2"})):
        with pytest.raises(ReviewRefused, match="of yours, or is older"):
            go(final, who, "withdraw", **what)
    back = go(final, "sue", "withdraw", batch="batch-1")
    assert (State.CLAIMED, "ann", None) == (back.state, back.owner, back.first)


def test_a_note_changes_nothing_and_hides_no_undo() -> None:
    """Only the number of the last event."""
    claimed = walk(("ann", "claim"))
    noted = go(claimed, "ben", "note", note="ab" * 32)
    assert replace(claimed, version=2) == noted


def test_a_second_reviewer_is_blind() -> None:
    """Until both have decided, nobody but its author sees the first decision."""
    pending = walk(*TWICE)
    assert (None, pending.first) == (blind(pending, "ben").first, blind(pending, "ann").first)
    disputed = walk(*DISPUTED)
    assert disputed == blind(disputed, "sue")


def test_events_out_of_order_are_refused() -> None:
    """A number that is taken, one that is skipped, another Flag."""
    with pytest.raises(ReviewRefused, match="somebody else acted on it in between"):
        go(Progress(flag=FLAG), "ann", "claim", number=2)
    with pytest.raises(ReviewRefused, match="somebody else acted"):
        go(Progress(flag="other"), "ann", "claim")


def test_replay_gives_the_same() -> None:
    """From the events alone."""
    events = [
        Event(flag=FLAG, number=1, step=Step.CLAIM, actor="ann", role="monitor", at=NOW),
        Event(flag=FLAG, number=2, step=Step.DECIDE, actor="ann", role="monitor", at=NOW, review=review("ann")),
    ]
    assert walk(("ann", "claim"), ("ann", "decide", {"says": "confirmed"})) == replay(FLAG, events)


def test_only_people_of_the_table_and_the_timer_act() -> None:
    """Each row has a permission that some role has; an admin has none of them."""
    for row in TRANSITIONS:
        roles = [role for role in Role if row.who and may(role, row.who)]
        assert bool(roles) is (row.who is not None)
        assert Role.ADMIN not in roles
        assert Role.VIEWER not in roles
    assert {Permission.CASES, None} == {row.who for row in TRANSITIONS if row.step is Step.REOPEN}


def test_every_inverse_is_a_step_from_where_the_act_led() -> None:
    """No dead end is promised a way back."""
    ways = {(row.state, row.step) for row in TRANSITIONS}
    for row in TRANSITIONS:
        if row.inverse:
            assert (row.to, row.inverse) in ways or (None, row.inverse) in ways, row


def test_the_log_gets_codes_and_the_same_request_for_the_same_act() -> None:
    """Whenever it is asked for again; another decision is another request."""
    event = Event(flag=FLAG, number=2, step=Step.DECIDE, actor="ann", role="monitor", at=NOW, review=review("ann"))
    act = review_act(TIMER, event)
    assert ("review-decide", FLAG, "confirmed/threat/low/plain") == (act.action, act.target_id, act.reason_code)
    later = replace(event, at=NOW + timedelta(minutes=1), review=review("ann", at=NOW + timedelta(minutes=1)))
    assert act.request == review_act(TIMER, later).request
    assert act.request != review_act(TIMER, replace(event, review=review("ann", "likely"))).request


def test_the_sample_is_a_share_and_needs_the_key() -> None:
    """About as many as asked for; the same ones for the same key."""
    flags = [f"1:{number}" for number in range(4_000)]
    drawn = [flag for flag in flags if is_sampled(b"k" * 32, flag, 0.05)]
    assert 160 < len(drawn) < 240
    assert drawn != [flag for flag in flags if is_sampled(b"l" * 32, flag, 0.05)]
    assert ([], flags) == ([f for f in flags if is_sampled(b"k", f, 0)], [f for f in flags if is_sampled(b"k", f, 1)])
