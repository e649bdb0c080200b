"""Words and patterns of a watchlist in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import ConfigError
from evidence.records import Term
from pipelines.normalize import normalize
from pipelines.terms import compile_terms, find_terms, may_hold_terms

TERMS = (
    Term(id="synthetic", any=("합성", "Deep Fake"), patterns=(r"deep\s*-?fake",)),
    Term(id="sale", any=("판매",), patterns=(r"\d+\s*만\s*원", "ПРОДАЖА")),
    Term(id="compound", any=("합성물", "합성")),
)
MATCHER = compile_terms(TERMS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("오늘은 맑음", ()),
        ("합성 섬유 이야기", ("synthetic", "compound")),
        ("섬유합성물입니다", ("synthetic", "compound")),
        ("DEEP  FAKE", ("synthetic",)),
        ("ｄｅｅｐｆａｋｅ", ("synthetic",)),
        ("판매 합성", ("synthetic", "sale", "compound")),
        ("가격 3 만 원", ("sale",)),
        ("продажа книг", ("sale",)),
        ("합\u200b성", ("synthetic", "compound")),
        ("\x00 deepfake", ("synthetic",)),
    ],
)
def test_terms_are_found_in_watchlist_order(text: str, expected: tuple[str, ...]) -> None:
    """Words and patterns are found whatever their case and width, each Term once."""
    assert expected == find_terms(normalize(text).text, MATCHER)


def test_no_terms_find_nothing() -> None:
    """An empty watchlist is a matcher too."""
    assert find_terms("합성", compile_terms(())) == ()


def test_mistakes_are_named_together() -> None:
    """Words that vanish and patterns that RE2 refuses are named with their Term, all at once."""
    with pytest.raises(ConfigError) as caught:
        compile_terms([Term(id="a", any=("\u200b",)), Term(id="b", patterns=("(", r"(?=x)", "fine"))])
    assert caught.value.problems == (
        'term a: "" is not a word',
        'term b: "(" is not a pattern of RE2: missing ): (',
        'term b: "(?=x)" is not a pattern of RE2: invalid perl operator: (?=',
    )


@given(st.text(), st.sampled_from(TERMS))
def test_a_word_is_found_in_any_text(text: str, term: Term) -> None:
    """Whatever surrounds a word, its Term is found."""
    surrounded = normalize(f"{text} {term.any[0]} {text}").text
    assert term.id in find_terms(surrounded, MATCHER)


SAID = st.sampled_from(
    ["", "합성", "합", "성", "판매", "deep", "fake", "가격 3", "만 원", "끝", "\n", "맑음", "\ud800"]
)
PATTERNS = st.sampled_from(
    [r"deep\s*-?fake", r"^합", r"끝$", r"\A판", r"맑음\z", r"[^가-힣]3", r"(?m)^성", r"\b끝\b", r"\Q3 만\E"]
)


@given(st.lists(st.lists(SAID, max_size=3).map("".join), max_size=5), st.lists(PATTERNS, min_size=1, max_size=2))
def test_what_one_text_holds_all_together_may_hold(texts: list[str], patterns: list[str]) -> None:
    """Also where a pattern looks for the beginning or the end of a text, which stand elsewhere in all of them."""
    matcher = compile_terms([Term(id="words", any=("판매",)), Term(id="patterns", patterns=tuple(patterns))])
    said = [text for text in texts if "\ud800" not in text]
    assert may_hold_terms(texts, matcher) or not any(find_terms(text, matcher) for text in said)


def test_texts_that_hold_nothing_are_asked_once() -> None:
    """Nine pages in ten."""
    assert not may_hold_terms(["오늘은 맑음", "급식 뭐 나와"], MATCHER)
    assert may_hold_terms(["오늘은 맑음", "판매"], MATCHER)
