"""A backup's manifest, and the two acts that the log knows of: a backup was made, one was put back.

The manifest names every file with its hash and the checkpoint of the log within; the log's key signs it.
A restore is an act like any other, and an honest one: it says up to where the log had grown before, as
far as a checkpoint from outside shows, so that entries which were lost stay known to be lost.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from evidence.canonical import canonical
from evidence.case import Staff, staff_act
from evidence.checkpoint import Note, parse_notes
from evidence.custody import Act
from evidence.errors import StorageError
from evidence.keys import SigningKey, is_signed_by

FORM = "haechi backup 1"
BACKUP, RESTORE, MASTER_KEY = "backup", "restore", "master-key"
"""Actions in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFile:
    """A file of a backup."""

    name: str
    """Below the backup's folder, such as ``keys/posts.bson.zst``."""
    sha256: str
    size_bytes: int
    documents: int | None
    """None where it is no dump."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    id: str
    made_at: str
    haechi: str
    """Version of the program."""
    schema: int
    files: tuple[BackupFile, ...]
    checkpoint: str
    """Of the log within, as a signed note."""
    key: str
    """Public key, hexadecimal, that signed the manifest; in force at the end of the log within."""

    @property
    def content(self) -> bytes:
        """What is written and signed."""
        return canonical({"form": FORM, **asdict(self)})

    @property
    def sha256(self) -> str:
        """What the log calls the backup by."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def note(self) -> Note:
        """The checkpoint.

        Raises:
            StorageError: it is none.
        """
        notes = parse_notes(self.checkpoint)
        if len(notes.notes) != 1 or notes.rest:
            raise StorageError("the backup's manifest holds no checkpoint of its log")
        return notes.notes[0]

    def sign(self, key: SigningKey) -> bytes:
        """64 bytes."""
        return key.sign(_signed(self.content))


def read_manifest(content: bytes, signature: bytes) -> Manifest:
    """A manifest whose signature holds.

    Raises:
        StorageError: it is none, of another form, or not signed by the key that it names.
    """
    try:
        fields: dict[str, Any] = json.loads(content)
        form = fields.pop("form", None)
        if form != FORM:
            raise StorageError(f'the backup has the form "{form}"; this Haechi reads "{FORM}": use a newer one')
        files = tuple(BackupFile(**file) for file in fields.pop("files"))
        manifest = Manifest(**fields, files=files)
        is_whole = manifest.content == content
        is_signed = is_signed_by(bytes.fromhex(manifest.key), signature, _signed(content))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise StorageError("manifest.json is not that of a backup") from None
    if not (is_whole and is_signed):
        raise StorageError("manifest.json was changed: its signature does not hold")
    return manifest


def _signed(content: bytes) -> bytes:
    return f"{FORM}\n".encode() + content


def backup_act(staff: Staff, name: str) -> Act:
    """A backup is about to be made."""
    return staff_act(staff, f"{BACKUP}:{name}", BACKUP, (BACKUP, name))


def restore_act(staff: Staff, manifest_sha256: str, size: int, root: bytes) -> Act:
    """A backup was put back.

    Args:
        staff: who did.
        manifest_sha256: of the backup.
        size: of the log by the newest checkpoint from outside; 0 where there was none.
        root: in that checkpoint; empty where there was none.
    """
    request = f"{RESTORE}:{manifest_sha256}:{size}:{root.hex()[:32]}"
    return staff_act(staff, request, RESTORE, (BACKUP, manifest_sha256), reason_code=f"{size}", commit=root.hex())


def master_key_act(staff: Staff, key_id: bytes) -> Act:
    """From now on another master key wraps data keys."""
    return staff_act(staff, f"{MASTER_KEY}:{key_id.hex()}", MASTER_KEY, ("key", key_id.hex()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A restore as the log declares it."""

    seq: int
    """Of its entry, the first one after those of the backup."""
    ts: str
    backup: str
    """Hash of the backup's manifest."""
    size: int
    """Of the log before, by the newest checkpoint that was known; 0 where none was."""
    root: bytes

    @property
    def lost(self) -> int:
        """Entries that the log had and that the backup did not hold, as far as known."""
        return max(0, self.size - self.seq)


def declared_restore(entry: Mapping[str, Any]) -> Restored | None:
    """The restore that an entry of the log declares; None of any other entry."""
    if entry.get("action") != RESTORE or entry.get("target_type") != BACKUP:
        return None
    try:
        size, root = int(entry["reason_code"]), bytes.fromhex(entry["commit"])
    except (KeyError, ValueError, TypeError):
        return None
    return Restored(seq=entry["seq"], ts=str(entry["ts"]), backup=str(entry["target_id"]), size=size, root=root)
