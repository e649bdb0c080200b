"""The requests that a pass consists of, and their answers as Captures and Readings."""

import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from telethon.tl import TLRequest, functions, types

from channels.telegram.account import Answer
from channels.telegram.accounts import Accounts, Room
from channels.telegram.convert import Kept, keep_channel, keep_messages, outline
from channels.telegram.reading import above_cut_albums, read_place, read_posts
from evidence.records import Capture, Exchange, PageKind, Reading

AT_ONCE = 100
"""Messages that Telegram gives for one request at the most."""
LARGEST_ALBUM = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An answer: as kept, and as read."""

    capture: Capture
    reading: Reading
    at: datetime
    pts: int | None = None
    """Telegram's count of the room's changes when it answered."""
    lowest: int | None = None
    """Lowest id that it lists; None where it lists nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A page of history as it came, not read yet: enough to ask for the one below it."""

    answer: Answer
    listed: Sequence[Mapping[str, Any]]
    """Id, date and album of the messages that it lists, newest first."""

    @property
    def lowest(self) -> int | None:
        """Lowest id that it lists; None where it lists nothing."""
        return min((message["id"] for message in self.listed), default=None)

    def is_since(self, since: datetime | None) -> bool:
        """Whether nothing on it is older."""
        return since is None or all(message["date"] >= since for message in self.listed)


class Asking:
    """Asks about rooms through their accounts."""

    def __init__(self, accounts: Accounts, pseudonym: Callable[[str, str], str]) -> None:
        self._accounts = accounts
        self._pseudonym = pseudonym

    async def ask(self, room: Room, request: TLRequest) -> Answer:
        """Any reading request about a room."""
        return await self._accounts.ask(room, request)

    async def history(self, room: Room, before: int = 0) -> Asked:
        """Up to 100 messages older than ``before``, the newest ones where it is 0."""
        return self.read(room, await self.hear(room, before))

    async def hear(self, room: Room, before: int = 0) -> Heard:
        """The same, not read yet.

        An album that may go on below is left out of a page that is not the last one, and comes whole with the next.
        """
        request = functions.messages.GetHistoryRequest(
            peer=room.input_peer,
            offset_id=before,
            offset_date=None,
            add_offset=0,
            limit=AT_ONCE,
            max_id=0,
            min_id=0,
            hash=0,
        )
        answer = await self.ask(room, request)
        reach = 0 if _is_broadcast(answer.result, room) else LARGEST_ALBUM - 1
        return Heard(answer=answer, listed=above_cut_albums(outline(answer.result.messages), reach))

    def read(self, room: Room, heard: Heard) -> Asked:
        """A page of history as read."""
        result, ids = heard.answer.result, {message["id"] for message in heard.listed}
        messages = self.kept(room, result, (message for message in result.messages if message.id in ids))
        return self.asked(room, heard.answer, PageKind.HISTORY, messages, pts=getattr(result, "pts", None))

    async def messages(
        self, room: Room, ids: Sequence[int], witness: int | None
    ) -> AsyncIterator[tuple[Sequence[int], Asked]]:
        """Messages by their ids, each part of the ids with its answer.

        Args:
            room: where they are.
            ids: of first parts of albums, or of single messages; albums come whole.
            witness: an id that is asked for with each part.
        """
        step = AT_ONCE - 1
        for start in range(0, len(ids), step):
            part = ids[start : start + step]
            asked = await self.by_id(room, [*part, *([witness] if witness is not None else [])])
            yield part, asked

    async def by_id(self, room: Room, ids: Iterable[int], reach: int = 0) -> Asked:
        """Messages by their ids, with the rest of the albums that they belong to.

        Args:
            room: where they are.
            ids: 100 at the most.
            reach: how far below its known part an album may begin; 0 where the ids are first parts.
        """
        answer = await self._by_id(room, sorted(set(ids)))
        messages = self.kept(room, answer.result, answer.result.messages)
        albums = {message["album"] for message in messages if "album" in message}
        known = {message["id"] for message in messages}
        around = {
            near
            for message in messages
            if "album" in message
            for near in range(max(1, message["id"] - reach), message["id"] + LARGEST_ALBUM)
        } - known
        for start in range(0, len(around), AT_ONCE):
            more = await self._by_id(room, sorted(around)[start : start + AT_ONCE])
            rest = self.kept(room, more.result, more.result.messages)
            messages += [message for message in rest if message.get("album") in albums]
        return self.asked(room, answer, PageKind.MESSAGES, messages, is_missing=True)

    async def full(self, room: Room) -> Asked:
        """What the room says of itself, with the exact number of members."""
        answer = await self.ask(room, functions.channels.GetFullChannelRequest(room.channel))
        full = answer.result.full_chat
        channel = _channel_in(answer.result, room)
        kept: Kept = {"channel": keep_channel(channel, full)}
        reading = Reading(kind=PageKind.FULL, place=read_place(kept["channel"]))
        return Asked(capture=_capture(room, answer, PageKind.FULL, kept), reading=reading, at=answer.at, pts=full.pts)

    def kept(self, room: Room, result: Any, messages: Iterable[Any]) -> list[Kept]:
        """Messages of an answer in the form that is kept."""
        return keep_messages(result, messages, lambda who: self._pseudonym(room.source.address, who))

    def asked(
        self,
        room: Room,
        answer: Answer,
        kind: PageKind,
        messages: Sequence[Mapping[str, Any]],
        pts: int | None = None,
        is_missing: bool = False,
        more: Kept | None = None,
    ) -> Asked:
        """An answer with messages, as kept and as read."""
        channel = _channel_in(answer.result, room)
        kept: Kept = {"messages": messages, **(more or {})}
        if channel is not None:
            kept["channel"] = keep_channel(channel)
        reading = Reading(
            kind=kind,
            place=read_place(kept["channel"]) if channel is not None else None,
            posts=read_posts(messages, room.source.name),
            has_older=bool(messages),
            is_missing=is_missing,
        )
        lowest = min((message["id"] for message in messages), default=None)
        capture = _capture(room, answer, kind, kept)
        return Asked(capture=capture, reading=reading, at=answer.at, pts=pts, lowest=lowest)

    async def _by_id(self, room: Room, ids: Sequence[int]) -> Answer:
        wanted = [types.InputMessageID(native_id) for native_id in ids]
        return await self.ask(room, functions.channels.GetMessagesRequest(room.channel, wanted))


def _channel_in(result: Any, room: Room) -> Any:
    """The room itself among the chats of an answer; None where it is not there."""
    chats = getattr(result, "chats", ())
    return next((chat for chat in chats if chat.id == room.peer.native_id and isinstance(chat, types.Channel)), None)


def _is_broadcast(result: Any, room: Room) -> bool:
    """Whether the posts come from one hand, so that nobody speaks between the parts of an album."""
    return bool(getattr(_channel_in(result, room), "broadcast", False))


def _capture(room: Room, answer: Answer, kind: PageKind, kept: Kept) -> Capture:
    body = msgspec.json.encode(kept, order="sorted")
    return Capture(
        source=room.source.address,
        url=f"mtproto:{answer.method}",
        kind=kind,
        fetched_at=answer.at,
        status=200,
        received_sha256=answer.received_sha256,
        received_bytes=answer.received_bytes,
        kept=body,
        kept_sha256=hashlib.sha256(body).hexdigest(),
        exchange=Exchange(asked=answer.method, began_at=answer.began_at, ended_at=answer.at, resolved=answer.server),
    )
