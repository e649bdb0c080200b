"""Explicit phrases: where they begin and end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.watchlist import packaged_defaults
from evidence.records import Term
from pipelines.explicit import AROUND, compile_explicit, explicit_phrases

EXPLICIT = compile_explicit(packaged_defaults()[0])
WORDS = st.sampled_from(
    ["딥페이크", "유포하겠다", "딥 페 이 크", "[이름]", "가나다", "ＤＥＥＰＦＡＫＥ", ".", "\n", "!", " ", "\u200b"]
)


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("", []),
        ("오늘 급식은 카레입니다.", []),
        ("알립니다. 누가 딥페이크 합성물을 만든다! 신고합시다.", ["누가 딥페이크 합성물을 만든다!"]),
        ("첫 줄\n딥 페 이 크 둘째 줄\n셋째 줄", ["딥 페 이 크 둘째 줄"]),
        ("딥페이크, 그리고 유포하겠다고 한다. 끝", ["딥페이크, 그리고 유포하겠다고 한다."]),
        ("딥페이크.\n유포하겠다", ["딥페이크.", "유포하겠다"]),
        ("１２３ ＤＥＥＰＦＡＫＥ", ["１２３ ＤＥＥＰＦＡＫＥ"]),
        ("판매합니다. 전화번호", []),
    ],
)
def test_a_phrase_is_a_sentence_or_a_line(text: str, phrases: list[str]) -> None:
    """In any spelling that the words are found in; other terms fold nothing away."""
    assert phrases == [text[one.start : one.end] for one in explicit_phrases(text, EXPLICIT)]


def test_of_a_long_text_only_what_is_near() -> None:
    """Cut at blanks where there are any."""
    (phrase,) = explicit_phrases("가나 " * 100 + "딥페이크 " + "다라 " * 100, EXPLICIT)
    assert phrase.end - phrase.start <= 2 * AROUND + len("딥페이크")
    text = ("가나 " * 100 + "딥페이크 " + "다라 " * 100)[phrase.start : phrase.end]
    assert text == text.strip()
    assert ("가나", "다라") == (text.split()[0], text.split()[-1])
    (run_on,) = explicit_phrases("가" * 300 + "딥페이크" + "다" * 300, EXPLICIT)
    assert 2 * AROUND + 4 == run_on.end - run_on.start


def test_terms_of_ones_own_watchlist_count() -> None:
    """Under the ids that are folded; the first one names the phrase."""
    own = compile_explicit([Term(id="threat", any=("바람개비",)), Term(id="other", any=("구름",))])
    (phrase,) = explicit_phrases("바람개비가 돈다. 구름이 간다.", own)
    assert ("threat", 0) == (phrase.term, phrase.start)


@given(st.lists(WORDS, max_size=30))
def test_phrases_are_in_order_and_never_overlap(words: list[str]) -> None:
    """Whatever stands where; each holds something."""
    text, end = "".join(words), 0
    for phrase in explicit_phrases(text, EXPLICIT):
        assert end <= phrase.start < phrase.end <= len(text)
        end = phrase.end
