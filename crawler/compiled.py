"""The register of schools, compiled; what takes long to derive is kept in a file of the data directory.

The file is plain JSON, named by a hash of all that it was made from: the register's files and the
code that reads them. Anything else about it being wrong only means that it is made again.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path

import config.register
import pipelines.schools
from config.register import load_all_schools
from evidence.records import School
from pipelines.schools.register import Form, Register, build_register, derive_form

KEPT = 3
"""Compiled forms that stay: of the registers used last."""


def compiled_register(path: Path | None, data_dir: Path) -> Register:
    """Read and compile a register, or take its compiled form.

    Args:
        path: the register's file; None for the packaged universities alone.
        data_dir: where the compiled form is kept; not written where that is not possible.

    Raises:
        ConfigError: mistakes in the register's file.
    """
    file = data_dir / f"register-{register_hash(path)}.json"
    with suppress(OSError, ValueError, TypeError, KeyError):
        return _read(file)
    schools = load_all_schools(path)
    form = derive_form(schools)
    with suppress(OSError):
        _write(file, schools, form)
    return build_register(schools, form)


def register_hash(path: Path | None) -> str:
    """16 hexadecimal digits that change with the register and with the code that reads it."""
    digest = hashlib.sha256()
    for source in _sources(path):
        digest.update(source.read_bytes() if source.is_file() else b"")
        digest.update(b"\0")
    return digest.hexdigest()[:16]


def _sources(path: Path | None) -> Iterator[Path]:
    """All that decides what comes out: data first, then code."""
    if path is not None:
        yield from (path, path.with_name(f"{path.stem}_former{path.suffix}"))
    configured = Path(config.register.__file__).parent
    yield from sorted(configured.glob("*.csv"))
    yield from sorted(configured.glob("*.py"))
    yield from sorted(Path(pipelines.schools.__file__).parent.glob("*.py"))
    yield Path(pipelines.schools.__file__).parent.with_name("normalize.py")


def _read(file: Path) -> Register:
    kept = json.loads(file.read_bytes())
    aliases = tuple((text, rule, tuple(schools)) for text, rule, schools in kept["aliases"])
    form = Form(aliases=aliases, stems=tuple(kept["stems"]), signs=tuple(kept["signs"]))
    names = School.__slots__
    return build_register(tuple(School(**dict(zip(names, row, strict=True))) for row in kept["schools"]), form)


def _write(file: Path, schools: tuple[School, ...], form: Form) -> None:
    """Whole or not at all; older ones of other registers go."""
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    kept = {
        "schools": [astuple(school) for school in schools],
        "aliases": form.aliases,
        "stems": form.stems,
        "signs": form.signs,
    }
    new.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    new.replace(file)
    others = sorted(file.parent.glob("register-*.json"), key=lambda other: other.stat().st_mtime, reverse=True)
    for other in others[KEPT:]:
        other.unlink(missing_ok=True)
