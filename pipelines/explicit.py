"""Explicit phrases: what stands around words for made images and threats, to be folded away until somebody opens it.

Who looks at this all day is protected by what is not shown. Only a masked text comes in here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import re2
from ahocorasick_rs import AhoCorasick

from evidence.records import Term
from pipelines.normalize import normalize
from pipelines.terms import re2_options

FOLDED = frozenset({"synthetic-media", "threat"})
"""Terms whose phrases are folded away."""
AROUND = 60
"""Characters before and after a word that belong to its phrase at the most."""
_ENDS = re.compile(r"[.!?。…]+(?=\s|$)|\n+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explicit:
    """Words and patterns, ready to be looked for; made by ``compile_explicit``."""

    words: AhoCorasick
    owners: tuple[str, ...]
    """Of each word, the id of its Term."""
    patterns: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A part of a text; offsets in code points."""

    start: int
    end: int
    term: str
    """Id of the first Term in it."""


def compile_explicit(terms: Iterable[Term]) -> Explicit:
    """Make what finds explicit phrases out of the Terms of a watchlist, which were checked before."""
    chosen = [term for term in terms if term.id in FOLDED]
    words = [(normalize(word).text, term.id) for term in chosen for word in term.any]
    options = re2_options()
    return Explicit(
        words=AhoCorasick([word for word, _ in words]),
        owners=tuple(owner for _, owner in words),
        patterns=tuple((term.id, re2.compile(pattern, options)) for term in chosen for pattern in term.patterns),
    )


def explicit_phrases(text: str, explicit: Explicit) -> tuple[Phrase, ...]:
    """Find the phrases of a text that are explicit.

    Args:
        text: masked.
        explicit: what is looked for.

    Returns:
        Phrases ordered by ``start``, never overlapping: each a sentence or a line, or what stands near the word in a
        long one.
    """
    normal = normalize(text)
    found = sorted((*normal.span(start, end), term) for start, end, term in _places(normal.text, explicit))
    phrases: list[Phrase] = []
    for low, high, term in found:
        start, end = _around(text, low, high)
        if phrases and start < phrases[-1].end:
            last = phrases.pop()
            start, end, term = last.start, max(end, last.end), last.term
        phrases.append(Phrase(start=start, end=end, term=term))
    return tuple(phrases)


def _places(normal: str, explicit: Explicit) -> Iterator[tuple[int, int, str]]:
    for word, start, end in explicit.words.find_matches_as_indexes(normal, overlapping=True):
        yield start, end, explicit.owners[word]
    for term, pattern in explicit.patterns:
        for met in pattern.finditer(normal):
            if met.end() > met.start():
                yield met.start(), met.end(), term


def _around(text: str, low: int, high: int) -> tuple[int, int]:
    """The sentence or line of a word; in a long one as much as is near, at a blank where there is one."""
    first, last = max(0, low - AROUND), min(len(text), high + AROUND)
    ends = [end.end() for end in _ENDS.finditer(text, first, low)]
    start = ends[-1] if ends else _blank(text, first, low) if first else 0
    following = _ENDS.search(text, high, last)
    blank = text.rfind(" ", high, last) if last < len(text) else -1
    end = following.end() if following else blank if blank > 0 else last
    while start < low and text[start].isspace():
        start += 1
    while end > high and text[end - 1].isspace():
        end -= 1
    return start, end


def _blank(text: str, first: int, low: int) -> int:
    blank = text.find(" ", first, low)
    return first if blank < 0 else blank + 1
