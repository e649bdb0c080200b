"""Words of exported messages as the web shows them: text, links and what service messages say."""

import re
from collections.abc import Iterable
from typing import Any, TypeAlias

from channels.left_out import cut_part, cuts_in, left_out, left_out_of_address
from channels.post_block import BREAK, EDGE, collapse, is_kept_link
from channels.sanitize import leads_to_media

Part: TypeAlias = "str | dict[str, str]"
"""Plain words, or ``{"type", "text"}`` with ``href`` where the words lead somewhere."""

_LINES = ("blockquote", "pre")
"""Stand on lines of their own."""
_NEVER_IN_TEXT = str.maketrans("", "", BREAK + EDGE + "\0")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|mailto:|tel:", re.IGNORECASE)
_TELEGRAM = re.compile(r"(?:t|telegram)\.(?:me|dog)/", re.IGNORECASE)

_CHANNEL_WORDS = {
    "create_channel": "Channel created",
    "edit_group_title": "Channel name was changed to «{title}»",
    "edit_group_photo": "Channel photo updated",
    "delete_group_photo": "Channel photo removed",
}


def clean_parts(given: object) -> str | list[Part]:
    """The text of a message, a string or a list of parts, without what leads to media or to people.

    Returns:
        A string where no part is more than words.
    """
    if isinstance(given, str):
        return _bare(given)
    parts = _leave_out([_clean_part(part) for part in given] if isinstance(given, list) else [])
    if all(isinstance(part, str) for part in parts):
        return "".join(map(str, parts))
    return [part for part in parts if part]


def _clean_part(given: object) -> Part:
    if not isinstance(given, dict):
        return _bare(given) if isinstance(given, str) else ""
    words, kind = given.get("text"), given.get("type")
    if not isinstance(words, str) or not isinstance(kind, str):
        return _bare(words) if isinstance(words, str) else ""
    if kind == "plain":
        return _bare(words)
    part = {"type": kind, "text": _bare(words)}
    href = page_address(_link(kind, words, given.get("href")))
    return part | {"href": href} if href else part


def _leave_out(parts: list[Part]) -> list[Part]:
    """Cleaned parts without what stands across several of them."""
    words = [part if isinstance(part, str) else part["text"] for part in parts]
    cuts, begin = cuts_in("".join(words)), 0
    for place, own in enumerate(words if cuts else ()):
        part, bare = parts[place], cut_part(own, begin, cuts)
        parts[place] = bare if isinstance(part, str) else part | {"text": bare}
        begin += len(own)
    return parts


def _bare(words: str) -> str:
    if BREAK in words or EDGE in words or "\0" in words:
        words = words.translate(_NEVER_IN_TEXT)
    return left_out(words)


def _link(kind: str, words: str, href: object) -> str | None:
    """Where a browser would go; None for parts that lead nowhere outside of Telegram's own program."""
    if kind == "text_link":
        return href.strip() if isinstance(href, str) else None
    if kind == "link":
        scheme = "" if _SCHEME.match(words) else "https://" if _TELEGRAM.match(words) else "http://"
        return scheme + words.strip()
    prefix = {"mention": "https://t.me/", "email": "mailto:", "phone": "tel:"}.get(kind)
    return prefix + words.strip().removeprefix("@") if prefix else None


def page_address(href: str | None) -> str | None:
    """A link as it may be kept; None where it leads to media, or to no page."""
    if not href or not is_kept_link(href) or leads_to_media(href):
        return None
    return left_out_of_address(href)


def shown_text(parts: str | Iterable[Part]) -> str:
    """The text as a browser shows it: white space collapsed, quotations on lines of their own."""
    text = parts if isinstance(parts, str) else "".join(map(_on_lines, parts))
    return collapse(text.replace("\n", BREAK))


def _on_lines(part: Part) -> str:
    if isinstance(part, str):
        return part
    return f"{EDGE}{part['text']}{EDGE}" if part["type"] in _LINES else part["text"]


def links_of(parts: str | Iterable[Part], more: Iterable[str] = ()) -> tuple[str, ...]:
    """Links of a cleaned text, then others, each once."""
    own = (part["href"] for part in parts if isinstance(part, dict) and "href" in part)
    return tuple(dict.fromkeys((*own, *more)))


def service_words(action: str, title: str, is_channel: bool) -> str:
    """What a service message says, never of whom: as the web says it where we know, else its action as written."""
    if is_channel and action in _CHANNEL_WORDS:
        return _CHANNEL_WORDS[action].format(title=title)
    return f"{action} «{title}»" if title else action


def without_names(words: str) -> str:
    """The words of a service message of an HTML export, names of people left out."""
    if words.startswith("Channel "):
        return words
    found = _ACTS.search(words)
    return found[0].strip() if found else ""


_ACTS = re.compile(
    r" (?:created group «.*»|changed group title to «.*»|converted a basic group to this supergroup «.*»"
    r"|(?:changed|removed) group photo|converted this group to a supergroup|pinned this message"
    r"|joined group by (?:link|request)|invited|removed|created topic «.*»)",
    re.DOTALL,
)


def any_text(value: Any) -> str:
    """A field that should be text; nothing where it is not."""
    return _bare(value) if isinstance(value, str) else ""
