"""What the console needs of other parts to keep watchlists; the crawler puts it together."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from evidence.trial import LinkChecked, Trial, WordsTried


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """Functions that ask a host, compile words or read what is stored again."""

    sites: frozenset[str]
    """Directory sites that are known."""
    check_link: Callable[[str], Awaitable[LinkChecked]]
    """One polite request for the page of a room."""
    try_texts: Callable[[str | None, str, datetime, float], Awaitable[Trial]]
    """A watchlist beside another one over what came since a moment, for so many seconds at the most; writes nothing."""
    try_words: Callable[[str, tuple[str, ...]], Awaitable[tuple[WordsTried, ...]]]
    """What a watchlist finds in sentences."""
