"""NEIS' open API, read from a stand-in on loopback."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from channels.fetch import Fetcher
from channels.neis import district_of, fetch_schools, read_answer, read_row
from channels.pace import Pace
from evidence.errors import ConfigError, RateLimited, SourceUnavailable, UnreadableCapture
from evidence.records import School
from practice.neis import PracticeNeis, Row, make_row

KEY = "practice-key"


def many(number: int) -> list[Row]:
    """Rows of as many high schools."""
    return [make_row(f"{7_000_000 + index}", f"가온{index}고등학교") for index in range(number)]


@pytest_asyncio.fixture
async def neis() -> AsyncIterator[PracticeNeis]:
    """The stand-in, with three pages of schools."""
    server = PracticeNeis(many(2_100))
    await server.start()
    yield server
    await server.stop()


async def fetch(neis: PracticeNeis, key: str = KEY) -> tuple[tuple[School, ...], list[tuple[int, int]]]:
    """Read all, and what was reported."""
    told: list[tuple[int, int]] = []
    async with Fetcher(contact=None, pace=Pace(0), allow_loopback=True) as fetcher:
        schools = await fetch_schools(fetcher, neis.base, key, lambda read, total: told.append((read, total)))
    return schools, told


async def test_all_pages_are_read(neis: PracticeNeis) -> None:
    """Each page once, in order, with progress."""
    schools, told = await fetch(neis)
    assert [row["SD_SCHUL_CODE"] for row in neis.rows] == [school.code for school in schools]
    assert [(1_000, 2_100), (2_000, 2_100), (2_100, 2_100)] == told
    assert {"1": 1, "2": 1, "3": 1} == dict(neis.requests)


async def test_a_full_last_page_is_the_last(neis: PracticeNeis) -> None:
    """No page is asked for beyond the total."""
    neis.rows = many(1_000)
    schools, _ = await fetch(neis)
    assert (1_000, {"1": 1}) == (len(schools), dict(neis.requests))


async def test_offices_keep_their_code_under_a_new_name(neis: PracticeNeis) -> None:
    """The code outlives the name of 2026."""
    neis.rows = [make_row("1", "가온중학교", "중학교", ATPT_OFCDC_SC_CODE="F10",
                          ATPT_OFCDC_SC_NM="전남광주통합특별시교육청(광주)")]  # fmt: skip
    (school,), _ = await fetch(neis)
    assert ("F10", "middle") == (school.office, school.level)


@pytest.mark.parametrize(
    ("code", "expected", "message"),
    [
        ("ERROR-290", ConfigError, "HAECHI_NEIS_KEY: NEIS answers ERROR-290"),
        ("INFO-300", ConfigError, "HAECHI_NEIS_KEY: NEIS answers INFO-300"),
        ("ERROR-337", RateLimited, "the day's budget is used up"),
        ("ERROR-500", SourceUnavailable, "NEIS answers ERROR-500"),
        ("ERROR-336", UnreadableCapture, "NEIS answers ERROR-336"),
        ("INFO-200", UnreadableCapture, "1000 rows came of 2100"),
    ],
)
async def test_an_error_on_any_page_ends_it(
    neis: PracticeNeis, code: str, expected: type[Exception], message: str
) -> None:
    """Half a country is no register: whatever goes wrong is said, and nothing is given."""
    neis.fail_page, neis.fail_code = 2, code
    with pytest.raises(expected, match=message):
        await fetch(neis)


async def test_rows_that_never_come_are_noticed(neis: PracticeNeis) -> None:
    """The total is held against what was read."""
    neis.missing = 7
    with pytest.raises(UnreadableCapture, match="2100 rows came of 2107"):
        await fetch(neis)


async def test_a_cut_answer_is_unreadable(neis: PracticeNeis) -> None:
    """JSON that ends in the middle is not read."""
    neis.cut_page = 1
    with pytest.raises(UnreadableCapture, match="is not that of schoolInfo"):
        await fetch(neis)


async def test_the_key_is_in_no_message(neis: PracticeNeis) -> None:
    """An address is part of many messages; the key in it is not."""
    await neis.stop()
    with pytest.raises(SourceUnavailable) as caught:
        await fetch(neis, "s3cret key")
    assert "s3cret" not in str(caught.value)


async def test_a_wrong_key_is_refused(neis: PracticeNeis) -> None:
    """And the operator is told which setting to look at."""
    with pytest.raises(ConfigError, match="HAECHI_NEIS_KEY"):
        await fetch(neis, "another")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (make_row("1", "가온초등학교", "초등학교"), "elementary"),
        (make_row("1", "가온학교", "특수학교"), "special"),
        (make_row("1", "가온학교", "각종학교(고)"), "other"),
        (make_row("", "가온고등학교"), None),
        (make_row("1", "(가칭)가온고등학교"), None),
        (make_row("1", "가온고등학교(폐교)"), None),
        ({}, None),
    ],
)
def test_rows_become_schools_by_kind(row: Row, expected: str | None) -> None:
    """Planned and closed schools, and those without a code, are none."""
    school = read_row(dict(row))
    assert expected == (school.level if school else None)


@pytest.mark.parametrize(
    ("address", "province", "expected"),
    [
        ("경기도 수원시 장안구 송원로 1", "경기도", "수원시 장안구"),
        ("서울특별시 종로구 어느길 1", "서울특별시", "종로구"),
        ("세종특별자치시 어느로 1", "세종특별자치시", ""),
        ("강원도 속초시 중앙로", "강원특별자치도", "속초시"),
        ("", "경기도", ""),
    ],
)
def test_districts_come_from_the_address(address: str, province: str, expected: str) -> None:
    """The 구 of a city stays with it; roads are no districts."""
    assert expected == district_of(address, province)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"schoolInfo":[]}', b'{"schoolInfo":[{},{"row":[1]}]}', b"\xff"])
def test_other_answers_are_unreadable(body: bytes) -> None:
    """Whatever is not schoolInfo is said to be so."""
    with pytest.raises(UnreadableCapture):
        read_answer(body)
