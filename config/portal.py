"""Reads the lists of schools that the public data portals offer as CSV files: which one it is, its header tells."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from config.register import OFFICES, load_schools
from evidence.errors import ConfigError
from evidence.records import School

ENCODINGS = ("utf-8-sig", "cp949")
"""Tried in this order: CP949 text is hardly ever valid UTF-8."""

LEVELS = {"초등학교": "elementary", "중학교": "middle", "고등학교": "high", "특수학교": "special"}
GRADUATE, GONE = "대학원", ("폐교", "공동실습소", "(가칭)")

Cells = Mapping[str, str]


def read_portal(path: Path) -> tuple[School, ...]:
    """Read a list of schools, whichever it is.

    Args:
        path: 학교기본정보 of NEIS, 전국초중등학교위치표준데이터, KCUE's
            전국대학및전문대학정보표준데이터, or our own form.

    Returns:
        Schools in the order of the file, each code and university once; planned and closed ones left out.

    Raises:
        ConfigError: it cannot be read, or is none of these.
    """
    rows = list(_rows(path))
    for columns, read in READERS.items():
        if rows and all(column in rows[0] for column in columns):
            schools = [school for row in rows if (school := read(row))]
            return tuple({school.code: school for school in reversed(schools)}.values())[::-1]
    if rows and "code" in rows[0]:
        return load_schools(path)
    raise ConfigError(f'{path}:1: header: "{",".join(rows[0] if rows else ())}" is of no list of schools that is known')


def _rows(path: Path) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(decoded(path), newline=""))
    try:
        for row in reader:
            yield {(key or "").strip(): (cell or "").strip() for key, cell in row.items() if isinstance(cell, str)}
    except csv.Error as problem:
        raise ConfigError(f"{path}:{reader.line_num}: the line is not CSV: {problem}") from None


def decoded(path: Path) -> str:
    """The text of a file as spreadsheets save it: UTF-8 or CP949.

    Raises:
        ConfigError: it is neither, or cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise ConfigError(f"{path}: cannot be read: {problem.strerror}") from None
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as problem:
            place = problem.start
    raise ConfigError(f"{path}: byte {place} is neither UTF-8 nor CP949")


def _neis(row: Cells) -> School | None:
    name, code = row["학교명"], row["행정표준코드"]
    if not code or _is_gone(name):
        return None
    province = row.get("시도명") or row.get("소재지명", "")
    return School(
        code=code,
        name=name,
        level=LEVELS.get(row["학교종류명"], "other"),
        province=province,
        district=_district(row.get("도로명주소", ""), province),
        office=row.get("시도교육청코드") or OFFICES.get(row.get("시도교육청명", ""), ""),
        name_en=row.get("영문학교명", ""),
        homepage=row.get("홈페이지주소", ""),
    )


def _located(row: Cells) -> School | None:
    name, code = row["학교명"], row["학교ID"]
    if not code or _is_gone(name) or row.get("운영상태") == "폐교":
        return None
    address = row.get("소재지도로명주소") or row.get("소재지지번주소", "")
    province = address.partition(" ")[0]
    return School(
        code=code,
        name=name,
        level=LEVELS.get(row["학교급구분"], "other"),
        province=province,
        district=_district(address, province),
        office=OFFICES.get(row.get("시도교육청명", ""), ""),
    )


def _university(row: Cells) -> School | None:
    name = row["학교명"]
    if not name or row["대학구분명"] == GRADUATE or _is_gone(name):
        return None
    return School(
        code=f"U:{name}",
        name=name,
        level="university",
        province=row.get("시도명", ""),
        district=_district(row.get("소재지도로명주소", ""), row.get("시도명", "")),
        name_en=row.get("학교 영문명", ""),
        homepage=row.get("홈페이지주소", ""),
    )


READERS: Mapping[tuple[str, ...], Callable[[Cells], School | None]] = {
    ("행정표준코드", "학교명", "학교종류명"): _neis,
    ("학교ID", "학교명", "학교급구분"): _located,
    ("학교명", "대학구분명", "학교구분명"): _university,
}
"""Columns that tell a list, and how one of its rows is read."""


def _is_gone(name: str) -> bool:
    return not name or any(word in name for word in GONE)


def _district(address: str, province: str) -> str:
    """Give the 시, 군 and 구 of an address: ``수원시 장안구``."""
    parts = address.removeprefix(province).split()
    if not parts or not parts[0].endswith(("시", "군", "구")):
        return ""
    is_in_city = parts[0].endswith("시") and len(parts) > 1 and parts[1].endswith("구")
    return f"{parts[0]} {parts[1]}" if is_in_city else parts[0]
