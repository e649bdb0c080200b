"""Judging what the automaton met: which matches stand where a name may stand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.normalize import Normal
from pipelines.schools import context, disguise, forms, nicknames
from pipelines.schools.aliases import Needs
from pipelines.schools.places import words_of
from pipelines.schools.register import Alias, Register
from pipelines.schools.signals import ENDINGS, FULL_FORMS, OTHER_FORMS
from pipelines.schools.words import ABROAD_TOO

JOINED = ("U-special", "U-national", "U-short", "U-college")
"""Rules whose aliases are found inside a run of text without spaces: 우리누나한빛대."""
BESIDE = 12
"""Characters between universities that stand beside each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name found in a form of the text, before its school is chosen."""

    start: int
    end: int
    """In code points of the text as given."""
    form: Normal
    """In which it was read."""
    at: int
    """Where it begins in the form."""
    until: int
    """Where it ends there."""
    text: str
    """As read: undone, joined."""
    rule: str
    confidence: float
    level: str | None
    """Told by the ending; None where the schools tell it."""
    schools: tuple[int, ...]


Match = tuple[int, int, int]
"""Index of a pattern, start and end in a form."""


def read_names(form: Normal, register: Register, met: Iterable[Match]) -> list[Name]:
    """Judge the matches of one form by what stands around them."""
    names: list[Name] = []
    waiting: list[Match] = []
    for match in met:
        if match[0] >= len(register.aliases):
            names += _by_ending(form, register, *match)
        elif register.aliases[match[0]].needs is Needs.CAMPUS:
            waiting.append(match)
        elif _is_meant(form, register, *match):
            names.append(_name(form, register.aliases[match[0]], match[1], match[2]))
    return names + _nicknames(form, register, waiting, names) if waiting else names


def _is_meant(form: Normal, register: Register, index: int, start: int, end: int) -> bool:
    """Tell whether an alias names a school where it stands."""
    alias, text = register.aliases[index], form.text
    may_join = alias.rule.id in JOINED and not alias.needs and not context.is_hearsay(alias.text)
    may_join = may_join and alias.text not in ABROAD_TOO
    if not may_join and start and "가" <= text[start - 1] <= "힣":
        may_join = context.follows_place(text, start, _places_of(alias, register))
    set_off = disguise.edges(form, start, end) if form.starts else (False, False)
    if not context.is_name(text, start, end, may_join_left=may_join, is_edge=set_off):
        return False
    if alias.needs and not context.speaks_of_a_school(text, start, end, register.places):
        return False
    if alias.text in ABROAD_TOO and context.is_abroad(text, start):
        return False
    return not context.is_pupil_of_a_place(text, start, end, register.places)


def _places_of(alias: Alias, register: Register) -> set[str]:
    return {word for index in alias.schools for word in words_of(register.schools[index])}


def _name(form: Normal, alias: Alias, at: int, until: int, rule: str | None = None, sure: float = 1.0) -> Name:
    start, end = form.span(at, until)
    return Name(
        start=start,
        end=end,
        form=form,
        at=at,
        until=until,
        text=alias.text,
        rule=rule or alias.rule.id,
        confidence=round(alias.rule.confidence * sure, 2),
        level=None,
        schools=alias.schools,
    )


def _by_ending(form: Normal, register: Register, index: int, start: int, end: int) -> Iterator[Name]:
    """Read the name that an ending belongs to."""
    number = index - len(register.aliases)
    if number >= len(ENDINGS):
        return
    ending = ENDINGS[number]
    if ending in OTHER_FORMS:
        yield from _by_other_form(form, register, ending, start, end)
    elif ending.startswith(" "):
        joined = forms.spaced_name(form.text, start, end, register)
        if joined and _is_meant_apart(form.text, joined[0], end):
            yield _name(form, register.aliases[joined[1]], joined[0], end, "spaced", 0.85)
    else:
        find = forms.unlisted_start if ending in FULL_FORMS else forms.former_start
        stem = find(form.text, start, end, register)
        if stem is not None and context.is_name(form.text, stem, end, may_join_left=False):
            yield _unlisted(form, register, stem, end, FULL_FORMS.get(ending))


def _by_other_form(form: Normal, register: Register, ending: str, start: int, end: int) -> Iterator[Name]:
    """Read an elementary school's name that ends in 초교 or 국민학교."""
    usual, rule = OTHER_FORMS[ending]
    for at in forms.stem_starts(form.text, start):
        index = register.by_text.get(form.text[at:start] + usual)
        if index is not None and _is_meant(form, register, index, at, end):
            yield _name(form, register.aliases[index], at, end, rule)
            return


def _is_meant_apart(text: str, start: int, end: int) -> bool:
    return context.is_name(text, start, end, may_join_left=False) and not text.startswith("생", end)


def _unlisted(form: Normal, register: Register, at: int, until: int, level: str | None) -> Name:
    """Make the name that only an ending tells: a full one, or a former type of today's high school."""
    start, end = form.span(at, until)
    today = register.by_text.get(form.text[at : until - 2] + "고등학교") if level is None else None
    return Name(
        start=start,
        end=end,
        form=form,
        at=at,
        until=until,
        text=form.text[at:until],
        rule="pattern" if level else "former-type",
        confidence=forms.PATTERN if level else forms.FORMER,
        level=level or "high",
        schools=() if today is None else register.aliases[today].schools,
    )


def _nicknames(form: Normal, register: Register, waiting: list[Match], names: list[Name]) -> list[Name]:
    """Take the nicknames that something vouches for: their own words, a neighbour, the rest of the post."""
    text = form.text
    standing = [match for match in waiting if _stands(form, register, *match)]
    taken = [match for match in standing if nicknames.is_vouched(text, match[1], match[2])]
    universities = [(name.at, name.until) for name in names if _is_university(name, register)]
    spans = sorted(universities + [match[1:] for match in standing])
    known = {*universities, *(match[1:] for match in taken)}
    listed = _beside(text, spans, known)
    vouched = {text[match[1] : match[2]] for match in taken}
    for match in standing:
        nickname = text[match[1] : match[2]]
        if match not in taken and nicknames.may_be_listed(nickname) and (match[1:] in listed or nickname in vouched):
            taken.append(match)
    return [_name(form, register.aliases[match[0]], match[1], match[2]) for match in taken]


def _beside(text: str, spans: list[tuple[int, int]], known: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Give the spans that stand in one list with a known university."""
    listed: set[tuple[int, int]] = set()
    for order in (spans, spans[::-1]):
        last: tuple[int, int] | None = None
        for span in order:
            one, other = sorted((last, span)) if last else (span, span)
            between = text[one[1] : other[0]]
            if last and len(between) <= BESIDE and nicknames.BESIDE.match(between):
                listed.add(span)
            last = span if span in known or span in listed else None
    return listed


def _stands(form: Normal, register: Register, index: int, start: int, end: int) -> bool:
    set_off = disguise.edges(form, start, end) if form.starts else (False, False)
    is_joined = start > 0 and nicknames.may_join_left(form.text, start)
    return context.is_name(form.text, start, end, may_join_left=is_joined, is_edge=set_off)


def _is_university(name: Name, register: Register) -> bool:
    return name.level == "university" or any(register.schools[index].level == "university" for index in name.schools)
