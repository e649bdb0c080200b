"""The records that run through Haechi, in the order in which they come to be.

Every record is a value: frozen, keyword-only, compared by content. Times are aware UTC, offsets
count Unicode code points, durations are whole seconds. What staff configure is in
``evidence/watching.py``, what a page says in ``evidence/reading.py``, how watching went in
``evidence/reporting.py``; all are named here too, so that this is the one place to import from. Records
of people's decisions are in ``evidence/review.py``.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from evidence.reading import (
    Exchange,
    Figure,
    Forward,
    Media,
    PageKind,
    Place,
    PlaceKind,
    Post,
    Reading,
)
from evidence.reporting import Coverage, CrawlRun, Outcome
from evidence.rooms import Sight
from evidence.watching import Directory, Rule, School, Severity, Source, Term, Via, Watchlist

__all__ = [
    "Capture",
    "Change",
    "Count",
    "Coverage",
    "CrawlRun",
    "Cursor",
    "Directory",
    "Exchange",
    "Figure",
    "Finding",
    "Flag",
    "Forward",
    "KeptPost",
    "Media",
    "Mention",
    "Outcome",
    "Page",
    "PageKind",
    "Place",
    "PlaceKind",
    "Post",
    "Reading",
    "Revision",
    "Rule",
    "School",
    "Seen",
    "Severity",
    "Source",
    "Term",
    "Via",
    "Watchlist",
]


# ------------------------------------------------------------------ what is collected


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One response as received, media references removed; never changed."""

    source: str
    url: str
    kind: PageKind
    fetched_at: datetime
    status: int
    received_sha256: str
    """Of the bytes as received, hexadecimal."""
    received_bytes: int
    kept: bytes
    """UTF-8: HTML without media references, scripts and tracking tokens, or canonical JSON."""
    kept_sha256: str
    exchange: Exchange | None = None
    """None only for files that were handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Members of a Source at a moment, with origin and precision."""

    source: str
    at: datetime
    value: int
    low: int
    high: int
    online: int | None = None
    origin: str
    """``mtproto``, ``landing``, ``preview`` or ``directory:SITE``."""

    @property
    def is_exact(self) -> bool:
        """Whether it is a number and not a rounded one."""
        return self.low == self.high

    @property
    def is_listed(self) -> bool:
        """Whether a directory says so, and not Telegram: a series of its own."""
        return self.origin.startswith("directory:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Position up to which a Source is stored.

    Everything up to ``newest_id`` is stored, except the ids between ``gap_low`` and ``gap_high``
    (both exclusive); there is no gap when ``gap_high`` is None. A first pass is one large gap that
    is read downwards until ``since``.
    """

    source: str
    peer: str
    """What the posts belong to: the bare channel id, or ``@name`` where pages never showed one."""
    newest_id: int = 0
    oldest_id: int = 0
    """Posts below were there before the watch began and are left alone."""
    gap_low: int = 0
    gap_high: int | None = None
    since: datetime | None = None
    """Posts before this moment need not be read; None means all."""
    passes: int = 0
    """Finished passes; decides how deep the next one re-reads."""
    pts: int | None = None
    """Telegram's own count of changes, up to which all are stored; None where it was never seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One Capture, our reading of it and the Cursor that is right once it is stored."""

    capture: Capture | None
    """None where the response could not be kept; ``note`` says why."""
    reading: Reading
    cursor: Cursor | None = None
    """None where storing the page moves nothing."""
    span: tuple[int, int] | None = None
    """First and last id that the page lists if they exist; None where absence says nothing."""
    asked: tuple[int, ...] = ()
    """Ids that were asked for one by one, or that the host says were removed."""
    count: Count | None = None
    is_baseline: bool = False
    """Its posts were there before the watch began: remembered, not examined."""
    is_failed: bool = False
    """A response came and could not be read."""
    note: str | None = None
    """What could not be seen, for the person who reads the pass."""

    @property
    def missing(self) -> tuple[int, ...]:
        """Ids of which the page says that they do not exist."""
        if not self.reading.is_missing:
            return ()
        listed = {native_id for post in self.reading.posts for native_id in post.native_ids}
        return tuple(native_id for native_id in self.asked if native_id not in listed)


# ------------------------------------------------------------------ what is found


class Seen(Struct, frozen=True, kw_only=True, gc=False):
    """What the packed index keeps of every post that was ever read."""

    native_id: int
    fingerprint: bytes
    """8 bytes, keyed; equal as long as the post says the same."""
    is_kept: bool = False
    is_removed: bool = False
    is_closed: bool = False
    """Whether its time ran out or it was erased: whatever it says, it is not examined and not kept again."""
    is_erased: bool = False
    """Whether it was erased because somebody asked: no Capture that shows it is stored either."""


class Change(StrEnum):
    """A post against what was stored of it."""

    NEW = "new"
    """Never read before."""
    EDITED = "edited"
    """Read before, now says something else."""
    UNCHANGED = "unchanged"
    """Says what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A span of text that names a School. A claim by the author of the text, never a fact."""

    start: int
    end: int
    surface: str
    school: str | None
    """Code, only when one candidate remains."""
    candidates: tuple[str, ...]
    level: str | None
    rule: str
    """Which way of writing a name matched."""
    confidence: float
    """0 to 1: the measured share of true hits of this rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """The machine's request for review; never a verdict."""

    severity: Severity
    reasons: tuple[str, ...]
    """Ids of all rules that fired, gravest first."""


class Finding(Struct, frozen=True, kw_only=True, gc=False):
    """A Post on its way through the stages."""

    post: Post
    mentions: tuple[Mention, ...] = ()
    terms: tuple[str, ...] = ()
    fingerprint: bytes = b""
    change: Change = Change.NEW
    was_kept: bool = False
    flag: Flag | None = None
    rooms: tuple[Sight, ...] = ()
    """Other rooms that it links to or was forwarded from."""
    searched: str = ""
    """Its words in the form in which they are searched; only of what is worth keeping."""
    offices: tuple[str, ...] = ()
    """NEIS codes of the offices of all schools that it may name; ``none`` for universities, and where it names none."""
    levels: tuple[str, ...] = ()
    """Of all schools that it may name."""

    @property
    def is_worth_keeping(self) -> bool:
        """A post document exists only for a post that names a school or raises a Flag, or once did."""
        return bool(self.mentions or self.flag or self.was_kept)


# ------------------------------------------------------------------ what is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a kept post said before it was changed."""

    revision: int
    until: datetime
    """When something else was first seen in its place."""
    words: str
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPost:
    """A Post as the store holds it, with what was found in it."""

    id: str
    source: str
    post: Post
    revision: int
    """Counts from 1; one more for each changed text that was seen."""
    seen_at: datetime
    changed_at: datetime | None = None
    """When a changed text was first seen."""
    removed_at: datetime | None = None
    mentions: tuple[Mention, ...] = field(default=())
    flag: Flag | None = None
    """The gravest that any of its revisions raised."""
    earlier: tuple[Revision, ...] = ()
    """Oldest first."""
    at: datetime | None = None
    """By what it is sorted: when it was posted, or first seen where that is not known."""
