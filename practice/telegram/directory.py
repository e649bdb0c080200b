"""Who and what there is in the Telegram world: users and channels, found by any of their names."""

from collections.abc import Callable, Iterable
from typing import Any

from telethon.tl import types

from practice.telegram.channel import Channel, Spec, User, hash64, known, utc

TELEGRAM_ITSELF = 777000
Clock = Callable[[], float]
"""Seconds since 1970; may run faster than the real one."""


class Directory:
    """Users and channels by id, and how replies show them."""

    def __init__(self, spec: Spec, clock: Clock) -> None:
        self.clock = clock
        self.t0 = clock()
        self.users: dict[int, User] = {}
        self.channels: dict[int, Channel] = {}
        self.min_forwards = bool(spec.get("min_forwards", True))
        """Whether the origin of a forward comes without a usable access hash."""
        me = {"id": 1_000_001, "first_name": "Practice", "phone": "9996620000"} | dict(spec.get("me") or {})
        self.me = self.add_user(me)
        self.add_user({"id": TELEGRAM_ITSELF, "first_name": "Service", "verified": True})
        for user in spec.get("users", []):
            self.add_user(user)

    def rel(self) -> float:
        """The world's age in seconds of its clock."""
        return self.clock() - self.t0

    def add_user(self, spec: Spec) -> User:
        """Add an account; a field that is not known is left out."""
        user = User(**known(User, spec))
        self.users[user.id] = user
        return user

    def find(self, ref: Channel | str | int) -> Channel:
        """The channel of a name, of an id or of a marked id such as ``-1005001``.

        Raises:
            KeyError: there is none.
        """
        if isinstance(ref, Channel):
            return ref
        name = str(ref).lstrip("@").lower()
        if name.lstrip("-").isdecimal():
            return self.channels[int(name.removeprefix("-100").lstrip("-"))]
        for channel in self.channels.values():
            if name in channel.names:
                return channel
        raise KeyError(ref)

    def look_up(self, ref: str | int) -> Channel | None:
        """The same, or None."""
        try:
            return self.find(ref)
        except KeyError:
            return None

    def draw_user(self, user_id: int, is_min: bool = False) -> types.User:
        """A user as replies carry it; an unknown one is drawn too."""
        user = self.users.get(user_id) or User(id=user_id, first_name="Unknown")
        return user.draw(is_self=user_id == self.me.id, is_min=is_min)

    def draw_chat(self, channel: Channel, is_min: bool = False, has_count: bool | None = None) -> types.Channel:
        """A channel as replies carry it, or that it is forbidden."""
        if channel.is_chat:
            return self._draw_basic_group(channel)
        if not channel.is_visible:
            return types.ChannelForbidden(
                id=channel.id,
                access_hash=channel.access_hash,
                title=channel.title,
                broadcast=channel.is_broadcast or None,
                megagroup=channel.kind == "megagroup" or None,
            )
        has_count = channel.count_in_channel if has_count is None else has_count
        return types.Channel(
            id=channel.id,
            title=channel.title,
            photo=_draw_avatar(channel),
            date=utc(channel.date),
            left=(not channel.member) or None,
            broadcast=channel.is_broadcast or None,
            megagroup=channel.kind in ("megagroup", "gigagroup") or None,
            gigagroup=channel.kind == "gigagroup" or None,
            access_hash=hash64("minchannel", channel.id) if is_min else channel.access_hash,
            min=is_min or None,
            participants_count=channel.count(self.rel()) if has_count else None,
            **_draw_names(channel),
            **_draw_marks(channel),
        )

    def _draw_basic_group(self, chat: Channel) -> types.Chat:
        heir = self.channels[chat.migrated_to] if chat.migrated_to else None
        return types.Chat(
            id=chat.id,
            title=chat.title,
            photo=types.ChatPhotoEmpty(),
            participants_count=chat.count(self.rel()),
            date=utc(chat.date),
            version=1,
            left=(not chat.member) or None,
            deactivated=heir is not None or None,
            migrated_to=types.InputChannel(heir.id, heir.access_hash) if heir else None,
        )

    def related(self, channel: Channel, native_ids: Iterable[int]) -> tuple[list[types.User], list[types.Channel]]:
        """The users and chats that a reply about these messages must carry."""
        users: dict[int, types.User] = {}
        chats = {channel.id: self.draw_chat(channel)}
        for message in (channel.msgs[key] for key in native_ids if key in channel.msgs):
            for user_id in filter(None, (message.get("from_user"), message.get("via_bot"))):
                users.setdefault(user_id, self.draw_user(user_id))
            origin = message.get("fwd", {})
            if origin.get("user"):
                users.setdefault(origin["user"], self.draw_user(origin["user"], is_min=True))
            for ref in (origin.get("channel"), message.get("from_channel")):
                other = self.look_up(ref) if ref is not None else None
                if other is not None:
                    chats.setdefault(other.id, self.draw_chat(other, is_min=self.min_forwards))
        linked = self.look_up(channel.linked) if channel.linked else None
        if linked is not None:
            chats.setdefault(linked.id, self.draw_chat(linked))
        return list(users.values()), list(chats.values())


def _draw_avatar(channel: Channel) -> types.ChatPhoto:
    if not channel.photo:
        return types.ChatPhotoEmpty()
    return types.ChatPhoto(hash64("avatar", channel.id), 2, stripped_thumb=b"PRACTICE-AVATAR-%d" % channel.id)


def _draw_names(channel: Channel) -> dict[str, Any]:
    if not channel.usernames:
        return {"username": channel.username}
    names = filter(None, (channel.username, *channel.usernames))
    drawn = [types.Username(name, active=True, editable=(name == channel.username) or None) for name in names]
    return {"usernames": drawn}


def _draw_marks(channel: Channel) -> dict[str, Any]:
    reason = [types.RestrictionReason("all", channel.restricted, "Restricted for practice")]
    return {
        "verified": channel.verified or None,
        "scam": channel.scam or None,
        "fake": channel.fake or None,
        "restricted": bool(channel.restricted) or None,
        "restriction_reason": reason if channel.restricted else None,
        "noforwards": channel.noforwards or None,
        "forum": channel.forum or None,
        "signatures": channel.signatures or None,
        "has_link": bool(channel.linked) or None,
    }
