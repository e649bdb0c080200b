"""Reads a backup and puts it back into an empty store.

Nothing is written before everything was read once: manifest, signature, the hash of every file, the log.
While it is put back a mark in ``meta`` keeps every other command out; whoever was killed begins again.
"""

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import bson
import zstandard
from bson.codec_options import CodecOptions
from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError

from evidence.backup import BackupFile, Manifest, read_manifest
from evidence.checkpoint import Note
from evidence.cipher import Cipher
from evidence.errors import ConfigError, CustodyBroken, StorageError
from evidence.verdict import Damage
from evidence.verify import Verification
from storage.apart import put_together
from storage.backup import COLLECTIONS, ENDING, KEYS, MANIFEST, SIGNATURE, Told, follow
from storage.custody_blocks import APPENDER, CUSTODY
from storage.mongo import KEY, RESTORE, Document, Store, cipher_of, migrate
from storage.schema import INDEXES, SCHEMA_VERSION
from storage.whole import EVERY, WATCHED

SCHEMA = "schema"
IN_USE = ("watchlist", "practice")
"""Documents of ``meta`` that only a store in use has."""
CHUNK_BYTES = 1 << 20
BATCH, BATCH_BYTES = 500, 4_000_000
DUPLICATE = 11_000
_TIMES: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup whose files are those that its manifest names."""

    folder: Path
    keys: Path
    """Where the files of ``keys/`` lie: in the folder, or wherever they were kept."""
    manifest: Manifest

    def path(self, file: BackupFile) -> Path:
        """Where a file of the manifest lies."""
        top, _, rest = file.name.partition("/")
        return self.keys / rest if top == KEYS else self.folder / file.name

    def documents(self, top: str, name: str) -> Iterator[Document]:
        """Documents of one of its dumps, in order.

        Raises:
            StorageError: it cannot be read.
        """
        path = (self.keys if top == KEYS else self.folder / top) / f"{name}{ENDING}"
        if not path.exists():
            return  # a collection that this backup's Haechi did not have
        try:
            with open(path, "rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
                yield from bson.decode_file_iter(io.BufferedReader(stream), codec_options=_TIMES)
        except (OSError, bson.errors.BSONError, zstandard.ZstdError) as problem:
            raise StorageError(f"{path}: cannot be read ({type(problem).__name__})") from None

    def whole(self, name: str) -> Iterator[Document]:
        """Documents of a collection with their keys put back.

        Raises:
            StorageError: a key has no document.
        """
        keys = self.documents(KEYS, name)
        coming = next(keys, None)
        for document in self.documents(COLLECTIONS, name):
            if coming is not None and coming["_id"] == document["_id"]:
                yield put_together(document, coming)
                coming = next(keys, None)
            else:
                yield document
        if coming is not None:
            raise StorageError(f"the backup holds a key of {name} without its document")

    def cipher(self, cipher: Cipher) -> Cipher:
        """The cipher over the root of the store that was backed up.

        Raises:
            ConfigError: the master key is another one.
        """
        found = next((document for document in self.whole("meta") if document["_id"] == KEY), {})
        return cipher_of(found, cipher)

    def log(self, outside: Sequence[Note] = ()) -> Verification:
        """The custody log within, verified.

        Args:
            outside: checkpoints of any size from outside of the backup.

        Raises:
            CustodyBroken: it does not hold, is not the one that the manifest signed, or not that of a checkpoint.
        """
        covered = [note for note in outside if note.size <= self.manifest.note.size]
        verification = Verification(covered)
        for document in self.documents(COLLECTIONS, CUSTODY):
            follow(verification, document)
        head, note = verification.head, self.manifest.note
        if head is None or (head.log, head.size, head.root) != (note.log, note.size, note.root):
            raise CustodyBroken(verification.size, "the log in the backup is not the one that its manifest signed")
        if head.key.hex() != self.manifest.key or not note.is_signed_by(head.key):
            raise CustodyBroken(verification.size, "the manifest is not signed by the key of the log in the backup")
        found = verification.end().found
        if found is not None and found.damage is not Damage.RESTORED:
            raise CustodyBroken(found.seq, f"{found.damage}: the backup's log and a checkpoint contradict each other")
        return verification


def open_backup(folder: Path, keys: Path | None, told: Told) -> Backup:
    """Read a backup's manifest and hold every file against it.

    Raises:
        ConfigError: there is no backup.
        StorageError: a file is missing, too many or was changed, or the backup is of a newer Haechi.
    """
    try:
        content, signature = (folder / MANIFEST).read_bytes(), (folder / SIGNATURE).read_bytes()
    except OSError as problem:
        raise ConfigError(f"{folder} is no whole backup: {problem.filename}: {problem.strerror}") from None
    try:
        manifest = read_manifest(content, bytes.fromhex(signature.decode().strip()))
    except ValueError:
        raise StorageError(f"{folder / SIGNATURE} is no signature") from None
    if manifest.schema > SCHEMA_VERSION:
        raise StorageError(
            f"the backup has schema {manifest.schema}, this Haechi knows {SCHEMA_VERSION}: use a newer one"
        )
    backup = Backup(folder=folder, keys=keys or folder / KEYS, manifest=manifest)
    _check_files(backup, told)
    return backup


def _check_files(backup: Backup, told: Told) -> None:
    files = backup.manifest.files
    done, total = 0, sum(file.size_bytes for file in files)
    dumped = {Path(file.name).name.removesuffix(ENDING) for file in files if file.documents is not None}
    if unknown := sorted(dumped - INDEXES.keys()):
        raise StorageError(f"the backup holds {unknown[0]}, which this Haechi does not know: use a newer one")
    for file in files:
        path = backup.path(file)
        if not path.is_file():
            hint = (
                "; where its keys are kept apart, name their folder with --keys" if file.name.startswith(KEYS) else ""
            )
            raise StorageError(f"the backup is not whole: {path} is missing{hint}")
        if path.stat().st_size != file.size_bytes or _sha256(path) != file.sha256:
            raise StorageError(f"the backup was changed: {path} is not what its manifest says")
        done += file.size_bytes
        told("checking", done, total)
    named = {backup.path(file) for file in files}
    for top in (backup.folder / COLLECTIONS, backup.keys):
        if strangers := sorted(path for path in top.glob(f"*{ENDING}") if path not in named):
            raise StorageError(f"the backup was changed: its manifest does not name {strangers[0]}")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


# ------------------------------------------------------------------ into the store


async def begin_restore(store: Store, manifest_sha256: str, mark: Document, at: datetime) -> Document:
    """Claim an empty store, or go on with the same restore; the mark that was set by whoever began it.

    Raises:
        ConfigError: the store is not empty, or another backup is being put back.
    """
    found = await store["meta"].find_one({"_id": RESTORE})
    if found is None:
        await _check_empty(store)
        found = {"_id": RESTORE, "manifest": manifest_sha256, "at": at, **mark}
        await store["meta"].replace_one({"_id": RESTORE}, found, upsert=True)
    if found["manifest"] != manifest_sha256:
        raise ConfigError(
            f"another backup is being put back into this store (manifest {found['manifest'][:16]}):"
            " end that restore first, or give an empty store"
        )
    await migrate(store)
    return found


async def _check_empty(store: Store) -> None:
    """One that was only looked at (``haechi doctor``) knows of itself in ``meta``, and is empty all the same."""
    for name in INDEXES:
        only = {"_id": {"$in": list(IN_USE)}} if name == "meta" else {"_id": EVERY}
        if await store[name].find_one(only, {"_id": 1}) is not None:
            raise ConfigError(f"this store is not empty ({name}): a backup is put back into an empty one only")


async def load(store: Store, backup: Backup, told: Told) -> None:
    """Write all documents; those that are there already are left as they are."""
    numbers = {file.name: file.documents or 0 for file in backup.manifest.files}
    for name in INDEXES:
        if name == "meta":
            continue
        done, total, documents = 0, numbers.get(f"{COLLECTIONS}/{name}{ENDING}", 0), backup.whole(name)
        while batch := _next_batch(documents):
            await _insert(store, name, batch)
            done += len(batch)
            told(name, done, total)
        if done != total:
            raise StorageError(f"the backup was changed: {name} has {done:,} documents, its manifest says {total:,}")
    await _load_meta(store, backup)
    free = {"$set": {"holder": "", "until": datetime.fromtimestamp(0).astimezone()}, "$inc": {"renewals": 1}}
    await store[APPENDER].update_one({"_id": CUSTODY}, free)


def _next_batch(documents: Iterator[Document]) -> list[Document]:
    batch: list[Document] = []
    size = 0
    for document in islice(documents, BATCH):
        batch.append(document)
        size += sum(len(value) for value in document.values() if isinstance(value, bytes | str))
        if size > BATCH_BYTES:
            break
    return batch


async def _insert(store: Store, name: str, batch: list[Document]) -> None:
    try:
        await store[name].insert_many(batch, ordered=False)
    except BulkWriteError as problem:
        errors = (problem.details or {}).get("writeErrors") or []
        if not errors or any(error["code"] != DUPLICATE for error in errors):
            raise  # a duplicate is of an earlier try of this restore, which alone writes here


async def _load_meta(store: Store, backup: Backup) -> None:
    """What the store knows of itself; the schema is brought up to date from where the backup stood."""
    documents = [document for document in backup.whole("meta") if document["_id"] not in (RESTORE, WATCHED)]
    await store["meta"].delete_many({"_id": {"$nin": [RESTORE, SCHEMA], **EVERY}})  # what the empty store was told
    await store["meta"].bulk_write([ReplaceOne({"_id": one["_id"]}, one, upsert=True) for one in documents])
    await migrate(store)


async def mark_restore(store: Store, mark: Document) -> None:
    """Note what is done already; a restore that is begun again reads it from its mark."""
    await store["meta"].update_one({"_id": RESTORE}, {"$set": mark})


async def end_restore(store: Store) -> None:
    """The store may be used."""
    await store["meta"].delete_one({"_id": RESTORE})
