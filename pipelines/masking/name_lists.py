"""Lines that hold names and numbers and nothing else: a list of persons, whatever stands above it."""

import re
from collections.abc import Iterator

from evidence.masked import Kind
from pipelines.masking.form import FILLERS, Found
from pipelines.masking.tokens import read_name

ALONE = 3
"""So many usual names make a list where nothing speaks of school."""

_WORD = re.compile("[가-힣]+")
_REST = re.compile(rf"[\s\d.,)(/·、\-–—•*ㆍ|:#♡♥&+~{FILLERS}]*")


def find_lists(text: str, has_school: bool) -> Iterator[Found]:
    """Find the names of lists; rare ones count between usual ones.

    Args:
        text: working form.
        has_school: whether anything in it speaks of school; else three names are needed.
    """
    lines: list[tuple[list[re.Match[str]], int]] = []
    start = 0
    for line in text.split("\n"):
        words = list(_WORD.finditer(text, start, start + len(line)))
        if words or line.strip():
            lines.append((words, _count_usual(words, _WORD.sub("", line)) if words else -1))
        start += len(line) + 1
    if not has_school and sum(usual for _, usual in lines if usual > 0) < ALONE:
        return
    for at, (words, usual) in enumerate(lines):
        beside = max(usual for _, usual in lines[max(0, at - 1) : at + 2])
        if usual >= 0 and 2 * max(usual, min(beside, len(words))) >= len(words):
            yield from ((word.start(), word.end(), Kind.NAME) for word in words)


def _count_usual(words: list[re.Match[str]], rest: str) -> int:
    """Count the usual names of a line; -1 where it holds anything but names."""
    if _REST.fullmatch(rest) is None:
        return -1
    readings = [read_name(word[0], True) for word in words]
    if not all(reading and reading.length == len(word[0]) for word, reading in zip(words, readings, strict=True)):
        return -1
    return sum(reading is not None and reading.is_usual for reading in readings)
