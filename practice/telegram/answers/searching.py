"""Answers to searches in messages, and the list of dialogs."""

from collections.abc import Iterable, Sequence

from telethon.tl import TLObject, types

from practice.telegram.answers.caller import Caller, get_channel, seconds
from practice.telegram.answers.history import cut_page, list_messages
from practice.telegram.channel import Channel, Message, utc
from practice.telegram.drawing import draw_message
from practice.telegram.faults import Refused
from practice.telegram.world import TelegramWorld

_MOST_DIALOGS = 100


def search(caller: Caller, request: TLObject) -> types.messages.ChannelMessages:
    """Messages of one channel."""
    world = caller.world
    if isinstance(request.peer, types.InputPeerEmpty):
        raise Refused("INPUT_CONSTRUCTOR_INVALID")
    channel = get_channel(world, request.peer)
    user_id = getattr(request.from_id, "user_id", None)
    ids = [
        key
        for key in channel.ids
        if _fits(channel.msgs[key], request.q, request)
        and _is_of_kind(channel.msgs[key], request.filter)
        and (not user_id or channel.msgs[key].get("from_user") == user_id)
    ]
    page, start = cut_page(world, channel, ids, request)
    return list_messages(world, channel, page, len(ids), start)


def search_global(caller: Caller, request: TLObject) -> types.messages.MessagesSlice:
    """Messages of all channels that are joined."""
    joined = [channel for channel in caller.world.channels.values() if channel.member]
    return _search_all(caller.world, joined, request.q, request)


def search_posts(caller: Caller, request: TLObject) -> types.messages.MessagesSlice:
    """Posts of all public channels with a tag."""
    world = caller.world
    if request.query is not None and not world.premium:
        raise Refused("PREMIUM_ACCOUNT_REQUIRED")
    words = "#" + request.hashtag.lstrip("#") if request.hashtag else request.query or ""
    public = [channel for channel in world.channels.values() if channel.access == "public" and channel.is_broadcast]
    return _search_all(world, public, words, request)


def get_dialogs(caller: Caller, request: TLObject) -> types.messages.Dialogs:
    """Channels that are joined, the one with the newest message first."""
    world = caller.world
    mine = [channel for channel in world.channels.values() if channel.member and channel.is_visible and channel.ids]
    mine.sort(key=lambda channel: (-channel.msgs[channel.ids[-1]]["date"], channel.id))
    rest = _skip_dialogs(mine, request)[: min(request.limit or _MOST_DIALOGS, _MOST_DIALOGS)]
    parts = draw_dialogs(world, rest)
    if len(rest) < len(mine):
        return types.messages.DialogsSlice(len(mine), *parts)
    return types.messages.Dialogs(*parts)


def get_pinned_dialogs(caller: Caller, _: TLObject) -> types.messages.PeerDialogs:
    """None is pinned."""
    return types.messages.PeerDialogs([], [], [], [], draw_state(caller.world))


def get_peer_dialogs(caller: Caller, request: TLObject) -> types.messages.PeerDialogs:
    """Certain dialogs."""
    world = caller.world
    channels = [get_channel(world, ref.peer) for ref in request.peers]
    return types.messages.PeerDialogs(*draw_dialogs(world, channels), draw_state(world))


def draw_dialog(channel: Channel) -> types.Dialog:
    """A channel as a dialog."""
    return types.Dialog(
        peer=channel.peer,
        top_message=channel.ids[-1] if channel.ids else 0,
        read_inbox_max_id=0,
        read_outbox_max_id=0,
        unread_count=0,
        unread_mentions_count=0,
        unread_reactions_count=0,
        unread_poll_votes_count=0,
        notify_settings=types.PeerNotifySettings(),
        pts=None if channel.is_chat else channel.pts,
    )


def draw_dialogs(
    world: TelegramWorld, channels: Sequence[Channel]
) -> tuple[list[types.Dialog], list[types.Message], list[types.Channel], list[types.User]]:
    """Dialogs, their newest messages, and the chats and users that these name."""
    newest = [(channel, key) for channel in channels for key in channel.ids[-1:]]
    messages = [draw_message(world, channel, key) for channel, key in newest]
    chats, users = _gather(world, [(channel, channel.ids[-1:]) for channel in channels])
    return [draw_dialog(channel) for channel in channels], messages, chats, users


def draw_state(world: TelegramWorld) -> types.updates.State:
    """Where the account's own box of updates stands."""
    return types.updates.State(pts=world.pts, qts=1, date=utc(world.clock()), seq=1, unread_count=0)


def _skip_dialogs(mine: list[Channel], request: TLObject) -> list[Channel]:
    date = seconds(request.offset_date)
    if not date:
        return mine
    last = getattr(request.offset_peer, "channel_id", None) or getattr(request.offset_peer, "chat_id", None)
    ids = [channel.id for channel in mine]
    if last in ids:
        return mine[ids.index(last) + 1 :]
    return [channel for channel in mine if channel.msgs[channel.ids[-1]]["date"] < date]


def _search_all(
    world: TelegramWorld, channels: Iterable[Channel], words: str, request: TLObject
) -> types.messages.MessagesSlice:
    rows = sorted(
        (
            (message["date"], channel.id, key)
            for channel in channels
            for key, message in channel.msgs.items()
            if _fits(message, words, request)
        ),
        reverse=True,
    )
    total, rate = len(rows), getattr(request, "offset_rate", 0)
    if rate:
        peer = getattr(request.offset_peer, "channel_id", 0) or getattr(request.offset_peer, "chat_id", 0)
        rows = [row for row in rows if row < (rate, peer, request.offset_id)]
    rows = rows[: max(1, min(request.limit, 100))]
    found = [(world.channels[channel_id], key) for _, channel_id, key in rows]
    chats, users = _gather(world, [(channel, [key]) for channel, key in found])
    messages = [draw_message(world, channel, key) for channel, key in found]
    next_rate = rows[-1][0] if rows and total > len(rows) else None
    return types.messages.MessagesSlice(total, messages, [], chats, users, next_rate=next_rate)


def _gather(
    world: TelegramWorld, parts: Iterable[tuple[Channel, Sequence[int]]]
) -> tuple[list[types.Channel], list[types.User]]:
    """Chats and users that messages of several channels name, each once."""
    users: dict[int, types.User] = {}
    chats: dict[int, types.Channel] = {}
    for channel, ids in parts:
        more_users, more_chats = world.related(channel, ids)
        users |= {user.id: user for user in more_users}
        chats |= {chat.id: chat for chat in more_chats if chat.id not in chats or not getattr(chat, "min", None)}
    return list(chats.values()), list(users.values())


def _fits(message: Message, words: str, request: TLObject) -> bool:
    after, before = seconds(getattr(request, "min_date", None)), seconds(getattr(request, "max_date", None))
    is_timely = message["date"] > after and (not before or message["date"] < before)
    return is_timely and "service" not in message and words.lower() in message.get("text", "").lower()


def _is_of_kind(message: Message, kind: types.InputMessagesFilterPhotos) -> bool:
    is_video = message.get("document", {}).get("kind") == "video"
    match kind:
        case types.InputMessagesFilterPhotos():
            return bool(message.get("photo"))
        case types.InputMessagesFilterVideo():
            return is_video
        case types.InputMessagesFilterPhotoVideo():
            return bool(message.get("photo")) or is_video
        case types.InputMessagesFilterDocument():
            return "document" in message
        case types.InputMessagesFilterPinned():
            return bool(message.get("pinned"))
        case types.InputMessagesFilterUrl():
            return "http" in message.get("text", "") or bool(message.get("webpage"))
    return True
