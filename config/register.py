"""Reads the register of schools from CSV, and says every mistake of a file at once."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from evidence.errors import ConfigError
from evidence.records import School

UNIVERSITIES = Path(__file__).with_name("universities.csv")
"""The packaged register: universities and colleges only."""

FORMER = Path(__file__).with_name("former.csv")
"""Former names that are still written, their successors and the year in which they ended; made by hand."""

UNKNOWN = "?"
"""The year in which a former name ended, where nobody knows it."""

COLUMNS = ("code", "name", "level", "province", "district", "office", "name_en", "homepage")
LEVELS = ("elementary", "middle", "high", "special", "other", "university")
MOST_PROBLEMS = 20
PLANNED = "(가칭)"
"""Begins the working title of a school that does not exist yet: it has no code."""

OFFICES = {
    "서울특별시교육청": "B10",
    "부산광역시교육청": "C10",
    "대구광역시교육청": "D10",
    "인천광역시교육청": "E10",
    "광주광역시교육청": "F10",
    "전남광주통합특별시교육청(광주)": "F10",
    "대전광역시교육청": "G10",
    "울산광역시교육청": "H10",
    "세종특별자치시교육청": "I10",
    "경기도교육청": "J10",
    "강원도교육청": "K10",
    "강원특별자치도교육청": "K10",
    "충청북도교육청": "M10",
    "충청남도교육청": "N10",
    "전라북도교육청": "P10",
    "전북특별자치도교육청": "P10",
    "전라남도교육청": "Q10",
    "전남광주통합특별시교육청(전남)": "Q10",
    "경상북도교육청": "R10",
    "경상남도교육청": "S10",
    "제주특별자치도교육청": "T10",
}
"""NEIS code of each office of education, under its older names too; the code outlives the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One line of a file: where it stands and its cells by column."""

    place: str
    cells: dict[str, str]


def load_schools(path: Path | None) -> tuple[School, ...]:
    """Read a register, and ``X_former.csv`` beside ``X.csv`` where it exists.

    Args:
        path: CSV in UTF-8 with the columns ``COLUMNS``; None means the packaged universities.

    Returns:
        Schools in the order of the file, former ones last; universities of one name only once.

    Raises:
        ConfigError: a file cannot be read or has mistakes, one line for each of the first 20.
    """
    current = path or UNIVERSITIES
    former = current.with_name(f"{current.stem}_former{current.suffix}")
    schools = _load(current)
    if former.exists():
        schools += [school if school.until else replace(school, until=UNKNOWN) for school in _load(former)]
    merged = {(school.code, school.name): school for school in reversed(schools)}
    return tuple(reversed(merged.values()))


def load_all_schools(path: Path | None) -> tuple[School, ...]:
    """Read a register and add what none brings: universities, and former names under their successors' codes.

    Args:
        path: as for ``load_schools``.

    Returns:
        The register's own schools first; where it knows a name, nothing packaged takes its place.

    Raises:
        ConfigError: as ``load_schools``.
    """
    own = load_schools(path)
    known = {_bare(school.name) for school in own}
    packaged = () if path is None else load_schools(None)
    schools = (*own, *(school for school in packaged if _bare(school.name) not in known))
    return (*schools, *_former(schools))


def _former(schools: tuple[School, ...]) -> Iterator[School]:
    """Make the former names that the register does not have."""
    known = {school.name for school in schools}
    today = {(school.name, school.level): school for school in reversed(schools)}
    levels = {school.level for school in schools}
    with FORMER.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            successor = today.get((row["became"], row["level"]))
            if row["name"] in known or row["level"] not in levels:
                continue
            if successor:
                yield replace(successor, name=row["name"], until=row["until"])
            elif row["level"] == "university":
                code, province = f"U:{row['name']}", row["province"]
                yield School(code=code, name=row["name"], level=row["level"], province=province, until=row["until"])


def _bare(name: str) -> str:
    """A university's name without its campus."""
    return name.partition("(")[0]


def _load(path: Path) -> list[School]:
    problems: list[str] = []
    schools: list[School] = []
    for row in _rows(path):
        found = list(_problems(row.cells))
        problems += [f"{row.place}: {problem}" for problem in found]
        if not found:
            schools.append(_school(row.cells))
    if problems:
        raise ConfigError(*problems[:MOST_PROBLEMS])
    return schools


def _rows(path: Path) -> Iterator[_Row]:
    """Read the lines of a file; blank ones and planned schools are skipped."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            header = next(lines, [])
            if missing := [column for column in COLUMNS if column not in header]:
                raise ConfigError(f'{path}:1: header: "{",".join(header)}" is not complete without {missing[0]}')
            for cells in lines:
                if any(cells) and not any(cell.startswith(PLANNED) for cell in cells):
                    named = dict(zip(header, (cell.strip() for cell in cells), strict=False))
                    yield _Row(place=f"{path}:{lines.line_num}", cells=named)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start} is not UTF-8: save the file as UTF-8") from error
    except csv.Error as error:
        raise ConfigError(f"{path}:{lines.line_num}: the line is not CSV: {error}") from error


def _problems(cells: dict[str, str]) -> Iterator[str]:
    """Name what is wrong with one line; nothing where it is right."""
    if len(cells) < len(COLUMNS):
        yield f'line: "{",".join(cells.values())}" is not a line of {len(COLUMNS)} columns'
        return
    if not cells["name"]:
        yield 'name: "" is not the name of a school'
    if cells["level"] not in LEVELS:
        yield f'level: "{cells["level"]}" is not {", ".join(LEVELS[:-1])} or {LEVELS[-1]}'
    elif not cells["code"] and cells["level"] != "university":
        yield 'code: "" is not a code; only a university may be without'
    office = cells["office"]
    if office and office not in OFFICES and office not in OFFICES.values():
        yield f'office: "{office}" is not an office such as 서울특별시교육청, nor its code such as B10'


def _school(cells: dict[str, str]) -> School:
    return School(
        code=cells["code"] or f"U:{cells['name']}",
        name=cells["name"],
        level=cells["level"],
        province=cells["province"],
        district=cells["district"],
        office=OFFICES.get(cells["office"], cells["office"]),
        name_en=cells["name_en"],
        homepage=cells["homepage"],
        until=cells.get("until", ""),
    )
