"""NEIS' open API: the schools of the country, as the ministry lists them. It has no universities.

Offices are kept by code: their names change (F10 and Q10 became 전남광주통합특별시교육청 in 2026), codes do not.
The key is part of every address and never part of a message.
"""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from channels.fetch import Fetcher
from evidence.errors import ConfigError, RateLimited, SourceError, SourceUnavailable, UnreadableCapture
from evidence.records import School

PATH = "/hub/schoolInfo"
PAGE_ROWS, MOST_PAGES = 1000, 60
"""ERROR-336 past 1,000 rows a page; the whole country is 13 pages."""

LEVELS = {"초등학교": "elementary", "중학교": "middle", "고등학교": "high", "특수학교": "special"}
"""학교종류명 and our level; every other kind is ``other``."""

OK, NO_ROWS, OUT_OF_BUDGET = "INFO-000", "INFO-200", "ERROR-337"
KEY_CODES = ("INFO-300", "ERROR-290")
SERVER_CODES = ("ERROR-500", "ERROR-600", "ERROR-601")
BUDGET_WAIT_S = 86_400.0
NOT_YET, NO_MORE = "(가칭)", "폐교"

Report = Callable[[int, int], None]
"""Told after each page how many rows have been read, and of how many."""


async def fetch_schools(fetcher: Fetcher, base: str, key: str, report: Report) -> tuple[School, ...]:
    """Read all schools, page by page.

    Args:
        fetcher: open; its pace holds between pages.
        base: such as ``https://open.neis.go.kr``, without a slash at the end.
        key: of the API; without one NEIS gives five rows.
        report: told after each page.

    Returns:
        Schools by code, each once, in the order of NEIS; planned and closed ones, and those without a code, left out.

    Raises:
        ConfigError: the key is refused.
        RateLimited: the day's budget is used up.
        SourceUnavailable: NEIS does not answer, or reports a fault of its own.
        UnreadableCapture: an answer is not what the API promises, or rows are missing.
    """
    schools: dict[str, School] = {}
    read = total = 0
    async for rows, promised in _pages(fetcher, base, key):
        read, total = read + len(rows), max(total, promised)  # an empty page promises nothing
        schools.update((school.code, school) for row in rows if (school := read_row(row)))
        report(read, total)
    if read < total or not schools:
        raise UnreadableCapture(f"{base}{PATH}: {read} rows came of {total} that were promised")
    return tuple(schools.values())


async def _pages(fetcher: Fetcher, base: str, key: str) -> AsyncIterator[tuple[list[dict[str, Any]], int]]:
    """The rows of each page with the total that it names, until there is nothing more."""
    read = 0
    for number in range(1, MOST_PAGES + 1):
        asked = urlencode({"KEY": key, "Type": "json", "pIndex": number, "pSize": PAGE_ROWS})
        rows, total = read_answer(await _get(fetcher, f"{base}{PATH}?{asked}", key))
        read += len(rows)
        yield rows, total
        if read >= total or not rows:
            return


async def _get(fetcher: Fetcher, url: str, key: str) -> bytes:
    """The body of an answer; messages are freed of the key."""
    try:
        return (await fetcher.get(url, (urlsplit(url).netloc,))).body
    except RateLimited as problem:
        raise RateLimited(_without(key, problem), problem.retry_after_s) from None
    except SourceError as problem:
        raise type(problem)(_without(key, problem)) from None


def _without(key: str, problem: SourceError) -> str:
    return str(problem).replace(urlencode({"KEY": key}), "KEY=…")


def read_answer(body: bytes) -> tuple[list[dict[str, Any]], int]:
    """Read one answer.

    Returns:
        Its rows, and how many there are on all pages; nothing and 0 where NEIS has no rows.

    Raises:
        ConfigError, RateLimited, SourceUnavailable, UnreadableCapture: as ``fetch_schools``.
    """
    try:
        answer = json.loads(body)
        if "RESULT" in answer:
            _check(answer["RESULT"]["CODE"], answer["RESULT"].get("MESSAGE", ""))
            return [], 0
        head, found = answer["schoolInfo"]
        _check(head["head"][1]["RESULT"]["CODE"], "")
        rows, total = list(found["row"]), int(head["head"][0]["list_total_count"])
    except (ValueError, LookupError, TypeError, AttributeError) as problem:
        raise UnreadableCapture(f"NEIS: the answer is not that of schoolInfo ({type(problem).__name__})") from None
    if not all(isinstance(row, dict) for row in rows):
        raise UnreadableCapture("NEIS: a row of the answer is no row")
    return rows, total


def _check(code: str, message: str) -> None:
    if code in (OK, NO_ROWS):
        return
    said = f"NEIS answers {code} {message}".rstrip()
    if code in KEY_CODES:
        raise ConfigError(f"HAECHI_NEIS_KEY: {said}: expected a key from open.neis.go.kr")
    if code == OUT_OF_BUDGET:
        raise RateLimited(f"{said}: the day's budget is used up", BUDGET_WAIT_S)
    if code in SERVER_CODES:
        raise SourceUnavailable(said)
    raise UnreadableCapture(said)


def read_row(row: dict[str, Any]) -> School | None:
    """Read one school; None for a planned or closed one and for one without a code."""
    name, code = _cell(row, "SCHUL_NM"), _cell(row, "SD_SCHUL_CODE")
    if not code or not name or name.startswith(NOT_YET) or NO_MORE in name:
        return None
    province = _cell(row, "LCTN_SC_NM")
    return School(
        code=code,
        name=name,
        level=LEVELS.get(_cell(row, "SCHUL_KND_SC_NM"), "other"),
        province=province,
        district=district_of(_cell(row, "ORG_RDNMA"), province),
        office=_cell(row, "ATPT_OFCDC_SC_CODE"),
        name_en=_cell(row, "ENG_SCHUL_NM"),
        homepage=_cell(row, "HMPG_ADRES"),
    )


def district_of(address: str, province: str) -> str:
    """Give the 시, 군 and 구 of a road address: ``수원시 장안구``; empty where it names none."""
    parts = address.split()
    rest = parts[1:] if parts and (parts[0] == province or parts[0].endswith(("시", "도"))) else parts
    if not rest or not rest[0].endswith(("시", "군", "구")):
        return ""
    is_in_city = rest[0].endswith("시") and len(rest) > 1 and rest[1].endswith("구")
    return f"{rest[0]} {rest[1]}" if is_in_city else rest[0]


def _cell(row: dict[str, Any], field: str) -> str:
    return str(row.get(field) or "").strip()
