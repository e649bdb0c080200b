"""Masked names, first consonants and initials."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.flags import confident
from pipelines.schools import Register, find_all_mentions, find_mentions
from pipelines.schools.faint import consonants_of
from tests.pipelines.schools.test_disguise import REGISTER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("OO고 2학년", [("OO고", "masked", "high")]),
        ("ㅇㅇ고에 다니는", [("ㅇㅇ고", "masked", "high")]),
        ("○○여고 앞", [("○○여고", "masked", "high")]),
        ("저는 **대학교 학생", [("**대학교", "masked", "university")]),
        ("부천**중학교에서", [("부천**중학교", "masked", "middle")]),
        ("서○초등학교", [("서○초등학교", "masked", "elementary")]),
        ("ㅎㅂㄷ에 다니는 사람", [("ㅎㅂㄷ", "first-consonants", None)]),
        ("서울 ㅈㅇ고 축제", [("ㅈㅇ고", "first-consonants", "high")]),
        ("S여고 학생들", [("S여고", "initials", "high")]),
        ("ㄷㄷ 대박 ㅇㅈ, 학교에서 ㄷㄷㄷ", []),
        ("ㅎㅂㄷ", []),
        ("S고 싶다", []),
        ("10대 소년, 20대 청년, 보고 싶다", []),
        ("한빛대 앞", [("한빛대", "U-short", "university")]),
        ("xx대회, OO고등어", []),
    ],
)
def test_faint_names_are_shown_as_what_they_are(
    text: str, expected: list[tuple[str, str, str | None]], small: Register
) -> None:
    """Each kind has its rule, and none a school."""
    found = find_all_mentions(text, small)
    assert expected == [(one.surface, one.rule, one.level) for one in found]


def test_faint_names_are_never_confident(small: Register) -> None:
    """They are below what counts, and are not among the plain mentions at all."""
    text = "OO고 학생과 S여고 학생과 ㅎㅂㄷ 학생"
    assert () == confident(find_all_mentions(text, small))
    assert () == find_mentions(text, small)


def test_first_consonants_have_candidates(small: Register) -> None:
    """The schools of a place named before come alone."""
    (found,) = find_all_mentions("부산 ㅈㅇㄱ 2학년", small)
    assert ("1000002",) == found.candidates
    assert found.school is None


def test_consonants() -> None:
    """Every syllable gives one; what is no syllable stays."""
    assert "ㅅㅇㄷ" == consonants_of("서울대")
    assert "ㅅㅇ1" == consonants_of("서울1")


@given(st.text(st.sampled_from("OㅇX○*고대중초여서울ㅅㅇㄷS학교 0\u200b")))
def test_faint_offsets_cut_out_the_surface(text: str) -> None:
    """Ordered, apart, and found where they say."""
    end = 0
    for found in find_all_mentions(text, REGISTER):
        assert text[found.start : found.end] == found.surface
        assert end <= found.start
        end = found.end
