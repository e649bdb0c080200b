"""Numbers that are somebody's, and numbers that are not."""

import pytest

from evidence.residents import has_check_digit
from pipelines.masking import mask


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9001011234568", "[주민번호]"),
        ("9001011234567", "9001011234567"),
        ("2110011234567", "2110011234567"),
        ("2110013234567", "[주민번호]"),
        ("2113013234567", "2113013234567"),
        ("900101-1234567", "[주민번호]"),
        ("901301-1234567", "901301-1234567"),
        ("주민번호 900101-1", "주민번호 [주민번호]"),
        ("900101-1******", "[주민번호]"),
    ],
)
def test_resident_numbers(text: str, expected: str) -> None:
    """Written solid they need a check digit, unless born since October 2020; the date must exist."""
    assert expected == mask(text).text


@pytest.mark.parametrize(
    ("number", "expected"), [("9001011234568", True), ("900101-1234568", True), ("9001011234567", False)]
)
def test_check_digit(number: str, expected: bool) -> None:
    """The last digit follows from the twelve before."""
    assert expected is has_check_digit(number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+1 202-555-0123", "[전화]"),
        ("전화 1234-5678", "전화 [전화]"),
        ("국번 없이 112", "국번 없이 112"),
        ("010-12-34", "010-12-34"),
        ("20101234567890123", "20101234567890123"),
        ("공일공 일이삼사 오육칠팔", "[전화]"),
        ("이 일을 공공일에", "이 일을 공공일에"),
        ("01/01 01:10:12 23:59", "01/01 01:10:12 23:59"),
        ("김철수 씨 080312", "[이름] 씨 [생년월일]"),
        ("김철수 씨 089912", "[이름] 씨 089912"),
        ("2학년 3반 15번 20315 김철수", "2학년 3반 15번 [학번] [이름]"),
        ("20학번", "20학번"),
        ("2020학번", "2020학번"),
        ("100배 1000배", "100배 1000배"),
        ("계좌 입금 50000", "계좌 입금 50000"),
        ("앞으로 12-3", "앞으로 12-3"),
        ("공고 제2019-342호", "공고 제2019-342호"),
        ("역시 70", "역시 70"),
        ("전라도 빼면 20", "전라도 빼면 20"),
    ],
)
def test_other_numbers(text: str, expected: str) -> None:
    """What only looks like one stays."""
    assert expected == mask(text).text
