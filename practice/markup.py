"""Small pieces of Telegram's web markup: text, numbers and the view token. No pages here."""

import base64
import hashlib
import json
import re
from datetime import datetime
from urllib.parse import quote

from markupsafe import Markup, escape

from practice.world import PracticePost, PracticeRoom

PIECES = re.compile(
    r"(?P<url>https?://[^\s<>\"']+[^\s<>\"'.,)])"
    r"|(?P<name>(?<!\w)@[A-Za-z][A-Za-z0-9_]{3,31})"
    r"|(?P<tag>(?<!\w)#\w+)"
    r"|(?P<emoji>[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?)"
    r"|(?P<line>\n)"
)


def to_html(text: str) -> Markup:
    """Show a plain text as Telegram does: linked, with pictured emoji and ``<br/>``."""
    parts: list[str] = []
    done = 0
    for piece in PIECES.finditer(text):
        parts += _escape(text[done : piece.start()]), _show(piece)
        done = piece.end()
    return Markup("".join((*parts, _escape(text[done:]))))


def to_plain_html(text: str) -> Markup:
    """The same text without links, as a reply quotes it."""
    return Markup(_escape(text).replace("\n", " "))


def first_outside_link(text: str) -> str | None:
    """The first address in a text that leaves Telegram: what a link preview is made of."""
    urls = (piece["url"] for piece in PIECES.finditer(text) if piece["url"])
    return next((url for url in urls if "://t.me/" not in url), None)


def abbreviate(number: int) -> str:
    """Shorten as the pages of 2026: exact below 1000, else three significant digits, ``53K``."""
    if number < 1000:
        return str(number)
    unit = 10 ** (len(str(number)) - 3)
    rounded = (number + unit // 2) // unit * unit
    if rounded < 1_000_000:
        return f"{rounded / 1000:g}K"
    return f"{rounded / 1_000_000:g}M"


def space_out(number: int) -> str:
    """Write a number in full, thousands parted by a plain space: ``82 932``."""
    return f"{number:,}".replace(",", " ")


def name_count(number: int, word: str) -> str:
    """The word that goes with a number: ``subscriber`` for one, else ``subscribers``."""
    return word if number == 1 else word + "s"


def sign_view(room: PracticeRoom, post: PracticePost, at: datetime) -> str:
    """Make ``data-view``: base64 of peer, post id, time of the request and a signature.

    Args:
        room: gives the peer, shown negative.
        post: an album's id is a string with a trailing ``g``.
        at: when the page was asked for.
    """
    native_id: int | str = f"{post.id}g" if len(post.ids) > 1 else post.id
    seed = f"{room.peer_id}/{native_id}/{at.timestamp():.0f}"
    token = {
        "c": -room.peer_id,
        "p": native_id,
        "t": int(at.timestamp()),
        "h": hashlib.sha256(seed.encode()).hexdigest()[:18],
    }
    packed = json.dumps(token, separators=(",", ":")).encode()
    return base64.b64encode(packed).decode().rstrip("=")


def _show(piece: re.Match[str]) -> str:
    shown = piece[0]
    if piece["line"]:
        return "<br/>"
    if piece["emoji"]:
        return _show_emoji(shown)
    if piece["name"]:
        return f'<a href="https://t.me/{shown[1:]}" target="_blank">{shown}</a>'
    if piece["tag"]:
        return f'<a href="?q={quote(shown)}">{_escape(shown)}</a>'
    return _show_link(_escape(shown))


def _show_link(url: str) -> str:
    # Only links that leave Telegram ask before they open.
    ask = "" if "://t.me/" in url else " onclick=\"return confirm('Open this link?\\n\\n'+this.href);\""
    return f'<a href="{url}" target="_blank" rel="noopener"{ask}>{url}</a>'


def _show_emoji(emoji: str) -> str:
    picture = emoji.rstrip("\ufe0f").encode().hex().upper()
    style = f"background-image:url('//telegram.org/img/emoji/40/{picture}.png')"
    return f'<i class="emoji" style="{style}"><b>{emoji}</b></i>'


def _escape(text: str) -> str:
    return str(escape(text)).replace("!", "&#33;")
