"""Text as a reviewer may see it: masked, without schools of other offices, hidden characters named."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.register import load_schools
from config.watchlist import packaged_defaults
from console.flag_text import (
    Part,
    PartKind,
    changes_of,
    excerpt,
    named_in,
    open_span,
    parts_of,
    passages_of,
    words_of,
)
from console.said import Reader
from evidence.records import KeptPost, Mention, Revision
from pipelines import examine
from pipelines.explicit import compile_explicit
from tests.conftest import NOW
from tests.crawler.conftest import SCHOOLS_FILE
from tests.storage.making import SOURCE, criteria, page, post

SCHOOLS = {school.code: school for school in load_schools(SCHOOLS_FILE)}
EXPLICIT = compile_explicit(packaged_defaults()[0])
ALL, SEOUL, BUSAN = (
    Reader(offices=offices, schools=SCHOOLS) for offices in (None, frozenset({"B10"}), frozenset({"C10"}))
)


def mentions_in(text: str) -> tuple[Mention, ...]:
    """As the pipeline finds them."""
    (finding,) = examine(page(post(1, text)), {}, criteria())
    return finding.mentions


def kept(text: str, *earlier: str) -> KeptPost:
    """A kept post with what it said before."""
    before = [
        Revision(revision=number, until=NOW + timedelta(hours=number), words=words, mentions=mentions_in(words))
        for number, words in enumerate(earlier, start=1)
    ]
    return KeptPost(
        id="19:1",
        source=SOURCE,
        post=post(1, text),
        revision=len(before) + 1,
        seen_at=NOW,
        mentions=mentions_in(text),
        earlier=tuple(before),
    )


TEXT = "해솔빛고 2학년 김민수 010-1234-5678 딥페이크"


def test_persons_are_masked_and_schools_are_claims() -> None:
    """Each kind of part by itself, nothing lost between them."""
    parts = parts_of(TEXT, mentions_in(TEXT), SOURCE, ALL)
    assert "해솔빛고 2학년 [이름] [전화] 딥페이크" == words_of(parts)
    kinds = [part.kind for part in parts]
    assert [PartKind.SCHOOL, PartKind.PLAIN, PartKind.MASKED, PartKind.PLAIN, PartKind.MASKED, PartKind.PLAIN] == kinds


def test_a_school_of_another_office_is_put_out() -> None:
    """In the text, among the candidates, and on both sides of an edit."""
    said = kept(TEXT, "해솔빛고 이야기")
    assert "[학교] 2학년 [이름] [전화] 딥페이크" == words_of(parts_of(TEXT, said.mentions, SOURCE, BUSAN))
    assert "해솔" not in excerpt(said, BUSAN)
    assert ((), 1) == (named_in(said.mentions, BUSAN), len(named_in(said.mentions, SEOUL)))
    (changed,) = changes_of(said, BUSAN)
    assert "해솔" not in "".join(stretch.text for stretch in changed.stretches)
    (seen,) = changes_of(said, SEOUL)
    assert "해솔빛고" in "".join(stretch.text for stretch in seen.stretches)


def test_what_is_not_in_the_register_is_nobodys() -> None:
    """Only those who see every office are told."""
    mention = Mention(
        start=0, end=2, surface="가나", school=None, candidates=("x",), level=None, rule="R", confidence=0.4
    )
    assert (True, False) == (SEOUL.hides(mention), ALL.hides(mention))
    (named,) = named_in((mention,), ALL)
    assert ((), 0) == (named.candidates, named.others)


@pytest.mark.parametrize(
    "strange", ["\u202e", "\u200b", "\u2066", "\ufeff", "\x1b", "\x00", "\ud800", "\u3164", "\U000e0041"]
)
def test_characters_that_hide_are_named(strange: str) -> None:
    """Nothing turns the order of a page round, nor stands between letters unseen."""
    parts = parts_of(f"위{strange}험", (), SOURCE, ALL)
    assert [PartKind.PLAIN, PartKind.STRANGE, PartKind.PLAIN] == [part.kind for part in parts]
    assert parts[1].text.startswith(f"U+{ord(strange):04X}")
    assert words_of(parts).encode()


def test_ordinary_text_is_left_alone() -> None:
    """Lines, emoji with their joiner, other scripts."""
    text = "한 줄\n두 줄\t👨\u200d👩\u200d👧 é café \u3000끝"
    assert (Part(kind=PartKind.PLAIN, text=text),) == parts_of(text, (), SOURCE, ALL)


def test_edits_newest_first() -> None:
    """Each with the number of what it led to."""
    changes = changes_of(kept("셋째 글입니다", "첫째 글입니다", "둘째 글입니다"), ALL)
    assert [3, 2] == [changed.revision for changed in changes]
    assert all(late.until > early.until for late, early in pairwise(changes))


def test_explicit_phrases_are_passages_of_their_own() -> None:
    """Folded by their term, with marks and schools inside; together they say the same as before."""
    text = "안내. 해솔빛고 김민수 딥페이크가 돈다. 문의 a.b@example.com 유포하겠다"
    said = mentions_in(text)
    passages = passages_of(text, said, SOURCE, ALL, EXPLICIT)
    assert [None, "synthetic-media", None, "threat"] == [passage.folded for passage in passages[:4]]
    assert "해솔빛고" in words_of(passages[1].parts)
    whole = tuple(part for passage in passages for part in passage.parts)
    assert words_of(parts_of(text, said, SOURCE, ALL)) == words_of(whole)


@given(
    st.lists(
        st.sampled_from(["김민수 학생", "010-1234-5678", "딥페이크", "해솔빛고", ". ", "a.b@example.com", " "]),
        max_size=12,
    )
)
def test_passages_lose_nothing(words: list[str]) -> None:
    """Whatever is masked, named or folded, and wherever sentences end."""
    text = "".join(words)
    said = mentions_in(text) if text.strip() else ()
    passages = passages_of(text, said, SOURCE, BUSAN, EXPLICIT)
    whole = tuple(part for passage in passages for part in passage.parts)
    assert words_of(parts_of(text, said, SOURCE, BUSAN)) == words_of(whole)
    numbers = [part.number for part in whole if part.number]
    assert list(range(1, len(numbers) + 1)) == numbers


def test_one_span_is_opened() -> None:
    """The numbered one; schools of other offices stay put out."""
    post = kept(TEXT)
    assert "[학교] 2학년 [이름] 010-1234-5678 딥페이크" == words_of(open_span(post, BUSAN, 2))
    assert "해솔빛고 2학년 김민수 [전화] 딥페이크" == words_of(open_span(post, ALL, 1))
