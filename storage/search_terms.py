"""A Query put into the terms of the store: by what to lead, what a document must carry, what a text must say."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from evidence.cipher import Cipher
from evidence.errors import ConfigError
from evidence.query import Query
from evidence.records import KeptPost
from storage.mongo import Document, Store
from storage.reads import Windows
from storage.search_tokens import tokens_of

Fold = Callable[[str], str]
"""Brings a text into the form in which it is searched; the one that was used when posts were kept."""
FIRST = timedelta(hours=1)
"""Length of the first window: what is newest is shown at once."""
TOLD_APART = 24
"""How often the most frequent lead has to be met before the rarest is believed to be rare."""
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
    schools: frozenset[bytes]
    leads: tuple[Document, ...]
    """Each finds all that is sought, and more, through an index together with the time."""
    fold: Fold

    @property
    def is_scan(self) -> bool:
        """Whether a text is sought that no index leads to."""
        return bool(self.text) and not self.words

    def until(self, now: datetime) -> datetime:
        """End of the range, exclusive."""
        until = self.query.until or now + CLOCKS_DIFFER
        return min(until, self.query.after[0] + _TICK) if self.query.after else until

    def is_next(self, document: Mapping[str, Any]) -> bool:
        """Whether it comes after the page before."""
        return self.query.after is None or (document["at"], document["_id"]) < self.query.after

    def fits(self, document: Mapping[str, Any], severity: str | None) -> bool:
        """Whether a post, or a Flag, carries what it must; of the text only tokens are seen."""
        query, offices = self.query, document.get("offices", ())
        return (
            (query.source is None or query.source == document["source"])
            and _meets(query.severities, (severity,))
            and _meets(self.schools, document.get("school_tokens", ()))
            and _meets(query.offices, offices)
            and (query.scope is None or not query.scope.isdisjoint(offices))
            and _meets(query.levels, document.get("levels", ()))
            and _meets(query.terms, document.get("terms", ()))
            and self.words.issubset(document.get("words", self.words))
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
    words = tokens.words(text)
    offices = query.offices if query.scope is None else query.offices or query.scope
    marks = [("school", query.schools), ("office", offices), ("term", query.terms)]
    marks += [("severity", query.severities)]
    only = [tokens.mark(kind, next(iter(values))) for kind, values in marks if len(values) == 1]
    leads: list[Document] = [{"words": token} for token in (*sorted(words), *only)]
    return Sought(
        query=query,
        text=text,
        words=frozenset(words),
        schools=frozenset(map(tokens.school, query.schools)),
        leads=(*leads, *([{"source": query.source}] if query.source is not None else [])),
        fold=fold,
    )


async def rarest_lead(store: Store, sought: Sought, since: datetime | None, until: datetime) -> Document | None:
    """The lead that is met least often, counted from ``until`` back until the others are met often enough.

    Returns:
        Empty where there is none to choose from; None where one is never met: there is nothing to be found.
    """
    if len(sought.leads) < 2:
        return next(iter(sought.leads), {})
    counts = [0] * len(sought.leads)
    for low, high in Windows(since, until, FIRST):
        for number, lead in enumerate(sought.leads):
            met = store["posts"].find({**lead, "at": {"$gte": low, "$lt": high}}, {"_id": 1})
            counts[number] += len([document async for document in met])
        if max(counts) >= TOLD_APART:
            return sought.leads[counts.index(min(counts))]
    return sought.leads[counts.index(min(counts))] if min(counts) else None
