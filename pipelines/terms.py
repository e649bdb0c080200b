"""The words and patterns of a watchlist, looked for in the normal form of a text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import re2
from ahocorasick_rs import AhoCorasick

from evidence.errors import ConfigError
from evidence.records import Term
from pipelines.normalize import normalize


@dataclass(frozen=True, slots=True, kw_only=True)
class TermMatcher:
    """Terms ready to be looked for; made by ``compile_terms``."""

    ids: tuple[str, ...]
    """In watchlist order; the owners below are indexes into it."""
    words: AhoCorasick
    word_owners: tuple[int, ...]
    patterns: re2.Set | None
    """None where no Term has a pattern."""
    pattern_owners: tuple[int, ...]
    can_join: bool
    """Whether a pattern that matches a text matches any longer one that holds it: none looks for a beginning or end."""


def compile_terms(terms: Iterable[Term]) -> TermMatcher:
    """Make the matcher of a watchlist's Terms.

    Args:
        terms: in watchlist order.

    Raises:
        ConfigError: a word is empty or a pattern is not RE2; one line for each.
    """
    rows = tuple(terms)
    words = [(normalize(word).text, owner) for owner, term in enumerate(rows) for word in term.any]
    patterns = [(pattern, owner) for owner, term in enumerate(rows) for pattern in term.patterns]
    problems = [f'term {rows[owner].id}: "" is not a word' for word, owner in words if not word]
    problems += [
        f'term {rows[owner].id}: "{pattern}" is not a pattern of RE2: {reason}'
        for pattern, owner in patterns
        if (reason := _fault(pattern))
    ]
    if problems:
        raise ConfigError(*problems)
    return TermMatcher(
        ids=tuple(term.id for term in rows),
        words=AhoCorasick([word for word, _ in words]),
        word_owners=tuple(owner for _, owner in words),
        patterns=_pattern_set([pattern for pattern, _ in patterns]),
        pattern_owners=tuple(owner for _, owner in patterns),
        can_join=not any(re.search(r"[$^]|\\[AzQ]", pattern) for pattern, _ in patterns),
    )


def may_hold_terms(normal_texts: Iterable[str], matcher: TermMatcher) -> bool:
    """Whether any of some texts holds a Term: asked of all at once, and wrong only in saying yes."""
    if not matcher.can_join:
        return True
    try:
        return bool(find_terms("\n".join(normal_texts), matcher))
    except UnicodeEncodeError:  # one of them is not in normal form
        return True


def find_terms(normal_text: str, matcher: TermMatcher) -> tuple[str, ...]:
    """Find the Terms that a text holds.

    Args:
        normal_text: text in normal form.
        matcher: compiled terms.

    Returns:
        Ids in watchlist order, each once; words count inside longer words too.
    """
    met = matcher.words.find_matches_as_indexes(normal_text, overlapping=True)
    matched = matcher.patterns.Match(normal_text) if matcher.patterns is not None else ()
    if not met and not matched:
        return ()  # nine posts in ten
    owners = {matcher.word_owners[word] for word, _, _ in met}
    owners.update(matcher.pattern_owners[pattern] for pattern in matched or ())
    return tuple(matcher.ids[owner] for owner in sorted(owners))


def re2_options() -> re2.Options:
    """How patterns of Terms are read."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return options


def _fault(pattern: str) -> str | None:
    """Say why a pattern cannot be used; None where it can."""
    try:
        re2.compile(pattern, re2_options())
    except (re2.error, UnicodeEncodeError) as error:
        return str(error.args[0].decode() if isinstance(error.args[0], bytes) else error)
    return None


def _pattern_set(patterns: list[str]) -> re2.Set | None:
    if not patterns:
        return None
    together = re2.Set.SearchSet(re2_options())
    for pattern in patterns:
        together.Add(pattern)
    together.Compile()
    return together
