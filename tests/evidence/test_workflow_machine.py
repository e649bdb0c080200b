"""Random acts of many people against the table: what must never be, never is."""

from collections.abc import Mapping
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from evidence.errors import ReviewRefused
from evidence.progress import TIMER, Event, Progress, State, Step, blind
from evidence.records import Severity
from evidence.review import Category, Disposition, Reason, Review
from evidence.workflow import apply, replay, undo_of
from tests.conftest import NOW

FLAG = "1900000001:7"
ROLES: Mapping[str, str] = {
    **{f"reviewer-{number}": "monitor" for number in range(5)},
    **{f"investigator-{number}": "investigator" for number in range(3)},
    **{f"supervisor-{number}": "supervisor" for number in range(2)},
    "viewer": "viewer",
    "admin": "admin",
    TIMER.actor: TIMER.role,
}
WHO = st.sampled_from(sorted(ROLES))
REVIEWED = (Step.DECIDE, Step.SECOND, Step.ADJUDICATE)


class Reviewing(RuleBasedStateMachine):
    """One Flag, and everybody at once."""

    def __init__(self) -> None:
        super().__init__()
        self.progress = Progress(flag=FLAG)
        self.events: list[Event] = []
        self.now = NOW

    def attempt(self, event: Event) -> None:
        """Do it if the table allows it; else nothing may have changed."""
        try:
            self.progress = apply(self.progress, event)
        except ReviewRefused:
            return
        self.events.append(event)

    @rule(
        who=WHO,
        step=st.sampled_from(Step),
        disposition=st.sampled_from([d for d in Disposition if d is not Disposition.DUPLICATE_OF][:3]),
        severity=st.sampled_from([Severity.LOW, Severity.HIGH]),
        flagged=st.sampled_from([Severity.MEDIUM, Severity.CRITICAL]),
        is_sampled=st.booleans(),
        whom=st.none() | WHO,
        batch=st.sampled_from([None, None, "batch-1"]),
        note=st.sampled_from([None, "ab" * 32]),
        late=st.booleans(),
    )
    def act(
        self,
        who: str,
        step: Step,
        disposition: Disposition,
        severity: Severity,
        flagged: Severity,
        is_sampled: bool,
        whom: str | None,
        batch: str | None,
        note: str | None,
        late: bool,
    ) -> None:
        """Somebody tries something, whether it is theirs to do or not."""
        self.now += timedelta(hours=25 if late else 0, seconds=1)
        decided = Review(
            flag=FLAG,
            disposition=disposition,
            category=Category.OTHER,
            severity=severity,
            reason=Reason.PLAIN,
            reviewer=who,
            at=self.now,
        )
        self.attempt(
            Event(
                flag=FLAG,
                number=self.progress.version + 1,
                step=step,
                actor=who,
                role=ROLES[who],
                at=self.now,
                review=decided if step in REVIEWED else None,
                flagged=flagged,
                is_sampled=is_sampled,
                reason="code" if step is Step.REOPEN else "",
                until=self.now + timedelta(hours=1),
                whom=whom,
                batch=batch,
                note=note,
            )
        )

    @rule(is_right=st.booleans(), disposition=st.sampled_from([Disposition.CONFIRMED, Disposition.LIKELY]))
    def go_on(self, is_right: bool, disposition: Disposition) -> None:
        """Somebody does what comes next: random acts alone seldom reach a dispute."""
        owner = self.progress.owner
        nexts = {
            State.CLAIMED: (owner, Step.DECIDE),
            State.SECOND_CLAIMED: (owner, Step.SECOND),
            State.DISPUTED: ("supervisor-1", Step.ADJUDICATE),
            State.FINAL: ("investigator-2", Step.REOPEN),
        }
        who, step = nexts.get(self.progress.state, (f"reviewer-{len(self.events) % 5}", Step.CLAIM))
        if who is not None:
            flagged = Severity.CRITICAL if is_right else Severity.LOW
            self.act(who, step, disposition, Severity.LOW, flagged, False, None, None, "ab" * 32, False)

    @rule(who=WHO)
    def undo(self, who: str) -> None:
        """Somebody takes back what they did last, if they can."""
        step = undo_of(self.progress, who)
        if step is not None:
            self.act(who, step, Disposition.LIKELY, Severity.LOW, Severity.LOW, False, None, None, None, False)

    @invariant()
    def holds_one_owner_exactly_while_claimed(self) -> None:
        """Never two, never none."""
        is_held = self.progress.state in (State.CLAIMED, State.SECOND_CLAIMED)
        assert is_held is (self.progress.owner is not None)

    @invariant()
    def is_never_final_without_its_required_second_review(self) -> None:
        """Nor without any."""
        if self.progress.state is State.FINAL:
            assert self.progress.first is not None
            assert self.progress.second is not None or not self.progress.needs_second
            assert self.progress.outcome is not None

    @invariant()
    def nobody_approves_themselves(self) -> None:
        """First, second, third and the look at an urgent one are different people."""
        reviewers = [review.reviewer for review in self.progress.reviews]
        assert len(reviewers) == len(set(reviewers))
        urgent = self.progress.urgent
        assert urgent is None or urgent.by != urgent.checked_by

    @invariant()
    def a_dispute_ends_with_a_supervisor(self) -> None:
        """And only two who agree end without one."""
        now = self.progress
        if now.state is State.FINAL and now.first and now.second and not now.second.agrees_with(now.first):
            assert now.third is not None
            assert "supervisor" == ROLES[now.third.reviewer]

    @invariant()
    def second_reviewers_are_blind(self) -> None:
        """Until they have decided."""
        if self.progress.state is State.SECOND_CLAIMED:
            assert None is blind(self.progress, str(self.progress.owner)).first

    @invariant()
    def replay_gives_the_same(self) -> None:
        """From the events alone, and numbers have no gap."""
        assert self.progress == replay(FLAG, self.events)
        assert self.progress.version == len(self.events)

    @invariant()
    def only_those_who_may_have_acted(self) -> None:
        """A viewer and an admin never."""
        assert not {"viewer", "admin"} & {event.actor for event in self.events}


TestReviewing = Reviewing.TestCase
TestReviewing.__doc__ = "Random sequences of acts."
TestReviewing.settings = settings(max_examples=40, stateful_step_count=30, derandomize=True, deadline=None)
