"""A day as one reader may know it: what does not concern them is taken out before anything is counted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from evidence.day import Day, Naming, Rollup
from evidence.errors import ConfigError
from evidence.records import Severity
from pipelines.digest.counting import NATION
from pipelines.digest.model import Reader, Scope

SMALLEST = {Reader.STAFF: 1, Reader.OFFICE: 5, Reader.WIDER: 10}
"""Number that is shown to each, besides nought; an operator may raise it, never lower it."""


def scope_for(reader: Reader, office: str | None = None, smallest: int | None = None) -> Scope:
    """A scope with its threshold.

    Raises:
        ConfigError: an office without a code, a code for another reader, or a threshold below the reader's own.
    """
    if (reader is Reader.OFFICE) != (office is not None):
        raise ConfigError(f'the reader is "{reader}" and the office "{office}": an office, and no other, has a code')
    least = SMALLEST[reader]
    if smallest is not None and smallest < least:
        raise ConfigError(f'the smallest number shown is "{smallest}"; expected {least} or more for {reader}')
    return Scope(reader=reader, office=office, smallest=smallest or least)


def within(day: Day, scope: Scope) -> Day:
    """The day without what concerns other offices."""
    if scope.office is None:
        return replace(day, rollups=tuple(_narrowed(rollup, NATION) for rollup in day.rollups))
    office = scope.office
    return replace(
        day,
        rollups=tuple(_narrowed(rollup, office) for rollup in day.rollups),
        earlier=tuple(
            replace(before, rollups=tuple(_narrowed(rollup, office) for rollup in before.rollups))
            for before in day.earlier
        ),
        flags=tuple(flag for flag in day.flags if office in flag.offices),
        waiting=tuple(flag for flag in day.waiting if office in flag.offices),
        decided=tuple(flag for flag in day.decided if office in flag.offices),
        acted=tuple(act for act in day.acted if office in act.offices),
        referrals=tuple(referral for referral in day.referrals if office in referral.offices),
        rooms=(),
        restated=(),
    )


def _narrowed(rollup: Rollup, scope: str) -> Rollup:
    """Only what was counted of one scope."""
    namings = tuple(naming for naming in rollup.namings if naming.scope == scope)
    raised = tuple(one for one in rollup.raised if one.scope == scope)
    return replace(rollup, namings=namings, raised=raised)


def namings_of(rollups: Iterable[Rollup], scope: Scope) -> tuple[Naming, ...]:
    """What posts say, of one scope."""
    own = scope.office or NATION
    return tuple(naming for rollup in rollups for naming in rollup.namings if naming.scope == own)


def raised_in(rollups: Iterable[Rollup], scope: Scope) -> dict[str, int]:
    """Flags by severity, gravest first; all severities."""
    own = scope.office or NATION
    tally: Counter[str] = Counter()
    for rollup in rollups:
        for one in rollup.raised:
            tally[one.severity] += one.flags if one.scope == own else 0
    return {str(severity): tally[str(severity)] for severity in reversed(Severity)}
