"""Referrals: what is drafted for somebody outside. The program drafts and keeps record; a person sends.

    drafted -> approved -> sent -> outcome        withdrawn: at any time before it was sent

Suspected child material goes the urgent way: one person may send it, another one looks at it within a day.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from evidence.case import Staff, staff_act
from evidence.custody import Act
from evidence.errors import ConfigError
from evidence.package.profiles import PROFILES, Part, Profile

REFER = "refer"
"""The act that a second person approves."""
UNVERIFIED_AFTER = timedelta(days=90)
NOT_AGAIN = timedelta(hours=24)
"""Nothing is drafted for a body that had the same post so short a time ago."""
LOOKED_AT_WITHIN = timedelta(hours=24)
"""What one person sent alone."""
MARKS_H = (24, 48, 72)
"""Hours after sending at which it is looked whether a post is still there."""
LONGEST_HOW, LONGEST_RECEIPT = 200, 100

PLATFORM = Profile(name="platform", parts=frozenset({Part.ADDRESS, Part.TIMES, Part.CATEGORY}))
"""What the place itself is told: where it is, and why; never a word of it."""
DRAFTED_FOR = {name: PROFILES[name] for name in ("police", "regulator", "victim-support")} | {"platform": PLATFORM}
"""Profiles that a channel may have."""

_ID = re.compile(r"referral-[0-9a-f]{12}")


class Stage(StrEnum):
    """Where a referral stands; also the value of a Flag's field ``referral``."""

    DRAFTED = "drafted"
    """Written; nobody may send it yet."""
    APPROVED = "approved"
    """A second person agreed: somebody may send it."""
    SENT = "sent"
    """Somebody says that they sent it."""
    OUTCOME = "outcome"
    """The body did something, or said that it does not."""
    WITHDRAWN = "withdrawn"
    """Not to be sent."""


class Result(StrEnum):
    """What came of a referral, as a person knows it from the body."""

    REMOVED = "removed"
    """All of it is gone."""
    PARTLY = "partly"
    """Some of it is gone."""
    REFUSED = "refused"
    """The body does nothing about it."""
    UNDER_WAY = "under-way"
    """It was received; the body looks into it. Not yet an outcome."""


class Seen(StrEnum):
    """What the collector saw of a post some hours after it was handed over."""

    UP = "up"
    """Its room was read after that, and no removal was confirmed before it."""
    GONE = "gone"
    """Its removal, or that of its room, was confirmed before it."""
    UNKNOWN = "unknown"
    """Its room was not read since: nothing can be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """In both languages."""

    ko: str
    en: str

    def of(self, lang: str) -> str:
        """In one of them."""
        return self.en if lang == "en" else self.ko


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A body outside, and how it is reached, for as long as that holds."""

    id: str
    name: Words
    formerly: tuple[str, ...]
    """Names under which it may be looked for."""
    address: Words
    """Where a person goes or writes to."""
    mails: tuple[str, ...]
    """Mail addresses of it: the program never writes to any of these."""
    accepts: Words
    profile: str
    is_urgent: bool
    """Whether the urgent way leads here."""
    valid_from: date | None
    valid_to: date | None
    """The last day; None while it goes on."""
    verified: date
    """When somebody last saw that this is so."""
    source: str
    """Where it is said."""
    subject: Words
    template: Words

    def holds(self, day: date) -> bool:
        """Whether it is right on a day."""
        is_begun = self.valid_from is None or self.valid_from <= day
        return is_begun and (self.valid_to is None or day <= self.valid_to)

    def is_unverified(self, day: date) -> bool:
        """Whether nobody looked for too long: shown in red."""
        return day - self.verified > UNVERIFIED_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """What was seen of one post at one mark."""

    post: str
    hours: int
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralDraft:
    """A referral as it stands; its text is sealed beside it."""

    id: str
    case: str
    to: str
    """Id of a Channel."""
    profile: str
    lang: str
    posts: tuple[str, ...]
    offices: frozenset[str]
    levels: tuple[str, ...]
    is_urgent: bool
    stage: Stage
    drafted_at: datetime
    drafted_by: str
    text_commit: str
    proposal: str
    approved_at: datetime | None = None
    approved_by: str | None = None
    sent_at: datetime | None = None
    """When the person says that they sent it."""
    sent_by: str | None = None
    how: str | None = None
    receipt: str | None = None
    acknowledged_at: datetime | None = None
    result: Result | None = None
    outcome_at: datetime | None = None
    review_due_at: datetime | None = None
    """By when another person looks at what was sent alone; None where that is done, or not needed."""
    upstream: tuple[Upstream, ...] = ()

    @property
    def still_up_h(self) -> int | None:
        """The longest mark at which any of its posts was still up; None: none was, or nobody looked yet."""
        return max((one.hours for one in self.upstream if one.seen is Seen.UP), default=None)


def check_referral_id(name: str) -> str:
    """Give back an id that has the form of one.

    Raises:
        ConfigError: it has not.
    """
    if not _ID.fullmatch(name):
        raise ConfigError(f'"{name}" is no referral: expected such as referral-1f2e3d4c5b6a; `haechi referral list`')
    return name


def referral_code(referral: str, to: str, text_commit: str) -> str:
    """All that is approved: this text for this body."""
    return f"{referral}/{to}/{text_commit[:32]}"


def referral_act(staff: Staff, action: str, referral: str, detail: str = "", commit: str = "", number: int = 0) -> Act:
    """Something is about to happen to a referral.

    Args:
        staff: who does.
        action: such as ``referral-draft``, ``referral-sent``.
        referral: its id.
        detail: codes.
        commit: to a text.
        number: tells acts of one kind on one referral apart.
    """
    return staff_act(
        staff,
        f"{action}:{referral}:{staff.actor}:{number}",
        action,
        ("referral", referral),
        reason_code=detail,
        commit=commit,
    )
