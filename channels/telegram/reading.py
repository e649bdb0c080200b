"""From the kept form of Telegram's answers to Posts and Places, as the web pages would show them.

Nothing here knows Telethon: a stored Capture gives the same Reading years later.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any
from urllib.parse import quote

from msgspec.structs import replace

from channels.post_block import is_kept_link
from evidence.records import Figure, Forward, Media, Place, PlaceKind, Post

Kept = Mapping[str, Any]
"""As ``channels/telegram/convert.py`` writes it."""

_UNITS = {PlaceKind.CHANNEL: "subscribers", PlaceKind.GROUP: "members"}


_LEADING = {"links", "preview", "buttons"}


def read_posts(messages: Sequence[Kept], name: str) -> tuple[Post, ...]:
    """Posts of kept messages, oldest first; the parts of an album are one Post.

    Args:
        messages: in any order, none twice.
        name: username of their room.
    """
    oldest_first = sorted(messages, key=itemgetter("id"))
    if not any("album" in message for message in oldest_first):
        return tuple(_read_post(message, name) for message in oldest_first)
    posts: dict[int, list[Post]] = {}
    for message in oldest_first:
        posts.setdefault(message.get("album") or -message["id"], []).append(_read_post(message, name))
    return tuple(_join(parts) for parts in posts.values())


def read_place(kept: Kept) -> Place:
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


def above_cut_albums(messages: Sequence[Kept], reach: int) -> Sequence[Kept]:
    """What of a page lies above every album that may go on below it; all of it where nothing would be left.

    Args:
        messages: in any order.
        reach: how far below a part of an album the next one may be where others speak in between; 0: nobody does.
    """
    albums: dict[int, list[int]] = {}
    for message in messages:
        if "album" in message:
            albums.setdefault(message["album"], []).append(message["id"])
    edge = min((message["id"] for message in messages), default=0)
    cut = edge - 1
    for ids in sorted(albums.values(), key=min):
        if min(ids) <= max(edge + reach, cut):
            cut = max(cut, *ids)
    return [message for message in messages if message["id"] > cut] or messages


def _read_post(message: Kept, name: str) -> Post:
    native_id, views, kind = message["id"], message.get("views"), message.get("media")
    text = message.get("text") or message.get("service") or ""
    return Post(
        native_id=native_id,
        native_ids=(native_id,),
        address=f"https://t.me/{name}/{native_id}",
        posted_at=datetime.fromtimestamp(message["date"], UTC),
        is_edited="edited" in message,
        is_service="service" in message,
        author=message.get("by"),
        text=text.strip(),
        captions=tuple(filter(None, map(str.strip, message["captions"]))) if "captions" in message else (),
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


def _read_forward(kept: Kept | None) -> Forward | None:
    if kept is None:
        return None
    return Forward(name=kept["name"] or None, address=f"https://t.me/{kept['of']}" if "of" in kept else None)


def _read_links(message: Kept, text: str, name: str) -> tuple[str, ...]:
    """Where the text, its link preview and its buttons lead, each once."""
    if not (message.keys() & _LEADING):
        return ()
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
