"""The list of schools, compiled so that one pass over a text meets every way of writing every name."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ahocorasick_rs import AhoCorasick

from evidence.records import School
from pipelines.normalize import normalize
from pipelines.schools import signals
from pipelines.schools.aliases import RULES, Needs, Rule, aliases_of
from pipelines.schools.places import words_of
from pipelines.schools.words import KINDS, WORDS

_ASIDE = re.compile(r"\([^)]*\)|^학력인정")
_STEM = re.compile("(.{2,}?)(?:여자)?(?:중|고등)학교$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """One way of writing the name of one or more schools."""

    text: str
    """In normal form."""
    rule: Rule
    schools: tuple[int, ...]
    """Indexes into ``Register.schools``, ascending."""
    needs: Needs
    """What must be near it: the rule's, or a word about schools where it is a word of the language too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Schools ready to be looked for; made by ``compile_register``."""

    schools: tuple[School, ...]
    aliases: tuple[Alias, ...]
    by_text: dict[str, int]
    """Index of each alias."""
    levels: frozenset[str]
    """Levels that it has a school of."""
    places: frozenset[str]
    """Names of provinces and districts, short forms too."""
    stems: frozenset[str]
    """What the names of its middle and high schools begin with."""
    find_patterns: Callable[..., list[tuple[int, int, int]]]
    """The automaton over the aliases, then ``signals.ENDINGS``, then the signs of disguise."""
    by_code: dict[str, School] = field(default_factory=dict, compare=False, repr=False)
    """Under its name of today where it has had several."""
    by_consonants: dict[str, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)
    """Schools by the first consonants of their short names; filled when first asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What takes long to derive of a register, as plain values that can be kept in a file."""

    aliases: tuple[tuple[str, int, tuple[int, ...]], ...]
    """Text, index of its rule, indexes of its schools; ordered by text."""
    stems: tuple[str, ...]
    signs: tuple[str, ...]


def compile_register(schools: Iterable[School]) -> Register:
    """Make every alias of every school and the automaton that finds them.

    Args:
        schools: in any order; two rows of one code count as one school under two names.

    Returns:
        A register in which a shared name keeps all its schools.
    """
    rows = tuple(schools)
    return build_register(rows, derive_form(rows))


def derive_form(rows: tuple[School, ...]) -> Form:
    """Work out aliases, stems and signs."""
    names = tuple(normalize(row.name).text for row in rows)
    aliases = _aliases(rows, names)
    return Form(
        aliases=aliases,
        stems=tuple(sorted({found[1] for name in names if (found := _STEM.match(name))})),
        signs=tuple(sorted(signals.signs_of([text for text, _, _ in aliases]))),
    )


def build_register(rows: tuple[School, ...], form: Form) -> Register:
    """Put a register together from its schools and the Form that was derived from just them."""
    texts = [text for text, _, _ in form.aliases]
    return Register(
        schools=rows,
        aliases=tuple(_alias(text, RULES[rule], schools) for text, rule, schools in form.aliases),
        by_text={text: index for index, text in enumerate(texts)},
        levels=frozenset(row.level for row in rows),
        places=_places(rows),
        stems=frozenset(form.stems),
        find_patterns=AhoCorasick([*texts, *signals.ENDINGS, *form.signs]).find_matches_as_indexes,
        by_code={row.code: row for row in sorted(rows, key=lambda row: bool(row.until), reverse=True)},
    )


def _places(rows: tuple[School, ...]) -> frozenset[str]:
    one_each = {(row.province, row.district): row for row in rows}
    return frozenset(word for row in one_each.values() for word in words_of(row))


def _aliases(rows: tuple[School, ...], names: tuple[str, ...]) -> tuple[tuple[str, int, tuple[int, ...]], ...]:
    rules: dict[str, int] = {}
    owners: dict[str, dict[int, None]] = {}
    whole = set(names)
    for index, (row, name) in enumerate(zip(rows, names, strict=True)):
        bare = _ASIDE.sub("", name).strip()
        if bare != name and bare in whole and row.level == "university":
            bare = name  # a campus: the bare name is the university's own
        for alias, rule in aliases_of(bare, row.level):
            if alias in KINDS:
                continue
            if alias not in rules or rule < rules[alias]:
                rules[alias] = rule
            owners.setdefault(alias, {})[index] = None
    _share(rows, names, owners)
    return tuple((text, rules[text], tuple(sorted(owners[text]))) for text in sorted(owners))


def _share(rows: tuple[School, ...], names: tuple[str, ...], owners: dict[str, dict[int, None]]) -> None:
    """Let a school whose name begins with its town answer to short forms of the rest, where they are names already.

    부산중앙고 is called 중앙고 in 부산. Names that only schools with a town have (과학고) are kinds, and not made.
    """
    for index, (row, name) in enumerate(zip(rows, names, strict=True)):
        if row.level == "university":
            continue
        for rest in {name[len(word) :] for word in words_of(row) if name.startswith(word)}:
            for alias, _ in aliases_of(rest, row.level):
                if alias != rest and alias in owners:
                    owners[alias][index] = None


def _alias(text: str, rule: Rule, schools: tuple[int, ...]) -> Alias:
    return Alias(text=text, rule=rule, schools=schools, needs=Needs.SCHOOL if text in WORDS else rule.needs)
