"""An export opened: what it is of, and its posts in batches that can be kept, counted and resumed."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from channels.export import messages_html, result_json
from channels.export.message import Kept, Manner, Pseudonym, clean, message_id, read_message
from channels.figures import LARGEST
from evidence.errors import ConfigError, UnreadableCapture
from evidence.records import Place, PlaceKind, Post

BATCH_POSTS = 100
BY_POSITION = 10**12
"""Where the numbers begin that posts without a safe id of their own get; Telegram counts to 2^31."""
_SNIFF_BYTES = 16 * 1024

_KINDS = {
    "public_channel": PlaceKind.CHANNEL,
    "private_channel": PlaceKind.CHANNEL,
    "public_supergroup": PlaceKind.GROUP,
    "private_supergroup": PlaceKind.GROUP,
    "private_group": PlaceKind.GROUP,
    "bot_chat": PlaceKind.BOT,
}
"""Any other type is a conversation of persons, or one with oneself."""
_ROOMS = (PlaceKind.CHANNEL, PlaceKind.GROUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Up to 100 messages in the order of the export."""

    posts: tuple[Post, ...]
    kept: bytes
    """Canonical JSON of what is kept of them; ``read_kept`` gives the same posts again."""
    position: int
    """Messages of the chat up to here: where to go on after a stop."""
    bytes_read: int
    """Of ``size_bytes``, for a progress bar."""
    left_out: int = 0
    """Messages without an id."""
    repeated: int = 0
    """Posts whose id is not above all earlier ones, or larger than Telegram's: such an id is no safe key."""
    undated: int = 0
    """Posts whose time is unknown: the export gives none, or one without a zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One chat of an export."""

    place: Place
    chat_type: str | None
    """Telegram Desktop's word for it, such as ``private_supergroup``; None where HTML does not say."""
    files: tuple[Path, ...]
    size_bytes: int
    note: str | None
    """What is missing of a set of pages."""
    messages: Callable[[], Iterator[tuple[Any, int]]]
    manner: Manner

    @property
    def is_private(self) -> bool | None:
        """Whether only members could read it; None where the export does not say, as HTML never does."""
        return None if self.chat_type is None else not self.chat_type.startswith("public_")

    @property
    def refusal(self) -> str | None:
        """Why it must not be imported; None where it may be."""
        if self.place.kind in _ROOMS:
            return None
        return (
            f"{self.chat_type or self.place.kind}: conversations of persons are not imported, only channels and groups"
        )

    def sha256(self) -> str:
        """Hash of the file; of a set, of the sorted names and hashes of its pages."""
        hashes = [(path.name, hash_file(path)) for path in self.files]
        if len(hashes) == 1:
            return hashes[0][1]
        lines = "".join(f"{name}\0{digest}\n" for name, digest in sorted(hashes))
        return hashlib.sha256(lines.encode()).hexdigest()

    @property
    def chat(self) -> str:
        """What tells the chat from others in the same file."""
        return f"{self.chat_type}\0{self.place.native_id}\0{self.place.title}"

    def posts(self, start: int = 0, pseudonym: Pseudonym | None = None, is_keyed: bool = False) -> Iterator[Batch]:
        """Read the posts.

        Args:
            start: ``position`` of the last batch that was stored; 0 reads all.
            pseudonym: makes what is kept in place of a person's id or name; None keeps names.
            is_keyed: no two posts may have the same id: ``repeated`` ones get ``BY_POSITION`` plus their
                place in the export, the same at each reading; ``given_id`` of what is kept says the other.

        Raises:
            UnreadableCapture: where the file is broken; batches of all before it came first.
        """
        manner = replace(self.manner, pseudonym=pseudonym)
        found = (item for item in self._found(is_keyed) if item.position > start)
        while group := tuple(islice(found, BATCH_POSTS)):
            fault = group[-1].fault
            whole = group[:-1] if fault else group
            if whole:
                yield self._batch(whole, manner)
            if fault:
                raise fault

    def _found(self, is_keyed: bool) -> Iterator["_Found"]:
        """All messages, and at the end what is wrong with the file."""
        newest = -LARGEST
        try:
            for position, (raw, bytes_read) in enumerate(self.messages(), start=1):
                native_id = _checked_id(raw, position)
                is_repeated = native_id is not None and not newest < native_id < BY_POSITION
                key = BY_POSITION + position if is_keyed and is_repeated else native_id
                yield _Found(raw, key, position, bytes_read, is_repeated)
                newest = max(newest, native_id or newest)
        except UnreadableCapture as problem:
            yield _Found(fault=problem, position=LARGEST)

    def _batch(self, group: Sequence["_Found"], manner: Manner) -> Batch:
        kept = [_cleaned(item.raw, item.native_id, manner) for item in group if item.native_id is not None]
        posts = tuple(map(read_message, kept))
        chat = {"id": self.place.native_id, "name": self.place.title, "type": self.chat_type, "messages": kept}
        return Batch(
            posts=posts,
            kept=_canonical(chat),
            position=group[-1].position,
            bytes_read=group[-1].bytes_read,
            left_out=len(group) - len(kept),
            repeated=sum(item.is_repeated for item in group),
            undated=sum(post.posted_at is None for post in posts),
        )


class _Found(NamedTuple):
    """A message on its way into a batch."""

    raw: Any = None
    native_id: int | None = None
    position: int = 0
    bytes_read: int = 0
    is_repeated: bool = False
    fault: UnreadableCapture | None = None


def _cleaned(raw: Any, native_id: int, manner: Manner) -> Kept:
    kept = clean(raw, manner)
    return kept if kept["id"] == native_id else kept | {"id": native_id, "given_id": kept["id"]}


def _checked_id(raw: object, position: int) -> int | None:
    native_id = message_id(raw)
    if native_id is not None and not 1 <= abs(native_id) <= LARGEST:
        raise UnreadableCapture(f"message {position}: its id is not one that Telegram gives: expected 1 to 2^53")
    return native_id


def _canonical(value: object) -> bytes:
    """JSON with sorted keys and no white space; a half of a character that nobody could read becomes ``?``."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def read_kept(kept: bytes) -> tuple[Post, ...]:
    """Read the posts of a Batch again from what was kept of it."""
    return tuple(map(read_message, json.loads(kept)["messages"]))


# ------------------------------------------------------------------ opening


def open_export(path: Path, chat: str | None = None, zone: tzinfo | None = None) -> Export:
    """Open ``result.json``, or ``messages.html`` with the pages that follow it in its folder.

    Args:
        path: the file.
        chat: name or id of the chat to read; an export of a whole account is refused without it.
        zone: of times that are written without one (exports before 2022); None leaves them unknown.

    Returns:
        Any kind of chat; what must not be imported says so in ``refusal``.

    Raises:
        ConfigError: a whole account without ``chat``, or no chat of this name.
        UnreadableCapture: not an export, empty, or broken before its first message.
    """
    return _open_json(path, chat, zone) if looks_like_json(path) else _open_html(path, chat, zone)


def looks_like_json(path: Path) -> bool:
    """Whether a file is JSON by its name or its first character."""
    with path.open("rb") as file:
        return path.suffix.lower() == ".json" or file.read(_SNIFF_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (
            b"{",
            b"[",
        )


def looks_like_html_export(path: Path) -> bool:
    """Whether a file is a page as Telegram Desktop writes them."""
    with path.open("rb") as file:
        return b'class="page_wrap"' in file.read(_SNIFF_BYTES)


def hash_file(path: Path) -> str:
    """SHA-256 of a file of any size, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open_json(path: Path, wanted: str | None, zone: tzinfo | None) -> Export:
    chat = result_json.find_chat(path, wanted)
    native_id = chat.native_id if chat.native_id and 1 <= abs(chat.native_id) <= LARGEST else None
    kind = _KINDS.get(chat.type, PlaceKind.USER)
    return Export(
        place=Place(kind=kind, native_id=abs(native_id) if native_id else None, title=chat.name),
        chat_type=chat.type,
        files=(path,),
        size_bytes=path.stat().st_size,
        note=None,
        messages=partial(result_json.read_messages, path, chat),
        manner=Manner(title=chat.name, peer=f"channel{native_id}", is_channel=kind is PlaceKind.CHANNEL, zone=zone),
    )


def _open_html(path: Path, wanted: str | None, zone: tzinfo | None) -> Export:
    head = messages_html.read_head(path)
    if wanted is not None and wanted != head.title:
        raise ConfigError(f'"{wanted}" is not the name of the only chat in this export')
    files, note = messages_html.find_pages(path)
    return Export(
        place=Place(kind=head.kind, title=head.title),
        chat_type=None,
        files=files,
        size_bytes=sum(file.stat().st_size for file in files),
        note=note,
        messages=partial(messages_html.read_messages, files),
        manner=Manner(title=head.title, peer=None, is_channel=head.kind is PlaceKind.CHANNEL, zone=zone),
    )
