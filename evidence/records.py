"""The records that run through Haechi, in the order in which they come to be.

Every record is a value: frozen, keyword-only, compared by content. Times are aware UTC, offsets
count Unicode code points, durations are whole seconds. Records of people's decisions and of the
evidence log are in ``evidence/review.py``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Via(StrEnum):
    """The channel through which a Source is read."""

    TELEGRAM_WEB = "telegram-web"
    """Telegram's public web pages; no account."""
    TELEGRAM = "telegram"
    """Telegram's own protocol; needs a signed-in session and a legal basis."""


class Severity(StrEnum):
    """How soon a person should look, mildest first."""

    LOW = "low"
    """Worth knowing; news and awareness posts end here."""
    MEDIUM = "medium"
    """To be looked at this week."""
    HIGH = "high"
    """To be looked at today."""
    CRITICAL = "critical"
    """To be looked at now."""

    @property
    def rank(self) -> int:
        """0 for the mildest; larger is graver."""
        return list(Severity).index(self)


# ------------------------------------------------------------------ what staff configure


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One public place that is watched."""

    address: str
    """Canonical, ``https://t.me/name`` in lower case."""
    via: Via = Via.TELEGRAM_WEB
    every_s: int = 600
    """Seconds between two passes."""
    backfill_s: int | None = 86_400
    """How far back the first pass reads; 0 means only what is new, None means everything."""
    office: str | None = None
    """NEIS office code such as ``B10``; tells schools of one name apart."""
    reason: str | None = None
    until: date | None = None
    """Last day on which the Source is watched; None means until it is taken off the list."""

    @property
    def name(self) -> str:
        """Public username, without ``@``."""
        return self.address.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A public directory of channels in which Rooms are looked for."""

    site: str
    address: str
    every_s: int
    name_matches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words and RE2 patterns looked for under one name; any of them is enough."""

    id: str
    any: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What raises a Flag: at least ``mentions`` Mentions, every Term of ``terms``, none of ``without``."""

    id: str
    severity: Severity
    mentions: int = 0
    terms: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    """One version of what is watched and why."""

    timezone: str
    """IANA name; days of a summary are days there."""
    sources: tuple[Source, ...] = ()
    directories: tuple[Directory, ...] = ()
    terms: tuple[Term, ...] = ()
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """One row of the Register: a school, a university or a college."""

    code: str
    """NEIS standard code, or ``U:`` + name for a university without one."""
    name: str
    level: str
    """``elementary``, ``middle``, ``high``, ``special``, ``other`` or ``university``."""
    province: str = ""
    district: str = ""
    office: str = ""
    """NEIS office code such as ``B10``; empty where unknown and for universities."""


# ------------------------------------------------------------------ what is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number as shown; ``low`` and ``high`` bound the true value and equal it when it was exact."""

    value: int
    low: int
    high: int


class PlaceKind(StrEnum):
    """What a public page turned out to be of."""

    CHANNEL = "channel"
    """Posts by its owners, readable by anyone."""
    GROUP = "group"
    """A chatroom; its posts are not on the web."""
    USER = "user"
    """A person's account: never watched."""
    BOT = "bot"
    """A program's account: never watched."""
    INVITE = "invite"
    """The page of an invite link: private, never watched."""
    ABSENT = "absent"
    """Nothing is shown under this name; rate limiting looks the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a page says of the place that it belongs to."""

    kind: PlaceKind
    username: str | None = None
    native_id: int | None = None
    """Telegram's bare channel id, positive."""
    title: str | None = None
    description: str | None = None
    is_verified: bool = False
    members: Figure | None = None
    """None where the page shows no number; never 0 for a blank."""
    unit: str | None = None
    """``subscribers``, ``members`` or ``monthly users``."""
    online: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """That media was there: kind and how many. Never an address, a thumbnail or a byte."""

    kind: str
    """``photo video gif round_video voice audio file poll sticker place contact unsupported``."""
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Where a post was forwarded from; the address is None for a hidden origin."""

    name: str | None
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Our normalised reading of one post."""

    native_id: int
    """An album's: its first id."""
    native_ids: tuple[int, ...]
    address: str | None
    posted_at: datetime | None
    is_edited: bool = False
    """The page's own word; first reactions set it too, so it is weak evidence of a change."""
    is_service: bool = False
    author: str | None = None
    text: str = ""
    captions: tuple[str, ...] = ()
    """Words shown beside media: a poll's question and answers, names of files."""
    views: Figure | None = None
    forwarded_from: Forward | None = None
    reply_to: int | None = None
    media: tuple[Media, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """All that the post says, captions below the text; offsets of Mentions count in here."""
        return "\n".join(filter(None, (self.text, *self.captions)))


class PageKind(StrEnum):
    """How a Capture is to be read."""

    PREVIEW = "preview"
    """A page of up to 20 posts with the head of their channel."""
    LANDING = "landing"
    """What a place says of itself, with the exact number of members."""
    POST = "post"
    """A single post, or that there is none under this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that one page says: the place, its posts oldest first, and whether older ones exist."""

    kind: PageKind
    place: Place | None = None
    posts: tuple[Post, ...] = ()
    has_older: bool = False
    is_missing: bool = False
    """A single-post page that says "Post not found"."""


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
    """UTF-8 HTML without media references, scripts and tracking tokens."""
    kept_sha256: str


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
    asked: int | None = None
    """The id that a single-post page was asked for."""
    count: Count | None = None
    is_baseline: bool = False
    """Its posts were there before the watch began: remembered, not examined."""
    is_failed: bool = False
    """A response came and could not be read."""
    note: str | None = None
    """What could not be seen, for the person who reads the pass."""


# ------------------------------------------------------------------ what is found


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the packed index keeps of every post that was ever read."""

    native_id: int
    fingerprint: bytes
    """8 bytes, keyed; equal as long as the post says the same."""
    is_kept: bool = False
    is_removed: bool = False


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A Post on its way through the stages."""

    post: Post
    mentions: tuple[Mention, ...] = ()
    terms: tuple[str, ...] = ()
    fingerprint: bytes = b""
    change: Change = Change.NEW
    was_kept: bool = False
    flag: Flag | None = None

    @property
    def is_worth_keeping(self) -> bool:
        """A post document exists only for a post that names a school or raises a Flag, or once did."""
        return bool(self.mentions or self.flag or self.was_kept)


# ------------------------------------------------------------------ what is reported


class Outcome(StrEnum):
    """How one pass over a Source ended."""

    WATCHED = "watched"
    """Its newest posts were read."""
    BLIND = "blind"
    """They were not; the reason says why. Nothing may be concluded."""
    GONE = "gone"
    """Confirmed: there is no such public room any more."""
    REFUSED = "refused"
    """Not a public room, or not to be watched any longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlRun:
    """One pass over one Source. ``captures`` is the sum of kept, unchanged and failed ones."""

    source: str
    via: str
    outcome: Outcome
    reason: str | None
    started_at: datetime
    ended_at: datetime
    captures: int = 0
    kept: int = 0
    unchanged: int = 0
    failed: int = 0
    posts_seen: int = 0
    new: int = 0
    edited: int = 0
    removed: int = 0
    mentions: int = 0
    flags: int = 0
    members: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Whether a Source was watched in an hour."""

    source: str
    hour: datetime
    is_watched: bool
    reason: str | None = None
    passes: int = 0


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
