"""Records of people's decisions. Which of them follow on which is in ``evidence/workflow.py``."""

from dataclasses import dataclass, replace
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


class Category(StrEnum):
    """What kind of thing a post is, in the words of the packaged terms."""

    SYNTHETIC_MEDIA = "synthetic-media"
    """Made or altered images of somebody."""
    SOLICITATION = "solicitation"
    """Asks for such, or for pictures to make it of."""
    TRADE = "trade"
    """Sells, buys or exchanges."""
    THREAT = "threat"
    """Threatens, extorts."""
    NAME_LIST = "name-list"
    """A list of schools or of people."""
    PERSONAL_DATA = "personal-data"
    """Tells who somebody is or where to find them."""
    AWARENESS = "awareness"
    """News, prevention, help."""
    OTHER = "other"
    """None of these."""


class Reason(StrEnum):
    """Why somebody decided as they did: a code, for the log has no room for words."""

    PLAIN = "plain"
    """The words say so."""
    HINTED = "hinted"
    """The words hint at it, or are disguised."""
    OTHER_MEANING = "other-meaning"
    """The words or the name mean something else."""
    REPORTING = "reporting"
    """It reports, warns or helps."""
    UNTRUE = "untrue"
    """Known to be untrue from elsewhere."""
    SAME = "same"
    """Another item says the same."""
    UNCLEAR = "unclear"
    """Too little is there to tell."""
    SEE_NOTE = "see-note"
    """Another reason: the note says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A person's decision on a Flag."""

    flag: str
    disposition: Disposition
    category: Category
    severity: Severity
    reason: Reason
    reviewer: str
    """A pseudonym."""
    at: datetime
    duplicate_of: str | None = None
    """The Flag that stands for this one too; only with ``duplicate_of``."""
    proposes_referral: bool = False
    """Whether the reviewer would hand it over to somebody outside."""

    def agrees_with(self, other: "Review") -> bool:
        """Whether two reviews come to the same disposition and category; severity may differ."""
        mine = (self.disposition, self.category, self.duplicate_of)
        return mine == (other.disposition, other.category, other.duplicate_of)

    def joined(self, other: "Review") -> "Review":
        """What two agreeing reviews say together: the graver severity."""
        return replace(self, severity=max(self.severity, other.severity, key=lambda severity: severity.rank))
