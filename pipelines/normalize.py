"""The one form of text in which names and words are looked for, with the way back to the text as given.

NFKC, case folded, invisible characters gone, decomposed Hangul composed. Compatibility jamo (ㅋㅋ, ㅅㅇㄷ)
stay as they are. Undoing separators, split jamo and look-alikes is left to later stages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import combining
from unicodedata import normalize as normalize_unicode

LONGEST_CLUSTER = 30
"""Marks kept with one character, the bound of Unicode's stream-safe format: reordering is quadratic in it."""

PLAIN = (
    "\x00-\x7f"
    "가-힣ㄱ-ㅎㅏ-ㅣ"
    "А-яЁё"
    "ぁ-ゖァ-ヺー一-鿿"
    "–—‘’“”†•※←-↓■-◯☀-➿、。「」『』【】〈〉《》·×÷°"
    "\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001f9ff"
)
"""Characters that stand for themselves: one folded character each, never joined to the one before."""

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
"""Zero-width characters, direction marks, variation selectors and Hangul fillers."""

_ODD = re.compile(f"[^{PLAIN}]+")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_JOINS_LEFT = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb\uffc2-\uffdcﾞﾟ]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """A normal form; ``starts`` and ``ends`` are None where its offsets are those of the text as given."""

    text: str
    given: str
    """The text as given."""
    starts: tuple[int, ...] | None = None
    """For each character of ``text``, where its source begins, in code points."""
    ends: tuple[int, ...] | None = None
    """For each character of ``text``, where its source ends."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the source of ``text[start:end]``, which must not be empty, in code points of the text as given."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def normalize(text: str) -> Normal:
    """Bring a text to normal form, in linear time.

    Args:
        text: any string; lone surrogates become U+FFFD.

    Returns:
        Its normal form; it can always be encoded as UTF-8.
    """
    if _ODD.search(text) is None:
        return Normal(text=text.casefold(), given=text)
    forms: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end, is_plain in _stretches(text):
        form = text[start:end].casefold() if is_plain else _fold(text[start:end])
        forms.append(form)
        starts.extend(range(start, end) if is_plain else [start] * len(form))
        ends.extend(range(start + 1, end + 1) if is_plain else [end] * len(form))
    return Normal(text="".join(forms), given=text, starts=tuple(starts), ends=tuple(ends))


def searched_form(text: str) -> str:
    """The normal form without blanks, in which words are searched: they are often torn apart to hide them."""
    return "".join(normalize(text).text.split())


def _stretches(text: str) -> Iterator[tuple[int, int, bool]]:
    """Cut a text into plain stretches and single clusters: start, end and whether it is plain, in order."""
    done = 0
    for odd in _ODD.finditer(text):
        start = max(odd.start() - 1, done)  # the character before may carry the first mark
        if start > done:
            yield done, start, True
        for first, end in _clusters(text, start, odd.end()):
            yield first, end, False
        done = odd.end()
    if done < len(text):
        yield done, len(text), True


def _clusters(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Group each visible character with the marks and jamo that join it; edges are visible characters."""
    first = last = -1
    marks = 0
    for at in range(start, end):
        character = text[at]
        if _INVISIBLE.match(character):
            continue
        if first >= 0 and marks < LONGEST_CLUSTER and _joins_left(character):
            marks += 1
        else:
            if first >= 0:
                yield first, last
            first, marks = at, 0
        last = at + 1
    if first >= 0:
        yield first, last


def _joins_left(character: str) -> bool:
    return combining(character) != 0 or _JOINS_LEFT.match(character) is not None


@lru_cache(maxsize=4096)
def _fold(cluster: str) -> str:
    """Bring one cluster to normal form; may be several characters."""
    if "ㄱ" <= cluster[:1] <= "ㆎ":
        return cluster[0] + _fold(cluster[1:])
    visible = _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", cluster))
    folded = normalize_unicode("NFKC", visible).casefold()
    return _INVISIBLE.sub("", normalize_unicode("NFKC", folded))
