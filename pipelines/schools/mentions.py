"""Every School named in a text, by the aliases of a compiled register. A mention is a claim, never a fact."""

from collections.abc import Iterable
from typing import TypeAlias

from evidence.records import Mention
from pipelines.normalize import Normal, normalize
from pipelines.schools import forms
from pipelines.schools.context import is_name, is_pupil_of_a_place, speaks_of_a_school
from pipelines.schools.places import REACH, narrow
from pipelines.schools.register import FULL_FORMS, Alias, Register

Span: TypeAlias = tuple[int, int, Alias | str]
"""Start and end in the normal form, and the alias, or the ending of a full form."""


def find_mentions(text: str, register: Register, office: str | None = None) -> tuple[Mention, ...]:
    """Find every School named in a text.

    Args:
        text: as received; may be empty.
        register: compiled register; its aliases decide what can be found.
        office: NEIS office code that is tried first among schools of one name.

    Returns:
        Mentions ordered by ``start``, offsets in code points of ``text``, never overlapping;
        ``school`` is None while more than one candidate remains.
    """
    return find_mentions_in(normalize(text), register, office)


def find_mentions_in(normal: Normal, register: Register, office: str | None = None) -> tuple[Mention, ...]:
    """Find every School named in a text whose normal form is made already; as ``find_mentions``."""
    met = register.automaton.find_matches_as_indexes(normal.text, overlapping=True)
    if not met:
        return ()
    named = (_named(normal.text, register, *match) for match in met)
    spans = _longest((span for span in named if span), len(normal.text))
    return tuple(_mention(normal, register, office, span) for span in spans)


def _named(text: str, register: Register, index: int, start: int, end: int) -> Span | None:
    """Judge one match of the automaton by what stands around it; None where it names no school."""
    if index >= len(register.aliases):
        return _full_form(text, register, start, end)
    alias = register.aliases[index]
    may_join_left = alias.rule.level == "university" and not alias.is_word
    if not is_name(text, start, end, may_join_left=may_join_left):
        return None
    if alias.is_word and not speaks_of_a_school(text, start, end, register.places):
        return None
    if is_pupil_of_a_place(text, start, end, register.places):
        return None
    return start, end, alias


def _full_form(text: str, register: Register, start: int, end: int) -> Span | None:
    stem = forms.stem_start(text, start)
    if stem is None or not is_name(text, stem, end, may_join_left=False):
        return None
    return stem, end, text[start:end]


def _longest(spans: Iterable[Span], length: int) -> list[Span]:
    """Keep the longest of overlapping spans of a text of this length; ordered by start."""
    taken = bytearray(length)
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        start, end = span[:2]
        if not any(taken[start:end]):
            taken[start:end] = b"\x01" * (end - start)
            kept.append(span)
    return sorted(kept, key=lambda span: span[0])


def _mention(normal: Normal, register: Register, office: str | None, span: Span) -> Mention:
    start, end = normal.span(span[0], span[1])
    surface = normal.given[start:end]
    if isinstance(span[2], str):
        return _unlisted(start, end, surface, normal.text[span[0] : span[1]], FULL_FORMS[span[2]])
    alias = span[2]
    before = normal.text[max(0, span[0] - REACH) : span[0]]
    schools = narrow([register.schools[index] for index in alias.schools], before, office)
    codes = tuple(dict.fromkeys(school.code for school in schools))
    levels = {school.level for school in schools}
    return Mention(
        start=start,
        end=end,
        surface=surface,
        school=codes[0] if len(codes) == 1 else None,
        candidates=codes,
        level=levels.pop() if len(levels) == 1 else None,
        rule=alias.rule.id,
        confidence=alias.rule.confidence,
    )


def _unlisted(start: int, end: int, surface: str, name: str, level: str) -> Mention:
    """Make the Mention of a full name that the register does not know."""
    code = f"U:{name}" if level == "university" else None
    return Mention(
        start=start,
        end=end,
        surface=surface,
        school=code,
        candidates=(code,) if code else (),
        level=level,
        rule="pattern",
        confidence=forms.CONFIDENCE,
    )
