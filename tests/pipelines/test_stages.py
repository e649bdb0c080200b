"""The stages together: what schools are found on a page, and what they make of a post."""

import pytest

from config.watchlist import packaged_defaults
from evidence.records import Finding, Page, PageKind, Post, Reading
from pipelines import compile_criteria, examine
from pipelines.schools import Register


def findings_of(register: Register, *texts: str) -> tuple[Finding, ...]:
    """Examine a page of these posts with the packaged terms and rules."""
    posts = tuple(
        Post(native_id=number, native_ids=(number,), address=None, posted_at=None, text=text)
        for number, text in enumerate(texts, start=1)
    )
    terms, rules = packaged_defaults()
    criteria = compile_criteria(register, terms, rules, b"k" * 32)
    return examine(Page(capture=None, reading=Reading(kind=PageKind.PREVIEW, posts=posts)), {}, criteria)


def test_posts_of_a_page_tell_each_other_which_school_is_meant(small: Register) -> None:
    """중앙고 is the one of 부산 where another post says so."""
    findings = findings_of(small, "부산 중앙고 소풍", "중앙고 축제")
    assert ["1000002", "1000002"] == [mention.school for finding in findings for mention in finding.mentions]


def test_a_list_of_schools_is_one_flag(small: Register) -> None:
    """It is an unverified list, with all its schools, however many rules it meets."""
    (finding,) = findings_of(small, "1. 가온중\n2. 누리초\n3. 숙명여고\n4. 한빛공고\n5. 광주일고\n")
    assert finding.flag is not None
    assert ("school-list", "many-schools") == finding.flag.reasons
    assert 5 == len(finding.mentions)
    assert "name-list" in finding.terms


@pytest.mark.parametrize(
    "text", ["가온중 가온중 가온중 가온중 가온중", "고려대 한빛대 서울대 세종대 숙명여대", "OO고, OO중"]
)
def test_talk_is_no_list(text: str, small: Register) -> None:
    """One school many times, universities of an exam, and masked names are none."""
    (finding,) = findings_of(small, text)
    assert "name-list" not in finding.terms
