"""Messages and updates of the Telegram world as TL objects."""

from collections.abc import Iterable
from typing import Any

from telethon.tl import types

from practice.telegram.channel import Channel, Event, Message, Packed, Spec, utc
from practice.telegram.directory import Directory
from practice.telegram.media import draw_media

_ENTITIES = {
    "bold": types.MessageEntityBold,
    "italic": types.MessageEntityItalic,
    "underline": types.MessageEntityUnderline,
    "strike": types.MessageEntityStrike,
    "spoiler": types.MessageEntitySpoiler,
    "code": types.MessageEntityCode,
    "url": types.MessageEntityUrl,
    "email": types.MessageEntityEmail,
    "phone": types.MessageEntityPhone,
    "mention": types.MessageEntityMention,
    "hashtag": types.MessageEntityHashtag,
    "cashtag": types.MessageEntityCashtag,
    "bot_command": types.MessageEntityBotCommand,
}


def draw_message(world: Directory, channel: Channel, native_id: int) -> Packed:
    """A message of a channel, drawn once until it changes.

    Raises:
        KeyError: there is none.
    """
    if native_id not in channel.packed:
        message = channel.msgs[native_id]
        draw = _draw_service if message.get("service") else _draw
        channel.packed[native_id] = Packed(draw(world, channel, message))
    return channel.packed[native_id]


def draw_event(world: Directory, channel: Channel, event: Event) -> types.UpdateNewChannelMessage | None:
    """The update of an event; None when its message is gone, so that nothing is left to say."""
    if event.kind == "delete":
        ids = list(event.ids)
        if channel.is_chat:
            return types.UpdateDeleteMessages(ids, event.pts, event.count)
        return types.UpdateDeleteChannelMessages(channel.id, ids, event.pts, event.count)
    if event.ids[0] not in channel.msgs:
        return None
    kinds = {
        ("new", True): types.UpdateNewMessage,
        ("new", False): types.UpdateNewChannelMessage,
        ("edit", True): types.UpdateEditMessage,
        ("edit", False): types.UpdateEditChannelMessage,
    }
    message = draw_message(world, channel, event.ids[0])
    return kinds[event.kind, channel.is_chat](message, event.pts, event.count)


def draw_entities(entities: Iterable[Spec]) -> list[types.MessageEntityUrl] | None:
    """Entities of a text, or None for none."""
    return [_draw_entity(entity) for entity in entities] or None


def _draw_entity(entity: Spec) -> types.MessageEntityUrl:
    kind, span = entity["type"], (entity["offset"], entity["length"])
    match kind:
        case "text_url":
            return types.MessageEntityTextUrl(*span, entity["url"])
        case "pre":
            return types.MessageEntityPre(*span, entity.get("language", ""))
        case "blockquote":
            return types.MessageEntityBlockquote(*span, collapsed=entity.get("collapsed") or None)
        case "mention_name":
            return types.MessageEntityMentionName(*span, entity["user_id"])
        case "custom_emoji":
            return types.MessageEntityCustomEmoji(*span, entity["document_id"])
    return _ENTITIES[kind](*span)


def _draw(world: Directory, channel: Channel, message: Message) -> types.Message:
    views, forwards = message.get("views"), message.get("forwards")
    if views is not None or forwards is not None:  # one flag of the wire covers both
        views, forwards = views or 0, forwards or 0
    reason = message.get("restricted")
    return types.Message(
        **_draw_head(world, channel, message),
        message=message.get("text", ""),
        fwd_from=_draw_forward(world, message.get("fwd")),
        via_bot_id=message.get("via_bot"),
        media=draw_media(channel.id, message),
        entities=draw_entities(message.get("entities", ())),
        views=views,
        forwards=forwards,
        replies=_draw_replies(world, channel, message),
        edit_date=utc(message["edit_date"]) if message.get("edit_date") else None,
        edit_hide=message.get("edit_hide") or None,
        pinned=message.get("pinned") or None,
        silent=message.get("silent") or None,
        noforwards=message.get("noforwards") or None,
        post_author=message.get("post_author"),
        grouped_id=message.get("grouped_id"),
        reactions=_draw_reactions(message),
        restriction_reason=[types.RestrictionReason("all", reason, "Restricted for practice")] if reason else None,
        ttl_period=message.get("ttl"),
    )


def _draw_head(world: Directory, channel: Channel, message: Message) -> dict[str, Any]:
    """What ordinary and service messages share."""
    user = message.get("from_user")
    sender = types.PeerUser(user) if user else None
    if "from_channel" in message:
        sender = types.PeerChannel(world.find(message["from_channel"]).id)
    return {
        "id": message["id"],
        "peer_id": channel.peer,
        "date": utc(message["date"]),
        "from_id": sender,
        "post": channel.is_broadcast or None,
        "reply_to": _draw_reply(world, message.get("reply_to")),
    }


def _draw_service(world: Directory, channel: Channel, message: Message) -> types.MessageService:
    kind, value = message["service"], message.get("value")
    actions = {
        "channel_create": lambda: types.MessageActionChannelCreate(value or channel.title),
        "edit_title": lambda: types.MessageActionChatEditTitle(value),
        "pin": types.MessageActionPinMessage,
        "add_user": lambda: types.MessageActionChatAddUser(value or []),
        "delete_user": lambda: types.MessageActionChatDeleteUser(value),
        "joined_by_link": lambda: types.MessageActionChatJoinedByLink(value or 0),
        "migrate_to": lambda: types.MessageActionChatMigrateTo(value),
        "migrate_from": lambda: types.MessageActionChannelMigrateFrom(channel.title, value),
        "history_clear": types.MessageActionHistoryClear,
        "edit_photo": types.MessageActionChatDeletePhoto,
    }
    return types.MessageService(**_draw_head(world, channel, message), action=actions[kind]())


def _draw_reply(world: Directory, reply: int | Spec | None) -> types.MessageReplyHeader | None:
    if not reply:
        return None
    reply = {"id": reply} if isinstance(reply, int) else reply
    other = types.PeerChannel(world.find(reply["channel"]).id) if reply.get("channel") else None
    return types.MessageReplyHeader(
        reply_to_msg_id=reply["id"],
        reply_to_top_id=reply.get("top"),
        forum_topic=reply.get("topic") or None,
        reply_to_peer_id=other,
        quote=bool(reply.get("quote")) or None,
        quote_text=reply.get("quote"),
    )


def _draw_forward(world: Directory, origin: Spec | None) -> types.MessageFwdHeader | None:
    if not origin:
        return None
    ref, sender = origin.get("channel"), None
    if ref is not None:
        known = world.look_up(ref)
        sender = types.PeerChannel(known.id if known else int(ref))
    elif origin.get("user") is not None:
        sender = types.PeerUser(origin["user"])
    return types.MessageFwdHeader(
        date=utc(origin.get("date", 1_600_000_000)),
        from_id=sender,
        from_name=origin.get("name"),
        channel_post=origin.get("post"),
        post_author=origin.get("author"),
    )


def _draw_replies(world: Directory, channel: Channel, message: Message) -> types.MessageReplies | None:
    replies = message.get("replies")
    if replies is None:
        return None
    number = replies if isinstance(replies, int) else replies["count"]
    linked = world.find(channel.linked).id if channel.linked else None
    return types.MessageReplies(number, channel.pts, comments=linked is not None or None, channel_id=linked)


def _draw_reactions(message: Message) -> types.MessageReactions | None:
    reactions = message.get("reactions")
    if not reactions:
        return None
    counts = [types.ReactionCount(types.ReactionEmoji(emoji), number) for emoji, number in reactions.items()]
    return types.MessageReactions(counts)
