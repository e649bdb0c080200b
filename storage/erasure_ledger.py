"""The ledger of erasures: a file outside of the database, only ever added to.

A restored backup brings back what was erased after it was made; the ledger says what must go again.
"""

import fcntl
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evidence.erasure import LedgerLine, line_bytes, parse_line
from evidence.errors import ConfigError

LEDGER = "erasures.jsonl"
"""In the data directory; it goes with every backup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What the file says."""

    lines: tuple[LedgerLine, ...]
    """In the order written; each erasure once."""
    damaged: int
    """Lines that are none: changed, or broken off by a power cut."""


def append_lines(path: Path, lines: Sequence[LedgerLine]) -> None:
    """Add lines, durable when this returns; nothing in the file is ever changed.

    Raises:
        ConfigError: it cannot be written; nothing may be erased.
    """
    if not lines:
        return
    content = b"\n" + b"".join(line_bytes(line) + b"\n" for line in lines)  # ends a line that was broken off
    is_new = not path.exists()
    try:
        _append(path, content)
        if is_new:
            _sync_folder(path.parent)
    except OSError as problem:
        raise ConfigError(
            f"{path}: cannot be written: {problem.strerror}; nothing is erased without its line"
        ) from None


def _append(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "ab", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        written = 0
        while written < len(content):
            written += file.write(content[written:]) or 0
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Without it a new file's name may be lost with the power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_ledger(path: Path) -> Ledger:
    """Read the file; empty before the first erasure.

    Raises:
        ConfigError: it cannot be read.
    """
    lines: dict[tuple[str, int], LedgerLine] = {}
    damaged = 0
    try:
        with open(path, "rb") as file:
            for content in file:
                line = parse_line(content) if content.strip() else None
                damaged += bool(content.strip()) and line is None
                if line is not None:
                    lines[line.gone.post, line.seq] = line
    except FileNotFoundError:
        return Ledger(lines=(), damaged=0)
    except OSError as problem:
        raise ConfigError(f"{path}: cannot be read: {problem.strerror}") from None
    return Ledger(lines=tuple(lines.values()), damaged=damaged)
