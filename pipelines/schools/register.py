"""The list of schools, compiled so that one pass over a text meets every way of writing every name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from evidence.records import School
from pipelines.normalize import normalize
from pipelines.schools.aliases import RULES, WORDS, Rule, aliases_of
from pipelines.schools.places import parts_of, ways_to_write

FULL_FORMS = {
    "초등학교": "elementary",
    "중학교": "middle",
    "고등학교": "high",
    "대학교": "university",
}
"""Ending of a full name, and the level that it tells."""

_ASIDE = re.compile(r"\([^)]*\)|^학력인정")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """One way of writing the name of one or more schools."""

    text: str
    """In normal form."""
    rule: Rule
    schools: tuple[int, ...]
    """Indexes into ``Register.schools``, ascending."""
    is_word: bool
    """It is a word of the language too, and counts only beside a word about schools."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Schools ready to be looked for; made by ``compile_register``."""

    schools: tuple[School, ...]
    aliases: tuple[Alias, ...]
    endings: tuple[str, ...]
    """Full forms of the levels that the register has no school of."""
    places: frozenset[str]
    """Names of provinces and districts, short forms too."""
    automaton: AhoCorasick
    """Over the aliases, then the endings."""


def compile_register(schools: Iterable[School]) -> Register:
    """Make every alias of every school and the automaton that finds them.

    Args:
        schools: in any order; two rows of one code count as one school under two names.

    Returns:
        A register in which a shared name keeps all its schools.
    """
    rows = tuple(schools)
    aliases = _aliases(rows)
    levels = {row.level for row in rows}
    endings = tuple(ending for ending, level in FULL_FORMS.items() if level not in levels)
    return Register(
        schools=rows,
        aliases=aliases,
        endings=endings,
        places=_places(rows),
        automaton=AhoCorasick([alias.text for alias in aliases] + list(endings)),
    )


def _places(rows: tuple[School, ...]) -> frozenset[str]:
    parts = {part for row in rows for part in parts_of(row)}
    return frozenset(word for part in parts for word in ways_to_write(part))


def _aliases(rows: tuple[School, ...]) -> tuple[Alias, ...]:
    rules: dict[str, int] = {}
    owners: dict[str, dict[int, None]] = {}
    names = [normalize(row.name).text for row in rows]
    whole = set(names)
    for index, (row, name) in enumerate(zip(rows, names, strict=True)):
        bare = _ASIDE.sub("", name).strip()
        if bare != name and bare in whole and row.level == "university":
            bare = name  # a campus: the bare name is the university's own
        for alias, rule in aliases_of(bare, row.level):
            rules[alias] = min(rule, rules.get(alias, rule))
            owners.setdefault(alias, {})[index] = None
    return tuple(
        Alias(text=text, rule=RULES[rules[text]], schools=tuple(owners[text]), is_word=text in WORDS) for text in owners
    )
