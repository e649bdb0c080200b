"""Checkpoints: what the log was at a moment, signed, in a form that lives outside the database.

A note is text (C2SP ``tlog-checkpoint`` in a ``signed-note``), so that it can be printed, mailed and
checked by other programs:

    haechi/0123456789abcdef0123456789abcdef
    1042
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
    2026-11-20T09:00:00.000Z

    — haechi/0123456789abcdef0123456789abcdef qIF5ZRz…
"""

import base64
import binascii
import fcntl
import hashlib
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from evidence.custody import Head, moment
from evidence.errors import ConfigError
from evidence.keys import SigningKey, is_signed_by

ORIGIN = "haechi/"
ED25519 = b"\x01"
"""C2SP's number of the kind of signature."""
ID_BYTES = 4
LARGEST_FILE_BYTES = 200_000_000

_NOTE = re.compile(
    r"^haechi/(?P<log>[0-9a-f]{32})\n(?P<size>0|[1-9]\d{0,15})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\n\n— haechi/(?P=log) (?P<signature>[A-Za-z0-9+/=]+)\n",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What belongs to the log and lies outside of the database."""

    folder: Path
    """The data directory."""

    @property
    def key(self) -> Path:
        """The key that signs."""
        return self.folder / "custody.key"

    @property
    def notes(self) -> Path:
        """Checkpoints one after the other; only ever added to. Copy it elsewhere, often."""
        return self.folder / "custody-checkpoints.txt"

    @property
    def stamps(self) -> Path:
        """Folder of time stamps by outside authorities."""
        return self.folder / "custody-stamps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A signed checkpoint."""

    log: str
    size: int
    root: bytes
    at: datetime
    key_id: bytes
    """4 bytes: which key signed it."""
    signature: bytes

    @property
    def body(self) -> str:
        """The signed text."""
        root = base64.b64encode(self.root).decode()
        return f"{ORIGIN}{self.log}\n{self.size}\n{root}\n{moment(self.at)}\n"

    @property
    def text(self) -> str:
        """The whole note."""
        signature = base64.b64encode(self.key_id + self.signature).decode()
        return f"{self.body}\n— {ORIGIN}{self.log} {signature}\n"

    def is_signed_by(self, key: bytes) -> bool:
        """Whether it carries this public key's signature."""
        return self.key_id == key_id(self.log, key) and is_signed_by(key, self.signature, self.body.encode())


def key_id(log: str, key: bytes) -> bytes:
    """What a note names its key by."""
    return hashlib.sha256(f"{ORIGIN}{log}\n".encode() + ED25519 + key).digest()[:ID_BYTES]


def sign_head(head: Head, key: SigningKey, at: datetime) -> Note:
    """The checkpoint of a log as it stands."""
    unsigned = Note(
        log=head.log, size=head.size, root=head.root, at=at, key_id=key_id(head.log, key.public), signature=b""
    )
    return Note(
        log=head.log,
        size=head.size,
        root=head.root,
        at=at,
        key_id=unsigned.key_id,
        signature=key.sign(unsigned.body.encode()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What a file of checkpoints holds."""

    notes: tuple[Note, ...]
    rest: int
    """Characters that belong to no checkpoint; 0 unless the file was changed or a write was cut."""


def parse_notes(text: str) -> Notes:
    """Read checkpoints that stand one after the other."""
    notes, rest, end = [], 0, 0
    for found in _NOTE.finditer(text):
        rest += len(text[end : found.start()].strip())
        end = found.end()
        try:
            notes.append(_note(found))
        except ValueError:
            rest += len(found[0])
    return Notes(notes=tuple(notes), rest=rest + len(text[end:].strip()))


def _note(found: re.Match[str]) -> Note:
    """A note whose text, written again, is what was read.

    Raises:
        ValueError: of any other.
    """
    signed = base64.b64decode(found["signature"], validate=True)
    note = Note(
        log=found["log"],
        size=int(found["size"]),
        root=base64.b64decode(found["root"], validate=True),
        at=datetime.fromisoformat(found["at"]).astimezone(UTC),
        key_id=signed[:ID_BYTES],
        signature=signed[ID_BYTES:],
    )
    if note.text != found[0]:
        raise binascii.Error
    return note


def read_notes(path: Path) -> Notes:
    """Read a file of checkpoints.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise ConfigError(f"{path} is larger than {LARGEST_FILE_BYTES:,} bytes: no file of checkpoints")
        return parse_notes(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ConfigError(f"{path}: cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is no text: expected checkpoints as `haechi evidence checkpoint` prints") from None


def last_note(path: Path) -> Note | None:
    """The newest checkpoint of our own file; None before the first one."""
    if not path.exists():
        return None
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - 4_096))
        notes = parse_notes(file.read().decode("utf-8", "replace")).notes
    return notes[-1] if notes else None


def append_note(path: Path, note: Note) -> None:
    """Add a checkpoint to a file, durable when this returns; nothing in the file is ever changed."""
    is_new = not path.exists()
    descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, f"\n{note.text}".encode())  # the blank line ends a note that a power cut broke off
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Without it a new file's name may be lost with the power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
