"""Masked texts: marks that keep their kind, and where the rest of the text went."""

import pytest

from evidence.masked import Kind, Masked, Span

TEXT = "한빛고 김철수 010-1234-5678 끝"
MASKED = Masked(
    text="한빛고 [이름] [전화] 끝",
    spans=(Span(start=4, end=7, kind=Kind.NAME), Span(start=8, end=21, kind=Kind.PHONE)),
)


@pytest.mark.parametrize("kind", Kind)
def test_a_mark_says_its_kind(kind: Kind) -> None:
    """A mark is the kind in brackets."""
    assert f"[{kind.value}]" == kind.mark


@pytest.mark.parametrize("word", ["한빛고", " ", "끝", " 끝"])
def test_what_stays_is_carried_over(word: str) -> None:
    """Offsets of what was not masked lead to the same words."""
    at = TEXT.rindex(word)
    place = MASKED.carry(at, at + len(word))
    assert place is not None
    assert word == MASKED.text[place[0] : place[1]]


@pytest.mark.parametrize(("start", "end"), [(4, 7), (5, 6), (0, 5), (6, 9), (20, 23), (3, 22)])
def test_what_is_masked_even_in_part_leads_nowhere(start: int, end: int) -> None:
    """A span that touches a masked one has no place in the masked text."""
    assert MASKED.carry(start, end) is None


def test_a_text_without_spans_keeps_its_offsets() -> None:
    """Nothing masked, nothing moved."""
    assert (2, 5) == Masked(text="abcdef").carry(2, 5)
