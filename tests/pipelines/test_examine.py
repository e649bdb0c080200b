"""All stages over a page: what is found in new posts, and that the others are left alone."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from config.watchlist import packaged_defaults
from evidence.records import Change, Page, PageKind, Post, Reading, Seen
from pipelines import STAGES, Criteria, compile_criteria, examine
from pipelines.schools import Register

NAMING = "가온중 딥페이크 합성물이 돈다는 말"


@pytest.fixture(scope="session")
def criteria(small: Register) -> Criteria:
    """The packaged terms and rules over the small register."""
    return compile_criteria(small, *packaged_defaults(), b"k" * 32)


def post(native_id: int, text: str, captions: tuple[str, ...] = ()) -> Post:
    """A post."""
    return Post(
        native_id=native_id,
        native_ids=(native_id,),
        address=None,
        posted_at=datetime(2026, 11, 20, tzinfo=UTC),
        text=text,
        captions=captions,
    )


def page(*posts: Post, is_baseline: bool = False) -> Page:
    """A page of them."""
    return Page(
        capture=None, reading=Reading(kind=PageKind.PREVIEW, posts=posts), is_baseline=is_baseline, span=(1, 100)
    )


def known_after(given_page: Page, criteria: Criteria) -> dict[int, Seen]:
    """What is known once a page is stored."""
    return {
        finding.post.native_id: Seen(
            native_id=finding.post.native_id, fingerprint=finding.fingerprint, is_kept=finding.is_worth_keeping
        )
        for finding in examine(given_page, {}, criteria)
    }


def test_a_new_post_goes_through_all_stages(criteria: Criteria) -> None:
    """Mentions, terms, one flag; offsets cut the surface out of its words."""
    (finding,) = examine(page(post(1, NAMING)), {}, criteria)
    assert (Change.NEW, False, True) == (finding.change, finding.was_kept, finding.is_worth_keeping)
    (mention,) = finding.mentions
    assert ("가온중", "1000008") == (finding.post.words[mention.start : mention.end], mention.school)
    assert ("synthetic-media",) == finding.terms
    assert finding.flag is not None
    assert ("school-with-synthetic-media",) == finding.flag.reasons


def test_captions_are_examined_with_the_text(criteria: Criteria) -> None:
    """A poll's answers and names of files count, and so do offsets in them."""
    (finding,) = examine(page(post(1, "설문", ("한빛대학교", "가온중"))), {}, criteria)
    assert ["한빛대학교", "가온중"] == [finding.post.words[mention.start : mention.end] for mention in finding.mentions]


def test_an_ordinary_post_is_not_worth_keeping(criteria: Criteria) -> None:
    """It has a fingerprint all the same."""
    (finding,) = examine(page(post(1, "오늘 비 온다")), {}, criteria)
    assert (False, 8, (), ()) == (finding.is_worth_keeping, len(finding.fingerprint), finding.mentions, finding.terms)


def test_unchanged_posts_are_not_examined_again(criteria: Criteria) -> None:
    """Compared and left alone."""
    first = page(post(1, NAMING), post(2, "오늘 비 온다"))
    again = examine(first, known_after(first, criteria), criteria)
    assert [(Change.UNCHANGED, (), True), (Change.UNCHANGED, (), False)] == [
        (finding.change, finding.mentions, finding.was_kept) for finding in again
    ]


def test_an_edit_is_examined_anew(criteria: Criteria) -> None:
    """Also one that takes the name out: once kept it stays worth keeping."""
    known = known_after(page(post(1, NAMING), post(2, "오늘 비 온다")), criteria)
    edited = examine(page(post(1, "지웠습니다"), post(2, NAMING)), known, criteria)
    assert [(Change.EDITED, 0, True, True), (Change.EDITED, 1, False, True)] == [
        (finding.change, len(finding.mentions), finding.was_kept, finding.is_worth_keeping) for finding in edited
    ]


def test_a_baseline_page_is_fingerprinted_only(criteria: Criteria) -> None:
    """Nothing is looked for in what was there before the watch began."""
    (finding,) = examine(page(post(1, NAMING), is_baseline=True), {}, criteria)
    assert (Change.NEW, 8, (), None, False) == (
        finding.change,
        len(finding.fingerprint),
        finding.mentions,
        finding.flag,
        finding.is_worth_keeping,
    )


def test_the_office_of_the_source_tells_schools_apart(criteria: Criteria) -> None:
    """Three schools have this name; one of them is in Seoul."""
    given_page = page(post(1, "중앙고 딥페이크"))
    (everywhere,) = examine(given_page, {}, criteria)
    (seoul,) = examine(given_page, {}, criteria, office="B10")
    assert (None, 3) == (everywhere.mentions[0].school, len(everywhere.mentions[0].candidates))
    assert "1000001" == seoul.mentions[0].school


@given(st.lists(st.text(st.characters(codec=None), max_size=60), max_size=6))
def test_any_text_is_examined(criteria: Criteria, texts: list[str]) -> None:
    """A Finding for each post in the page's order, whatever it says."""
    posts = [post(number, text) for number, text in enumerate(texts, start=1)]
    findings = examine(page(*posts), {}, criteria)
    assert posts == [finding.post for finding in findings]
    for finding in findings:
        for mention in finding.mentions:
            assert mention.surface == finding.post.words[mention.start : mention.end]


def test_stages_do_not_see_each_other(criteria: Criteria) -> None:
    """No stage decides what is new; the same page gives the same Findings twice."""
    given_page = page(post(1, NAMING), replace(post(2, NAMING), native_ids=(2, 3)))
    assert 3 == len(STAGES)
    assert examine(given_page, {}, criteria) == examine(given_page, {}, criteria)


@pytest.mark.parametrize(
    ("text", "offices"),
    [
        ("한빛대학교 딥페이크 합성물이 돈다는 말", ("none",)),
        (NAMING, ("D10",)),
        (NAMING + " 한빛대학교", ("D10", "none")),
    ],
)
def test_a_university_is_in_the_scope_of_no_office(criteria: Criteria, text: str, offices: tuple[str, ...]) -> None:
    """As is what names no school; who may see that is somebody's scope like any office."""
    (finding,) = examine(page(post(1, text)), {}, criteria)
    assert finding.is_worth_keeping
    assert offices == finding.offices
