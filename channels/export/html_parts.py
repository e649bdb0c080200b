"""Parts of a message in ``messages.html``, its media and its text, in the form of ``result.json``."""

import re
from typing import Any, TypeAlias

from selectolax.lexbor import LexborNode

from channels.post_block import BREAK

Fields: TypeAlias = dict[str, Any]
"""Of a message, named as in ``result.json``."""

_DEEPEST = 40
"""Formats inside each other that are told apart; Telegram writes one."""

_WRAPS = {
    "photo_wrap": "photo",
    "sticker_wrap": "sticker",
    "animated_wrap": "animation",
    "video_file_wrap": "video_file",
}
_MEDIA = {
    "media_photo": "photo",
    "media_video": "video_file",
    "media_voice_message": "voice_message",
    "media_audio_file": "audio_file",
    "media_file": "file",
    "media_contact": "contact",
    "media_location": "place",
    "media_live_location": "place",
    "media_venue": "place",
}
_TITLES = {"Sticker": "sticker", "Animation": "animation", "Video message": "video_message"}
"""Say more than the class where the file was not included."""
_NO_NAMES = ("File", "Audio file")


def shown_words(node: LexborNode | None) -> str | None:
    """Text of a node on one line; None where it is absent or blank."""
    return " ".join(node.text().replace(BREAK, "\n").split()) or None if node is not None else None


def read_media(parts: dict[str, LexborNode]) -> Fields:
    """What media a message holds; where the file was not included, its title says more than its class."""
    wrap = parts.get("media_wrap")
    fields: Fields = {}
    for node in wrap.iter() if wrap is not None else ():
        for name in (node.attributes.get("class") or "").split():
            if name == "media_poll":
                fields["poll"] = _poll(node)
            elif name in _WRAPS:
                fields |= _as_json(_WRAPS[name], "", "")
            elif name in _MEDIA:
                title, more = (shown_words(node.css_first(part)) or "" for part in (".title", ".description"))
                is_told = name in ("media_photo", "media_video")
                fields |= _as_json(_TITLES.get(title, _MEDIA[name]) if is_told else _MEDIA[name], title, more)
    return fields


def _as_json(kind: str, title: str, description: str) -> Fields:
    name = "" if title in _NO_NAMES else title
    if kind == "photo":
        return {"photo": ""}
    if kind == "contact":
        return {"contact_information": ""}
    if kind == "place":
        is_venue = title not in ("Location", "Live location")
        return {"place_name": title if is_venue else "", "address": description if is_venue else ""}
    if kind == "file":
        return {"file": "", "file_name": name}
    if kind == "audio_file":
        return {"file": "", "media_type": kind, "title": name.partition(" – ")[2] or name}
    return {"file": "", "media_type": kind}


def _poll(node: LexborNode) -> Fields:
    for details in node.css(".answer .details"):
        details.decompose()
    answers = [(shown_words(answer) or "").removeprefix("- ") for answer in node.css(".answer")]
    return {
        "question": shown_words(node.css_first(".question")) or "",
        "answers": [{"text": words} for words in answers],
    }


def read_text(node: LexborNode, depth: int = 0) -> list[Any]:
    """The text as ``result.json`` has it: words, and parts with a type."""
    parts: list[Any] = []
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            parts.append(" ".join(re.split(r"[\r\n]+", child.text())).replace(BREAK, "\n"))
        elif child.tag in ("a", "blockquote", "pre") or depth > _DEEPEST:
            words = child.text().replace("\n", " ").replace(BREAK, "\n")
            parts.append(_link(child, words) if child.tag == "a" else {"type": child.tag, "text": words})
        else:
            parts += read_text(child, depth + 1)
    return parts


def _link(node: LexborNode, words: str) -> Any:
    """``href=""`` runs a script of the page; a relative address is a file, unless it is what was written."""
    href = node.attributes.get("href") or ""
    if href and href == words.strip():
        return {"type": "link", "text": words}
    return {"type": "text_link", "text": words, "href": href} if ":" in href else words
