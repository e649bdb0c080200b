"""How long what is kept, by class: a table, and the class of a Flag. Settings shorten times and never lengthen them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from evidence.custody import Act
from evidence.errors import ConfigError
from evidence.review import Disposition


class Kept(StrEnum):
    """A class of what is kept."""

    CAPTURES = "captures"
    """Whole pages as received."""
    MENTIONED = "mentioned"
    """Posts that only name a school and were never flagged."""
    DISMISSED = "dismissed"
    """Flagged, and found not relevant, untrue, or the same as another."""
    CONFIRMED = "confirmed"
    """Flagged, found so or likely or not to be settled, and not handed to anybody."""
    REFERRED = "referred"
    """Handed to somebody outside: its time begins with the outcome."""
    OPEN = "open"
    """Flagged and not decided: no end."""
    ACCESS = "access"
    """Who looked at personal text and why, who proposed and approved what."""
    PASSES = "passes"
    """How each visit of a room ended: nobody's words, and most of the bytes of a store with many rooms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How long a class is kept."""

    kept: Kept
    days: int | None
    """None: no end."""
    least_days: int
    """The shortest that a setting may ask for."""
    counts_from: str


RULES: Mapping[Kept, Rule] = {
    rule.kept: rule
    for rule in (
        Rule(kept=Kept.CAPTURES, days=7, least_days=7, counts_from="when it was received"),
        Rule(kept=Kept.MENTIONED, days=90, least_days=1, counts_from="when its newest text was first seen"),
        Rule(kept=Kept.DISMISSED, days=30, least_days=1, counts_from="the decision"),
        Rule(kept=Kept.CONFIRMED, days=365, least_days=30, counts_from="the decision"),
        Rule(kept=Kept.REFERRED, days=365, least_days=30, counts_from="the outcome"),
        Rule(kept=Kept.OPEN, days=None, least_days=0, counts_from="-"),
        Rule(kept=Kept.ACCESS, days=1_096, least_days=731, counts_from="the act"),
        Rule(kept=Kept.PASSES, days=400, least_days=60, counts_from="its beginning"),
    )
}
"""A proposal, to be confirmed by whoever answers for the law. Access: 36 months, never under 24."""
LONG_OPEN = timedelta(days=180)
"""What is undecided or held for longer is shown."""

DISMISSED = (Disposition.NOT_RELEVANT, Disposition.RUMOUR_HOAX, Disposition.DUPLICATE_OF)
DECIDED = ("final", "decided")
NOT_REFERRED = (None, "", "none", "withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagState:
    """What the time of a Flag's post depends on."""

    state: str
    disposition: str | None = None
    decided_at: datetime | None = None
    referral: str | None = None
    outcome_at: datetime | None = None


def flag_state(document: Mapping[str, Any]) -> FlagState:
    """Of a stored Flag; what nobody wrote yet is None."""
    return FlagState(
        state=document["state"],
        disposition=document.get("disposition"),
        decided_at=document.get("decided_at"),
        referral=document.get("referral"),
        outcome_at=document.get("outcome_at"),
    )


def class_of(flag: FlagState) -> tuple[Kept, datetime | None]:
    """The class of a flagged post, and the moment that its time counts from; None while it does not run."""
    if flag.referral not in NOT_REFERRED:
        return Kept.REFERRED, flag.outcome_at
    if flag.state not in DECIDED or flag.disposition is None or flag.decided_at is None:
        return Kept.OPEN, None
    return (Kept.DISMISSED if flag.disposition in DISMISSED else Kept.CONFIRMED), flag.decided_at


Periods = Mapping[Kept, timedelta]
"""How long, by class; classes without an end are left out."""


def read_periods(text: str | None) -> Periods:
    """The times that hold, with those that a setting shortens.

    Args:
        text: such as ``mentioned=30,dismissed=14``: days; None or empty for the table as it is.

    Raises:
        ConfigError: a class that is none, or days that are longer than the table's, or too few.
    """
    days = {kept: rule.days for kept, rule in RULES.items() if rule.days is not None}
    for part in filter(None, (part.strip() for part in (text or "").split(","))):
        name, _, number = part.partition("=")
        rule = RULES.get(Kept(name)) if name in set(Kept) else None
        if rule is None or rule.days is None or rule.days == rule.least_days:
            raise ConfigError(f'HAECHI_RETENTION: "{name}" cannot be set; expected one of {_settable()}')
        if not (number.isdecimal() and rule.least_days <= int(number) <= rule.days):
            raise ConfigError(
                f'HAECHI_RETENTION: "{part}" is refused: expected {rule.least_days} to {rule.days} days for {name}'
            )
        days[rule.kept] = int(number)
    return {kept: timedelta(days=number) for kept, number in days.items()}


def _settable() -> str:
    return ", ".join(rule.kept for rule in RULES.values() if rule.days is not None and rule.least_days < rule.days)


def destroy_act(record: str, kept: Kept, days: int, commit: str) -> Act:
    """The entry that stands in the log before what ran out goes; the ids are committed to."""
    return Act(
        request=f"destroy:{record}",
        action="destroy",
        actor="retention",
        actor_role="system",
        session_id="retention",
        target_type="destruction",
        target_id=record,
        reason_code=f"{kept}/{days}d",
        commit=commit,
    )
