"""Telegram's messages in the plain form that is kept: words, numbers, kinds. The only file that reads their types.

What is kept is listed here, field by field; nothing else gets through. Media leaves no more than its
kind, people no more than a pseudonym, and no access hash, file reference or thumbnail has a place.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from telethon.tl import TLObject, types

from channels.telegram.left_out import leave_out, leave_out_of_room

Kept = dict[str, Any]
"""JSON-able; see ``channels/telegram/reading.py`` for what each key means."""
Pseudonym = Callable[[str], str]

_LINKS: dict[type, str] = {
    types.MessageEntityUrl: "url",
    types.MessageEntityTextUrl: "text_url",
    types.MessageEntityMention: "mention",
    types.MessageEntityHashtag: "hashtag",
    types.MessageEntityCashtag: "cashtag",
    types.MessageEntityEmail: "email",
}
_SERVICE: dict[type, str] = {
    types.MessageActionChannelCreate: "Channel created",
    types.MessageActionChatCreate: "Group created",
    types.MessageActionChatEditPhoto: "Channel photo updated",
    types.MessageActionChatDeletePhoto: "Channel photo removed",
    types.MessageActionPinMessage: "pinned a message",
}
_DOCUMENTS: tuple[tuple[type, str], ...] = (
    (types.DocumentAttributeSticker, "sticker"),
    (types.DocumentAttributeCustomEmoji, "sticker"),
    (types.DocumentAttributeAnimated, "gif"),
)


def keep_messages(result: Any, messages: Iterable[Any], pseudonym: Pseudonym) -> list[Kept]:
    """The messages of an answer, newest first as they came, without those that do not exist.

    Args:
        result: the answer; its ``chats`` and ``users`` name where forwards come from.
        messages: those of it to keep.
        pseudonym: of a poster within this Source.
    """
    origins = _origins(result)
    kept = [
        _keep_service(message) if isinstance(message, types.MessageService) else _keep(message, origins, pseudonym)
        for message in messages
        if not isinstance(message, types.MessageEmpty)
    ]
    return leave_out(kept)


def outline(messages: Iterable[Any]) -> list[Kept]:
    """Id, date and album of the messages of an answer: enough to ask for those below before these are kept."""
    listed: list[Kept] = []
    for message in messages:
        if not isinstance(message, types.MessageEmpty):
            listed.append({"id": message.id, "date": message.date})
            if (album := getattr(message, "grouped_id", None)) is not None:
                listed[-1]["album"] = album
    return listed


def keep_channel(channel: Any, full: Any = None) -> Kept:
    """What a room says of itself; ``full`` is its ``channelFull`` where that was asked for."""
    kept: Kept = {
        "id": channel.id,
        "title": channel.title,
        "names": names_of(channel),
        "kind": "channel" if getattr(channel, "broadcast", False) else "group",
        "verified": bool(getattr(channel, "verified", False)),
    }
    if full is not None:
        kept |= {
            "about": full.about,
            "members": full.participants_count,
            "online": full.online_count,
            "linked": full.linked_chat_id,
            "migrated_from": full.migrated_from_chat_id,
        }
    return leave_out_of_room(kept)


def names_of(channel: Any) -> list[str]:
    """Usernames in use, the main one first; empty for a private room."""
    more = [name.username for name in getattr(channel, "usernames", None) or () if name.active]
    main = getattr(channel, "username", None)
    return list(dict.fromkeys([*([main] if main else []), *more]))


def _keep(message: Any, origins: Mapping[Any, tuple[str, str | None]], pseudonym: Pseudonym) -> Kept:
    kept: Kept = {"id": message.id, "date": _seconds(message.date), "text": _text(message)}
    if message.entities and (links := _links(message.entities)):
        kept["links"] = links
    if message.edit_date is not None and not message.edit_hide:
        kept["edited"] = _seconds(message.edit_date)
    if message.media is not None:
        kept |= _keep_media(message.media)
    if message.reply_markup is not None and (buttons := _buttons(message.reply_markup)):
        kept["buttons"] = buttons
    if message.fwd_from is not None:
        kept["forward"] = _forward(message.fwd_from, origins)
    if (answered := getattr(message.reply_to, "reply_to_msg_id", None)) is not None:
        kept["reply_to"] = answered
    if message.views is not None:
        kept["views"] = message.views
    if message.grouped_id is not None:
        kept["album"] = message.grouped_id
    if (by := _poster(message)) is not None:
        kept["by"] = pseudonym(by)
    return kept


def _text(message: Any) -> str:
    """The words; of a message that is written in blocks, the words of these, each block on a line of its own."""
    if message.rich_message is None:
        return str(message.message)
    lines = "".join(_words(message.rich_message.blocks)).splitlines()
    return "\n".join(filter(None, (message.message, *map(str.strip, lines))))


def _words(part: Any) -> Iterator[str]:
    """Plain words in blocks and whatever is nested in them."""
    if isinstance(part, types.TextPlain):
        yield part.text
    elif isinstance(part, TLObject | list):
        for inner in part if isinstance(part, list) else vars(part).values():
            yield from _words(inner)
        if type(part).__name__.startswith("Page"):
            yield "\n"


def _keep_service(message: Any) -> Kept:
    """A service message says what happened, never to whom."""
    action = message.action
    words = _SERVICE.get(type(action))
    if isinstance(action, types.MessageActionChatEditTitle):
        words = f"Channel name was changed to «{action.title}»"
    return {"id": message.id, "date": _seconds(message.date), "service": words or _spelled(type(action).__name__)}


def _spelled(name: str) -> str:
    """``MessageActionChatJoinedByLink`` as ``chat joined by link``."""
    short = name.removeprefix("MessageAction")
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in short).strip()


def _links(entities: Iterable[Any]) -> list[list[Any]]:
    found = ((_LINKS.get(type(entity)), entity) for entity in entities)
    return [
        [kind, entity.offset, entity.length, *([entity.url] if kind == "text_url" else [])]
        for kind, entity in found
        if kind is not None
    ]


def _keep_media(media: Any) -> Kept:
    """Kind and captions of what is attached; a link preview is no media."""
    if isinstance(media, types.MessageMediaEmpty):
        return {}
    if isinstance(media, types.MessageMediaWebPage):
        url = getattr(media.webpage, "url", None)
        return {"preview": url} if url else {}
    kind, captions = _media_kind(media)
    return {"media": kind, **({"captions": captions} if captions else {})}


def _media_kind(media: Any) -> tuple[str, list[str]]:
    if isinstance(media, types.MessageMediaPhoto):
        return "photo", []
    if isinstance(media, types.MessageMediaDocument):
        return _document_kind(getattr(media.document, "attributes", None) or ())
    if isinstance(media, types.MessageMediaPoll):
        return "poll", [_plain(media.poll.question), *(_plain(answer.text) for answer in media.poll.answers)]
    if isinstance(media, types.MessageMediaVenue):
        return "place", [media.title, media.address]
    if isinstance(media, types.MessageMediaGeo | types.MessageMediaGeoLive):
        return "place", []
    if isinstance(media, types.MessageMediaToDo):
        return "unsupported", [_plain(part.title) for part in (media.todo, *media.todo.list)]
    return ("contact" if isinstance(media, types.MessageMediaContact) else "unsupported"), []


def _document_kind(attributes: Iterable[Any]) -> tuple[str, list[str]]:
    """As Telegram's web pages tell them apart; files and music have a name."""
    of = {type(attribute): attribute for attribute in attributes}
    for kind_of, kind in _DOCUMENTS:
        if kind_of in of:
            return kind, []
    if (video := of.get(types.DocumentAttributeVideo)) is not None:
        return ("round_video" if video.round_message else "video"), []
    name = getattr(of.get(types.DocumentAttributeFilename), "file_name", None)
    if (audio := of.get(types.DocumentAttributeAudio)) is not None:
        return ("voice", []) if audio.voice else ("audio", [title] if (title := audio.title or name) else [])
    return "file", [name] if name else []


def _plain(text: Any) -> str:
    """Telegram writes polls as text with entities."""
    return text if isinstance(text, str) else str(text.text)


def _buttons(markup: Any) -> list[str]:
    rows = getattr(markup, "rows", None) or ()
    kinds = [button.type for row in rows for button in row.buttons]
    return [kind.url for kind in kinds if getattr(kind, "url", None)]


def _forward(header: Any, origins: Mapping[Any, tuple[str, str | None]]) -> Kept:
    """Where a message comes from: a channel with its public address, else a name alone."""
    origin = origins.get(_key(header.from_id))
    if origin is None:
        return {"name": header.from_name}
    title, name = origin
    post = getattr(header, "channel_post", None)
    return {"name": title, **({"of": f"{name}/{post}" if post else name} if name else {})}


def _origins(result: Any) -> dict[Any, tuple[str, str | None]]:
    """Names of the channels and people that an answer mentions, by peer; usernames of channels only."""
    origins: dict[Any, tuple[str, str | None]] = {}
    for chat in result.chats:
        names = names_of(chat)
        origins["channel", chat.id] = (getattr(chat, "title", ""), names[0] if names else None)
    for user in result.users:
        whole = " ".join(filter(None, (getattr(user, "first_name", None), getattr(user, "last_name", None))))
        origins["user", user.id] = (whole, None)
    return origins


def _key(peer: Any) -> Any:
    if isinstance(peer, types.PeerChannel):
        return "channel", peer.channel_id
    return ("user", peer.user_id) if isinstance(peer, types.PeerUser) else None


def _poster(message: Any) -> str | None:
    """Who wrote it, for the pseudonym: the signature where there is one, as on the web, else the id."""
    if message.post_author:
        return str(message.post_author)
    kind_id = _key(message.from_id)
    return f"{kind_id[0]} {kind_id[1]}" if kind_id else None


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
