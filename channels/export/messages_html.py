"""``messages.html``, ``messages2.html`` …: a set of pages, put into the form of ``result.json``.

HTML says less than JSON: neither the chat's id nor its kind, no time of a service message, no mark
of an edit, and before 2022 no time zone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from channels.export.html_parts import Fields, read_media, read_text, shown_words
from channels.post_block import BREAK
from channels.tree import parse_whole
from evidence.errors import UnreadableCapture
from evidence.records import PlaceKind

LARGEST_PAGE_BYTES = 32 * 1024**2
"""Telegram Desktop puts a thousand messages on a page, about 1 MB."""

_NEXT = re.compile(rb'href="(messages[0-9]{1,6}\.html)"')
_TAIL_BYTES = 2_000
_DAY = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")
_DATE = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d:\d\d:\d\d)(?: UTC(?:([+-])(\d\d):?(\d\d))?)?")
_VIA = re.compile(r"\s+via @\w+$")
_ANSWERED = re.compile(r"go_to_message(-?\d{1,15})\b")
_OWN = ("Saved messages", "Replies")
"""What Telegram Desktop calls a conversation with oneself."""
_UNSUPPORTED = "This message is not supported by this version of Telegram Desktop"
_GROUP_ACTS = re.compile(r" (?:created group|changed group|joined group|converted|invited|removed group) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the first page says of its chat."""

    title: str | None
    kind: PlaceKind
    """Guessed from service messages and senders: the pages do not say it."""


def find_pages(path: Path) -> tuple[tuple[Path, ...], str | None]:
    """The page and all that follow it in its folder, by rising numbers, and what is missing of them."""
    pages = [path]
    while name := _next_name(pages[-1]):
        following = path.with_name(name)
        if not following.is_file():
            return tuple(pages), f"{name}, which follows {pages[-1].name}, is not there"
        pages.append(following)
    return tuple(pages), None


def _next_name(page: Path) -> str | None:
    """The link below the last message; one above the first leads back."""
    with page.open("rb") as file:
        file.seek(max(0, page.stat().st_size - _TAIL_BYTES))
        names = _NEXT.findall(file.read())
    number = re.fullmatch(r"messages(\d*)\.html", page.name)
    own = int(number[1] or 1) if number else 1
    later = [name for name in map(bytes.decode, names) if int(name[8:-5]) > own]
    return later[-1] if later else None


def read_head(page: Path) -> Head:
    """Title and kind of the chat.

    Raises:
        UnreadableCapture: not a page of an export.
    """
    tree = _parse(page)
    title = shown_words(tree.css_first(".page_header .text.bold"))
    blocks = tree.css("div.history div.message")
    if tree.css_first("div.history") is None:
        raise UnreadableCapture("not a Telegram Desktop export: no history of messages on the page")
    names = {_sender_of(block) for block in blocks if _has(block, "default") and not _has(block, "joined")}
    said = [shown_words(block.css_first(".body")) or "" for block in blocks if _has(block, "service")]
    return Head(title=title, kind=_kind(title, names - {None}, said))


def _kind(title: str | None, names: set[str | None], said: list[str]) -> PlaceKind:
    if title in _OWN:
        return PlaceKind.USER
    if any(words.startswith("Channel ") for words in said):
        return PlaceKind.CHANNEL
    if any(map(_GROUP_ACTS.search, said)):
        return PlaceKind.GROUP
    if title in names and len(names) <= 2 and (title or "").lower().endswith("bot"):
        return PlaceKind.BOT
    if names <= {title}:
        return PlaceKind.CHANNEL
    return PlaceKind.USER if title in names and len(names) == 2 else PlaceKind.GROUP


def read_messages(pages: tuple[Path, ...]) -> Iterator[tuple[Fields, int]]:
    """Each message in the form of ``result.json``, with how many bytes of the set were read by then.

    Raises:
        UnreadableCapture: at a page that is cut or is no page of an export; those before are whole.
    """
    above: Fields = {}
    bytes_read = 0
    for page in pages:
        tree = _parse(page)
        bytes_read += page.stat().st_size
        for block in tree.css("div.history > div.message"):
            above = _read_block(block, above)
            if above:
                yield above, bytes_read


def _parse(page: Path) -> LexborHTMLParser:
    size = page.stat().st_size
    if size == 0:
        raise UnreadableCapture(f"{page.name} is empty: 0 bytes")
    if size > LARGEST_PAGE_BYTES:
        raise UnreadableCapture(f"{page.name} has {size // 1024**2} MB: expected at most 32, a page of 1,000 messages")
    try:
        tree = parse_whole(page.read_bytes().decode("utf-8-sig").replace(BREAK, ""))
    except UnicodeDecodeError:
        raise UnreadableCapture(f"{page.name} is not UTF-8 text, as Telegram Desktop writes it") from None
    except UnreadableCapture as problem:
        raise UnreadableCapture(f"{page.name}: {problem}") from None
    for line_break in tree.css("br"):
        line_break.replace_with(BREAK)
    return tree


# ------------------------------------------------------------------ one message


def _read_block(block: LexborNode, above: Fields) -> Fields:
    """A message; empty for the line that names a day."""
    native_id = re.fullmatch(r"message(-?\d{1,30})", block.attributes.get("id") or "")
    fields: Fields = {"id": int(native_id[1])} if native_id else {}
    body = block.css_first("div.body")
    if body is None:
        return fields
    if _has(block, "service"):
        return _read_service(fields, shown_words(body) or "")
    outer = _parts(body)
    inner = _parts(outer["forwarded"]) if "forwarded" in outer else outer
    is_joined = _has(block, "joined")
    fields |= {"type": "message", "from": _sender_of(block) or (above.get("from") if is_joined else None)}
    fields |= _date(outer.get("date"))
    if "forwarded" in outer:
        fields["forwarded_from"] = _name(inner.get("from_name")) or (above.get("forwarded_from") if is_joined else None)
    answered = _ANSWERED.search(inner["reply_to"].html or "") if "reply_to" in inner else None
    if answered:
        fields["reply_to_message_id"] = int(answered[1])
    return fields | read_media(inner) | _rest(inner)


def _read_service(fields: Fields, words: str) -> Fields:
    if _DAY.fullmatch(words) and fields.get("id", 0) < 0:
        return {}
    if words.startswith(_UNSUPPORTED):
        return fields | {"type": "unsupported"}
    return fields | {"type": "service", "text": words}


def _parts(body: LexborNode) -> dict[str, LexborNode]:
    """The parts of a message by their class names: its direct children, so that nothing quoted mixes in."""
    parts: dict[str, LexborNode] = {}
    for node in body.iter():
        for name in (node.attributes.get("class") or "").split():
            if name != "forwarded" or _has(node, "body"):
                parts.setdefault(name, node)
    return parts


def _rest(parts: dict[str, LexborNode]) -> Fields:
    text = read_text(parts["text"]) if "text" in parts else []
    fields: Fields = {"text": text, "author": shown_words(parts.get("signature"))}
    table = parts.get("bot_buttons_table")
    if table is not None:
        links = [link.attributes.get("href") for link in table.css("a[href]")]
        fields["inline_bot_buttons"] = [[{"type": "url", "data": link} for link in links if link]]
    return fields


def _date(node: LexborNode | None) -> Fields:
    """The time in the title; its zone is there since 2022."""
    found = _DATE.fullmatch((node.attributes.get("title") if node is not None else None) or "")
    if found is None:
        return {}
    day, month, year, clock, sign, hours, minutes = found.groups()
    local = f"{year}-{month}-{day}T{clock}"
    if " UTC" not in found[0]:
        return {"date": local}
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        time = datetime.fromisoformat(local).replace(tzinfo=timezone(-offset if sign == "-" else offset))
    except ValueError:
        return {"date": local}
    return {"date": local, "date_unixtime": int(time.timestamp())}


def _sender_of(block: LexborNode) -> str | None:
    """The name above a message; a ``joined`` one has none."""
    body = block.css_first("div.body")
    return _name(_parts(body).get("from_name")) if body is not None else None


def _name(node: LexborNode | None) -> str | None:
    """A name without the bot and without the time beside it."""
    words = "".join(child.text() for child in node.iter(include_text=True) if child.tag == "-text") if node else ""
    name = _VIA.sub("", " ".join(words.split()))
    return name if name and name != "Deleted Account" else None


def _has(node: LexborNode, name: str) -> bool:
    return name in (node.attributes.get("class") or "").split()
