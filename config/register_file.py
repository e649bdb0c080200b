"""Writes the register of schools: whole or not at all, and what is no longer listed kept as former names."""

import csv
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile

from config.register import COLUMNS, load_schools
from evidence.errors import ConfigError
from evidence.records import School

LEAST_SHARE = 0.9
"""A new list with fewer rows than this of the old one is taken for a broken one."""


def merge(old: Sequence[School], new: Sequence[School], year: int) -> tuple[tuple[School, ...], tuple[School, ...]]:
    """Put a new list in place of what the register has of the same kind.

    Args:
        old: the register, former names too.
        new: all universities, all other schools, or both.
        year: in which names that are no longer listed are taken to have ended.

    Returns:
        The schools of today and the former ones; a changed name stays as a former one of the same code.

    Raises:
        ConfigError: the new list is far shorter than what it would replace.
    """
    kinds = {school.level == "university" for school in new}
    current = [school for school in old if not school.until]
    replaced = [school for school in current if (school.level == "university") in kinds]
    if len(new) < LEAST_SHARE * len(replaced):
        raise ConfigError(
            f"the new list has {len(new):,} schools where the register has {len(replaced):,}: kept as it was"
        )
    kept = [school for school in current if (school.level == "university") not in kinds]
    listed = {(school.code, school.name) for school in new}
    gone = [replace(school, until=str(year)) for school in replaced if (school.code, school.name) not in listed]
    former = [school for school in old if school.until and (school.code, school.name) not in listed]
    return (*new, *kept), (*former, *gone)


def write_register(path: Path, schools: Iterable[School], former: Collection[School]) -> None:
    """Replace a register and its former names; each file is whole, old or new, at any moment.

    Raises:
        ConfigError: the folder cannot be written to, or what was written cannot be read again.
    """
    beside = path.with_name(f"{path.stem}_former{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if former or beside.exists():
            _write(beside, former)
        _write(path, schools)
    except OSError as problem:
        raise ConfigError(f"{path}: cannot be written: {problem.strerror}") from None


def _write(path: Path, schools: Iterable[School]) -> None:
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix, delete=False
    ) as file:
        made = Path(file.name)
        try:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow((*COLUMNS, "until"))
            lines.writerows(_cells(school) for school in schools)
            file.flush()
            os.fsync(file.fileno())
            load_schools(made)
        except BaseException:
            made.unlink(missing_ok=True)
            raise
    made.replace(path)


def _cells(school: School) -> tuple[str, ...]:
    code = "" if school.code.startswith("U:") else school.code
    return (
        code, school.name, school.level, school.province, school.district, school.office, school.name_en,
        school.homepage, school.until,
    )  # fmt: skip
