"""Answers that hold messages of one channel: its history page by page, and messages by their ids."""

from bisect import bisect_left
from collections.abc import Sequence

from telethon.tl import TLObject, types

from practice.telegram.answers.caller import Caller, get_channel, seconds
from practice.telegram.channel import Channel, Message, utc
from practice.telegram.directory import Directory
from practice.telegram.drawing import draw_message
from practice.telegram.faults import Refused
from practice.telegram.media import draw_media
from practice.telegram.world import TelegramWorld


def get_history(caller: Caller, request: TLObject) -> types.messages.ChannelMessages:
    """A page of history; private chats are empty."""
    world = caller.world
    if isinstance(request.peer, types.InputPeerUser | types.InputPeerSelf | types.InputPeerEmpty):
        return types.messages.Messages([], [], [], [])
    channel = get_channel(world, request.peer)
    page, start = cut_page(world, channel, channel.ids, request)
    return list_messages(world, channel, page, len(channel.ids), start if request.offset_id else None)


def get_replies(caller: Caller, request: TLObject) -> types.messages.ChannelMessages:
    """Replies to a message, or the comments on a post."""
    world, top = caller.world, request.msg_id
    channel = get_channel(world, request.peer)
    if top not in channel.msgs:
        raise Refused("MSG_ID_INVALID")
    if channel.is_broadcast:
        channel, top = _find_thread(world, channel, top)
    ids = [key for key in channel.ids if top in _answered_ids(channel.msgs[key])]
    page, start = cut_page(world, channel, ids, request)
    return list_messages(world, channel, page, len(ids), start)


def get_discussion(caller: Caller, request: TLObject) -> types.messages.DiscussionMessage:
    """Where a post is commented on."""
    world = caller.world
    group, top = _find_thread(world, get_channel(world, request.peer), request.msg_id)
    users, chats = world.related(group, [top])
    found = [draw_message(world, group, top)]
    return types.messages.DiscussionMessage(found, 0, chats, users, max_id=group.ids[-1])


def get_channel_messages(caller: Caller, request: TLObject) -> types.messages.ChannelMessages:
    """Messages by id, 100 at most; an empty one for each that is not there."""
    world = caller.world
    channel = get_channel(world, request.channel)
    if not request.id:
        raise Refused("MESSAGE_IDS_EMPTY")
    wanted = [_wanted_id(channel, ref) for ref in request.id[:100]]
    users, chats = world.related(channel, wanted)
    drawn = [
        draw_message(world, channel, key) if key in channel.msgs else types.MessageEmpty(key, channel.peer)
        for key in wanted
    ]
    return types.messages.ChannelMessages(channel.pts, len(drawn), drawn, [], chats, users)


def get_messages(caller: Caller, request: TLObject) -> types.messages.Messages:
    """Messages of basic groups and of the account by id."""
    world = caller.world
    groups = [channel for channel in world.channels.values() if channel.is_chat and channel.member]
    drawn, chats = [], {}
    for native_id in (getattr(ref, "id", 0) for ref in request.id):
        group = next((one for one in groups if native_id in one.msgs), None)
        if group is None:
            drawn.append(world.inbox.get(native_id) or types.MessageEmpty(native_id))
        else:
            drawn.append(draw_message(world, group, native_id))
            chats[group.id] = world.draw_chat(group)
    return types.messages.Messages(drawn, [], list(chats.values()), [])


def get_views(caller: Caller, request: TLObject) -> types.messages.MessageViews:
    """How often messages were seen, once more each where the caller wants that."""
    world = caller.world
    channel = get_channel(world, request.peer)
    views = []
    for native_id in request.id:
        message = channel.msgs.get(native_id, {})
        if message and request.increment:
            message["views"] = (message.get("views") or 0) + 1
            channel.packed.pop(native_id, None)
        views.append(types.MessageViews(views=message.get("views"), forwards=message.get("forwards")))
    return types.messages.MessageViews(views, [world.draw_chat(channel)], [])


def get_poll(caller: Caller, request: TLObject) -> types.Updates:
    """How a poll stands."""
    world = caller.world
    channel = get_channel(world, request.peer)
    message = channel.msgs.get(request.msg_id)
    if message is None or "poll" not in message:
        raise Refused("MESSAGE_ID_INVALID")
    media: types.MessageMediaPoll = draw_media(channel.id, message)
    update = types.UpdateMessagePoll(poll_id=media.poll.id, results=media.results, poll=media.poll)
    return types.Updates([update], [], [world.draw_chat(channel)], utc(world.clock()), 0)


def list_messages(
    world: Directory, channel: Channel, ids: Sequence[int], count: int, start: int | None = None
) -> types.messages.ChannelMessages:
    """A page of messages with the users and chats that they name.

    Args:
        world: the world.
        channel: theirs.
        ids: of the page.
        count: how many there are in all.
        start: how many are newer than the page.
    """
    users, chats = world.related(channel, ids)
    drawn = [draw_message(world, channel, key) for key in ids]
    if not channel.is_chat:
        return types.messages.ChannelMessages(channel.pts, count, drawn, [], chats, users, offset_id_offset=start)
    if count <= len(ids):
        return types.messages.Messages(drawn, [], chats, users)
    return types.messages.MessagesSlice(count, drawn, [], chats, users, offset_id_offset=start)


def cut_page(
    world: TelegramWorld, channel: Channel, ids: Sequence[int], request: TLObject
) -> tuple[Sequence[int], int]:
    """The page that a call's offsets describe, and how many messages are newer.

    Args:
        world: limits the length of a page.
        channel: whose dates count.
        ids: all that may be shown, oldest first.
        request: has ``offset_id``, ``add_offset``, ``limit``, ``max_id``, ``min_id`` and perhaps ``offset_date``.
    """
    start, date = 0, seconds(getattr(request, "offset_date", None))
    if request.offset_id:
        start = len(ids) - bisect_left(ids, request.offset_id)
    elif date:
        start = next((at for at, key in enumerate(reversed(ids)) if channel.msgs[key]["date"] < date), len(ids))
    start += request.add_offset
    stop = start + max(0, min(request.limit, world.page_limit))
    lowest, above = (max(0, len(ids) - max(0, place)) for place in (stop, start))
    page = [
        key
        for key in reversed(ids[lowest:above])
        if (not request.max_id or key < request.max_id) and (not request.min_id or key > request.min_id)
    ]
    return page, max(0, start)


def _wanted_id(channel: Channel, ref: types.InputMessageID) -> int:
    match ref:
        case types.InputMessageID():
            return int(ref.id)
        case types.InputMessagePinned():
            return channel.pinned or 0
        case types.InputMessageReplyTo():
            return next(iter(_answered_ids(channel.msgs.get(ref.id, {}))), 0)
    return 0


def _answered_ids(message: Message) -> tuple[int, ...]:
    """The messages that this one answers: directly, and at the thread's top."""
    reply = message.get("reply_to")
    if reply is None or isinstance(reply, int):
        return (reply,) if reply else ()
    return (reply["id"], reply.get("top") or reply["id"])


def _find_thread(world: Directory, channel: Channel, native_id: int) -> tuple[Channel, int]:
    """The discussion group of a channel and the message there that stands for a post."""
    group = world.look_up(channel.linked) if channel.linked else None
    if group is not None:
        for key, message in group.msgs.items():
            origin = message.get("fwd", {})
            if origin.get("post") == native_id and str(origin.get("channel")).lower() in channel.tags:
                return group, key
    raise Refused("MSG_ID_INVALID")
