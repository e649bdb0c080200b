"""Messages in the form that is kept, without addresses of media and resident numbers.

A page of messages is looked at once as a whole; only where something may be in it, message by message.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from channels.left_out import Cut, cut_part, cuts_in, left_out, left_out_of_address, may_hold_any
from channels.sanitize import leads_to_media

Kept = dict[str, Any]
"""As ``channels/telegram/convert.py`` writes it."""
_MORE = frozenset({"captions", "forward", "preview", "buttons", "links"})
"""Where a message has words or addresses besides its text."""


def leave_out(messages: list[Kept]) -> list[Kept]:
    """The messages as they may be kept; what has been through here stays as it is."""
    if not may_hold_any("\n".join(_said(messages))):
        return messages
    return [_leave_out(message) for message in messages]


def leave_out_of_room(channel: Kept) -> Kept:
    """What a room says of itself, as it may be kept."""
    return {key: left_out(value) if isinstance(value, str) else value for key, value in channel.items()}


def _said(messages: Iterable[Kept]) -> Iterator[str]:
    """Everything that strangers wrote."""
    for message in messages:
        yield message.get("text") or message.get("service") or ""
        if message.keys().isdisjoint(_MORE):
            continue  # nine in ten
        yield from message.get("captions", ())
        if "forward" in message:
            yield message["forward"]["name"] or ""
        yield from map(unquote, _addresses(message))


def _addresses(message: Kept) -> Iterator[str]:
    if "preview" in message:
        yield message["preview"]
    if "buttons" in message:
        yield from message["buttons"]
    for link in message.get("links", ()):
        yield from link[3:]


def _leave_out(message: Kept) -> Kept:
    text, cuts = message.get("text", ""), cuts_in(message.get("text", ""))
    changed: Kept = {
        "text": cut_part(text, 0, cuts),
        "service": left_out(message.get("service", "")),
        "links": [_moved(link, text, cuts) for link in message.get("links", ()) if _stays(link, text, cuts)],
        "captions": [left_out(words) for words in message.get("captions", ())],
        "forward": {key: words and left_out(words) for key, words in message.get("forward", {}).items()},
        "buttons": [left_out_of_address(url) for url in message.get("buttons", ()) if not leads_to_media(url)],
        "preview": left_out_of_address(message.get("preview", "")),
    }
    kept = {**message, **{key: value for key, value in changed.items() if key in message}}
    if leads_to_media(kept.get("preview", "")):
        del kept["preview"]
    return kept


def _stays(link: Sequence[Any], text: str, cuts: Sequence[Cut]) -> bool:
    """Whether it leads to a page: by an address of its own, or by words that stay."""
    if link[3:]:
        return not leads_to_media(link[3])
    start, end = _span(link, text)
    return not any(cut < end and end_of_cut > start for cut, end_of_cut, _ in cuts)


def _moved(link: Sequence[Any], text: str, cuts: Sequence[Cut]) -> list[Any]:
    """The link where its words stand now; offsets in UTF-16 units, as Telegram counts."""
    start, _ = _span(link, text)
    moved = sum(_units(mark) - _units(text[cut:end]) for cut, end, mark in cuts if end <= start)
    return [link[0], link[1] + moved, link[2], *map(left_out_of_address, link[3:])]


def _span(link: Sequence[Any], text: str) -> tuple[int, int]:
    """Where its words stand, in code points."""
    units = text.encode("utf-16-le", "surrogatepass")
    before = units[: 2 * link[1]].decode("utf-16-le", "replace")
    words = units[2 * link[1] : 2 * (link[1] + link[2])].decode("utf-16-le", "replace")
    return len(before), len(before) + len(words)


def _units(words: str) -> int:
    return len(words.encode("utf-16-le", "surrogatepass")) // 2
