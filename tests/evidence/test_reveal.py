"""What a reveal covers, as a code and back."""

import pytest

from evidence.errors import ConfigError
from evidence.reveal import LONGEST_CODE, MOST_OF_A_CASE, Extent, of_case, read_extent


@pytest.mark.parametrize(
    ("extent", "code"),
    [
        (Extent(flags=("1900000001:1",)), "1900000001:1"),
        (Extent(flags=("@room:7",), revision=2, span=3), "@room:7/r2/3"),
        (Extent(flags=("19:1", "19:7", "@room:2"), case="case-0123abcd"), "case-0123abcd/19:1,7+@room:2"),
    ],
    ids=["whole", "span", "case"],
)
def test_a_code_and_back(extent: Extent, code: str) -> None:
    """Each says the whole of what is covered."""
    assert code == extent.code()
    assert extent == read_extent(code)


@pytest.mark.parametrize(
    "code",
    ["", "19", "19:1/2", "19:1/r1", "case-0123abcd", "case-0123abcd/", "19:1,19:2", "가:1x", "case-0123abcd/19:1,19:2"],
)
def test_nothing_else_is_read(code: str) -> None:
    """What has no such form is refused."""
    with pytest.raises(ConfigError, match="is nothing that can be revealed"):
        read_extent(code)


@pytest.mark.parametrize("number", [0, MOST_OF_A_CASE + 1])
def test_a_case_is_revealed_in_small_parts(number: int) -> None:
    """At most 20 posts by one word of a second person, and each once."""
    with pytest.raises(ConfigError, match="expected 1 to 20"):
        of_case("case-0123abcd", (f"19:{place}" for place in range(number)))
    assert ("19:1",) == of_case("case-0123abcd", ["19:1", "19:1"]).flags


def test_the_log_holds_no_more() -> None:
    """Twenty posts of one room fit; of as many rooms they are asked for in parts, which is said."""
    one_room = of_case("case-0123abcd", (f"1900000001:{100_000 + number}" for number in range(MOST_OF_A_CASE)))
    assert len(one_room.code()) <= LONGEST_CODE
    assert one_room == read_extent(one_room.code())
    with pytest.raises(ConfigError, match="of too many rooms for one request: ask for fewer"):
        of_case("case-0123abcd", (f"19000000{number}:7" for number in range(10, 10 + MOST_OF_A_CASE)))
