"""Numbers of members beside their words."""

import pytest

from channels.directory.counts import read_count, read_shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("103 116\nподписчиков", "103116-103116 subscribers"),
        ("4 032 участников", "4032-4032 members"),
        ("1 подписчик", "1-1 subscribers"),
        ("13.2K\nsubscribers", "13150-13250 subscribers"),
        ("1,234 members, 56 online", "1234-1234 members"),
        ("Members: 1'234", "1234-1234 members"),
        ("подписчики\n108 566", "108566-108566 subscribers"),
        ("구독자 1.2만명", "11500-12500 subscribers"),
        ("3천 명의 멤버", "2500-3500 members"),
        ("멤버 수: 3,500", "3500-3500 members"),
        ("12,4k subscribers", "12350-12450 subscribers"),
        ("Top 24\n103 116\nsubscribers", "103116-103116 subscribers"),
        ("0 members", "0-0 members"),
    ],
)
def test_number_beside_its_word(text: str, expected: str) -> None:
    """The number before or behind a word for members is read with the precision that it has."""
    found = read_count(text)
    assert found is not None
    assert expected == f"{found[0].low}-{found[0].high} {found[1]}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "subscribers",
        "many subscribers",
        "103 116 просмотров",
        "id 12345",
        "v1.2.3 members",
        "remembers 12x",
        "9" * 40,
    ],
)
def test_no_number_of_members(text: str) -> None:
    """A blank, a word or a number of something else is never 0 members."""
    assert read_count(text) is None


@pytest.mark.parametrize(
    ("shown", "low", "high"),
    [
        (" 12\u202f345 ", 12_345, 12_345),
        ("3.3k", 3_250, 3_350),
        ("3,3К", 3_250, 3_350),
        ("1.2만", 11_500, 12_500),
        ("2억", 150_000_000, 250_000_000),
    ],
)
def test_shown_number(shown: str, low: int, high: int) -> None:
    """Other letters and separators mean the same number."""
    figure = read_shown(shown)
    assert figure is not None
    assert (low, high) == (figure.low, figure.high)


@pytest.mark.parametrize("shown", ["", "—", "1.2.3", "12 34", "1e5", "９만번"])
def test_no_shown_number(shown: str) -> None:
    """What is no number is None."""
    assert read_shown(shown) is None
