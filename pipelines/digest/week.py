"""The weekly page: the columns that the Ministry publishes, filled only from what review confirmed.

A decision counts, not a person and not a post; roles are not part of review, so they are not told.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidence.day import FlagDay, Referral, Week
from evidence.review import Disposition
from pipelines.digest.counting import SEVERAL, UNCLEAR
from pipelines.digest.lines import WITHHELD, Agreement, Figure
from pipelines.digest.model import FORM, Reader, Scope
from pipelines.digest.protect import Arc, protect
from pipelines.digest.review import agreement_of
from pipelines.digest.shield import LEVELS, difference, split

POLICE, SUPPORT = "police", "victim-support"
"""Bodies: who is asked to investigate, who has things removed."""
DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLine:
    """A level of schools."""

    level: str
    confirmed: Figure
    change: Figure
    """Against the week before."""
    referred: Figure
    removal: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekDigest:
    """Seven days."""

    form: int
    scope: Scope
    first: str
    last: str
    timezone: str
    as_of: str
    is_over: bool
    lines: tuple[WeekLine, ...]
    total: WeekLine
    agreement: Agreement | None = None
    """Of two reviewers in the seven days; for staff alone, since a day's could be told from it."""


def make_week(week: Week, scope: Scope) -> WeekDigest:
    """Count what was confirmed.

    Args:
        week: fourteen days of decisions, oldest first.
        scope: who reads it.
    """
    days = [tuple(flag for flag in one if _concerns(flag.offices, scope)) for one in week.decided]
    now, before = confirmed(days[DAYS:], scope.smallest), confirmed(days[:DAYS], scope.smallest)
    referrals = [one for one in week.referrals if _concerns(one.offices, scope)]
    referred, removal = (_sent(referrals, body, week, scope.smallest) for body in (POLICE, SUPPORT))
    lines = {
        level: WeekLine(
            level=level,
            confirmed=now[level],
            change=difference(now[level], before[level]),
            referred=referred[level],
            removal=removal[level],
        )
        for level in (*LEVELS, "")
    }
    return WeekDigest(
        form=FORM,
        scope=scope,
        first=week.first.isoformat(),
        last=week.last.isoformat(),
        timezone=week.timezone,
        as_of=week.as_of.isoformat(timespec="seconds").replace("+00:00", "Z"),
        is_over=week.as_of >= week.ends_at,
        lines=tuple(lines[level] for level in LEVELS),
        total=lines[""],
        agreement=agreement_of(week.acted, 1) if scope.reader is Reader.STAFF else None,
    )


def _concerns(offices: Sequence[str], scope: Scope) -> bool:
    return scope.office is None or scope.office in offices


def confirmed(days: Sequence[Sequence[FlagDay]], smallest: int) -> dict[str, Figure]:
    """Confirmed decisions by level and, under ``""``, in all.

    What the summaries of the seven days showed is known: their sum is withheld where one day could be told from it.
    """
    by_level: Counter[str] = Counter()
    arcs, withheld = [], set()
    for place, flags in enumerate(days):
        found = [flag for flag in flags if flag.disposition is Disposition.CONFIRMED]
        by_level.update(_level(flag.levels) for flag in found)
        arcs.append(Arc(name=f"day {place}", tail="start", head="levels", number=len(found), is_fixed=True))
        if _daily(flags, smallest) == WITHHELD:
            withheld.add(f"day {place}")
    total = by_level.total()
    sums = [Arc(name="total", tail="levels", head="start", number=total), *arcs]
    hidden = protect(sums, smallest, withheld) if smallest > 1 else frozenset[str]()
    whole: Figure = WITHHELD if hidden is None or "total" in hidden else total
    return {**_levels(by_level, arcs, withheld, whole, smallest), "": whole}


def _levels(
    by_level: Mapping[str, int], days: Sequence[Arc], withheld: set[str], whole: Figure, smallest: int
) -> dict[str, Figure]:
    """Levels beside a total that stands; where that leaves no way, none of them is shown."""
    if smallest <= 1:
        return {level: by_level.get(level, 0) for level in LEVELS}
    total = Arc(name="total", tail="end", head="start", number=sum(by_level.values()), is_fixed=True)
    levels = [Arc(name=f"level {level}", tail="levels", head="end", number=n) for level, n in by_level.items()]
    also = withheld | ({"total"} if whole == WITHHELD else set())
    hidden = protect([total, *days, *levels], smallest, also)
    if hidden is None:
        return dict.fromkeys(LEVELS, WITHHELD)
    return {level: WITHHELD if f"level {level}" in hidden else by_level.get(level, 0) for level in LEVELS}


def _daily(flags: Sequence[FlagDay], smallest: int) -> Figure:
    """What that day's summary showed of its confirmed decisions."""
    tally = Counter(str(flag.disposition) for flag in flags)
    _, shown = split("disposition", {str(key): tally[str(key)] for key in Disposition}, smallest)
    return shown[str(Disposition.CONFIRMED)]


def _level(levels: Sequence[str]) -> str:
    if not levels:
        return UNCLEAR
    return levels[0] if len(levels) == 1 else SEVERAL


def _is_within(referral: Referral, week: Week) -> bool:
    return referral.sent_at is not None and week.starts_at <= referral.sent_at < week.ends_at


def _sent(referrals: Sequence[Referral], body: str, week: Week, smallest: int) -> dict[str, Figure]:
    tally = Counter(_level(one.levels) for one in referrals if one.body == body and _is_within(one, week))
    total, by_level = split("level", {level: tally[level] for level in LEVELS}, smallest)
    return {**by_level, "": total}
