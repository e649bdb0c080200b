"""Records of what a page says: the place, its posts, and numbers with the precision that was shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Figure(Struct, frozen=True, kw_only=True, gc=False):
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
    names: tuple[str, ...] = ()
    """All usernames in use, the first one shown; known through the protocol only."""
    linked_id: int | None = None
    """Bare id of the group or channel that belongs to it."""
    migrated_from: int | None = None
    """Id of the basic group that it was before; message ids began anew."""


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


class Post(Struct, frozen=True, kw_only=True, gc=False):
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
    """As a page shows it; once collected, a pseudonym that holds within its Source only."""
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
        if not self.captions:
            return self.text  # nine posts in ten
        return "\n".join(filter(None, (self.text, *self.captions)))


class PageKind(StrEnum):
    """How a Capture is to be read."""

    PREVIEW = "preview"
    """A page of up to 20 posts with the head of their channel."""
    LANDING = "landing"
    """What a place says of itself, with the exact number of members."""
    POST = "post"
    """A single post, or that there is none under this id."""
    DIRECTORY = "directory"
    """A page of a directory site: rooms that it lists."""
    EXPORT = "export"
    """Up to 100 messages of a file that somebody handed over."""
    HISTORY = "history"
    """Up to 100 messages one after the other, as Telegram's protocol lists them."""
    MESSAGES = "messages"
    """Messages that were asked for by their ids."""
    DIFFERENCE = "difference"
    """What was posted, edited and removed since a moment."""
    FULL = "full"
    """What a room says of itself through the protocol, with the exact number of members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """How a response came about: what was asked of whom, and when."""

    asked: str
    """The address, or the method of Telegram's protocol."""
    began_at: datetime
    ended_at: datetime
    hops: tuple[str, ...] = ()
    """Addresses that it was redirected to."""
    resolved: str | None = None
    """The address that answered, such as ``149.154.167.99``."""
    certificate_sha256: str | None = None
    """Of the TLS certificate shown, DER; None where there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that one page says: the place, its posts oldest first, and whether older ones exist."""

    kind: PageKind
    place: Place | None = None
    posts: tuple[Post, ...] = ()
    has_older: bool = False
    is_missing: bool = False
    """What was asked for and is not among the posts does not exist: "Post not found"."""
