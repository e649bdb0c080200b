"""Lines that hold names and numbers and nothing else: a list of persons, whatever stands above it."""

import re
from collections.abc import Iterator

from evidence.masked import Kind
from pipelines.masking.form import FILLERS, Found
from pipelines.masking.tokens import read_name

ALONE = 3
"""So many usual names make a list where nothing speaks of school."""

_WORD = re.compile("[가-힣]+")
_REST = rf"[\s\d.,)(/·、\-–—•*ㆍ|:#♡♥&+~{FILLERS}]*+"
_IS_BARE = re.compile(rf"{_REST}(?:[가-힣]{{2,4}}+(?![가-힣]){_REST})++").fullmatch
"""Matches a line of short words and marks between them."""


def find_lists(text: str, has_school: bool) -> Iterator[Found]:
    """Find the names of lists; rare ones count between usual ones.

    Args:
        text: working form.
        has_school: whether anything in it speaks of school; else three names are needed.
    """
    lines: list[tuple[list[re.Match[str]], int]] = []
    start = 0
    for line in text.split("\n"):
        words = list(_WORD.finditer(text, start, start + len(line))) if _IS_BARE(line) else []
        if line.strip():
            lines.append((words, _count_usual(words)))
        start += len(line) + 1
    if not has_school and sum(usual for _, usual in lines if usual > 0) < ALONE:
        return
    for at, (words, usual) in enumerate(lines):
        beside = max(usual for _, usual in lines[max(0, at - 1) : at + 2])
        if usual >= 0 and 2 * max(usual, min(beside, len(words))) >= len(words):
            yield from ((word.start(), word.end(), Kind.NAME) for word in words)


def _count_usual(words: list[re.Match[str]]) -> int:
    """Count the usual names of a line; -1 where it holds anything but names."""
    usual = 0
    for word in words:
        reading = read_name(word[0], True)
        if reading is None or reading.length < len(word[0]):
            return -1
        usual += reading.is_usual
    return usual if words else -1
