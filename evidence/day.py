"""One day of everything, read from the store as a value; what a digest is made of.

What does not change any more once a day is over is counted once, for each Source, into a Rollup; so a day in a
large store costs what is stored of that day and not what is stored. What people do to Flags changes later
and is read as it stands at ``as_of``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from evidence.progress import State, Step
from evidence.records import Count, Mention, Severity
from evidence.review import Disposition
from evidence.rooms import Found, Standing

# ------------------------------------------------------------------ what is counted once


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDay:
    """A kept post of a day, without its text."""

    id: str
    mentions: tuple[Mention, ...]
    """Of all its revisions. Their ``surface`` is empty: a digest names no School."""
    severity: Severity | None
    terms: tuple[str, ...] = ()
    """Ids of terms that were found in it."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Naming:
    """Posts of a day that say the same of one scope. In a scope each post counts once, in one Naming."""

    scope: str
    """NEIS code of an office: then only what the posts say of its schools; ``""`` for the whole country."""
    office: str
    level: str
    category: str
    posts: int


CountPosts = Callable[[Sequence[PostDay]], tuple[Naming, ...]]
"""Sorts posts into Namings of every scope that they touch."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Raised:
    """Flags that were raised on a day."""

    scope: str
    severity: str
    flags: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindHours:
    """Hours with blind passes, by reason."""

    reason: str
    hours: int
    unwatched: int
    """Of those, hours that were not watched in the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """A Source on a day, counted."""

    source: str
    day: date
    posts: int = 0
    """Kept posts first seen on the day."""
    unknown_names: int = 0
    """Of those, posts with a name that the register does not know."""
    namings: tuple[Naming, ...] = ()
    raised: tuple[Raised, ...] = ()
    flag_delays_s: tuple[float, ...] = ()
    """From post to Flag; of posts that came while the Source was watched."""
    passes: int = 0
    edited: int = 0
    """Posts, kept or not, that were seen to be edited on the day."""
    removed: int = 0
    """Posts, kept or not, whose removal was confirmed on the day."""
    unreadable: int = 0
    """Answers that came and could not be read."""
    is_by_protocol: bool = False
    """Whether it was read through Telegram's protocol."""
    hours_watched: int = 0
    hours_partly: int = 0
    """Of those watched, hours that had a blind pass too."""
    blind: tuple[BlindHours, ...] = ()
    """Of most hours first."""
    members: Count | None = None
    """The last exact Count of the day, else the last one."""
    listed: tuple[Count, ...] = ()
    """The last Count of the day of each directory that lists it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBefore:
    """An earlier day, for comparison."""

    date: date
    rollups: tuple[Rollup, ...]

    @property
    def has_data(self) -> bool:
        """Whether anything was passed over."""
        return any(rollup.passes or rollup.hours_watched or rollup.posts for rollup in self.rollups)


# ------------------------------------------------------------------ what is read as it stands


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDay:
    """A Source on a day."""

    address: str
    code: str
    """Stands for it where its name is not shown."""
    title: str | None
    first_seen: datetime
    hours_due: int
    """Hours of the day that are over or under way; the rest is not known yet."""
    rollup: Rollup
    members_before: tuple[Count | None, ...] = ()
    """The last Count of each of the days before, the day before first; of the first one any earlier Count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagDay:
    """A Flag as it stands."""

    severity: Severity
    state: State
    at: datetime
    offices: tuple[str, ...] = ()
    """Of all schools that its post may name."""
    levels: tuple[str, ...] = ()
    disposition: Disposition | None = None
    """None until it is final."""
    rank: str | None = None
    """None until it is queued."""
    due_at: datetime | None = None
    first_look_at: datetime | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """Something that people did to a Flag on the day."""

    step: Step
    offices: tuple[str, ...]
    agrees: bool | None = None
    """Of a second review: whether it came to the end of the first."""
    found: tuple[Disposition, Disposition] | None = None
    """Of a second review: what the first one and this one came to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRooms:
    """Rooms that were found on the day."""

    found: Found
    standing: Standing | None
    rooms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Something that was drafted for somebody outside."""

    body: str
    """Its profile, such as ``police``."""
    offices: tuple[str, ...]
    levels: tuple[str, ...]
    drafted_at: datetime
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    still_up_h: int | None = None
    """The longest of 24, 48 and 72 hours after it was sent at which it was still up; None: gone, or not looked yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """A number of an earlier day that was counted anew because something came late."""

    day: date
    posts_before: int
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A calendar day in a named time zone, as known at ``as_of``."""

    date: date
    timezone: str
    starts_at: datetime
    ends_at: datetime
    as_of: datetime
    sources: tuple[SourceDay, ...]
    rollups: tuple[Rollup, ...]
    """Of all that was passed over on the day, directories and files that were handed over included."""
    earlier: tuple[DayBefore, ...] = ()
    """The eight days before, the day before first."""
    flags: tuple[FlagDay, ...] = ()
    """Raised on the day."""
    waiting: tuple[FlagDay, ...] = ()
    """Raised until the end of the day and not final."""
    decided: tuple[FlagDay, ...] = ()
    """Final since a moment of the day."""
    acted: tuple[Acted, ...] = ()
    rooms: tuple[FoundRooms, ...] = ()
    referrals: tuple[Referral, ...] = ()
    """Drafted, sent or acknowledged on the day, or sent shortly before."""
    legal_bases: tuple[str, ...] = ()
    """In force on the day, where anything was read through Telegram's protocol."""
    under_way: int = 0
    """Passes that began and have not ended."""
    from_the_future: int = 0
    """Passes that bear a time after ``as_of``."""
    restated: tuple[Restated, ...] = field(default=())

    @property
    def has_data(self) -> bool:
        """Whether anything was passed over on the day; without it there is nothing to report."""
        return any(
            rollup.passes or rollup.hours_watched or rollup.blind or rollup.posts or rollup.raised
            for rollup in self.rollups
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven calendar days and the seven before them, as far as people decided something."""

    first: date
    last: date
    timezone: str
    starts_at: datetime
    """Of the first one."""
    ends_at: datetime
    as_of: datetime
    decided: tuple[tuple[FlagDay, ...], ...]
    """Flags that became final on each of fourteen days, oldest first."""
    referrals: tuple[Referral, ...] = ()
    """Of which something happened in the seven days."""
    acted: tuple[Acted, ...] = ()
    """Second reviews of the seven days."""
