"""A Query put into the terms of the store: which tokens a post must carry, what its document and its text must say."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from evidence.cipher import Cipher
from evidence.errors import ConfigError
from evidence.query import Query
from evidence.records import KeptPost
from storage.search_tokens import Tokens, tokens_of

Fold = Callable[[str], str]
"""Brings a text into the form in which it is searched; the one that was used when posts were kept."""
MOST_VALUES = 8
"""Values of one filter that are looked for by their tokens; with more of them the filter chooses little."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""A post may be dated later than now by the clock of the server that it comes from."""
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A Query with its tokens."""

    query: Query
    text: str
    """In the form that is searched; empty for any."""
    words: frozenset[bytes]
    """Of the text."""
    groups: tuple[tuple[bytes, ...], ...]
    """Of the other filters; any token of each group is enough."""
    schools: frozenset[bytes]
    fold: Fold

    @property
    def has_tokens(self) -> bool:
        """Whether tokens lead to it; to posts of any kind or of a Source alone, an index of the database does."""
        return bool(self.words) or len(self.groups) > (self.query.source is not None)

    def until(self, now: datetime) -> datetime:
        """End of the range, exclusive."""
        until = self.query.until or now + CLOCKS_DIFFER
        return min(until, self.query.after[0] + _TICK) if self.query.after else until

    def is_next(self, document: Mapping[str, Any]) -> bool:
        """Whether it comes after the page before."""
        return self.query.after is None or (document["at"], document["_id"]) < self.query.after

    def may_be(self, tokens: bytes) -> bool:
        """Whether a post with these packed tokens may be sought; where two tokens meet they may look like a third."""
        return all(word in tokens for word in self.words) and all(
            any(token in tokens for token in group) for group in self.groups
        )

    def fits(self, document: Mapping[str, Any], severity: str | None) -> bool:
        """Whether a post, or a Flag, carries all but the text."""
        query, offices = self.query, document.get("offices", ())
        return (
            (query.source is None or query.source == document["source"])
            and _meets(query.severities, (severity,))
            and _meets(self.schools, document.get("school_tokens", ()))
            and _meets(query.offices, offices)
            and (query.scope is None or not query.scope.isdisjoint(offices))
            and _meets(query.levels, document.get("levels", ()))
            and _meets(query.terms, document.get("terms", ()))
        )

    def is_said(self, words: str) -> bool:
        """Whether a text really holds what is sought."""
        return not self.text or self.text in self.fold(words)

    def is_said_by(self, kept: KeptPost) -> bool:
        """Whether a post says it, or said it once."""
        return any(map(self.is_said, (kept.post.words, *(earlier.words for earlier in kept.earlier))))


def _meets(wanted: Collection[Any], given: Sequence[Any]) -> bool:
    return not wanted or any(value in wanted for value in given)


def seek(query: Query, cipher: Cipher, fold: Fold) -> Sought:
    """Put a Query into the terms of a store.

    Raises:
        ConfigError: its text is nothing but blanks and marks that cannot be seen.
    """
    tokens, text = tokens_of(cipher), fold(query.text or "")
    if query.text is not None and not text:
        raise ConfigError("the text that is sought has no character that can be seen: expected at least one")
    return Sought(
        query=query,
        text=text,
        words=frozenset(tokens.words(text)),
        groups=tuple(_groups(query, tokens)),
        schools=frozenset(map(tokens.school, query.schools)),
        fold=fold,
    )


def _groups(query: Query, tokens: Tokens) -> Iterator[tuple[bytes, ...]]:
    kinds: tuple[tuple[str, Collection[str]], ...] = (
        ("source", () if query.source is None else (query.source,)),
        ("school", query.schools),
        ("office", query.offices),
        ("office", query.scope or ()),
        ("term", query.terms),
        ("severity", query.severities),
    )
    for kind, given in kinds:
        if 0 < len(given) <= MOST_VALUES:
            yield tuple(tokens.mark(kind, value) for value in sorted(given))
