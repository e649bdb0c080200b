"""Answers about channels and groups: found by name, looked at from outside, counted."""

import re

from telethon.tl import TLObject, types

from practice.telegram.answers.caller import Caller, get_channel
from practice.telegram.channel import Channel, utc
from practice.telegram.faults import Refused

_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,31}")


def resolve_username(caller: Caller, request: TLObject) -> types.contacts.ResolvedPeer:
    """The public channel or the user of a name."""
    world, name = caller.world, request.username.lower()
    if not _USERNAME.fullmatch(request.username):
        raise Refused("USERNAME_INVALID")
    channel = world.look_up(name)
    if channel is not None and channel.access == "public" and not channel.is_chat:
        return types.contacts.ResolvedPeer(channel.peer, [world.draw_chat(channel)], [])
    for user in world.users.values():
        if (user.username or "").lower() == name:
            return types.contacts.ResolvedPeer(types.PeerUser(user.id), [], [world.draw_user(user.id)])
    raise Refused("USERNAME_NOT_OCCUPIED")


def search(caller: Caller, request: TLObject) -> types.contacts.Found:
    """Channels whose title or name holds some letters."""
    world, words = caller.world, request.q.lower().strip().lstrip("@")
    if len(words) < 3:
        raise Refused("QUERY_TOO_SHORT" if words else "SEARCH_QUERY_EMPTY")
    found = [
        channel
        for channel in world.channels.values()
        if channel.is_visible
        and not channel.is_chat
        and (words in channel.title.lower() or any(words in name for name in channel.names))
    ]
    most = max(1, min(request.limit or 10, 50))
    mine = [channel.peer for channel in found if channel.member][:most]
    others = [channel.peer for channel in found if not channel.member][:most]
    chats = [world.draw_chat(channel, has_count=True) for channel in found]
    return types.contacts.Found(mine, others, chats[: 2 * most], [])


def get_channels(caller: Caller, request: TLObject) -> types.messages.Chats:
    """Channels by id and access hash."""
    world = caller.world
    return types.messages.Chats([world.draw_chat(get_channel(world, ref)) for ref in request.id])


def get_chats(caller: Caller, request: TLObject) -> types.messages.Chats:
    """Basic groups by id."""
    return types.messages.Chats([caller.world.draw_chat(_get_chat(caller, key)) for key in request.id])


def get_full_channel(caller: Caller, request: TLObject) -> types.messages.ChatFull:
    """All about a channel, how many have joined among it."""
    world = caller.world
    channel = get_channel(world, request.channel, may_be_chat=False)
    users, chats = world.related(channel, ())
    is_listed = channel.kind == "megagroup" and not channel.hidden_members
    full = types.ChannelFull(
        id=channel.id,
        about=channel.about,
        read_inbox_max_id=0,
        read_outbox_max_id=0,
        unread_count=0,
        chat_photo=types.PhotoEmpty(0),
        notify_settings=types.PeerNotifySettings(),
        bot_info=[],
        pts=channel.pts,
        can_view_participants=is_listed or None,
        participants_hidden=channel.hidden_members or None,
        participants_count=None if channel.participants_hidden_count else channel.count(world.rel()),
        online_count=channel.online_count,
        linked_chat_id=world.find(channel.linked).id if channel.linked else None,
        pinned_msg_id=channel.pinned,
        migrated_from_chat_id=channel.migrated_from,
        migrated_from_max_id=1 if channel.migrated_from else None,
    )
    return types.messages.ChatFull(full, chats, users)


def get_full_chat(caller: Caller, request: TLObject) -> types.messages.ChatFull:
    """All about a basic group."""
    world, chat = caller.world, _get_chat(caller, request.chat_id)
    joined = [types.ChatParticipant(user_id, world.me.id, utc(chat.date)) for user_id in chat.member_ids]
    listed = types.ChatParticipants(chat.id, joined, 1)
    full = types.ChatFull(
        id=chat.id,
        about=chat.about,
        notify_settings=types.PeerNotifySettings(),
        participants=listed if chat.member else types.ChatParticipantsForbidden(chat.id),
    )
    users = [world.draw_user(user_id) for user_id in chat.member_ids]
    return types.messages.ChatFull(full, [world.draw_chat(chat)], users)


def get_participants(caller: Caller, request: TLObject) -> types.channels.ChannelParticipants:
    """A list of members, for groups that show it."""
    world, channel = caller.world, get_channel(caller.world, request.channel)
    if (channel.kind != "megagroup" or channel.hidden_members) and not channel.admin:
        raise Refused("CHAT_ADMIN_REQUIRED")
    ids = channel.member_ids[request.offset : request.offset + min(request.limit or 200, 200)]
    joined = [types.ChannelParticipant(user_id, utc(channel.date)) for user_id in ids]
    users = [world.draw_user(user_id) for user_id in ids]
    return types.channels.ChannelParticipants(len(channel.member_ids), joined, [world.draw_chat(channel)], users)


def get_recommendations(caller: Caller, request: TLObject) -> types.messages.Chats:
    """Up to ten other public channels."""
    world = caller.world
    given = get_channel(world, request.channel) if request.channel else None
    others = [
        world.draw_chat(channel, has_count=True)
        for channel in world.channels.values()
        if channel is not given and channel.is_broadcast and channel.access == "public"
    ]
    return types.messages.Chats(others[:10])


def check_invite(caller: Caller, request: TLObject) -> types.ChatInvite:
    """What an invite link leads to."""
    world, channel = caller.world, _find_invite(caller, request.hash)
    if channel is None:
        raise Refused("INVITE_HASH_INVALID" if len(request.hash) < 6 else "INVITE_HASH_EXPIRED")
    if channel.member:
        return types.ChatInviteAlready(world.draw_chat(channel))
    if channel.invite_peek:
        return types.ChatInvitePeek(world.draw_chat(channel), utc(world.clock() + 300))
    return types.ChatInvite(
        title=channel.title,
        photo=types.PhotoEmpty(0),
        participants_count=channel.count(world.rel()),
        color=0,
        channel=not channel.is_chat or None,
        broadcast=channel.is_broadcast or None,
        public=bool(channel.username) or None,
        megagroup=channel.kind == "megagroup" or None,
        about=channel.about or None,
    )


def join_channel(caller: Caller, request: TLObject) -> types.Updates:
    """Join, so that a client which does it is seen to succeed."""
    if sum(channel.member for channel in caller.world.channels.values()) >= 500:
        raise Refused("CHANNELS_TOO_MUCH")
    return _join(caller, get_channel(caller.world, request.channel))


def import_invite(caller: Caller, request: TLObject) -> types.Updates:
    """Join by an invite link."""
    channel = _find_invite(caller, request.hash)
    if channel is None:
        raise Refused("INVITE_HASH_EXPIRED")
    return _join(caller, channel)


def leave_channel(caller: Caller, request: TLObject) -> types.Updates:
    """Leave."""
    channel = get_channel(caller.world, request.channel)
    channel.member = False
    return _tell_change(caller, channel)


def _join(caller: Caller, channel: Channel) -> types.messages.ChatInviteJoinResultOk:
    channel.member = True
    return types.messages.ChatInviteJoinResultOk(_tell_change(caller, channel))


def _tell_change(caller: Caller, channel: Channel) -> types.Updates:
    world = caller.world
    return types.Updates([types.UpdateChannel(channel.id)], [], [world.draw_chat(channel)], utc(world.clock()), 0)


def _find_invite(caller: Caller, invite: str) -> Channel | None:
    channels = caller.world.channels.values()
    return next((one for one in channels if one.invite == invite and not one.invite_expired), None)


def _get_chat(caller: Caller, chat_id: int) -> Channel:
    chat = caller.world.channels.get(chat_id)
    if chat is None or not chat.is_chat:
        raise Refused("CHAT_ID_INVALID")
    return chat
