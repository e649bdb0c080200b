"""Known answers, and how far reviews meet them."""

from dataclasses import replace

from evidence.gold import KnownAnswer, Met, answers_met
from evidence.progress import Event, Step
from evidence.records import Severity
from evidence.review import Category, Disposition, Reason, Review
from tests.conftest import NOW

ANSWER = KnownAnswer(flag="19:1", right=frozenset({Disposition.NOT_RELEVANT}), ko="가", en="a")
REVIEW = Review(
    flag="19:1",
    disposition=Disposition.NOT_RELEVANT,
    category=Category.OTHER,
    severity=Severity.LOW,
    reason=Reason.PLAIN,
    reviewer="ann",
    at=NOW,
)


def event(number: int, actor: str, disposition: Disposition | None) -> Event:
    """Somebody did something to the Flag."""
    review = replace(REVIEW, reviewer=actor, disposition=disposition) if disposition else None
    step = Step.DECIDE if review else Step.CLAIM
    return Event(flag="19:1", number=number, step=step, actor=actor, role="monitor", at=NOW, review=review)


def test_by_person_and_by_flag() -> None:
    """Of each person the last review counts; what nobody decided is in neither."""
    events = (
        event(1, "ann", None),
        event(2, "ann", Disposition.CONFIRMED),
        event(3, "ann", Disposition.NOT_RELEVANT),
        event(4, "ben", Disposition.CONFIRMED),
        event(5, "cal", None),
    )
    persons, flags = answers_met((ANSWER, replace(ANSWER, flag="19:2")), {"19:1": events})
    assert {"ann": Met(decided=1, met=1), "ben": Met(decided=1, met=0)} == persons
    assert {"19:1": Met(decided=2, met=1)} == flags


def test_why_in_both_languages() -> None:
    """For whoever learns."""
    assert ("가", "a") == (ANSWER.why("ko"), ANSWER.why("en"))
