"""Records of people's decisions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from evidence.records import Severity


class Disposition(StrEnum):
    """What a person concluded about a Flag."""

    CONFIRMED = "confirmed"
    """Seen to be what the Flag says."""
    LIKELY = "likely"
    """Probably so; not proven."""
    NOT_RELEVANT = "not_relevant"
    """The Flag was mistaken."""
    RUMOUR_HOAX = "rumour_hoax"
    """An untrue claim that is passed on."""
    DUPLICATE_OF = "duplicate_of"
    """The same as another item."""
    INDETERMINATE = "indeterminate"
    """Cannot be told from what is there."""


class ClaimState(StrEnum):
    """How far what a post claims of a School has been checked. Never more than a person decided."""

    CLAIMED = "claimed"
    """Only the post says so."""
    CHECKED = "checked"
    """A person looked, and could not settle it."""
    CONFIRMED = "confirmed"
    """A person found it true."""
    REFUTED = "refuted"
    """A person found it untrue."""
    UNKNOWN = "unknown"
    """It belongs to another item, or says nothing of a School."""


CLAIM_STATES = {
    None: ClaimState.CLAIMED,
    Disposition.CONFIRMED: ClaimState.CONFIRMED,
    Disposition.LIKELY: ClaimState.CHECKED,
    Disposition.NOT_RELEVANT: ClaimState.UNKNOWN,
    Disposition.RUMOUR_HOAX: ClaimState.REFUTED,
    Disposition.DUPLICATE_OF: ClaimState.UNKNOWN,
    Disposition.INDETERMINATE: ClaimState.CHECKED,
}
"""The one table from a Review's disposition (None: no Review yet) to the state of the claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A person's decision on a Flag."""

    flag: str
    disposition: Disposition
    severity: Severity
    reason: str
    reviewer: str
    at: datetime
