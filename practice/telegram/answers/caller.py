"""What an answer may know of its caller, and how calls name channels."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from telethon.tl import TLObject, types

from practice.telegram.channel import Channel
from practice.telegram.connection import Key, Session
from practice.telegram.directory import Directory
from practice.telegram.faults import Refused
from practice.telegram.world import TelegramWorld

if TYPE_CHECKING:
    from practice.telegram.switchboard import Switchboard

Answered = TLObject | bool | list[TLObject]
"""What a call may be answered with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, and where."""

    world: TelegramWorld
    board: "Switchboard"
    session: Session

    @property
    def key(self) -> Key:
        """With which key."""
        return self.session.key


def method_name(request: TLObject) -> str:
    """The method as Telegram writes it: ``channels.joinChannel``."""
    module = type(request).__module__.rsplit(".", 1)[-1]
    name = type(request).__name__.removesuffix("Request")
    name = name[:1].lower() + name[1:]
    return name if module == "functions" else f"{module}.{name}"


def tags_of(world: Directory, request: TLObject) -> set[str]:
    """All names and ids of what a call is about, in lower case."""
    username = getattr(request, "username", None)
    if isinstance(username, str):
        return {username.lower()}
    ref = getattr(request, "channel", None) or getattr(request, "peer", None)
    if isinstance(ref, types.InputDialogPeer):
        ref = ref.peer
    number = getattr(ref, "channel_id", None) or getattr(ref, "chat_id", None)
    if number in world.channels:
        return world.channels[number].tags
    return {str(number)} if number else set()


def get_channel(world: Directory, ref: types.InputChannel, may_be_chat: bool = True) -> Channel:
    """The channel that a call names.

    Raises:
        Refused: it does not exist, may not be read, or its access hash is wrong.
    """
    match ref:
        case types.InputChannelFromMessage() | types.InputPeerChannelFromMessage():
            channel = _find_origin(world, ref)
        case types.InputChannel() | types.InputPeerChannel():
            found = world.channels.get(ref.channel_id)
            if found is None or found.is_chat or ref.access_hash != found.access_hash:
                raise Refused("CHANNEL_INVALID")
            channel = found
        case types.InputPeerChat():
            found = world.channels.get(ref.chat_id)
            if found is None or not found.is_chat or not may_be_chat:
                raise Refused("PEER_ID_INVALID")
            return found
        case _:
            raise Refused("PEER_ID_INVALID")
    if not channel.is_visible:
        raise Refused("CHANNEL_PRIVATE")
    return channel


def _find_origin(world: Directory, ref: types.InputChannelFromMessage) -> Channel:
    """The channel that a message was forwarded from."""
    message = get_channel(world, ref.peer).msgs.get(ref.msg_id, {})
    channel = world.channels.get(ref.channel_id)
    origin = str(message.get("fwd", {}).get("channel", "")).lower()
    if channel is None or origin not in channel.tags:
        raise Refused("MSG_ID_INVALID")
    return channel


def seconds(date: object) -> int:
    """A date of a call in seconds since 1970; 0 for none, which arrives as the epoch."""
    return int(date.timestamp()) if hasattr(date, "timestamp") else 0
