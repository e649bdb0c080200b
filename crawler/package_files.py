"""A package on disk: whole and durable, or not there at all; never over anything."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from evidence.errors import ConfigError

FOLDER_MODE, FILE_MODE = 0o700, 0o600


def check_place(out: Path) -> None:
    """See that a package could be put there.

    Raises:
        ConfigError: something is there already, or the folder that it would lie in is missing.
    """
    if out.exists() or out.is_symlink():
        raise ConfigError(f"--out: {out} exists already; expected the name of a folder that is yet to be made")
    if not out.parent.is_dir():
        raise ConfigError(f"--out: {out.parent} is no folder; make it first")


def write_package(out: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder that is yet to be made.

    Raises:
        ConfigError: it cannot be written; then nothing of it is left.
    """
    check_place(out)
    making = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        for path, content in files.items():
            _write(making / path, content)
        for folder in (*(found for found in making.rglob("*") if found.is_dir()), making):
            _sync(folder)
        making.rename(out)
        _sync(out.parent)
    except OSError as problem:
        raise ConfigError(f"--out: cannot write {out}: {problem.strerror}") from None
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.utime(path, (0, 0))  # the same package has the same times


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
