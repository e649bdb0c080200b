"""The practice World on Telegram: the same rooms and posts under the same ids, kept in step with it.

What a post becomes is ``wording.py``; this file follows the World's changes.
"""

import time
from collections.abc import Callable

from evidence.records import PlaceKind
from practice.telegram.channel import Message
from practice.telegram.directory import Clock
from practice.telegram.wording import Origin, number_of, split_address, write_messages
from practice.telegram.world import TelegramWorld
from practice.world import Change, PracticePost, PracticeRoom, World

_KINDS = {PlaceKind.CHANNEL: "broadcast", PlaceKind.GROUP: "megagroup"}


def mirror(world: World, clock: Clock = time.time) -> TelegramWorld:
    """Show a World on Telegram; what happens in it from now on happens there too, as updates.

    Args:
        world: rooms of kind ``CHANNEL`` become channels, ``GROUP`` supergroups, ``USER`` and ``BOT`` users.
        clock: the Telegram world's own; posts keep the dates that they have.
    """
    shown = Mirror(world, TelegramWorld(clock=clock))
    for room in world.rooms.values():
        shown.open(Change(kind="open", room=room))
    world.on_change.append(shown.follow)
    return shown.telegram


class Mirror:
    """A World and the Telegram world that follows it."""

    def __init__(self, world: World, telegram: TelegramWorld) -> None:
        self.telegram = telegram
        self._world = world
        self._steps: dict[str, Callable[[Change], None]] = {
            "open": self.open,
            "post": self._post,
            "edit": self._edit,
            "remove": lambda change: self.telegram.delete(change.room.peer_id, _ids(change)),
            "views": self._count_views,
            "members": self._count_members,
            "rename": self._rename,
            "close": self._close,
        }

    def follow(self, change: Change) -> None:
        """Do on Telegram what was done in the World."""
        is_channel = change.room.kind in _KINDS
        if is_channel or change.kind in ("open", "members", "rename", "close"):
            self._steps[change.kind](change)

    def open(self, change: Change) -> None:
        """Add a room with the posts that it has; whoever had its name loses it."""
        room = change.room
        if room.kind not in _KINDS:
            self._show_user(room)
            return
        channel = self.telegram.add_channel(
            {
                "id": room.peer_id,
                "title": room.title,
                "kind": _KINDS[room.kind],
                "about": room.description,
                "participants_count": room.members,
                "online_count": room.online if room.kind is PlaceKind.GROUP else None,
                "verified": room.is_verified,
                "photo": room.has_photo,
                "signatures": True,
            }
        )
        for post in room.posts.values():
            for message in self._write(room, post):
                channel.put(message, self.telegram.clock())
        channel.pts = len(channel.ids) + 1
        self.telegram.set(channel, username=room.username)

    def _post(self, change: Change) -> None:
        messages = self._write(change.room, _post(change))
        if len(messages) == 1:
            self.telegram.post(change.room.peer_id, messages[0])
        else:
            self.telegram.album(change.room.peer_id, messages)

    def _edit(self, change: Change) -> None:
        first = self._write(change.room, _post(change))[0]
        self.telegram.edit(change.room.peer_id, first["id"], **first)

    def _count_views(self, change: Change) -> None:
        is_counted = change.room.kind is PlaceKind.CHANNEL
        for post in change.room.posts.values() if is_counted else ():
            for native_id in post.ids if not post.is_service else ():
                self.telegram.views(change.room.peer_id, native_id, post.views, deliver=False)

    def _count_members(self, change: Change) -> None:
        room = change.room
        if room.kind not in _KINDS:
            self._show_user(room)
            return
        self.telegram.members(room.peer_id, room.members)
        if room.kind is PlaceKind.GROUP:
            self.telegram.find(room.peer_id).online_count = room.online

    def _rename(self, change: Change) -> None:
        if change.room.kind in _KINDS:
            self.telegram.set(change.room.peer_id, username=change.room.username)
        else:
            self._show_user(change.room)

    def _close(self, change: Change) -> None:
        if change.room.kind in _KINDS:
            self.telegram.set(change.room.peer_id, access="deleted", username=None)
        else:
            self.telegram.users.pop(change.room.peer_id, None)

    def _write(self, room: PracticeRoom, post: PracticePost) -> list[Message]:
        return write_messages(room, post, sender=self._find_sender(room, post), origin=self._find_origin(post))

    def _find_sender(self, room: PracticeRoom, post: PracticePost) -> int | None:
        """The user who speaks in a group; an invented one is made when first heard."""
        if room.kind is not PlaceKind.GROUP or post.author is None:
            return None
        users = (other for other in self._world.rooms.values() if other.kind is PlaceKind.USER)
        known = next((user.peer_id for user in users if user.title == post.author), None)
        sender = known or number_of(post.author)
        if sender not in self.telegram.users:
            self.telegram.add_user({"id": sender, "first_name": post.author})
        return sender

    def _find_origin(self, post: PracticePost) -> Origin | None:
        """Where a post was forwarded from; a channel that the World does not have is made, without posts."""
        forward = post.forwarded_from
        if forward is None:
            return None
        name, native_id = split_address(forward.address or "")
        if name is None:
            return Origin(name=forward.name or "")
        room = self._world.find(name)
        channel_id = room.peer_id if room else number_of(name)
        if channel_id not in self.telegram.channels:
            stranger = {"id": channel_id, "title": room.title if room else forward.name, "username": name}
            self.telegram.add_channel(stranger)
        return Origin(channel_id=channel_id, post_id=native_id)

    def _show_user(self, room: PracticeRoom) -> None:
        is_bot = room.kind is PlaceKind.BOT
        self.telegram.add_user(
            {
                "id": room.peer_id,
                "first_name": room.title,
                "username": room.username,
                "bot": is_bot,
                "verified": room.is_verified,
                "bot_active_users": room.members if is_bot else None,
            }
        )


def _post(change: Change) -> PracticePost:
    if change.post is None:
        raise ValueError(f"a change of kind {change.kind!r} without a post")
    return change.post


def _ids(change: Change) -> range:
    return _post(change).ids
