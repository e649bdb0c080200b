"""What changed between two revisions of a post, by characters as people see them; both sides masked.

Whoever reads a difference must not read through the mask, so masked text is compared with masked text. A
syllable is never cut into its letters, nor an emoji into its parts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise
from unicodedata import category, combining, normalize

from evidence.masked import Masked

LONGEST = 4_000
"""Characters that are compared one by one; of longer texts, lines."""
JOINERS = "\u200d\ufe0e\ufe0f"
"""Zero-width joiner and variation selectors: they belong to what stands before them."""
SHORTEST_SAME = 2
"""Fewer equal characters between two changes are shown as changed too: single letters only confuse."""


class Kind(StrEnum):
    """What became of a stretch."""

    SAME = "same"
    """It is in both."""
    GONE = "gone"
    """Only the earlier one has it."""
    NEW = "new"
    """Only the later one has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of one of two texts or of both; never empty."""

    kind: Kind
    text: str


def compare(earlier: str, later: str, mask: Callable[[str], Masked]) -> tuple[Stretch, ...]:
    """Mask two revisions and tell what changed.

    Args:
        earlier: words of the one before.
        later: words of the one after.
        mask: takes personal text out of each.

    Returns:
        Stretches in reading order; without the new ones they give the earlier text masked and composed (NFC),
        without those that are gone the later one.
    """
    before, after = (normalize("NFC", mask(text).text) for text in (earlier, later))
    is_long = max(len(before), len(after)) > LONGEST
    cut = (lambda text: text.splitlines(keepends=True)) if is_long else graphemes
    return _joined(_stretches(cut(before), cut(after), 1 if is_long else SHORTEST_SAME))


def graphemes(text: str) -> list[str]:
    """Characters as people see them: with their marks, selectors and joined emoji, jamo as their syllable."""
    edges = [0]
    for at in range(1, len(text)):
        if not _joins(text[at - 1], text[at]) and not _is_flag_pair(text, edges[-1], at):
            edges.append(at)
    return [text[start:end] for start, end in pairwise([*edges, len(text)])] if text else []


def _joins(before: str, after: str) -> bool:
    if after in JOINERS or before == "\u200d" or combining(after) or category(after) in ("Mn", "Me", "Mc"):
        return True
    return _is_jamo(before) and _is_jamo(after) and not ("\u1100" <= after <= "\u115f" and before >= "\u1160")


def _is_jamo(character: str) -> bool:
    """Conjoining letters, old ones too: those that no composed syllable has stay apart in NFC."""
    return "\u1100" <= character <= "\u11ff" or "\ua960" <= character <= "\ua97c" or "\ud7b0" <= character <= "\ud7fb"


def _is_flag_pair(text: str, start: int, at: int) -> bool:
    """Whether two regional letters make a flag."""
    return at - start == 1 and all("\U0001f1e6" <= each <= "\U0001f1ff" for each in (text[start], text[at]))


def _stretches(before: Sequence[str], after: Sequence[str], shortest: int) -> list[Stretch]:
    found = []
    for _, low, high, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, new = "".join(before[low:high]), "".join(after[start:end])
        is_edge = low == 0 or high == len(before)
        if gone == new and (high - low >= shortest or is_edge):
            found.append(Stretch(kind=Kind.SAME, text=gone))
        else:
            found += [Stretch(kind=kind, text=text) for kind, text in ((Kind.GONE, gone), (Kind.NEW, new)) if text]
    return found


def _joined(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Changes that touch as one: all that is gone, then all that is new."""
    found, gone, new = list[Stretch](), "", ""
    for stretch in [*stretches, Stretch(kind=Kind.SAME, text="")]:
        if stretch.kind is Kind.GONE:
            gone += stretch.text
        elif stretch.kind is Kind.NEW:
            new += stretch.text
        else:
            changed = [Stretch(kind=kind, text=text) for kind, text in ((Kind.GONE, gone), (Kind.NEW, new)) if text]
            found += [*changed, stretch] if stretch.text else changed
            gone = new = ""
    return tuple(found)
