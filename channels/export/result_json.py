"""``result.json``: which chats are in it, and the messages of one of them as a stream.

Memory stays flat whatever the size: a message is in memory alone, and the chats around the one that
was asked for are passed over.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import DecimalException
from pathlib import Path
from typing import Any

import ijson

from channels.export.chunks import read_pieces
from evidence.errors import ConfigError, UnreadableCapture

LARGEST_MESSAGE_BYTES = 64 * 1024**2
_LISTS = ("chats", "left_chats")
_ACCOUNT_KEYS = (*_LISTS, "personal_information", "profile_pictures", "contacts", "frequent_contacts", "sessions")
_HEAD = ("name", "type", "id")
_FAULTS = (ijson.JSONError, ValueError, DecimalException, OverflowError, RecursionError)
"""What the parser raises for text that is not JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """One chat of an export, and where its messages lie."""

    name: str | None
    type: str
    native_id: int | None
    prefix: str = "messages.item"
    """Of its messages; chats of an account share it."""
    first: int = 0
    """How many messages of other chats come before."""
    number: int | None = None
    """How many are its own; None: all that follow."""


def find_chat(path: Path, wanted: str | None) -> Chat:
    """The chat of a single-chat export, or the one that was asked for by name or id.

    Raises:
        ConfigError: a whole account and no chat named, or none or several of this name.
        UnreadableCapture: not an export, or broken before its first message.
    """
    head: dict[str, Any] = {}
    has_messages = False
    for prefix, event, value in _events(path):
        if prefix in _HEAD:
            head[prefix] = value
        elif event == "map_key" and prefix == "" and value in _ACCOUNT_KEYS:
            return _choose(path, wanted)
        has_messages |= prefix == "messages" and event == "start_array"
        if has_messages and "type" in head and "id" in head:
            break
    if not has_messages:
        raise UnreadableCapture("not a Telegram Desktop export: neither messages nor chats.list in it")
    chat = _chat(head)
    if wanted is not None and wanted not in (chat.name, str(chat.native_id)):
        raise ConfigError(f'"{wanted}" is not the name or the id of the only chat in this export')
    return chat


def read_messages(path: Path, chat: Chat) -> Iterator[tuple[Any, int]]:
    """Each message of a chat as parsed, with how many bytes of the file were read by then.

    Raises:
        UnreadableCapture: after the last whole message of a file that is cut or broken.
    """
    found = ijson.sendable_list()
    parser = ijson.items_coro(found, chat.prefix)
    index, last_bytes, end = 0, 0, None if chat.number is None else chat.first + chat.number
    for piece, bytes_read in _until_fault(path, parser):
        for message in found:
            if index >= chat.first and (end is None or index < end):
                yield message, bytes_read
            index += 1
        last_bytes = bytes_read if found else last_bytes
        found.clear()
        if end is not None and index >= end:
            return
        _check_fault(piece, index - chat.first)
        if bytes_read - last_bytes > LARGEST_MESSAGE_BYTES and index >= chat.first:
            raise UnreadableCapture(f"message {index - chat.first + 1} is larger than 64 MB: not an export")


def _until_fault(path: Path, parser: Any) -> Iterator[tuple[Exception | None, int]]:
    """Feed the parser; after each piece nothing, or at the end what is wrong with the text."""
    bytes_read = 0
    try:
        for piece, bytes_read in read_pieces(path):
            parser.send(piece)
            yield None, bytes_read
        parser.close()
    except (*_FAULTS, UnreadableCapture) as problem:
        yield problem, bytes_read


def _check_fault(problem: Exception | None, whole: int) -> None:
    if problem is None:
        return
    after = f"after message {whole}: all up to it is whole" if whole > 0 else "before its first message"
    if isinstance(problem, UnreadableCapture):
        raise UnreadableCapture(f"{problem}, {after}" if whole > 0 else str(problem))
    if "premature EOF" in str(problem):
        raise UnreadableCapture(f"cut off {after}")
    expected = "UTF-8 text" if "UTF8" in str(problem) else "JSON"
    raise UnreadableCapture(f"not {expected} {after}")


def _events(path: Path) -> Iterator[tuple[str, str, Any]]:
    found = ijson.sendable_list()
    for problem, _ in _until_fault(path, ijson.parse_coro(found)):
        yield from found
        found.clear()
        _check_fault(problem, 0)


def _choose(path: Path, wanted: str | None) -> Chat:
    if wanted is None:
        raise ConfigError("an export of a whole account: name the one chat to read by its name or id")
    chats, problem = _list_chats(path)
    found = [chat for chat in chats if wanted in (chat.name, str(chat.native_id))]
    if not found and problem is not None:
        raise problem
    if len(found) != 1:
        how_many = f"{len(found)} chats have" if found else "no chat has"
        raise ConfigError(f'"{wanted}": {how_many} this name or id among the {len(chats)} of this export')
    return found[0]


def _list_chats(path: Path) -> tuple[list[Chat], UnreadableCapture | None]:
    """All chats of an account; of a file that is cut those up to there, with what is wrong."""
    chats: list[Chat] = []
    messages: Counter[str] = Counter()
    head: dict[str, Any] = {}
    where, first = "", 0
    try:
        for prefix, event, value in _events(path):
            base, _, rest = prefix.partition(".list.item")
            if base not in _LISTS or not prefix.startswith(f"{base}.list.item"):
                continue
            if rest == ".messages.item" and event == "start_map":
                messages[base] += 1
            elif rest == "" and event == "start_map":
                head, where, first = {}, base, messages[base]
            elif rest == "" and event == "end_map":
                chats.append(_chat(head, base, first, messages[base] - first))
                head = {}
            elif rest[1:] in _HEAD:
                head[rest[1:]] = value
    except UnreadableCapture as problem:
        return [*chats, _chat(head, where, first)] if head else chats, problem
    return chats, None


def _chat(head: dict[str, Any], base: str = "", first: int = 0, number: int | None = None) -> Chat:
    name, kind, native_id = (head.get(key) for key in _HEAD)
    return Chat(
        name=name if isinstance(name, str) else None,
        type=kind if isinstance(kind, str) else "",
        native_id=native_id if isinstance(native_id, int) else None,
        prefix=f"{base}.list.item.messages.item" if base else "messages.item",
        first=first,
        number=number,
    )
