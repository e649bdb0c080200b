"""Resident numbers in texts as received: however they are written, they go; what only looks like one stays."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.residents import MARK, residents_in, without_residents


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("내 번호 900101-1234567 이야", "내 번호 [주민번호] 이야"),
        ("9001011234568", "[주민번호]"),
        ("900101 1234567, 900102-2345678", "[주민번호], [주민번호]"),
        ("261120 900101-1234567", "261120 [주민번호]"),
        ("９００１０１－１２３４５６７", "[주민번호]"),
        ("٩٠٠١٠١-١٢٣٤٥٦٧", "[주민번호]"),
        ("①⓪⓪①⓪①-③②③④⑤⑥⑦", "[주민번호]"),
        ("9\u200b0\u200b0101-1\u200b234567", "[주민번호]"),
        ("9\u03320\u03320\u03321\u03320\u03321\u0332-1234567", "[주민번호]"),
        ("900101\u00a0-\u00a01234567", "[주민번호]"),
        ("900101−1234567 900101ㅡ1234567 900101_1234567", "[주민번호] [주민번호] [주민번호]"),
        ("900101-1******", "[주민번호]"),
        ("주민번호는 900101-1 이고", "주민번호는 [주민번호] 이고"),
        ("외국인등록 900101-5234567", "외국인등록 [주민번호]"),
        ("😀900101-1234567😀", "😀[주민번호]😀"),
        (f"앞 {MARK} 뒤", f"앞 {MARK} 뒤"),
    ],
)
def test_they_give_way_to_a_mark(text: str, expected: str) -> None:
    """Whatever digits, strokes and invisible characters they are written with."""
    assert expected == without_residents(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9001011234567",
        "901301-1234567",
        "8801234567890",
        "2026-11-20 18:00, 260120 3명",
        "010-1234-5678 계좌 110-123-456789",
        "https://t.me/c/1234567890/100",
        "19900101-1234567",
        "900101\n1234567",
        "조회 1763629200000",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    """No check digit, no such day, a bar code, dates, telephones, accounts, ids, two lines, moments."""
    assert text == without_residents(text)


pieces = st.sampled_from(
    ["900101", "-", "1234567", "1234568", " ", "\u200b", "9", "가", "주민번호", "*", "１２", MARK, "\n"]
)


@given(st.lists(pieces, max_size=12).map("".join))
def test_once_is_enough(text: str) -> None:
    """What was cleaned is clean, and the spans cut out what the mark replaced."""
    clean = without_residents(text)
    assert (clean, []) == (without_residents(clean), residents_in(clean))
    assert clean.count(MARK) - text.count(MARK) == len(residents_in(text))


@pytest.mark.parametrize("piece", ["9", "900101-", "900101 ", "9\u200b", "900101-1", "1 "])
def test_it_is_linear(piece: str) -> None:
    """Also on what is made to be slow: a message is looked at within milliseconds."""
    began = time.perf_counter()
    without_residents(piece * (20_000 // len(piece)))
    assert time.perf_counter() - began < 1.0
