"""One day of everything, read from the store as a value; what a digest is made of."""

from dataclasses import dataclass
from datetime import date, datetime

from evidence.records import Count, Mention, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDay:
    """A Source on a day."""

    address: str
    title: str | None
    first_seen: datetime
    hours_watched: int
    hours_partly: int
    """Of those watched, hours that had a blind pass too."""
    hours_due: int
    """Hours of the day that are over or under way; the rest is not known yet."""
    reasons: tuple[str, ...]
    """Why passes were blind, each reason once, of most hours first."""
    members: Count | None
    """The last exact Count of the day, else the last one."""
    members_before: Count | None
    """The last exact Count of the day before, else the last one before the day."""
    listed: tuple[Count, ...] = ()
    """The last Count of the day of each directory that lists it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDay:
    """A kept post of a day, without its text."""

    id: str
    mentions: tuple[Mention, ...]
    """Of all its revisions. Their ``surface`` is empty: a digest names no School."""
    severity: Severity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A calendar day in a named time zone, as known at ``as_of``."""

    date: date
    timezone: str
    starts_at: datetime
    ends_at: datetime
    as_of: datetime
    sources: tuple[SourceDay, ...]
    posts: tuple[PostDay, ...]
    flags: dict[Severity, int]
    """Flags raised on the day."""
    flag_delays_s: tuple[float, ...]
    """From post to Flag, shortest first; of posts that came while their Source was watched."""
    legal_bases: tuple[str, ...]
    """In force on the day, where anything was read through Telegram's protocol."""
    edited: int
    """Posts, kept or not, that were seen to be edited on the day."""
    removed: int
    """Posts, kept or not, whose removal was confirmed on the day."""

    @property
    def has_data(self) -> bool:
        """Whether anything was passed over on the day; without it there is nothing to report."""
        is_passed_over = any(source.hours_watched or source.reasons for source in self.sources)
        return bool(is_passed_over or self.posts or self.flags)
