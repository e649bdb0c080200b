"""The normal form of a text, and the way back."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalize import PLAIN, normalize

TRICKY = st.text(st.sampled_from("서울대설각ㅋㅠﾡￂＡａé\u0301\u0323\u200b\ufe0f\u3164①㈜ǅßİ\ud800\U0001f600ガﾞ "))
ANY = st.text(st.characters()) | TRICKY


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("", ""),
        ("한빛대 SNS", "한빛대 sns"),
        ("ＨＡＥＣＨＩ　１２", "haechi 12"),
        ("서\u200b울\u2060대", "서울대"),
        ("서\u3164울\u115f대\uffa0", "서울대"),
        (unicodedata.normalize("NFD", "서울대학교"), "서울대학교"),
        ("가\u11a8나", "각나"),
        ("ᄉ\u200bᅥ울", "서울"),
        ("ㅋㅋ ㅅㅇㄷ", "ㅋㅋ ㅅㅇㄷ"),
        ("ﾡￂ", "가"),
        ("①②㈜", "12(주)"),
        ("Straße", "strasse"),
        ("Cafe\u0301", "café"),
        ("❤️", "❤"),
        ("ШКОЛА", "школа"),
        ("がｶﾞ", "がガ"),
        ("مدرسة", "مدرسة"),
        ("a\ud800b", "a\ufffdb"),
    ],
)
def test_texts_come_to_one_form(given_text: str, expected: str) -> None:
    """Width, case, invisible characters and decomposition make no difference."""
    assert expected == normalize(given_text).text


@pytest.mark.parametrize(
    ("given_text", "word", "surface"),
    [
        ("나는 한빛대 학생", "한빛대", "한빛대"),
        ("\u200b한\u200b빛대\u200b", "한빛대", "한\u200b빛대"),
        ("…… 한빛대", "한빛대", "한빛대"),
        ("㈜ Ａ1", "a1", "Ａ1"),
        ("x" + unicodedata.normalize("NFD", "한빛대") + "y", "한빛대", unicodedata.normalize("NFD", "한빛대")),
        ("ＫＡＩＳＴ!", "kaist", "ＫＡＩＳＴ"),
        ("Ⅷ관", "iii", "Ⅷ"),
    ],
)
def test_span_leads_back_to_the_source(given_text: str, word: str, surface: str) -> None:
    """Offsets of the normal form cut exactly the source characters out of the text as given."""
    normal = normalize(given_text)
    at = normal.text.index(word)
    start, end = normal.span(at, at + len(word))
    assert surface == given_text[start:end]


def test_plain_text_needs_no_offsets() -> None:
    """Text of plain characters keeps its offsets and has no table."""
    assert normalize("한빛대 ㅋㅋ 2024! 😀").starts is None


@given(ANY)
def test_any_text_has_a_normal_form(text: str) -> None:
    """Nothing raises, the form can be encoded, and a form is its own normal form."""
    normal = normalize(text)
    normal.text.encode()
    assert normal.text == normalize(normal.text).text


@given(ANY)
def test_spans_are_in_order_and_in_bounds(text: str) -> None:
    """Each character has a source that is not empty, and sources never go backwards."""
    normal = normalize(text)
    spans = [normal.span(at, at + 1) for at in range(len(normal.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(ANY)
def test_a_span_holds_what_it_says(text: str) -> None:
    """Every character's source alone has a normal form that holds the character."""
    normal = normalize(text)
    for at, character in enumerate(normal.text):
        start, end = normal.span(at, at + 1)
        assert character in normalize(text[start:end]).text


@pytest.mark.parametrize(
    "text",
    ["가\u0301\u0323" * 20_000, "\u0323\u0301" * 25_000, "\u200b" * 50_000, "ᄉ" * 50_000, "가" * 1_000_000],
    ids=["marked", "marks", "zero-width", "jamo", "megabyte"],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    """Long runs of marks, fillers and jamo end at once; a quadratic form would run into the time limit of the suite."""
    assert len(normalize(text).text) <= len(text)


@pytest.mark.slow
def test_plain_characters_stand_for_themselves() -> None:
    """What the fast path lets through would come out of the slow path the same."""
    plain = re.compile(f"[{PLAIN}]")
    for character in map(chr, range(0x110000)):
        if plain.match(character) and not "ㄱ" <= character <= "ㆎ":
            folded = character.casefold()
            assert len(folded) == 1, hex(ord(character))
            assert folded == unicodedata.normalize("NFKC", folded), hex(ord(character))
            assert unicodedata.combining(character) == 0, hex(ord(character))
