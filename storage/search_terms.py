"""A Query put into the terms of the store: by what to lead, what a document must carry, what a text must say."""

from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from evidence.cipher import Cipher
from evidence.errors import ConfigError
from evidence.query import Query
from evidence.records import KeptPost
from storage.mongo import Document, Store
from storage.reads import Windows, in_windows
from storage.search_tokens import Tokens, tokens_of
from storage.search_words import POST_WORDS

Fold = Callable[[str], str]
"""Brings a text into the form in which it is searched; the one that was used when posts were kept."""
FIRST = timedelta(hours=1)
"""Length of the first window: what is newest is shown at once."""
TOLD_APART = 24
"""How often the most frequent lead has to be met before the rarest is believed to be rare."""
ASKED = 500
"""Ids in one question to the database."""
MOST_VALUES = 8
"""Values of one filter that are asked for one by one."""
MOST_LEADS = 12
"""Words of a text that are counted: a long one has rare pairs among any few of them."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""A post may be dated later than now by the clock of the server that it comes from."""
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Finds all that is sought, and more, through an index together with the time."""

    collection: str
    field: str
    values: tuple[Any, ...]
    """Any of them is met."""
    besides: tuple[Any, ...] = ()
    """Values that stand for whatever is sought."""

    @property
    def equalities(self) -> tuple[Document, ...]:
        """Each to be asked for by itself."""
        return tuple({self.field: value} for value in (*self.values, *self.besides))


NO_LEAD = Lead(collection="posts", field="", values=())
"""Every post is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A Query with its tokens."""

    query: Query
    text: str
    """In the form that is searched; empty for any."""
    words: frozenset[bytes]
    """Of the text."""
    long: bytes
    schools: frozenset[bytes]
    leads: tuple[Lead, ...]
    fold: Fold

    def until(self, now: datetime) -> datetime:
        """End of the range, exclusive."""
        until = self.query.until or now + CLOCKS_DIFFER
        return min(until, self.query.after[0] + _TICK) if self.query.after else until

    def is_next(self, document: Mapping[str, Any]) -> bool:
        """Whether it comes after the page before."""
        return self.query.after is None or (document["at"], document["_id"]) < self.query.after

    def may_say(self, words: Sequence[bytes]) -> bool:
        """Whether a post has all tokens of the text, or too many to tell."""
        return self.words.issubset(words) or self.long in words

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
    words = tokens.words(text)
    return Sought(
        query=query,
        text=text,
        words=frozenset(words),
        long=tokens.long,
        schools=frozenset(map(tokens.school, query.schools)),
        leads=tuple(_leads(query, words, tokens)),
        fold=fold,
    )


def _leads(query: Query, words: Collection[bytes], tokens: Tokens) -> Iterator[Lead]:
    for word in sorted(words)[:MOST_LEADS]:
        yield Lead(collection=POST_WORDS, field="words", values=(word,), besides=(tokens.long,))
    offices = query.offices if query.scope is None else query.offices or query.scope
    marks = [("school", query.schools), ("office", offices), ("term", query.terms), ("severity", query.severities)]
    for kind, given in marks:
        if 0 < len(given) <= MOST_VALUES:
            values = tuple(tokens.mark(kind, value) for value in sorted(given))
            yield Lead(collection=POST_WORDS, field="words", values=values, besides=(tokens.long,))
    if query.source is not None:
        yield Lead(collection="posts", field="source", values=(query.source,))


async def rarest_lead(store: Store, sought: Sought, since: datetime | None, until: datetime) -> Lead:
    """The lead that is met least often, counted from ``until`` back until another is met often enough."""
    if len(sought.leads) < 2:
        return next(iter(sought.leads), NO_LEAD)
    counts = [0] * len(sought.leads)
    for low, high in Windows(since, until, FIRST):
        for number, lead in enumerate(sought.leads):
            counts[number] += sum([await _met(store, lead, value, low, high) for value in lead.values])
        if max(counts) >= TOLD_APART:
            break
    return sought.leads[counts.index(min(counts))]


async def _met(store: Store, lead: Lead, value: Any, low: datetime, high: datetime) -> int:
    asked = {lead.field: value, "at": {"$gte": low, "$lt": high}}
    return len([document async for document in store[lead.collection].find(asked, {"_id": 1})])


async def led_posts(
    store: Store, sought: Sought, lead: Lead, *, since: datetime | None, until: datetime
) -> AsyncGenerator[list[Document], None]:
    """Posts that a lead leads to, a window together, newest first; those that cannot hold the text are left out."""
    found = in_windows(store, lead.collection, lead.equalities or ({},), since=since, until=until, first=FIRST)
    async with aclosing(found) as lists:
        async for documents in lists:
            if lead.collection == "posts":
                yield documents
                continue
            names = [document["_id"] for document in documents if sought.may_say(document["words"])]
            posts = await by_id(store, "posts", names)
            yield [posts[name] for name in names if name in posts]


async def by_id(store: Store, collection: str, names: Iterable[str], only: Sequence[str] = ()) -> dict[str, Document]:
    """Documents by their id; those that are not there are left out."""
    wanted, found = sorted(set(names)), dict[str, Document]()
    for start in range(0, len(wanted), ASKED):
        asked = store[collection].find({"_id": {"$in": wanted[start : start + ASKED]}}, [*only] or None)
        found |= {document["_id"]: document async for document in asked}
    return found
