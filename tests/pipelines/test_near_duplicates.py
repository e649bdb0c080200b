"""Texts that say nearly the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.near_duplicates import BANDS, bands, is_near, shingles, similarity

KEY = b"k" * 32
TEXT = "해솔빛고 2학년 명단이 이 방에 돈다고 합니다 누가 올렸는지 아는 사람은 알려 주세요 사진도 있다고 합니다"


@pytest.mark.parametrize(
    ("other", "near"),
    [
        (TEXT, True),
        (" ".join(TEXT), True),
        (TEXT.replace(" ", "..ㆍ "), True),
        ("\u200b".join(TEXT), True),
        (TEXT + "!!! 😀", True),
        (TEXT.replace("알려 주세요", "알려주십쇼"), True),
        ("오늘 급식은 카레라이스와 깍두기 그리고 요구르트입니다 맛있게 드세요", False),
        (TEXT[:20], False),
        ("", False),
        ("!!!", False),
    ],
)
def test_what_is_near(other: str, near: bool) -> None:
    """Blanks, points and invisible characters hide nothing; another text is another text."""
    assert near is is_near(TEXT, other)
    shared = set(bands(TEXT, KEY)) & set(bands(other, KEY))
    assert near is bool(shared) or not near


def test_unrelated_texts_have_nothing_in_common() -> None:
    """Not a single run of three letters."""
    assert 0.0 == similarity(shingles("가나다라마바"), shingles("사아자차카타"))
    assert frozenset({"가나"}) == shingles("가 나")
    assert frozenset() == shingles("...")
    assert () == bands("...", KEY)


def test_bands_need_the_key() -> None:
    """The same text under another key shares none."""
    assert BANDS == len(bands(TEXT, KEY))
    assert bands(TEXT, KEY) == bands(TEXT, KEY)
    assert not set(bands(TEXT, KEY)) & set(bands(TEXT, b"l" * 32))


@given(st.text(alphabet="가나다라마바사아자차", min_size=60, max_size=200), st.integers(0, 59))
def test_one_changed_letter_is_found(text: str, at: int) -> None:
    """Whatever is near enough shares a band."""
    other = text[:at] + "힣" + text[at + 1 :]
    if is_near(text, other):
        assert set(bands(text, KEY)) & set(bands(other, KEY))
