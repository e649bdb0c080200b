"""Numbers as pages print them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.figures import LARGEST, SEPARATORS, read_figure, read_id, read_members
from evidence.records import Figure


def exact(value: int) -> Figure:
    """A number that was shown in full."""
    return Figure(value=value, low=value, high=value)


@pytest.mark.parametrize(
    ("shown", "value"),
    [
        ("0", 0),
        ("1", 1),
        ("537", 537),
        ("879", 879),
        ("999", 999),
        ("82932", 82_932),
        ("82 932", 82_932),
        ("1 474 933", 1_474_933),
        ("8 122 955", 8_122_955),
        ("82\u00a0932", 82_932),
        ("82\u202f932", 82_932),
        ("82,932", 82_932),
        ("1'234", 1_234),
        ("1’234", 1_234),
        ("  217 094\n", 217_094),
    ],
)
def test_full_numbers_are_exact(shown: str, value: int) -> None:
    """A number in full has no margin, whatever parts its thousands."""
    assert exact(value) == read_figure(shown)


@pytest.mark.parametrize(
    ("shown", "value", "half"),
    [
        ("571.3K", 571_300, 50),
        ("94.0K", 94_000, 50),
        ("28.0K", 28_000, 50),
        ("2.8M", 2_800_000, 50_000),
        ("1.48M", 1_480_000, 5_000),
        ("5.88K", 5_880, 5),
        ("53K", 53_000, 500),
        ("164K", 164_000, 500),
        ("826K", 826_000, 500),
        ("2.19M", 2_190_000, 5_000),
        ("11.4M", 11_400_000, 50_000),
        ("44.2K", 44_200, 50),
        ("1B", 1_000_000_000, 500_000_000),
        ("10.1 M", 10_100_000, 50_000),
    ],
)
def test_rounded_numbers_keep_their_granularity(shown: str, value: int, half: int) -> None:
    """Half a unit of the last shown digit lies on both sides of a rounded number."""
    assert Figure(value=value, low=value - half, high=value + half) == read_figure(shown)


@pytest.mark.parametrize(
    "shown",
    [
        "",
        " ",
        "\u00a0",
        "Many",
        "Many subscribers",
        "K",
        "1.5",
        "1,5K",
        "12 34",
        "1 2 3",
        "1  234",
        "-5",
        "5 stars",
        "4K+",
    ],
)
def test_other_texts_are_no_number(shown: str) -> None:
    """A blank, a word or half a number is None and never 0."""
    assert read_figure(shown) is None


@pytest.mark.parametrize("shown", [str(2**53), "9" * 5_000, "9 007 199 254 740 992", f"{'9' * 5_000}K", "9007200B"])
def test_absurd_numbers_are_none(shown: str) -> None:
    """Nobody has so many members or views; no number is too large to be refused."""
    assert read_figure(shown) is None
    assert read_members(f"{shown} members, {shown} online") in (None, (None, "members", None))


def test_largest_number_is_read() -> None:
    """The bound itself is within it."""
    assert exact(LARGEST) == read_figure(f"{LARGEST:,}")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        *(("1", 1), ("0012", 12), (str(LARGEST), LARGEST)),
        *((shown, None) for shown in ("", "0", "-1", "1.0", "²", str(2**53), "9" * 5_000)),
    ],
)
def test_ids(shown: str, expected: int | None) -> None:
    """From 1 to what a double holds."""
    assert expected == read_id(shown)


def as_in_2019(number: int) -> str:
    """Always one decimal, also below 1000 times the unit."""
    if number < 1_000_000:
        return f"{(number + 50) // 100 / 10:.1f}K"
    return f"{(number + 50_000) // 100_000 / 10:.1f}M"


def as_in_2026(number: int) -> str:
    """Three significant digits without trailing zeros; in full below 1000."""
    if number < 1_000:
        return str(number)
    step = 10 ** (len(str(number)) - 3)
    rounded = (number + step // 2) // step * step
    return f"{rounded / 1000:g}K" if rounded < 1_000_000 else f"{rounded / 1_000_000:g}M"


@pytest.mark.parametrize("abbreviate", [as_in_2019, as_in_2026])
@given(number=st.integers(0, 500_000_000))
def test_bounds_hold_the_true_number(abbreviate: Callable[[int], str], number: int) -> None:
    """However a page of any year rounds a number, it lies within the bounds that are read."""
    figure = read_figure(abbreviate(number))
    assert figure is not None
    assert figure.low <= number <= figure.high


@given(number=st.integers(0, 10**12), separator=st.sampled_from(SEPARATORS))
def test_any_separator_parts_thousands(number: int, separator: str) -> None:
    """A number is read back whichever separator it was printed with."""
    assert exact(number) == read_figure(f"{number:,}".replace(",", separator))


@given(st.text())
def test_no_text_raises(shown: str) -> None:
    """Any text is a number or none."""
    figure = read_figure(shown)
    assert figure is None or figure.low <= figure.value <= figure.high


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("82 932 subscribers", (exact(82_932), "subscribers", None)),
        ("1 subscriber", (exact(1), "subscribers", None)),
        ("0 subscribers", (exact(0), "subscribers", None)),
        ("1 474 933 members", (exact(1_474_933), "members", None)),
        ("1 member", (exact(1), "members", None)),
        ("14 035 members, 5 791 online", (exact(14_035), "members", 5_791)),
        ("136 members, 6 online", (exact(136), "members", 6)),
        ("8 122 955 monthly users", (exact(8_122_955), "monthly users", None)),
        ("1 monthly user", (exact(1), "monthly users", None)),
        ("\n 97,957 members, 4,138 online ", (exact(97_957), "members", 4_138)),
        ("10.1M subscribers", (Figure(value=10_100_000, low=10_050_000, high=10_150_000), "subscribers", None)),
    ],
)
def test_lines_of_members(line: str, expected: tuple[Figure, str, int | None]) -> None:
    """The word may be singular or plural, and change from members to subscribers."""
    assert expected == read_members(line)


@pytest.mark.parametrize(
    "line", ["", "@room", "Many subscribers", "subscribers", "6400358sub", "12 photos", "5 members!"]
)
def test_other_lines_count_nobody(line: str) -> None:
    """A line of another form says nothing of members."""
    assert read_members(line) is None
