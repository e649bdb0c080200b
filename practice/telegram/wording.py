"""A post of the practice World written as Telegram messages: what its text links to, and what media it has."""

import re
import zlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from evidence.records import PlaceKind
from practice.markup import PIECES, first_outside_link
from practice.telegram.channel import Message, Spec, hash64
from practice.world import PracticePost, PracticeRoom

_ENTITIES = {"url": "url", "name": "mention", "tag": "hashtag"}
_POLL = (("네", 58), ("아니요", 31), ("잘 모르겠어요", 11))
"""Answers of every poll with their share of the votes in percent, as the web pages show them."""
_VIEWS_A_VOTE = 5
_ADDRESS = re.compile(r"https://t\.me/(\w+)/(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a forwarded message comes from: a post of a channel, or a name alone."""

    channel_id: int | None = None
    post_id: int | None = None
    name: str | None = None


def write_messages(
    room: PracticeRoom, post: PracticePost, sender: int | None = None, origin: Origin | None = None
) -> list[Message]:
    """Write a post as messages, one for each of its ids.

    Args:
        room: where it is.
        post: an album's text goes with its first item.
        sender: id of the user who speaks; None: the room itself, perhaps with a signature.
        origin: where it was forwarded from.
    """
    kinds: list[str | None] = [item.kind for item in post.media for _ in range(item.number)] or [None]
    heads = [_write_head(post, native_id, sender, origin) for native_id in post.ids]
    if room.kind is PlaceKind.CHANNEL and not post.is_service:
        heads = [Message(**head, views=post.views) for head in heads]
    if post.is_service:
        heads[0]["service"], heads[0]["value"] = "channel_create", room.title
        return heads
    if len(heads) > 1:
        group = hash64("group", room.peer_id, post.id) & (1 << 63) - 1
        heads = [Message(**head, grouped_id=group) for head in heads]
    for message, kind in zip(heads, kinds, strict=True):
        _add_media(message, kind, post)
    if kinds[0] != "poll":
        heads[0]["text"], heads[0]["entities"] = post.text, list_entities(post.text)
    if post.edited_at:
        heads[0]["edit_date"] = int(post.edited_at.timestamp())
    url = None if post.media else first_outside_link(post.text)
    heads[0]["webpage"] = _describe_page(url) if url else None
    return heads


def list_entities(text: str) -> list[Spec]:
    """Addresses, @names and #tags of a text: what the web pages show as links.

    Returns:
        ``type``, ``offset`` and ``length``, these two in UTF-16 units as Telegram counts.
    """
    found: list[Spec] = []
    for piece in PIECES.finditer(text):
        kind = _ENTITIES.get(piece.lastgroup or "")
        if kind:
            offset = _count_units(text[: piece.start()])
            found.append({"type": kind, "offset": offset, "length": _count_units(piece[0])})
    return found


def split_address(address: str) -> tuple[str | None, int]:
    """Name and post id of an address such as ``https://t.me/name/5``; None and 0 when it is none."""
    found = _ADDRESS.fullmatch(address)
    return (found[1], int(found[2])) if found else (None, 0)


def number_of(name: str) -> int:
    """An id for somebody of whom only the name is known; always the same."""
    return 1_600_000_000 + zlib.crc32(name.lower().encode()) % 100_000_000


def _write_head(post: PracticePost, native_id: int, sender: int | None, origin: Origin | None) -> Message:
    """What all messages of a post share."""
    head = Message(id=native_id, date=int(post.at.timestamp()))
    if sender is not None:
        head["from_user"] = sender
    elif post.author is not None:
        head["post_author"] = post.author
    if post.reply_to is not None:
        head["reply_to"] = post.reply_to
    if origin is not None:
        by_name: Spec = {"name": origin.name}
        head["fwd"] = {"channel": origin.channel_id, "post": origin.post_id} if origin.channel_id else by_name
    return head


def _add_media(message: Message, kind: str | None, post: PracticePost) -> None:
    match kind:
        case None:
            return
        case "photo":
            message["photo"] = True
        case "poll":
            votes = post.views // _VIEWS_A_VOTE
            answers = [(answer, votes * share // 100) for answer, share in _POLL]
            message["poll"] = {"question": post.text, "answers": answers, "total": votes}
        case "place":
            message["geo"] = {"lat": 0.0, "lon": 0.0}
        case "contact":
            message["contact"] = {"phone": "9996620000", "name": "연습"}
        case "unsupported":
            message["unsupported"] = True
        case _:
            message["document"] = {"kind": kind}


def _describe_page(url: str) -> Spec:
    """The preview of an address, as the web pages draw it."""
    return {
        "url": url,
        "site": urlsplit(url).netloc,
        "title": "미리보기 제목",
        "description": "주소가 가리키는 글의 첫머리입니다.",
    }


def _count_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
