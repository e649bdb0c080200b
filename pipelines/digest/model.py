"""The summary of a day: one model, computed once, shown in any form. JSON is this model as it stands.

It counts posts, rooms, sources and decisions, never schools by name and never people: a mention is a claim, and a
list of named schools is itself a weapon. An hour that was not watched counts as blind, whatever the reason.
``docs/summary.schema.json`` is made from these records.
"""

from dataclasses import dataclass
from enum import StrEnum

from pipelines.digest.lines import (
    Check,
    Figure,
    FlagDelay,
    FoundLine,
    GapLine,
    Quality,
    ReferralLine,
    RestatedLine,
    ReviewLine,
    SinceYesterday,
    SourceLine,
    Table,
    TrendLine,
    WatchLine,
)

FORM = 2
"""Version of this form."""


class Reader(StrEnum):
    """Who reads a summary."""

    STAFF = "staff"
    """Who runs this installation: every number, rooms under their names."""
    OFFICE = "office"
    """An education office: only what concerns its schools, small numbers withheld."""
    WIDER = "wider"
    """Ministry, regulator, police: the whole country, small numbers withheld, no room under its name."""


class Status(StrEnum):
    """How complete a day is."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose summary it is."""

    reader: Reader
    office: str | None
    """NEIS code; None for the whole country."""
    smallest: int
    """Number that is shown, besides nought; 1 withholds nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Why a day is not complete."""

    why: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The newest checkpoint of the custody log at ``as_of``: whoever holds it can tell later if the log was changed."""

    log: str
    size: int
    root: str
    """Base64, as in the note."""
    at: str
    is_anchored: bool
    """Whether an outside authority stamped it."""
    not_anchored_since: str | None
    """None where it is anchored."""
    note: str
    """All of it, signed, in the form that ``verify`` reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A day's summary, in a named time zone."""

    form: int
    scope: Scope
    day: str
    timezone: str
    starts_at: str
    ends_at: str
    as_of: str
    is_over: bool
    """False while the day is still running."""
    has_data: bool
    """False where nothing was passed over: then every number below says nothing."""
    status: Status
    lacks: tuple[Lack, ...]
    checkpoint: Checkpoint | None
    """None while the log has none."""
    legal_bases: tuple[str, ...]
    """On which anything was read through Telegram's protocol."""
    watch: WatchLine
    sources: tuple[SourceLine, ...]
    """For an office, those in which posts name its schools."""
    rooms: tuple[FoundLine, ...]
    posts: Figure
    """Kept posts first seen on the day."""
    posts_naming_schools: Figure
    posts_by_level: dict[str, Figure]
    posts_by_office: dict[str, Figure]
    posts_by_category: dict[str, Figure]
    office_levels: Table
    level_categories: Table
    edited: Figure
    """Of all posts read, kept or not; None for an office, of whose schools they are not."""
    removed: Figure
    flags: dict[str, Figure]
    """By severity, gravest first; every severity is listed."""
    flags_total: Figure
    flag_states: Table
    flag_delay: FlagDelay | None
    """None where no flagged post came while its Source was watched, or for readers other than staff."""
    review: ReviewLine
    referrals: tuple[ReferralLine, ...]
    """None recorded where it is empty."""
    gaps: tuple[GapLine, ...]
    quality: Quality
    restated: tuple[RestatedLine, ...]
    trend: tuple[TrendLine, ...]
    since_yesterday: SinceYesterday
    checks: tuple[Check, ...]
    sentences: dict[str, tuple[str, ...]]
    """Five plain ones by language."""

    @property
    def adds_up(self) -> bool:
        """Whether every check holds; a summary that does not add up is not given out."""
        return all(check.holds for check in self.checks)
