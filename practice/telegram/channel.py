"""What the Telegram world is made of: users, channels and their messages, as a world file describes them."""

import hashlib
from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Literal, TypedDict

from telethon.tl import types

Spec = Mapping[str, Any]
"""Part of a world file."""
EventKind = Literal["new", "edit", "delete", "private"]


class Message(TypedDict, total=False):
    """A message as a world file writes it; dates are whole seconds since 1970."""

    id: int
    text: str
    date: int
    edit_date: int
    edit_hide: bool
    entities: Sequence[Spec]
    """``type``, ``offset`` and ``length`` in UTF-16 units."""
    views: int | None
    forwards: int | None
    fwd: Spec
    """``channel`` and ``post``, or ``user``, or ``name`` alone for a hidden origin."""
    reply_to: int | Spec
    photo: Spec | bool
    document: Spec
    """``kind`` is one of ``practice.telegram.media.DOCUMENTS``."""
    poll: Spec
    webpage: Spec | None
    geo: Spec
    contact: Spec
    unsupported: bool
    grouped_id: int
    service: str
    value: Any
    from_user: int
    from_channel: str | int
    post_author: str | None
    reactions: Mapping[str, int]
    replies: int | Spec
    pinned: bool
    silent: bool
    noforwards: bool
    restricted: str
    via_bot: int
    ttl: int


class Packed:
    """A TL object with its bytes kept, so that pages are cheap to build."""

    __slots__ = ("_bytes_made", "obj")

    def __init__(self, obj: types.Message) -> None:
        self.obj = obj
        self._bytes_made: bytes | None = None

    def _bytes(self) -> bytes:  # the name that Telethon serialises by
        if self._bytes_made is None:
            self._bytes_made = bytes(self.obj)
        return self._bytes_made

    __bytes__ = _bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step of a box of updates."""

    pts: int
    """The box's position after it."""
    count: int
    kind: EventKind
    ids: tuple[int, ...]
    at: float
    peer: int
    """Whose it is: a channel's, a chat's or a user's id."""


@dataclass(slots=True, kw_only=True)
class User:
    """An account; a bot is one too."""

    id: int
    first_name: str = "User"
    last_name: str | None = None
    username: str | None = None
    phone: str | None = None
    bot: bool = False
    deleted: bool = False
    verified: bool = False
    bot_active_users: int | None = None
    access_hash: int = 0

    def __post_init__(self) -> None:
        self.access_hash = self.access_hash or hash64("user", self.id)

    def draw(self, is_self: bool = False, is_min: bool = False) -> types.User:
        """The user as a reply carries it; a ``min`` one has no usable access hash."""
        return types.User(
            id=self.id,
            is_self=is_self or None,
            bot=self.bot or None,
            deleted=self.deleted or None,
            verified=self.verified or None,
            access_hash=hash64("minuser", self.id) if is_min else self.access_hash,
            first_name=None if self.deleted else self.first_name,
            last_name=self.last_name,
            username=self.username,
            phone=self.phone if is_self else None,
            min=is_min or None,
            bot_info_version=1 if self.bot else None,
            bot_active_users=self.bot_active_users,
        )


@dataclass(slots=True, kw_only=True, eq=False)
class Channel:
    """A channel, supergroup or basic group with its messages and its box of updates."""

    id: int
    title: str = "Channel"
    username: str | None = None
    usernames: list[str] = field(default_factory=list)
    kind: str = "broadcast"
    """``broadcast``, ``megagroup``, ``gigagroup`` or ``chat``, a basic group."""
    about: str = ""
    participants_count: int = 0
    participants_schedule: list[tuple[float, int]] = field(default_factory=list)
    """From this age of the world on, this many."""
    online_count: int | None = None
    access: str = "public"
    """``public``, ``private``, ``deleted`` or ``banned``."""
    member: bool = False
    """Whether the account has joined."""
    admin: bool = False
    linked: str | int | None = None
    """Name or id of the discussion group."""
    verified: bool = False
    scam: bool = False
    fake: bool = False
    restricted: str | None = None
    noforwards: bool = False
    forum: bool = False
    signatures: bool = False
    hidden_members: bool = False
    participants_hidden_count: bool = False
    count_in_channel: bool = False
    date: int = 1_600_000_000
    invite: str | None = None
    invite_expired: bool = False
    invite_peek: bool = False
    migrated_to: int | None = None
    migrated_from: int | None = None
    pinned: int | None = None
    photo: bool = False
    pts: int = 1
    access_hash: int = 0
    toolong_after: int | None = None
    """A difference longer than this is refused; None: the world's own limit."""
    member_ids: list[int] = field(default_factory=list)
    msgs: dict[int, Message] = field(default_factory=dict, init=False)
    ids: list[int] = field(default_factory=list, init=False)
    """Ascending."""
    packed: dict[int, Packed] = field(default_factory=dict, init=False)
    log: list[Event] = field(default_factory=list, init=False)
    deleted_ids: set[int] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self.access_hash = self.access_hash or hash64("channel", self.id)

    @property
    def is_chat(self) -> bool:
        """Whether it is a basic group, whose updates are in the account's box."""
        return self.kind == "chat"

    @property
    def is_broadcast(self) -> bool:
        """Whether only its owners post."""
        return self.kind == "broadcast"

    @property
    def is_visible(self) -> bool:
        """Whether the account may read it."""
        return self.access == "public" or (self.access == "private" and self.member)

    @property
    def peer(self) -> types.PeerChannel:
        """As messages name it."""
        return types.PeerChat(self.id) if self.is_chat else types.PeerChannel(self.id)

    @property
    def names(self) -> list[str]:
        """Usernames in lower case."""
        return [name.lower() for name in (self.username, *self.usernames) if name]

    @property
    def tags(self) -> set[str]:
        """All that a fault may call it by."""
        return {str(self.id), f"-100{self.id}", *self.names}

    def count(self, rel: float) -> int:
        """How many have joined when the world is this many seconds old."""
        due = [number for at, number in self.participants_schedule if rel >= at]
        return due[-1] if due else self.participants_count

    def put(self, message: Message, now: float) -> int:
        """Add or replace a message; returns its id, the next free one unless it has one."""
        if "id" not in message:
            message["id"] = max((*self.ids[-1:], *self.deleted_ids, 0)) + 1
        message.setdefault("date", int(now))
        native_id = message["id"]
        if native_id not in self.msgs:
            insort(self.ids, native_id)
        self.msgs[native_id] = message
        self.packed.pop(native_id, None)
        self.deleted_ids.discard(native_id)
        return native_id

    def take_out(self, native_id: int) -> None:
        """Remove a message for good; its id is not used again.

        Raises:
            KeyError: there is none.
        """
        del self.msgs[native_id]
        self.ids.remove(native_id)
        self.packed.pop(native_id, None)
        self.deleted_ids.add(native_id)


def hash64(*parts: str | int) -> int:
    """A number of 64 bits, never 0, that is always the same for the same parts."""
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "little", signed=True) or 1


def utc(seconds: float) -> datetime:
    """The moment, in whole seconds."""
    return datetime.fromtimestamp(int(seconds), tz=UTC)


def known(kind: type, spec: Spec) -> dict[str, Any]:
    """The part of a spec that are fields of this dataclass."""
    names = {part.name for part in fields(kind) if part.init}
    return {name: value for name, value in spec.items() if name in names}
