"""One post's block on Telegram's web pages, read into a Post.

Kept apart from the page around it, since the preview page and the single-post page share it. No
media address is read here: only which kinds of media there are, and how many.
"""

import base64
import binascii
import json
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import urljoin

from selectolax.lexbor import LexborNode

from channels.figures import LARGEST, read_figure, read_id
from evidence.records import Forward, Media, Post

BREAK, EDGE = "\ufdd0", "\ufdd1"
"""Stand for ``<br>`` and for the edge of a quotation while a page is read: code points that no text may contain."""

MEDIA_HOSTS = ("telesco.pe", "cdn-telegram.org", "telegram-cdn.org")
"""Where Telegram keeps media; a link there is a media address and is left out."""

_Parts: TypeAlias = defaultdict[str, list[LexborNode]]

_MEDIA_KINDS = {
    "tgme_widget_message_photo_wrap": "photo",
    "tgme_widget_message_video_player": "video",
    "tgme_widget_message_roundvideo_player": "round_video",
    "tgme_widget_message_voice_player": "voice",
    "tgme_widget_message_document_wrap": "file",
    "tgme_widget_message_poll": "poll",
    "tgme_widget_message_sticker": "sticker",
    "tgme_widget_message_tgsticker": "sticker",
    "tgme_widget_message_videosticker": "sticker",
    "tgme_widget_message_location_wrap": "place",
    "tgme_widget_message_contact": "contact",
}
_ALBUM_PARTS = (
    "grouped_media_wrap",
    "tgme_widget_message_document_wrap",
    "tgme_widget_message_photo_wrap",
    "tgme_widget_message_video_player",
    "tgme_widget_message_voice_player",
)
_CAPTIONS = (
    "tgme_widget_message_poll_question",
    "tgme_widget_message_poll_option_text",
    "tgme_widget_message_document_title",
    "tgme_widget_message_location_title",
    "tgme_widget_message_location_address",
)
_KEPT_LINK = re.compile(
    rf"(?:https?://(?!(?:[^/?#]*[.@])?(?:{'|'.join(map(re.escape, MEDIA_HOSTS))})\.?(?:[:/?#]|$))|tg:|mailto:|tel:)",
    re.IGNORECASE,
)
_POST_ID = re.compile(r"/(\d+)(?:[?#]|$)")
_AT_EDGE = re.compile(rf" ?{BREAK}*{EDGE}[ {BREAK}{EDGE}]*")
_SPACES = re.compile(r" *[\t\r\n\f][ \t\r\n\f]*| {2,}")
"""White space that is more than one space: what a browser collapses."""


def read_post(block: LexborNode, base: str, name: str | None) -> Post | None:
    """Read one block.

    Args:
        block: the ``tgme_widget_message`` element.
        base: address of the page, for relative links.
        name: the page's username, used where the block names none.

    Returns:
        None where the block has no id.
    """
    owner, _, number = (block.attributes.get("data-post") or "").strip("/").rpartition("/")
    first = read_id(number)
    if first is None:
        return None
    parts = _parts_of(block)
    ids = _album_ids(parts, first)
    owner = owner or name or ""
    return Post(
        native_id=ids[0],
        native_ids=ids,
        address=f"https://t.me/{owner}/{ids[0]}" if owner else None,
        posted_at=_read_time(parts),
        is_edited=any("edited" in meta.text(deep=False) for meta in parts["tgme_widget_message_meta"][:1]),
        is_service="service_message" in (block.attributes.get("class") or "").split(),
        author=_shown(parts, "tgme_widget_message_from_author") or _owner_name(parts),
        text=_read_text(parts),
        captions=tuple(filter(None, (plain_text(node) for name in _CAPTIONS for node in parts[name]))),
        views=read_figure(_shown(parts, "tgme_widget_message_views")),
        forwarded_from=_read_forward(parts),
        reply_to=next(map(_linked_id, parts["tgme_widget_message_reply"]), None),
        media=_read_media(block, parts),
        links=_read_links(parts, base),
    )


def _parts_of(block: LexborNode) -> _Parts:
    """Every element of the block by each of its class names, in the order of the page: one walk for all facts."""
    parts: _Parts = defaultdict(list)
    for node in block.css("[class*='tgme_widget_message_']"):
        for name in (node.attrs.get("class") or "").split():
            parts[name].append(node)
    return parts


def channel_id(block: LexborNode) -> int | None:
    """The bare channel id that ``data-view`` carries, or None where there is none.

    The attribute is a signed token of the page's view counter: it is decoded, never sent anywhere.
    """
    token = block.attributes.get("data-view") or ""
    try:
        peer = abs(int(json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_"))["c"]))
        return peer if 1 <= peer <= LARGEST else None
    except (binascii.Error, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def plain_text(node: LexborNode) -> str:
    """Text as a browser shows it: white space collapsed, each ``<br>`` a new line."""
    return collapse(node.text())


def collapse(text: str) -> str:
    """The same of a text in which ``BREAK`` and ``EDGE`` stand for what they stand for."""
    if "  " in text or any(space in text for space in "\n\t\r\f"):
        text = _SPACES.sub(" ", text)
    if BREAK in text:
        text = text.replace(f" {BREAK}", BREAK).replace(f"{BREAK} ", BREAK)
    if EDGE in text:
        # A quotation begins and ends a line, which a <br> beside it may have done already.
        text = _AT_EDGE.sub(lambda edge: BREAK * max(1, edge[0].count(BREAK)), text)
    return text.replace(BREAK, "\n").strip()


def _album_ids(parts: _Parts, first: int) -> tuple[int, ...]:
    """All ids of an album: only its first one is a block of its own."""
    links = (link for name in _ALBUM_PARTS for link in parts[name] if "?single" in (link.attrs.get("href") or ""))
    return tuple(sorted({first, *filter(None, map(_linked_id, links))}))


def _linked_id(link: LexborNode) -> int | None:
    """The post id at the end of a link such as ``https://t.me/name/123?single``."""
    found = _POST_ID.search(link.attrs.get("href") or "")
    return read_id(found[1]) if found else None


def _read_time(parts: _Parts) -> datetime | None:
    date = next(iter(parts["tgme_widget_message_date"]), None)
    node = date.css_first("time") if date is not None else None
    shown = (node.attrs.get("datetime") if node is not None else None) or ""
    try:
        time = datetime.fromisoformat(shown)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _owner_name(parts: _Parts) -> str | None:
    """The name above a post, without its check mark."""
    return _shown(parts, "tgme_widget_message_owner_name").removesuffix("✔").strip() or None


def _read_text(parts: _Parts) -> str:
    """The body, which may be nested twice: its innermost part. A reply's quotation has another class."""
    bodies = parts["js-message_text"]
    if not bodies:
        return ""
    body = bodies[0]
    for inner in bodies[1:]:
        body = inner if _is_within(inner, body) else body
    for quote in body.css("blockquote, pre"):
        quote.insert_before(EDGE)
        quote.insert_after(EDGE)
    return plain_text(body)


def _is_within(node: LexborNode, outer: LexborNode) -> bool:
    above = node.parent
    while above is not None and above != outer:
        above = above.parent
    return above is not None


def _read_forward(parts: _Parts) -> Forward | None:
    for node in parts["tgme_widget_message_forwarded_from_name"]:
        return Forward(name=plain_text(node) or None, address=node.attrs.get("href") or None)
    return None


def _read_media(block: LexborNode, parts: _Parts) -> tuple[Media, ...]:
    nodes = ((kind, node) for name, kind in _MEDIA_KINDS.items() for node in parts[name])
    numbers = Counter(_media_kind(kind, node) for kind, node in nodes)
    if "sticker" in numbers:
        numbers["sticker"] = 1  # a post holds one; moving ones carry a still one inside
    if not numbers and not parts["js-message_text"] and _is_unsupported(block):
        numbers["unsupported"] = 1
    return tuple(Media(kind=kind, number=number) for kind, number in sorted(numbers.items()))


def _media_kind(kind: str, node: LexborNode) -> str:
    """A video without a play button is a GIF; a file with a note as its icon is music."""
    if kind == "video" and node.css_first(".message_video_play") is None:
        return "gif"
    if kind == "file" and node.css_first(".tgme_widget_message_document_icon.audio") is not None:
        return "audio"
    return kind


def _is_unsupported(block: LexborNode) -> bool:
    """The hidden fallback is on ordinary posts too: it counts only where nothing else is shown."""
    label = block.css_first(".message_media_not_supported_label")
    return label is not None and block.css_first(".media_supported_cont") is None


def _read_links(parts: _Parts, base: str) -> tuple[str, ...]:
    nodes = [link for body in parts["js-message_text"] for link in body.css("a[href]")]
    nodes += parts["tgme_widget_message_link_preview"] + parts["tgme_widget_message_inline_button"]
    whole = (_follow(base, href.strip()) for node in nodes if (href := node.attrs.get("href")))
    return tuple(dict.fromkeys(link for link in whole if is_kept_link(link)))


def is_kept_link(link: str) -> bool:
    """Whether an address may be kept: one that a person could follow, and that holds no media."""
    return _KEPT_LINK.match(link) is not None


def _follow(base: str, link: str) -> str:
    """Where a browser would go; nowhere for an address that cannot be parsed."""
    if link.startswith(("https://", "http://")):
        return link
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def _shown(parts: _Parts, name: str) -> str:
    """Text of the first element of this class, or nothing."""
    return plain_text(parts[name][0]) if parts[name] else ""
