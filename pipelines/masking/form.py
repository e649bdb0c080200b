"""The working form of a text that is being masked: its normal form, what is masked already put out.

Every character that is put out becomes a filler of the same width, so that all offsets stay those of the normal
form. Finders must read fillers by what they stand for, never by how many they are: only then does a text that
was masked once hold nothing more to mask.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from evidence.masked import Kind
from evidence.records import Mention
from pipelines.normalize import Normal

NAMED, HIDDEN, SCHOOL = "\ue000", "\ue001", "\ue002"
"""Fillers: a name of a person, anything else that is masked, a name of a school."""
FILLERS = f"{NAMED}{HIDDEN}{SCHOOL}"

Found = tuple[int, int, Kind]
"""Start and end in the normal form, and what was found there."""
Finder = Callable[[str], Iterable[Found]]

_MARK = re.compile("|".join(re.escape(kind.mark) for kind in Kind))
_SCRIPTS = {chr(first + at): str(at) for first in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50) for at in range(10)}
_STRAY = str.maketrans(dict.fromkeys(FILLERS, " ") | _SCRIPTS)
_IS_STRAY = re.compile(f"[{''.join(map(chr, _STRAY))}]")


def begin(text: str) -> str:
    """Make the working form of a normal form.

    Marks of an earlier masking are put out, fillers that strangers wrote become spaces, digits of other scripts 0 to 9.
    """
    if _IS_STRAY.search(text):
        text = text.translate(_STRAY)
    if "[" not in text:
        return text
    return _MARK.sub(lambda mark: _filler_of(mark[0]) * len(mark[0]), text)


def put_out(text: str, found: Iterable[Found]) -> str:
    """Replace what was found by fillers of the same width.

    Args:
        text: working form.
        found: in order, not overlapping.
    """
    pieces: list[str] = []
    done = 0
    for start, end, kind in found:
        pieces += text[done:start], _filler_of(kind.mark) * (end - start)
        done = end
    return "".join([*pieces, text[done:]])


def put_out_schools(text: str, normal: Normal, mentions: Sequence[Mention]) -> str:
    """Replace the names of schools, so that no person's name is read into them."""
    if not mentions:
        return text
    letters = list(text)
    at = 0
    starts = normal.starts or range(len(text))
    for mention in sorted(mentions, key=lambda mention: mention.start):
        while at < len(text) and starts[at] < mention.start:
            at += 1
        while at < len(text) and starts[at] < mention.end:
            if letters[at] not in FILLERS:
                letters[at] = SCHOOL
            at += 1
    return "".join(letters)


def settle(found: Iterable[Found]) -> list[Found]:
    """Order what was found and drop what overlaps; where two begin together the longer one stays."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one[0], -one[1])):
        if one[0] < one[1] and (not kept or kept[-1][1] <= one[0]):
            kept.append(one)
    return kept


def _filler_of(mark: str) -> str:
    return NAMED if mark == Kind.NAME.mark else HIDDEN
