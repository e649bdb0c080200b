"""One post's block on Telegram's web pages, read into a Post.

Kept apart from the page around it, since the preview page and the single-post page share it. No
media address is read here: only which kinds of media there are, and how many.
"""

import base64
import binascii
import json
import re
from collections import Counter
from datetime import UTC, datetime
from urllib.parse import urljoin

from selectolax.lexbor import LexborNode

from channels.figures import read_figure
from evidence.records import Forward, Media, Post

BREAK = "\ufdd0"
"""Stands for ``<br>`` while a page is parsed: a code point that no text may contain."""

MEDIA_HOSTS = ("telesco.pe", "cdn-telegram.org", "telegram-cdn.org")
"""Where Telegram keeps media; a link there is a media address and is left out."""

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
_MEDIA = ", ".join(f".{name}" for name in _MEDIA_KINDS)
_LINKS = (
    ".tgme_widget_message_text.js-message_text a[href], a.tgme_widget_message_link_preview[href],"
    " a.tgme_widget_message_inline_button[href]"
)
_ALBUM_PARTS = ", ".join(
    f"a.{part}[href*='?single']"
    for part in (
        "grouped_media_wrap",
        "tgme_widget_message_document_wrap",
        "tgme_widget_message_photo_wrap",
        "tgme_widget_message_video_player",
        "tgme_widget_message_voice_player",
    )
)
_KEPT_LINK = re.compile(
    rf"(?:https?://(?!(?:[^/?#]*[.@])?(?:{'|'.join(map(re.escape, MEDIA_HOSTS))})(?:[:/?#]|$))|tg:|mailto:|tel:)",
    re.IGNORECASE,
)
_POST_ID = re.compile(r"/(\d+)(?:[?#]|$)")
_EMPTY_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_AROUND_BREAK = re.compile(rf" ?{BREAK} ?")


def read_post(block: LexborNode, base: str, name: str | None) -> Post | None:
    """Read one block.

    Args:
        block: the ``tgme_widget_message`` element.
        base: address of the page, for relative links.
        name: the page's username, used where the block names none.

    Returns:
        None where the block has no id.
    """
    owner, _, number = (block.attributes.get("data-post") or "").rpartition("/")
    if not number.isdecimal():
        return None
    ids = _album_ids(block, int(number))
    owner = owner or name or ""
    date = block.css_first("a.tgme_widget_message_date")
    return Post(
        native_id=ids[0],
        native_ids=ids,
        address=f"https://t.me/{owner}/{ids[0]}" if owner else None,
        posted_at=_read_time(date),
        is_edited=_is_edited(block),
        is_service="service_message" in (block.attributes.get("class") or "").split(),
        author=_read_author(block),
        text=_read_text(block),
        captions=_read_captions(block),
        views=read_figure(_own(block, ".tgme_widget_message_views")),
        forwarded_from=_read_forward(block),
        reply_to=_read_reply(block),
        media=_read_media(block),
        links=_read_links(block, base),
    )


def channel_id(block: LexborNode) -> int | None:
    """The bare channel id that ``data-view`` carries, or None where there is none.

    The attribute is a signed token of the page's view counter: it is decoded, never sent anywhere.
    """
    token = block.attributes.get("data-view") or ""
    try:
        peer = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_"))["c"]
        return abs(int(peer)) or None
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None


def plain_text(node: LexborNode) -> str:
    """Text as a browser shows it: white space collapsed, each ``<br>`` a new line."""
    text = _AROUND_BREAK.sub(BREAK, _SPACES.sub(" ", node.text()))
    return text.replace(BREAK, "\n").strip()


def _album_ids(block: LexborNode, first: int) -> tuple[int, ...]:
    """All ids of an album: only its first one is a block of its own."""
    links = block.css(_ALBUM_PARTS)
    return tuple(sorted({first, *filter(None, map(_linked_id, links))}))


def _linked_id(link: LexborNode) -> int | None:
    """The post id at the end of a link such as ``https://t.me/name/123?single``."""
    found = _POST_ID.search(link.attributes.get("href") or "")
    return int(found[1]) if found else None


def _read_time(date: LexborNode | None) -> datetime | None:
    node = date.css_first("time") if date is not None else None
    shown = (node.attributes.get("datetime") if node is not None else None) or ""
    try:
        return datetime.fromisoformat(shown).astimezone(UTC)
    except ValueError:
        return None


def _is_edited(block: LexborNode) -> bool:
    meta = block.css_first(".tgme_widget_message_meta")
    return meta is not None and "edited" in meta.text(deep=False)


def _read_author(block: LexborNode) -> str | None:
    """The signature below a post, else the name above it."""
    signature = _own(block, ".tgme_widget_message_from_author")
    return signature or _own(block, ".tgme_widget_message_owner_name > span") or _owner_name(block)


def _owner_name(block: LexborNode) -> str | None:
    return _own(block, ".tgme_widget_message_owner_name").removesuffix("✔").strip() or None


def _read_text(block: LexborNode) -> str:
    """The body, which may be nested twice; a reply's quotation has another class."""
    nested = block.css(".js-message_text .tgme_widget_message_text.js-message_text")
    body = nested[-1] if nested else block.css_first(".tgme_widget_message_text.js-message_text")
    if body is None:
        return ""
    for quote in body.css("blockquote, pre"):
        quote.insert_before(BREAK)
        quote.insert_after(BREAK)
    return _EMPTY_LINES.sub("\n\n", plain_text(body))


def _read_captions(block: LexborNode) -> tuple[str, ...]:
    """Words shown beside media: a poll's question and answers, names of files."""
    nodes = block.css(
        ".tgme_widget_message_poll_question, .tgme_widget_message_poll_option_text, .tgme_widget_message_document_title"
    )
    return tuple(filter(None, map(plain_text, nodes)))


def _read_forward(block: LexborNode) -> Forward | None:
    node = block.css_first(".tgme_widget_message_forwarded_from_name")
    if node is None:
        return None
    return Forward(name=plain_text(node) or None, address=node.attributes.get("href") or None)


def _read_reply(block: LexborNode) -> int | None:
    node = block.css_first("a.tgme_widget_message_reply")
    return _linked_id(node) if node is not None else None


def _read_media(block: LexborNode) -> tuple[Media, ...]:
    numbers = Counter(map(_media_kind, block.css(_MEDIA)))
    if not numbers and _is_unsupported(block):
        numbers["unsupported"] = 1
    return tuple(Media(kind=kind, number=number) for kind, number in sorted(numbers.items()))


def _media_kind(node: LexborNode) -> str:
    """A video without a play button is a GIF; a file with a note as its icon is music."""
    names = (node.attributes.get("class") or "").split()
    kind = next(_MEDIA_KINDS[name] for name in names if name in _MEDIA_KINDS)
    if kind == "video" and node.css_first(".message_video_play") is None:
        return "gif"
    if kind == "file" and node.css_first(".tgme_widget_message_document_icon.audio") is not None:
        return "audio"
    return kind


def _is_unsupported(block: LexborNode) -> bool:
    """The hidden fallback is on ordinary posts too: it counts only where nothing else is shown."""
    label = block.css_first(".message_media_not_supported_label")
    shown = block.css_first(".media_supported_cont, .tgme_widget_message_text.js-message_text")
    return label is not None and shown is None


def _read_links(block: LexborNode, base: str) -> tuple[str, ...]:
    links = (_follow(base, (node.attributes.get("href") or "").strip()) for node in block.css(_LINKS))
    return tuple(dict.fromkeys(link for link in links if _KEPT_LINK.match(link)))


def _follow(base: str, link: str) -> str:
    """Where a browser would go; nowhere for an address that cannot be parsed."""
    if link.startswith(("https://", "http://")):
        return link
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def _own(block: LexborNode, selector: str) -> str:
    """Text of the first match, or nothing."""
    node = block.css_first(selector)
    return plain_text(node) if node is not None else ""
