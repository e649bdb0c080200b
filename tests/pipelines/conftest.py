"""Registers to find schools with: a small one of our own, the packaged one, and the full one where it is at hand."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from config.register import load_all_schools
from evidence.records import School
from pipelines.schools import Register, compile_register

SMALL = (
    School(code="U:한빛대학교", name="한빛대학교", level="university", province="서울특별시"),
    School(code="U:서울대학교", name="서울대학교", level="university", province="서울특별시"),
    School(code="U:한남대학교", name="한남대학교", level="university", province="대전광역시"),
    School(code="U:인하대학교", name="인하대학교", level="university", province="인천광역시"),
    School(code="U:강남대학교", name="강남대학교", level="university", province="경기도", district="용인시 기흥구"),
    School(code="U:세종대학교", name="세종대학교", level="university", province="서울특별시"),
    School(code="U:고려대학교", name="고려대학교", level="university", province="서울특별시"),
    School(code="U:고려대학교(세종)", name="고려대학교(세종)", level="university", province="세종특별자치시"),
    School(code="U:숙명여자대학교", name="숙명여자대학교", level="university", province="서울특별시"),
    School(code="U:국립부경대학교", name="국립부경대학교", level="university", province="부산광역시"),
    School(code="U:한국과학기술원", name="한국과학기술원", level="university", province="대전광역시"),
    School(code="1000001", name="중앙고등학교", level="high", province="서울특별시", district="종로구", office="B10"),
    School(code="1000002", name="중앙고등학교", level="high", province="부산광역시", district="중구", office="C10"),
    School(
        code="1000003", name="중앙고등학교", level="high", province="경기도", district="수원시 장안구", office="J10"
    ),
    School(code="1000004", name="보라고등학교", level="high", province="경기도", district="용인시", office="J10"),
    School(code="1000005", name="밀양여자중학교", level="middle", province="경상남도", district="밀양시", office="S10"),
    School(code="1000006", name="숙명여자고등학교", level="high", province="서울특별시", office="B10"),
    School(code="1000007", name="방학중학교", level="middle", province="서울특별시", district="도봉구", office="B10"),
    School(code="1000008", name="가온중학교", level="middle", province="대구광역시", office="D10"),
    School(code="1000009", name="대마초등학교", level="elementary", province="전라남도", office="Q10"),
    School(code="1000010", name="서울누리초등학교", level="elementary", province="서울특별시", office="B10"),
    School(code="1000011", name="한빛공업고등학교", level="high", province="충청북도", district="청주시", office="M10"),
    School(code="1000012", name="광주제일고등학교", level="high", province="광주광역시", office="F10"),
    School(code="1000013", name="한빛대학교사범대학부설고등학교", level="high", province="서울특별시", office="B10"),
)
"""Names partly made up, codes wholly."""


@pytest.fixture(scope="session")
def small() -> Register:
    """A register of two dozen schools."""
    return compile_register(SMALL)


@pytest.fixture(scope="session")
def packaged() -> Register:
    """The register that is packaged: universities only."""
    return compile_register(load_all_schools(None))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real schools and texts, which are not ours and so not in the repository."""
    folder = os.environ.get("HAECHI_TEST_DATA")
    if not folder:
        pytest.skip("HAECHI_TEST_DATA names no folder with schools.csv and corpora/")
    return Path(folder)


@pytest.fixture(scope="session")
def full(real_data: Path) -> Register:
    """Every school of the country."""
    return compile_register(load_all_schools(real_data / "schools.csv"))


@pytest.fixture(scope="session")
def positives(real_data: Path) -> list[dict[str, Any]]:
    """Sentences that name a school, with the spans."""
    return _read(real_data / "corpora" / "school_mentions_dev_positives.jsonl")


@pytest.fixture(scope="session")
def negatives(real_data: Path) -> list[dict[str, Any]]:
    """Sentences that name none."""
    return _read(real_data / "corpora" / "school_mentions_dev_negatives.jsonl")


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
