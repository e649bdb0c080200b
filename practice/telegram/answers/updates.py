"""Answers about what happened since: the account's difference and that of one channel."""

from collections.abc import Sequence

from telethon.tl import TLObject, types

from practice.telegram.answers.caller import Caller, get_channel, seconds
from practice.telegram.answers.searching import draw_dialog, draw_state
from practice.telegram.channel import Channel, Event, utc
from practice.telegram.drawing import draw_event, draw_message
from practice.telegram.faults import Refused
from practice.telegram.world import TelegramWorld

_SHOWN_AT_MOST = 20
"""Newest messages that come with a difference which is too long."""


def get_state(caller: Caller, _: TLObject) -> types.updates.State:
    """Where the account's box stands."""
    return draw_state(caller.world)


def get_difference(caller: Caller, request: TLObject) -> types.updates.Difference:
    """What happened in the account's own box, and which joined channels have news."""
    world = caller.world
    _check_pts(request.pts, world.pts)
    missed = [event for event in world.account_log if event.pts > request.pts]
    late = _list_late(world, seconds(request.date))
    if len(missed) > world.account_toolong_after:
        return types.updates.DifferenceTooLong(world.pts)
    if not missed and not late:
        return types.updates.DifferenceEmpty(utc(world.clock()), 1)
    part = missed[: request.pts_limit or 1000]
    new, other, chats, users = _draw_account_events(world, part)
    state = draw_state(world)
    if len(part) < len(missed):
        state.pts = part[-1].pts
        return types.updates.DifferenceSlice(new, [], other, chats, users, state)
    other += [types.UpdateChannelTooLong(channel.id, pts=channel.pts) for channel in late]
    chats += [world.draw_chat(channel) for channel in late]
    return types.updates.Difference(new, [], other, chats, users, state)


def get_channel_difference(caller: Caller, request: TLObject) -> types.updates.ChannelDifference:
    """What happened in one channel; a poll of one that is not joined brings live updates for a while."""
    world = caller.world
    channel = get_channel(world, request.channel, may_be_chat=False)
    _check_pts(request.pts, channel.pts)
    if not channel.member:
        world.book.note_poll(channel.id)
        caller.board.subscribe(caller.session, channel)
    limit = max(1, min(request.limit or 100, world.diff_limit))
    timeout = world.channel_diff_timeout or None
    missed = [event for event in channel.log if event.pts > request.pts]
    if _is_too_long(world, channel, request.pts, limit):
        return _draw_too_long(world, channel, request.limit, timeout)
    if not missed:
        return types.updates.ChannelDifferenceEmpty(channel.pts, final=True, timeout=timeout)
    part = missed[:limit]
    new, other = _draw_channel_events(world, channel, part)
    users, chats = world.related(channel, (key for event in part for key in event.ids))
    return types.updates.ChannelDifference(
        pts=part[-1].pts,
        new_messages=new,
        other_updates=other,
        chats=chats,
        users=users,
        final=len(part) == len(missed) or None,
        timeout=timeout,
    )


def _check_pts(known: int, now: int) -> None:
    if known <= 0:
        raise Refused("PERSISTENT_TIMESTAMP_EMPTY")
    if known > now:
        raise Refused("PERSISTENT_TIMESTAMP_INVALID")


def _list_late(world: TelegramWorld, since: int) -> list[Channel]:
    """Joined channels in which something happened since a moment."""
    return [
        channel
        for channel in world.channels.values()
        if channel.member and not channel.is_chat and channel.is_visible
        if channel.log and channel.log[-1].at >= since - 1
    ]


def _draw_account_events(
    world: TelegramWorld, events: Sequence[Event]
) -> tuple[list[types.Message], list[types.UpdateEditMessage], list[types.Chat], list[types.User]]:
    new, other = [], []
    users: dict[int, types.User] = {}
    chats: dict[int, types.Chat] = {}
    for event in events:
        if event.kind == "private":
            new.append(world.inbox[event.ids[0]])
            users[event.peer] = world.draw_user(event.peer)
            continue
        channel = world.channels[event.peer]
        update = draw_event(world, channel, event)
        if update is None:
            continue
        more_users, more_chats = world.related(channel, event.ids)
        users |= {user.id: user for user in more_users}
        chats |= {chat.id: chat for chat in more_chats}
        (new.append(update.message) if event.kind == "new" else other.append(update))
    return new, other, list(chats.values()), list(users.values())


def _is_too_long(world: TelegramWorld, channel: Channel, known: int, limit: int) -> bool:
    """Whether a caller is behind by more than the server tells, or than it remembers."""
    most = channel.toolong_after if channel.toolong_after is not None else world.toolong_after
    remembered = channel.log[0].pts - channel.log[0].count if channel.log else channel.pts
    return channel.pts - known > (limit if most is None else most) or known < remembered


def _draw_too_long(
    world: TelegramWorld, channel: Channel, limit: int, timeout: int | None
) -> types.updates.ChannelDifferenceTooLong:
    newest = channel.ids[::-1][: min(_SHOWN_AT_MOST, limit or _SHOWN_AT_MOST)]
    users, chats = world.related(channel, newest)
    return types.updates.ChannelDifferenceTooLong(
        dialog=draw_dialog(channel),
        messages=[draw_message(world, channel, key) for key in newest],
        chats=chats,
        users=users,
        final=True,
        timeout=timeout,
    )


def _draw_channel_events(
    world: TelegramWorld, channel: Channel, events: Sequence[Event]
) -> tuple[list[types.Message], list[types.UpdateEditChannelMessage]]:
    """New messages, and other updates; an edit of a message that is new here is in it already."""
    fresh = {event.ids[0] for event in events if event.kind == "new"}
    new, other = [], []
    for event in events:
        update = draw_event(world, channel, event)
        if update is not None and event.kind == "new":
            new.append(update.message)
        elif update is not None and not (event.kind == "edit" and event.ids[0] in fresh):
            other.append(update)
    return new, other
