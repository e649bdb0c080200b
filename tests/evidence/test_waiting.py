"""How long flags may wait, and who comes first."""

from datetime import UTC, date, datetime, timedelta

import pytest

from evidence.records import Severity
from evidence.waiting import Place, Rank, Why, due_at, growth_between, place_of, urgency
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("severity", "reasons", "growth", "rank", "why"),
    [
        (Severity.CRITICAL, (), None, Rank.P0, (Why.SEVERITY,)),
        (Severity.HIGH, (), None, Rank.P1, (Why.SEVERITY,)),
        (Severity.MEDIUM, ("many-schools",), None, Rank.P2, (Why.SEVERITY,)),
        (Severity.LOW, (), 0.19, Rank.P3, (Why.SEVERITY,)),
        (Severity.MEDIUM, ("synthetic-media-threat",), None, Rank.P1, (Why.SEVERITY, Why.THREAT)),
        (Severity.LOW, ("synthetic-media-threat-in-awareness",), None, Rank.P3, (Why.SEVERITY,)),
        (Severity.MEDIUM, (), 0.2, Rank.P1, (Why.SEVERITY, Why.SURGE)),
        (Severity.MEDIUM, ("threat",), 0.5, Rank.P0, (Why.SEVERITY, Why.THREAT, Why.SURGE)),
        (Severity.CRITICAL, ("threat-against-school",), 0.5, Rank.P0, (Why.SEVERITY, Why.THREAT, Why.SURGE)),
    ],
)
def test_ranks(
    severity: Severity, reasons: tuple[str, ...], growth: float | None, rank: Rank, why: tuple[Why, ...]
) -> None:
    """Severity, and one up for threats and for surges; nothing is above P0."""
    assert Place(rank=rank, why=why) == place_of(severity, reasons, growth)


def test_child_safety_is_first() -> None:
    """Whatever the machine said."""
    assert Place(rank=Rank.P0, why=(Why.URGENT,)) == place_of(Severity.LOW, (), None, is_urgent=True)


@pytest.mark.parametrize(("severity", "rank"), [("low", "P2"), ("medium", "P2"), ("high", "P1"), ("critical", "P0")])
def test_a_second_review_does_not_wait_longest(severity: str, rank: str) -> None:
    """It is P2 or sooner, by what the machine said alone."""
    place = Place(rank=Rank(rank), why=(Why.SEVERITY, Why.SECOND))
    assert place == place_of(Severity(severity), (), None, is_second=True)


@pytest.mark.parametrize(
    ("before", "after", "growth"), [(1_000, 1_200, 0.2), (100, 149, None), (0, 500, None), (500, 400, None)]
)
def test_growth_of_a_few_members_is_none(before: int, after: int, growth: float | None) -> None:
    """Nor is that of a room nobody counted before."""
    assert growth == growth_between(before, after)


FRIDAY = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # 17:00 in Korea
MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("rank", "since", "holidays", "decided", "until"),
    [
        (Rank.P0, FRIDAY, (), False, FRIDAY + timedelta(minutes=15)),
        (Rank.P0, FRIDAY, (), True, FRIDAY + timedelta(hours=1)),
        (Rank.P1, FRIDAY, (), True, FRIDAY + timedelta(hours=4)),
        (Rank.P2, FRIDAY, (), False, datetime(2026, 11, 23, 7, 0, tzinfo=UTC)),
        (Rank.P2, FRIDAY, (MONDAY,), False, datetime(2026, 11, 24, 7, 0, tzinfo=UTC)),
        (Rank.P2, FRIDAY + timedelta(days=1), (), False, datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        (Rank.P2, FRIDAY - timedelta(hours=8), (), False, FRIDAY),
        (Rank.P3, FRIDAY, (), False, datetime(2026, 12, 2, 8, 0, tzinfo=UTC)),
    ],
)
def test_due_times(rank: Rank, since: datetime, holidays: tuple[date, ...], decided: bool, until: datetime) -> None:
    """P0 and P1 by the clock; the others from 9 to 18 h in Korea, not at week-ends nor on holidays."""
    assert until == due_at(since, rank, holidays, decided=decided)


def test_an_old_one_overtakes_at_last() -> None:
    """A fresh grave one comes first, until the mild one has waited many times its time."""
    fresh = urgency(Rank.P0, NOW, NOW)
    assert fresh > urgency(Rank.P3, NOW - timedelta(days=100), NOW)
    assert fresh < urgency(Rank.P3, NOW - timedelta(days=200), NOW)
    assert urgency(Rank.P1, NOW - timedelta(minutes=5), NOW) > urgency(Rank.P1, NOW, NOW)
