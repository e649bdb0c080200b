"""How long a Flag may wait, and which one comes first: tables, and arithmetic that can be told in words.

``P0`` and ``P1`` wait by the clock, the others by the business hours of Korea.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum

from evidence.records import Severity

KOREA = timezone(timedelta(hours=9))
"""No daylight saving since 1988."""
OPENS, CLOSES = time(9), time(18)
SURGE, SURGE_MEMBERS = 0.2, 50
"""A room that grew by such a share and number within the days looked back on."""


class Rank(StrEnum):
    """How soon a person looks."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Of one rank."""

    first_look: timedelta
    referral: timedelta
    """Until it is decided for good, and drafted where it is to be handed over."""
    by_the_clock: bool
    """Else only business hours count."""
    weight: int
    """Against the other ranks, for who comes first."""


WAITS: dict[Rank, Wait] = {
    Rank.P0: Wait(first_look=timedelta(minutes=15), referral=timedelta(hours=1), by_the_clock=True, weight=64),
    Rank.P1: Wait(first_look=timedelta(hours=1), referral=timedelta(hours=4), by_the_clock=True, weight=16),
    Rank.P2: Wait(first_look=timedelta(hours=8), referral=timedelta(hours=24), by_the_clock=False, weight=4),
    Rank.P3: Wait(first_look=timedelta(hours=72), referral=timedelta(hours=144), by_the_clock=False, weight=1),
}
_BY_SEVERITY = dict(zip(reversed(Severity), Rank, strict=True))


class Why(StrEnum):
    """What moved a Flag up, for the person who reads it."""

    SEVERITY = "severity"
    """The severity of its gravest rule."""
    THREAT = "threat"
    """A rule that speaks of threats fired."""
    SURGE = "surge"
    """Its room grew fast in the last days."""
    SECOND = "second"
    """It waits for a second person."""
    URGENT = "urgent"
    """Somebody raised child safety."""
    OVERDUE = "overdue"
    """It waited longer than it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a Flag belongs in the queue."""

    rank: Rank
    why: tuple[Why, ...]


def place_of(
    severity: Severity,
    reasons: Collection[str],
    growth: float | None,
    *,
    is_urgent: bool = False,
    is_second: bool = False,
) -> Place:
    """Rank a Flag: by its severity, and one up for threats and for a room that surges.

    Args:
        severity: what the machine said; of what was decided for good, the graver of both.
        reasons: ids of the rules that fired; those whose id has the word ``threat`` count as threats.
        growth: of its room, as a share; None where nobody counted, or too few joined to tell.
        is_urgent: whether somebody raised child safety: then it is first.
        is_second: whether it waits for a second, blind review: then it is ``P2`` or sooner, whatever the first was.
    """
    if is_urgent:
        return Place(rank=Rank.P0, why=(Why.URGENT,))
    why = [Why.SEVERITY]
    if any("threat" in reason.split("-") and "awareness" not in reason.split("-") for reason in reasons):
        why.append(Why.THREAT)
    if growth is not None and growth >= SURGE:
        why.append(Why.SURGE)
    ranks = list(Rank)
    at = max(0, ranks.index(_BY_SEVERITY[severity]) - (len(why) - 1))
    if is_second:
        why.append(Why.SECOND)
        at = min(at, ranks.index(Rank.P2))
    return Place(rank=ranks[at], why=tuple(why))


def growth_between(before: int, after: int) -> float | None:
    """By which share a room grew; None where it is too small a number to say."""
    if before <= 0 or after - before < SURGE_MEMBERS:
        return None
    return (after - before) / before


def due_at(since: datetime, rank: Rank, holidays: Collection[date] = (), *, decided: bool = False) -> datetime:
    """Until when it may wait.

    Args:
        since: when it was flagged.
        rank: of its place.
        holidays: of Korea, on which only the clock of P0 and P1 runs.
        decided: until it is decided for good, not only looked at.
    """
    wait = WAITS[rank]
    length = wait.referral if decided else wait.first_look
    return since + length if wait.by_the_clock else _after_hours(since.astimezone(KOREA), length, holidays)


def _after_hours(since: datetime, length: timedelta, holidays: Collection[date]) -> datetime:
    """``length`` of business hours later."""
    day, left, start = since.date(), length, since
    while True:
        opens, closes = (datetime.combine(day, at, KOREA) for at in (OPENS, CLOSES))
        if day.weekday() < 5 and day not in holidays:
            begins = max(start, opens)
            if begins + left <= closes:
                return (begins + left).astimezone(since.tzinfo)
            left -= max(timedelta(0), closes - begins)
        day += timedelta(days=1)


def urgency(rank: Rank, since: datetime, now: datetime) -> float:
    """Who comes first: the weight of the rank, times how many of its waits are over. Larger is sooner."""
    wait = WAITS[rank]
    return wait.weight * (1 + max(0.0, (now - since) / wait.first_look))
