"""Tokens: the same under one key, others under another, and nothing to be read off them."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from evidence.cipher import Cipher
from storage.search_tokens import FOUND_BY, Marks, found_by, tokens_of, unpacked
from tests.conftest import MASTER_KEY

CIPHER, OTHER = Cipher(MASTER_KEY), Cipher(bytes(32))


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_a_part_has_no_token_that_the_whole_lacks(before: str, part: str, after: str) -> None:
    """Else a post that holds the part would not be found."""
    tokens = tokens_of(CIPHER)
    assert tokens.words(part) <= tokens.words(before + part + after)


def test_tokens_are_of_one_store_and_one_use() -> None:
    """Another key gives others; a school is none of the words, nor is an office a school."""
    mine, theirs = tokens_of(CIPHER), tokens_of(OTHER)
    assert mine.words("가온고") == tokens_of(Cipher(MASTER_KEY)).words("가온고")
    assert mine.words("가온고").isdisjoint(theirs.words("가온고"))
    assert mine.school("9900001") != theirs.school("9900001")
    assert mine.mark("school", "B10") != mine.mark("office", "B10")
    assert (2, set()) == (len(mine.words("가온고")), mine.words("가"))


def test_a_post_is_found_by_all_that_it_ever_said() -> None:
    """A revision adds, and takes nothing away."""
    first, second = (
        Marks(searched="가나다라", source="a", schools={"1"}, offices={"B10"}, levels={"high"}, terms={"a"}),
        Marks(searched="마바", source="a", schools={"2"}, offices={"C10"}, levels=(), terms="b", severities=("low",)),
    )
    before = found_by(first, {}, CIPHER)
    after = found_by(second, before, CIPHER)
    assert all(set(before[name]) <= set(after[name]) for name in FOUND_BY)
    tokens = tokens_of(CIPHER)
    assert sorted(tokens.of(first) | tokens.of(second)) == unpacked(after["tokens"])
    assert (["B10", "C10"], ["high"], ["a", "b"]) == (after["offices"], after["levels"], after["terms"])


def test_tokens_of_a_post_are_few_and_in_no_telling_order() -> None:
    """Words, source, schools, offices, terms and severity; packed in one field."""
    marks = Marks(
        searched="가나다라", source="a", schools={"1", "2"}, offices={"B10"}, levels=(), terms="a", severities=("low",)
    )
    found = unpacked(found_by(marks, {}, CIPHER)["tokens"])
    assert 3 + 6 == len(set(found)) == len(found)
    assert sorted(found) == found
    assert {4} == set(map(len, found))


def test_a_post_is_in_the_scope_of_the_schools_that_it_named() -> None:
    """Of universities' where it named one, else of ``none`` only as long as it has named no school."""
    nothing = Marks(searched="가", source="a", schools=(), offices=("none",), levels=(), terms="a")
    school = replace(nothing, schools={"1"}, offices={"B10"})
    university = replace(nothing, schools={"U:한빛대학교"}, offices={"none"})
    for marks, expected in (
        ((nothing,), ["none"]),
        ((nothing, school), ["B10"]),
        ((school, nothing), ["B10"]),
        ((university, school), ["B10", "none"]),
        ((university, nothing), ["none"]),
    ):
        found: dict[str, Any] = {}
        for each in marks:
            found = found_by(each, found, CIPHER)
        assert expected == found["offices"]
