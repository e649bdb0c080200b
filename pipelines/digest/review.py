"""Review in a summary: what went in, what came out, what waits, how long it took."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from evidence.day import Acted, Day, FlagDay, Referral
from evidence.progress import State, Step
from evidence.review import Disposition
from pipelines.agreement import FEWEST, agreement
from pipelines.digest.lines import WITHHELD, Agreement, Figure, ReferralLine, ReviewLine, Waited
from pipelines.digest.shield import rounded, single, split

AGES: tuple[tuple[str, timedelta], ...] = (
    ("under_1_day", timedelta(days=1)),
    ("1_to_3_days", timedelta(days=3)),
    ("3_to_7_days", timedelta(days=7)),
    ("over_7_days", timedelta.max),
)
WAITING = "waiting"
IN_REVIEW = "in_review"
STATES = (WAITING, IN_REVIEW, *map(str, Disposition))
"""Of a Flag in a summary: not yet looked at, being looked at, or what was decided."""
STILL_UP_H = (24, 48, 72)
_WAITS = frozenset({State.QUEUED, State.REOPENED})


def state_of(flag: FlagDay) -> str:
    """Where a Flag stands, in the words of a summary."""
    if flag.disposition is not None:
        return str(flag.disposition)
    return WAITING if flag.state in _WAITS else IN_REVIEW


def review_line(day: Day, came_in: Figure, smallest: int) -> ReviewLine:
    """What review came to.

    Args:
        day: of one scope.
        came_in: Flags raised on the day, as they are shown elsewhere.
        smallest: number that is shown, besides nought.
    """
    decided_total, decided = split(
        "disposition", _count(Disposition, [flag.disposition for flag in day.decided]), smallest
    )
    acts = Counter(act.step for act in day.acted)
    is_open = smallest <= 1
    ages = Counter(_age(day.as_of - flag.at) for flag in day.waiting)
    overdue = sum(flag.due_at is not None and flag.due_at < day.as_of for flag in day.waiting)
    looked = [flag for flag in day.flags if flag.first_look_at and flag.first_look_at < day.as_of]
    return ReviewLine(
        came_in=came_in,
        decided=decided,
        decided_total=decided_total,
        backlog={name: ages[name] if is_open else WITHHELD for name, _ in AGES},
        backlog_total=rounded(len(day.waiting), smallest),
        overdue=rounded(overdue, smallest),
        backlog_is_rounded=not is_open,
        first_look=_waited([(flag.at, flag.first_look_at) for flag in looked], smallest, None),
        decision=_waited([(flag.at, flag.decided_at) for flag in day.decided], smallest, decided_total),
        agreement=agreement_of(day.acted, smallest),
        reopened=single(acts[Step.REOPEN], smallest),
        skipped=single(acts[Step.SKIP], smallest),
    )


def _count(keys: Sequence[Disposition] | type[Disposition], found: Sequence[Disposition | None]) -> dict[str, int]:
    tally = Counter(str(one) for one in found)
    return {str(key): tally[str(key)] for key in keys}


def _age(age: timedelta) -> str:
    return next(name for name, longest in AGES if age < longest)


def _waited(spans: Sequence[tuple[datetime, datetime | None]], smallest: int, shown: Figure) -> Waited:
    """How long it took; of few, only how many."""
    minutes = [round((end - start).total_seconds() / 60) for start, end in spans if end is not None]
    is_told = bool(minutes) and len(minutes) >= smallest
    number: Figure = len(minutes) if smallest <= 1 else (shown if shown is not None else WITHHELD)
    return Waited(
        flags=number,
        median_min=round(median(minutes)) if is_told else None,
        longest_min=max(minutes) if is_told and smallest <= 1 else None,
    )


def agreement_of(acted: Sequence[Acted], smallest: int) -> Agreement:
    """How far two reviewers came to the same.

    Args:
        acted: of one scope.
        smallest: number that is shown, besides nought.
    """
    pairs = Counter("agreeing" if act.agrees else "differing" for act in acted if act.agrees is not None)
    numbers = {name: pairs[name] for name in ("agreeing", "differing")}
    total, parts = split("pairs", numbers, smallest)
    said = agreement([act.found for act in acted if act.found is not None], Disposition.CONFIRMED)
    is_told = smallest <= 1 and not said.is_too_few
    return Agreement(
        pairs=total,
        agreeing=parts["agreeing"],
        is_enough=pairs.total() >= FEWEST,
        kappa=round(100 * said.kappa) if is_told and said.kappa is not None else None,
        prevalence=round(100 * said.prevalence) if is_told and said.prevalence is not None else None,
    )


def referral_lines(day: Day, smallest: int) -> tuple[ReferralLine, ...]:
    """A line a body; where one of its numbers is withheld, all are."""
    bodies: dict[str, list[Referral]] = {}
    for referral in day.referrals:
        bodies.setdefault(referral.body, []).append(referral)
    return tuple(_referral_line(body, bodies[body], day, smallest) for body in sorted(bodies))


def _referral_line(body: str, referrals: Sequence[Referral], day: Day, smallest: int) -> ReferralLine:
    drafted, sent, acknowledged = (
        sum(at is not None and day.starts_at <= at < day.ends_at for at in moments)
        for moments in (
            [one.drafted_at for one in referrals],
            [one.sent_at for one in referrals],
            [one.acknowledged_at for one in referrals],
        )
    )
    still_up = {f"{hours}": sum((one.still_up_h or 0) >= hours for one in referrals) for hours in STILL_UP_H}
    numbers = (drafted, sent, acknowledged, *still_up.values())
    apart = (drafted - sent, sent - acknowledged, still_up["24"] - still_up["48"], still_up["48"] - still_up["72"])
    is_small = any(0 < abs(number) < smallest for number in (*numbers, *apart))
    return ReferralLine(
        body=body,
        drafted=WITHHELD if is_small else drafted,
        sent=WITHHELD if is_small else sent,
        acknowledged=WITHHELD if is_small else acknowledged,
        still_up={hours: WITHHELD if is_small else number for hours, number in still_up.items()},
    )
