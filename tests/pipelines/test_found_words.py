"""Marking what was sought in masked text, and naming what cannot be seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.found_words import Kind, Piece, found_in, pieces
from pipelines.normalize import searched_form


def marked(text: str, sought: str, most: int | None = None) -> str:
    """The pieces as one text: findings in angle brackets, odd characters in round ones."""
    form = {Kind.TEXT: "{}", Kind.FOUND: "<{}>", Kind.ODD: "({})"}
    return "".join(form[piece.kind].format(piece.text) for piece in pieces(text, sought, most))


@pytest.mark.parametrize(
    ("text", "sought", "expected"),
    [
        ("", "명단", ""),
        ("명단 공유", "", "명단 공유"),
        ("명단 공유, 새 명단", "명단", "<명단> 공유, 새 <명단>"),
        ("명 단\n공유", "명단공유", "<명 단\n공유>"),
        ("ＡＢ ab Ab", "ab", "<ＡＢ> <ab> <Ab>"),
        ("누구 [이름] 이름", "이름", "누구 [이름] <이름>"),
        ("[이름]고 [학교]", "]고[", "[이름]고 [학교]"),
        ("a\u202eb", "b", "a(U+202E)<b>"),
        ("명\u200b단", "명단", "<명>(U+200B)<단>"),
        ("한 줄\r\n\x00", "", "한 줄(U+000D)\n(U+0000)"),
        ("👨\u200d👩", "", "👨\u200d👩"),
    ],
)
def test_what_is_marked(text: str, sought: str, expected: str) -> None:
    """As the search finds it; never a mark of a mask, never an invisible character."""
    assert expected == marked(text, sought)


def test_a_long_text_is_cut_around_its_first_finding() -> None:
    """With a sign on each side where something is missing."""
    text = "가" * 1_000 + "명단" + "나" * 1_000
    cut = marked(text, "명단", 100)
    assert (len(cut), cut[:2], cut[-2:]) == (104, "…가", "나…")
    assert "<명단>" in cut
    assert "가" * 100 + "…" == marked(text, "", 100)


@given(st.text(max_size=60), st.text(max_size=4))
def test_nothing_is_lost(text: str, sought: str) -> None:
    """The pieces say the text; what was found is what was sought."""
    shown = pieces(text, sought)
    odd = "".join(chr(int(one.text[2:], 16)) if one.kind is Kind.ODD else one.text for one in shown)
    assert text == odd
    assert all(searched_form(text[low:high]) for low, high in found_in(text, sought))
    assert Piece(kind=Kind.TEXT, text="") not in shown
