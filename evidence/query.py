"""What is looked for among kept posts: filters that all have to hold, and the same answers wherever it is asked."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """More members of the room in the week before a post."""

    by: float
    """At least so many, more than 0."""
    is_percent: bool = False
    """Whether ``by`` is a percentage of what there was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Filters on kept posts. Of those in a set any one is enough; an empty set asks for nothing."""

    text: str | None = None
    """Somewhere in what the post says or said; case, width and blanks do not count."""
    schools: frozenset[str] = frozenset()
    """Codes that it names, if only as one of several candidates."""
    offices: frozenset[str] = frozenset()
    """NEIS codes of offices of the schools that it names."""
    scope: frozenset[str] | None = None
    """Offices that the asker may see at all; None for everything."""
    levels: frozenset[str] = frozenset()
    """Of the schools that it names, such as ``high``."""
    terms: frozenset[str] = frozenset()
    """Ids of terms found in it and of rules that it met."""
    severities: frozenset[str] = frozenset()
    """Of its Flag."""
    states: frozenset[str] = frozenset()
    """Of the review of its Flag."""
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Exclusive; None for now."""
    growth: Growth | None = None
    after: tuple[datetime, str] | None = None
    """``at`` and id of the last row of the page before; None for the first page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """A Query that is asked again and again, under a name."""

    name: str
    query: Query
    """Without times."""
    since: str | None
    """As given: ``7d`` means the last seven days whenever it is asked."""
    until: str | None
    owner: str
    """Who saved it, a pseudonym."""
    is_team: bool
    """Whether all staff may use it."""
    at: datetime
    tells: bool = False
    """Whether whoever saved it wants to be told of what is new."""
