"""A text as pieces for a page: what was sought is marked, and what cannot be seen is named.

Only text that was masked comes in here: what a mask hides is never marked, and marks of masks are no findings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import category

from evidence.masked import Kind as Masked
from pipelines.normalize import normalize, searched_form

_MARKS = re.compile("|".join(re.escape(kind.mark) for kind in Masked) + r"|\[학교\]")
_PLAIN = "\n\t\u200d"
"""Ends of lines, and the joiner of emoji: shown as they are."""


class Kind(StrEnum):
    """What a piece is."""

    TEXT = "text"
    """As the text says it."""
    FOUND = "found"
    """What was sought."""
    ODD = "odd"
    """The name of a character that cannot be seen or that turns round what follows, such as ``U+202E``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a text; never empty."""

    kind: Kind
    text: str


def pieces(masked: str, sought: str = "", most: int | None = None) -> tuple[Piece, ...]:
    """Cut a masked text into pieces.

    Args:
        masked: as it may be shown.
        sought: as it was typed; found as the search finds it, whatever its case, width and blanks.
        most: characters that are given, from a little before the first finding on; None for all.
    """
    places = found_in(masked, sought)
    start, end = _window(masked, places, most)
    cut, done = list[Piece](), start
    for low, high in places:
        if low >= done and high <= end:
            cut += [*_seen(masked[done:low], Kind.TEXT), *_seen(masked[low:high], Kind.FOUND)]
            done = high
    cut += _seen(masked[done:end], Kind.TEXT)
    before, after = ([Piece(kind=Kind.TEXT, text="…")] if is_cut else [] for is_cut in (start > 0, end < len(masked)))
    return (*before, *cut, *after)


def visible(text: str) -> str:
    """A text with the names of what cannot be seen, in one string."""
    return "".join(f"‹{one.text}›" if one.kind is Kind.ODD else one.text for one in _seen(text, Kind.TEXT))


def found_in(masked: str, sought: str) -> list[tuple[int, int]]:
    """Where a masked text says what is sought: offsets in code points, in order, not overlapping."""
    needle = searched_form(sought)
    if not needle:
        return []
    normal = normalize(masked)
    seen = [at for at, character in enumerate(normal.text) if not character.isspace()]
    folded = "".join(normal.text[at] for at in seen)
    hidden = [found.span() for found in _MARKS.finditer(masked)]
    places, at = list[tuple[int, int]](), folded.find(needle)
    while at >= 0:
        low, high = normal.span(seen[at], seen[at + len(needle) - 1] + 1)
        if not any(low < end and start < high for start, end in hidden):
            places.append((low, high))
        at = folded.find(needle, at + len(needle))
    return places


def _window(masked: str, places: list[tuple[int, int]], most: int | None) -> tuple[int, int]:
    if most is None or len(masked) <= most:
        return 0, len(masked)
    first = places[0][0] if places else 0
    start = max(0, min(first - most // 4, len(masked) - most))
    return start, start + most


def _seen(text: str, kind: Kind) -> Iterator[Piece]:
    """With characters that cannot be seen as pieces of their own."""
    done = 0
    for at, character in enumerate(text):
        if character not in _PLAIN and category(character).startswith("C"):
            if at > done:
                yield Piece(kind=kind, text=text[done:at])
            yield Piece(kind=Kind.ODD, text=f"U+{ord(character):04X}")
            done = at + 1
    if text[done:]:
        yield Piece(kind=kind, text=text[done:])
