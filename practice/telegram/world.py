"""The Telegram world: what happens in its channels, and the updates that tell of it.

Nothing here does network I/O: the server takes updates from ``on_push``. Everything that has a date
follows the clock that is passed in. What there is, apart from what happens, is ``directory.py``.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Protocol, cast

from telethon.tl import types

from practice.telegram.calls import JOINS, MEDIA, WRITES, Call, CallBook
from practice.telegram.channel import Channel, Event, EventKind, Message, Spec, hash64, known, utc
from practice.telegram.directory import TELEGRAM_ITSELF, Clock, Directory
from practice.telegram.drawing import draw_event
from practice.telegram.faults import Fault, Limit
from practice.telegram.inventing import invent_messages
from practice.telegram.operations import apply

Ref = Channel | str | int
_MIGHT_STAND = ("public", "private", "deleted", "banned")


class Listener(Protocol):
    """Takes updates to the clients that may see them."""

    def push(self, channel: Channel | None, updates: types.Updates) -> None:
        """Send; without a channel, to whoever listens."""

    def control(self, op: dict[str, Any]) -> Any:
        """Run an operation that concerns connections rather than the world."""


class TelegramWorld(Directory):
    """Channels with their boxes of updates, faults, limits, a script and the book of calls."""

    def __init__(self, spec: Mapping[str, Any] | None = None, clock: Clock = time.time) -> None:
        """Build a world.

        Args:
            spec: a world file: ``me login users channels faults limits events`` and the switches read here.
            clock: seconds since 1970, for dates, limits, schedules and waits.
        """
        spec = spec or {}
        super().__init__(spec, clock)
        self.book = CallBook(clock)
        self.listener: Listener | None = None
        self.faults: list[Fault] = []
        self.limits: list[Limit] = []
        self.pts = 1
        self.account_log: list[Event] = []
        self.inbox: dict[int, types.Message] = {}
        self.page_limit: int = spec.get("page_limit", 100)
        self.diff_limit: int = spec.get("diff_limit", 100)
        self.toolong_after: int | None = spec.get("toolong_after")
        """Longest difference of a channel; None: what the call asks for."""
        self.account_toolong_after: int = spec.get("account_toolong_after", 5000)
        self.channel_diff_timeout: int = spec.get("channel_diff_timeout", 30)
        self.passive_s: float = spec.get("passive_subscription_s", 60)
        """How long a poll brings live updates of a channel that is not joined."""
        self.premium: bool = spec.get("premium", False)
        self.login: dict[str, Any] = {"phone": self.me.phone, "code": "22222"} | dict(spec.get("login") or {})
        self.script: list[Spec] = sorted(spec.get("events", []), key=lambda op: float(op["at"]))
        for channel in spec.get("channels", []):
            self.add_channel(channel)
        for fault in spec.get("faults", []):
            self.fault(**fault)
        self.limits += [Limit(**limit) for limit in spec.get("limits", [])]

    @property
    def calls(self) -> list[Call]:
        """Every call in order."""
        return self.book.calls

    @property
    def net(self) -> list[dict[str, Any]]:
        """What happened to connections, in order."""
        return self.book.net

    def add_channel(self, spec: Mapping[str, Any]) -> Channel:
        """Add a channel with its ``messages``, ``members`` and what is to ``generate``."""
        channel = Channel(**known(Channel, spec))
        channel.member_ids += spec.get("members", [])
        self.channels[channel.id] = channel
        if "generate" in spec:
            self.generate(channel, **spec["generate"])
        for message in spec.get("messages", []):
            channel.put(_read_message(message), self.clock())
        channel.pts = max(channel.pts, len(channel.ids) + 1)  # a history takes at least as many steps
        return channel

    def generate(self, ref: Ref, **how: Any) -> None:
        """Add invented messages that no update tells of; see ``invent_messages``."""
        channel = self.find(ref)
        for message in invent_messages(**how):
            channel.put(message, self.clock())
        channel.pts = max(channel.pts, len(channel.ids) + 1)

    def post(self, ref: Ref, message: Mapping[str, Any] | None = None, deliver: bool = True, **more: Any) -> int:
        """Publish a message; returns its id. Without ``deliver`` the update is lost on its way: a gap."""
        return self._publish(self.find(ref), [{**(message or {}), **more}], deliver)[0]

    def album(self, ref: Ref, items: Sequence[Mapping[str, Any]], deliver: bool = True) -> list[int]:
        """Publish messages as one album; returns their ids."""
        channel = self.find(ref)
        group = hash64("album", channel.id, *channel.ids[-1:], len(channel.deleted_ids)) & (1 << 63) - 1
        return self._publish(channel, [{"grouped_id": group, **item} for item in items], deliver)

    def edit(self, ref: Ref, native_id: int, deliver: bool = True, **changes: Any) -> None:
        """Change fields of a message; it counts as edited now unless ``edit_date`` is given.

        Raises:
            KeyError: there is no such message.
        """
        channel = self.find(ref)
        changed = {**channel.msgs[native_id], "edit_date": int(self.clock()), **changes}
        channel.put(_read_message(changed), self.clock())
        self._push(channel, [self._record(channel, "edit", (native_id,))], deliver)

    def delete(self, ref: Ref, ids: int | Iterable[int], deliver: bool = True) -> None:
        """Remove messages; an id that is not there is passed over."""
        channel = self.find(ref)
        gone = tuple(key for key in ([ids] if isinstance(ids, int) else ids) if key in channel.msgs)
        for native_id in gone:
            channel.take_out(native_id)
        if gone:
            self._push(channel, [self._record(channel, "delete", gone)], deliver)

    def views(self, ref: Ref, native_id: int, views: int, deliver: bool = True) -> None:
        """Set how often a message was seen; moves no box.

        Raises:
            KeyError: there is no such message.
        """
        channel = self.find(ref)
        channel.msgs[native_id]["views"] = views
        channel.packed.pop(native_id, None)
        if deliver and self.listener:
            update = types.UpdateChannelMessageViews(channel.id, native_id, views)
            self.listener.push(channel, types.UpdateShort(update, utc(self.clock())))

    def set(self, ref: Ref, **attributes: Any) -> None:
        """Change attributes of a channel: title, access, counts, and its username, which nobody else keeps then.

        Raises:
            KeyError: a channel has no such attribute.
            ValueError: no such access.
        """
        channel = self.find(ref)
        if attributes.get("access", "public") not in _MIGHT_STAND:
            raise ValueError(f"access {attributes['access']!r} is none of {', '.join(_MIGHT_STAND)}")
        name = (attributes.get("username") or "").lower()
        for holder in [other for other in self.channels.values() if name in other.names and other is not channel]:
            holder.username = None
        for attribute, value in attributes.items():
            if attribute not in Channel.__dataclass_fields__:
                raise KeyError(attribute)
            setattr(channel, attribute, value)
        if "participants_count" in attributes:
            channel.participants_schedule = []
        self._push_updates(channel, [types.UpdateChannel(channel.id)], [], [self.draw_chat(channel)])

    def members(self, ref: Ref, count: int) -> None:
        """Set how many have joined; no update tells of it."""
        channel = self.find(ref)
        channel.participants_count, channel.participants_schedule = count, []

    def migrate(self, chat: Ref, heir: Ref) -> None:
        """Turn a basic group into a supergroup that was added before."""
        old, new = self.find(chat), self.find(heir)
        old.migrated_to, new.migrated_from = new.id, old.id
        self.post(old, {"service": "migrate_to", "value": new.id})
        self.post(new, {"service": "migrate_from", "value": old.id})

    def private_message(self, text: str, user: int = TELEGRAM_ITSELF, deliver: bool = True) -> int:
        """Write to the account itself, which moves its own box; returns the message's id."""
        native_id = len(self.inbox) + 1
        message = types.Message(
            id=native_id, peer_id=types.PeerUser(user), date=utc(self.clock()), message=text, from_id=None
        )
        self.inbox[native_id] = message
        self.pts += 1
        event = Event(pts=self.pts, count=1, kind="private", ids=(native_id,), at=self.clock(), peer=user)
        self.account_log.append(event)
        if deliver:
            update = types.UpdateNewMessage(message, self.pts, 1)
            self._push_updates(None, [update], [self.draw_user(user)], [])
        return native_id

    def channel_too_long(self, ref: Ref) -> None:
        """Tell clients that too much happened in a channel."""
        channel = self.find(ref)
        update = types.UpdateChannelTooLong(channel.id, pts=channel.pts)
        self._push_updates(channel, [update], [], [self.draw_chat(channel)])

    def updates_too_long(self) -> None:
        """Tell clients that too much happened to tell."""
        if self.listener:
            self.listener.push(None, types.UpdatesTooLong())

    def fault(self, method: str = "*", **how: Any) -> Fault:
        """Misbehave from now on; see ``Fault``. Of several that match, the first one acts."""
        self.faults.append(Fault(method=method, **how))
        return self.faults[-1]

    def apply(self, op: Mapping[str, Any]) -> Any:
        """Run one operation of a script or of the control port; see ``operations.py``."""
        return apply(self, op)

    def count(self, glob: str = "*", since: float = 0.0) -> int:
        """How many calls of methods matching a pattern came from a moment on."""
        return sum(1 for call in self.calls if call["t"] >= since and fnmatchcase(call["method"], glob))

    def joins(self) -> list[Call]:
        """Calls that join a channel."""
        return self.book.find(JOINS)

    def writes(self) -> list[Call]:
        """Calls that change something, joins too."""
        return self.book.find(WRITES)

    def media(self) -> list[Call]:
        """Calls that fetch a file."""
        return self.book.find(MEDIA)

    def report(self) -> dict[str, Any]:
        """What was asked and how it ended, ready for JSON."""
        return self.book.report()

    def _publish(self, channel: Channel, messages: Sequence[Mapping[str, Any]], deliver: bool) -> list[int]:
        ids = [channel.put(_read_message(message), self.clock()) for message in messages]
        self._push(channel, [self._record(channel, "new", (native_id,)) for native_id in ids], deliver)
        return ids

    def _record(self, channel: Channel, kind: EventKind, ids: tuple[int, ...]) -> Event:
        box: Channel | TelegramWorld = self if channel.is_chat else channel
        box.pts += len(ids)
        event = Event(pts=box.pts, count=len(ids), kind=kind, ids=ids, at=self.clock(), peer=channel.id)
        (self.account_log if channel.is_chat else channel.log).append(event)
        return event

    def _push(self, channel: Channel, events: Sequence[Event], deliver: bool) -> None:
        if deliver:
            updates = [update for event in events if (update := draw_event(self, channel, event))]
            users, chats = self.related(channel, (key for event in events for key in event.ids))
            self._push_updates(channel, updates, users, chats)

    def _push_updates(
        self,
        channel: Channel | None,
        updates: list[types.UpdateChannel],
        users: list[types.User],
        chats: list[types.Channel],
    ) -> None:
        if self.listener:
            self.listener.push(channel, types.Updates(updates, users, chats, utc(self.clock()), 0))


def _read_message(spec: Mapping[str, Any]) -> Message:
    """A message as a world file writes it, the sender under ``from``."""
    message = dict(spec)
    if "from" in message:
        message["from_user"] = message.pop("from")
    return cast(Message, message)
