"""A backup of one installation: its database, and what of the log lies beside it.

The keys that sign go with it, sealed by the master key; the master key itself never does.
"""

import asyncio
import secrets
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import bson

from config.settings import Settings
from crawler.assemble import custody_log, now
from crawler.packages import PACKAGE_KEY
from crawler.staff import staff_here
from evidence.backup import BackupFile, Manifest, backup_act
from evidence.checkpoint import Files, Note, sign_head
from evidence.cipher import Cipher, Sealed
from evidence.custody import moment
from evidence.errors import ConfigError, StorageError
from evidence.keys import NEXT, SigningKey, read_key, write_key
from storage.backup import FILES, KEYS, MANIFEST, SIGNATURE, Told, dump, whole_folder, write_file
from storage.custody_lease import _key_of
from storage.erasure_ledger import LEDGER
from storage.mongo import Store
from storage.restore import Backup
from storage.schema import SCHEMA_VERSION
from storage.whole import WATCHED, fixed_view

SEALED = ".sealed"
LOST = ".lost"
"""Ending of a signing key that the log put back does not know: only entries that were lost changed to it."""


async def back_up(store: Store, settings: Settings, out: Path, told: Told) -> Manifest:
    """Write a backup into a folder of its own, whole or not at all; the log has its entry before.

    Args:
        store: open.
        settings: of this installation.
        out: not there, or empty.
        told: is told of the progress.

    Raises:
        ConfigError: the folder is not empty or cannot be written, or the log's key is not here.
        CustodyBroken: the log does not hold.
        StorageError: the database gives no fixed view, or the log did not take the entry.
    """
    name = f"backup-{secrets.token_hex(8)}"
    with whole_folder(out) as folder:
        async with custody_log(store, settings) as custody:
            await custody.record(backup_act(staff_here(store.cipher), name))
        at = now()
        async with fixed_view(store, name) as session:
            written, verification = await dump(store, session, folder, told)
        files, head = Files(folder=settings.data_dir), verification.head
        if head is None:
            raise StorageError("the backup does not hold its own entry in the log: nothing was written")
        key = await asyncio.to_thread(_key_of, files, head)
        written += [*_sealed_keys(store.cipher, settings.data_dir, folder), *_beside(settings.data_dir, folder)]
        manifest = Manifest(
            id=name,
            made_at=moment(at),
            haechi=version("haechi"),
            schema=SCHEMA_VERSION,
            files=tuple(sorted(written, key=lambda file: file.name)),
            checkpoint=sign_head(head, key, at).text,
            key=head.key.hex(),
        )
        write_file(folder, MANIFEST, manifest.content)
        write_file(folder, SIGNATURE, manifest.sign(key).hex().encode() + b"\n")
    await store["meta"].update_one({"_id": WATCHED}, {"$set": {"at": at, "manifest": manifest.sha256}}, upsert=True)
    return manifest


def _sealed_keys(cipher: Cipher, data_dir: Path, folder: Path) -> list[BackupFile]:
    written = []
    for name in (Files(folder=data_dir).key.name, PACKAGE_KEY):
        if (data_dir / name).exists():
            sealed = cipher.seal(read_key(data_dir / name).secret, name)
            content = bson.encode({"key": sealed.key, "sealed": sealed.text})
            written.append(write_file(folder, f"{KEYS}/{name}{SEALED}", content))
    return written


def _beside(data_dir: Path, folder: Path) -> list[BackupFile]:
    """Checkpoints, their time stamps, the ledger of erasures: as they are at this moment."""
    files = Files(folder=data_dir)
    paths = [files.notes, data_dir / LEDGER, *(files.stamps.glob("*.tsr") if files.stamps.exists() else ())]
    return [
        write_file(folder, f"{FILES}/{path.relative_to(data_dir)}", path.read_bytes())
        for path in sorted(paths)
        if path.exists()
    ]


def put_beside(backup: Backup, data_dir: Path) -> None:
    """Put back what lay beside the database and is missing now; nothing that is there is changed."""
    for file in backup.manifest.files:
        top, _, name = file.name.partition("/")
        place = data_dir / name
        if top == FILES and not place.exists():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            new = place.with_name(place.name + ".new")
            new.write_bytes(backup.path(file).read_bytes())
            new.chmod(0o600)
            new.replace(place)


def put_keys(backup: Backup, cipher: Cipher, data_dir: Path, public: bytes) -> None:
    """See that the keys that sign are in the data directory; one that is there and is not the log's is kept aside.

    Args:
        backup: with the keys, sealed.
        cipher: of the store that was backed up.
        data_dir: of this installation.
        public: key of the log in the backup.

    Raises:
        ConfigError: the log's key is neither here nor in the backup.
    """
    place = Files(folder=data_dir).key
    coming = place.with_name(place.name + NEXT)
    if place.exists() and public not in {read_key(path).public for path in (place, coming) if path.exists()}:
        place.rename(place.with_name(place.name + LOST))
    for path in (place, data_dir / PACKAGE_KEY):
        sealed = backup.keys / f"{path.name}{SEALED}"
        if not path.exists() and sealed.exists():
            fields = bson.decode(sealed.read_bytes())
            opened = cipher.open(Sealed(key=fields["key"], text=fields["sealed"]), path.name)
            write_key(path, SigningKey(secret=opened))
    if not place.exists():
        raise ConfigError(f"the log's key is neither in the backup nor here: put your copy of it back as {place}")


def kept_apart(notes: Sequence[Note], files: Files, size: int) -> Path:
    """Begin a new file of checkpoints with those that hold, and keep the old one under another name.

    Args:
        notes: those that hold.
        files: of the log.
        size: of the log by its newest checkpoint, which is lost.

    Returns:
        Where the old one is.
    """
    aside = files.notes.with_name(f"{files.notes.stem}.lost-{size}{files.notes.suffix}")
    new = files.notes.with_name(files.notes.name + ".new")
    new.write_text("".join(f"\n{note.text}" for note in notes), encoding="utf-8")
    new.chmod(0o600)
    if not aside.exists():
        aside.hardlink_to(files.notes)
    new.replace(files.notes)
    return aside
