"""From the kept form of Telegram's answers to Posts and Places, as the web pages would show them.

Nothing here knows Telethon: a stored Capture gives the same Reading years later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from urllib.parse import quote

from channels.post_block import is_kept_link
from evidence.records import Figure, Forward, Media, Place, PlaceKind, Post

_UNITS = {PlaceKind.CHANNEL: "subscribers", PlaceKind.GROUP: "members"}


def read_posts(messages: Sequence[Mapping[str, Any]], name: str) -> tuple[Post, ...]:
    """Posts of kept messages, oldest first; the parts of an album are one Post.

    Args:
        messages: in any order, none twice.
        name: username of their room.
    """
    ordered = sorted(messages, key=lambda message: message["id"])
    albums = groupby(ordered, key=lambda message: message.get("album") or -message["id"])
    return tuple(_join([_read_post(message, name) for message in parts]) for _, parts in albums)


def read_place(kept: Mapping[str, Any]) -> Place:
    """What a room says of itself."""
    kind = PlaceKind(kept["kind"])
    members = kept.get("members")
    return Place(
        kind=kind,
        username=next(iter(kept["names"]), None),
        names=tuple(kept["names"]),
        native_id=kept["id"],
        title=kept["title"],
        description=kept.get("about") or None,
        is_verified=kept["verified"],
        members=None if members is None else Figure(value=members, low=members, high=members),
        unit=None if members is None else _UNITS[kind],
        online=kept.get("online"),
        linked_id=kept.get("linked"),
        migrated_from=kept.get("migrated_from"),
    )


def album_at_edge(messages: Sequence[Mapping[str, Any]]) -> int:
    """How many of the oldest messages may be the rest of an album that goes on below."""
    ordered = sorted(messages, key=lambda message: message["id"])
    album = ordered[0].get("album") if ordered else None
    if album is None:
        return 0
    return sum(1 for message in ordered if message.get("album") == album)


def _read_post(message: Mapping[str, Any], name: str) -> Post:
    native_id, text = message["id"], message.get("text") or message.get("service") or ""
    views = message.get("views")
    kind = message.get("media")
    return Post(
        native_id=native_id,
        native_ids=(native_id,),
        address=f"https://t.me/{name}/{native_id}",
        posted_at=datetime.fromtimestamp(message["date"], UTC),
        is_edited="edited" in message,
        is_service="service" in message,
        author=message.get("by"),
        text=text.strip(),
        captions=tuple(filter(None, map(str.strip, message.get("captions", ())))),
        views=None if views is None else Figure(value=views, low=views, high=views),
        forwarded_from=_read_forward(message.get("forward")),
        reply_to=message.get("reply_to"),
        media=(Media(kind=kind, number=1),) if kind else (),
        links=_read_links(message, text, name),
    )


def _join(parts: list[Post]) -> Post:
    """The parts of an album as one Post, under its first id."""
    first = parts[0]
    if len(parts) == 1:
        return first
    numbers: dict[str, int] = {}
    for media in (media for part in parts for media in part.media):
        numbers[media.kind] = numbers.get(media.kind, 0) + media.number
    return replace(
        first,
        native_ids=tuple(part.native_id for part in parts),
        is_edited=any(part.is_edited for part in parts),
        text="\n".join(filter(None, (part.text for part in parts))),
        captions=tuple(caption for part in parts for caption in part.captions),
        media=tuple(Media(kind=kind, number=number) for kind, number in sorted(numbers.items())),
        links=tuple(dict.fromkeys(link for part in parts for link in part.links)),
    )


def _read_forward(kept: Mapping[str, Any] | None) -> Forward | None:
    if kept is None:
        return None
    return Forward(name=kept["name"] or None, address=f"https://t.me/{kept['of']}" if "of" in kept else None)


def _read_links(message: Mapping[str, Any], text: str, name: str) -> tuple[str, ...]:
    """Where the text, its link preview and its buttons lead, each once."""
    more = [message["preview"]] if "preview" in message else []
    links = [*_entity_links(message.get("links", ()), text, name), *more, *message.get("buttons", ())]
    return tuple(dict.fromkeys(link for link in links if is_kept_link(link)))


def _entity_links(entities: Iterable[Sequence[Any]], text: str, name: str) -> list[str]:
    units = text.encode("utf-16-le") if entities else b""  # Telegram counts UTF-16 units
    links = []
    for kind, offset, length, *url in entities:
        words = units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")
        links.append(url[0] if url else _link(kind, words, name))
    return links


def _link(kind: str, words: str, name: str) -> str:
    """The address behind words, as the web pages link them."""
    if kind == "mention":
        return f"https://t.me/{words.removeprefix('@')}"
    if kind == "email":
        return f"mailto:{words}"
    if kind in ("hashtag", "cashtag"):
        return f"https://t.me/s/{name}?q={quote(words)}"
    return words if "://" in words or words.startswith("tg:") else f"http://{words}"
