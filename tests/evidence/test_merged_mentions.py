"""Mentions of one text found at two times: nothing is lost, nothing overlaps."""

import pytest

from evidence.mentions import merge_mentions
from evidence.records import Mention


def mention(start: int, end: int, *candidates: str) -> Mention:
    """Of so many candidates; settled where there is one."""
    return Mention(
        start=start,
        end=end,
        surface="",
        school=candidates[0] if len(candidates) == 1 else None,
        candidates=candidates,
        level=None,
        rule="name",
        confidence=1.0,
    )


@pytest.mark.parametrize(
    ("old", "new", "merged"),
    [
        ([(0, 3, "a")], [(5, 8, "b")], [(0, 3, "a"), (5, 8, "b")]),
        ([(5, 8, "b")], [(0, 3, "a")], [(0, 3, "a"), (5, 8, "b")]),
        ([(0, 3)], [(0, 3, "a")], [(0, 3, "a")]),
        ([(0, 3)], [(0, 5, "a", "b")], [(0, 5, "a", "b")]),
        ([(0, 3, "a")], [(0, 3, "a", "b")], [(0, 3, "a")]),
        ([(0, 3, "a", "b")], [(0, 3, "a", "b", "c")], [(0, 3, "a", "b", "c")]),
        ([(0, 3, "a", "b")], [(0, 3, "a")], [(0, 3, "a", "b")]),
        ([(0, 3), (4, 6, "b")], [(0, 6, "a")], [(0, 3), (4, 6, "b")]),
        ([(0, 3, "a")], [], [(0, 3, "a")]),
    ],
)
def test_later_ones_add_to_earlier_ones(
    old: list[tuple[int, int]], new: list[tuple[int, int]], merged: list[tuple[int, int]]
) -> None:
    """They take a place only where they say all that was said there, and more."""
    found = merge_mentions([mention(*one) for one in old], [mention(*one) for one in new])
    assert tuple(mention(*one) for one in merged) == found
