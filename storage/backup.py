"""Makes a backup: every collection as it stood at one moment, wrapped keys and salts apart from the rest.

``collections/`` holds documents without what opens them, ``keys/`` holds that: kept in another place and
for a shorter time, it is what makes erasing reach old backups. Files are BSON, compressed, written once.
"""

import hashlib
import io
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import bson
import zstandard

from evidence.backup import BackupFile
from evidence.checkpoint import _sync_folder
from evidence.errors import ConfigError, CustodyBroken
from evidence.verify import Verification
from storage.apart import take_apart
from storage.custody_blocks import CUSTODY, read_block
from storage.mongo import Document, Session, Store
from storage.schema import INDEXES
from storage.whole import WATCHED, shares

COLLECTIONS, KEYS, FILES = "collections", "keys", "files"
ENDING = ".bson.zst"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
OWN = {COLLECTIONS, KEYS, FILES, MANIFEST, SIGNATURE}
"""All that lies in a backup's folder."""
PARTIAL = ".partial"
NOT_KEPT = ("leases", "account_leases", "host_turns", "slots", "sessions", "links")
"""Who does something just now: of no use later, and whoever was signed in shall sign in anew."""
_LEVEL = 6

Told = Callable[[str, int, int], None]
"""Is told what is worked on, how much of it is done, and of how much."""


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A folder beside ``out`` that takes its place when all is written, and never before.

    Raises:
        ConfigError: ``out`` is there and not empty, or cannot be written.
    """
    if out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        raise ConfigError(f"{out} is there already and is not empty: give each backup a folder of its own")
    making = out.with_name(out.name + PARTIAL)
    try:
        _clear(making)
        for folder in (making, making / COLLECTIONS, making / KEYS, making / FILES):
            folder.mkdir(mode=0o700, parents=True)
        yield making
        for folder in (making / COLLECTIONS, making / KEYS, making / FILES, making):
            _sync_folder(folder)
        making.rename(out)
        _sync_folder(out.parent)
    except OSError as problem:
        raise ConfigError(f"{problem.filename or out}: cannot be written: {problem.strerror}") from None
    finally:
        if making.exists() and not {path.name for path in making.iterdir()} - OWN:
            shutil.rmtree(making, ignore_errors=True)


def _clear(making: Path) -> None:
    """What a backup that was killed left there goes; anything else stays, and stops this one."""
    if not making.exists():
        return
    if strangers := sorted({path.name for path in making.iterdir()} - OWN):
        raise ConfigError(f"{making} holds {strangers[0]}, which no backup wrote: take it away first")
    shutil.rmtree(making)


@dataclass(slots=True)
class _Sink:
    """A file that is being written, with its hash."""

    file: io.BufferedWriter
    digest: Any
    size: int = 0
    documents: int = 0

    def write(self, content: bytes) -> int:
        self.digest.update(content)
        self.size += len(content)
        return self.file.write(content)


@contextmanager
def _writing(path: Path, written: list[BackupFile]) -> "Iterator[Callable[[Document], None]]":
    """Takes documents for a file; when it is durable, it is added to ``written``."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        sink = _Sink(file, hashlib.sha256())
        with zstandard.ZstdCompressor(level=_LEVEL).stream_writer(sink, closefd=False) as stream:  # type: ignore[arg-type]

            def write(document: Document) -> None:
                stream.write(bson.encode(document))
                sink.documents += 1

            yield write
        file.flush()
        os.fsync(file.fileno())
    name = f"{path.parent.name}/{path.name}"
    written.append(
        BackupFile(name=name, sha256=sink.digest.hexdigest(), size_bytes=sink.size, documents=sink.documents)
    )


def write_file(folder: Path, name: str, content: bytes) -> BackupFile:
    """Write one file whole and durable; ``name`` is relative to the backup's folder."""
    path = folder / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    digest = hashlib.sha256(content).hexdigest()
    return BackupFile(name=name, sha256=digest, size_bytes=len(content), documents=None)


async def dump(store: Store, session: Session, folder: Path, told: Told) -> tuple[list[BackupFile], Verification]:
    """Write every collection as ``session`` sees it; the custody log is verified as it passes.

    Raises:
        CustodyBroken: the log does not hold: its evidence must be looked at, not buried in a backup.
    """
    written: list[BackupFile] = []
    verification = Verification()
    for name in INDEXES:
        if name in NOT_KEPT:
            continue
        with ExitStack() as stack:
            write = stack.enter_context(_writing(folder / COLLECTIONS / f"{name}{ENDING}", written))
            write_key = stack.enter_context(_writing(folder / KEYS / f"{name}{ENDING}", written))
            async with aclosing(shares(store, name, session)) as found:
                async for share in found:
                    for document in share.documents:
                        if name == CUSTODY:
                            follow(verification, document)
                        _write_apart(document, write, write_key)
                    told(name, share.number, share.of)
    return written, verification


def _write_apart(document: Document, write: Callable[[Document], None], write_key: Callable[[Document], None]) -> None:
    rest, keys = take_apart(document)
    write(rest)
    if keys is not None:
        write_key(keys)


def follow(verification: Verification, document: Mapping[str, Any]) -> None:
    """Let the next block of a log pass.

    Raises:
        CustodyBroken: it does not follow.
    """
    if not verification.add(read_block(document, verification.size)):
        found = verification.end().found
        seq = found.seq if found else verification.size
        raise CustodyBroken(seq, "the log does not hold from here on: run haechi evidence verify")


async def last_backup(store: Store) -> datetime | None:
    """When the newest backup was made here; None before the first one."""
    found = await store["meta"].find_one({"_id": WATCHED}) or {}
    return found.get("at")
