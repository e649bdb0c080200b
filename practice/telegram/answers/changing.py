"""Answers to what a passive reader never calls: writing, reading marks and files. They exist to be counted."""

from hashlib import sha256

from telethon.tl import TLObject, types

from practice.telegram.answers.caller import Caller, get_channel
from practice.telegram.channel import utc
from practice.telegram.drawing import draw_event
from practice.telegram.faults import Refused

FILE_BYTES = 1_000
"""Size of every file."""


def send_message(caller: Caller, request: TLObject) -> types.Updates:
    """Post to a group that is joined."""
    world = caller.world
    channel = get_channel(world, request.peer)
    if not channel.member or (channel.is_broadcast and not channel.admin):
        raise Refused("CHAT_WRITE_FORBIDDEN")
    native_id = world.post(channel, {"text": request.message, "from": world.me.id}, deliver=False)
    users, chats = world.related(channel, [native_id])
    event = (world.account_log if channel.is_chat else channel.log)[-1]
    return types.Updates([draw_event(world, channel, event)], users, chats, utc(world.clock()), 0)


def read_channel(caller: Caller, request: TLObject) -> bool:
    """Mark a channel as read."""
    get_channel(caller.world, request.channel)
    return True


def read_chat(caller: Caller, _: TLObject) -> types.messages.AffectedMessages:
    """Mark a chat as read."""
    return types.messages.AffectedMessages(caller.world.pts, 0)


def get_file(_: Caller, request: TLObject) -> types.upload.File:
    """A piece of a file: bytes that mean nothing."""
    unit = sha256(str(getattr(request.location, "id", 0)).encode()).digest()
    content = (unit * FILE_BYTES)[:FILE_BYTES][request.offset : request.offset + request.limit]
    return types.upload.File(types.storage.FileJpeg(), 0, content)
