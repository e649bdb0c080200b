"""Records of how watching went: passes and the hours they cover."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How one pass over a Source ended."""

    WATCHED = "watched"
    """Its newest posts were read."""
    BLIND = "blind"
    """They were not; the reason says why. Nothing may be concluded."""
    GONE = "gone"
    """Confirmed: there is no such public room any more."""
    REFUSED = "refused"
    """Not a public room, or not to be watched any longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlRun:
    """One pass over one Source. ``captures`` is the sum of kept, unchanged and failed ones."""

    source: str
    via: str
    outcome: Outcome
    reason: str | None
    started_at: datetime
    ended_at: datetime
    captures: int = 0
    kept: int = 0
    unchanged: int = 0
    failed: int = 0
    posts_seen: int = 0
    new: int = 0
    edited: int = 0
    removed: int = 0
    mentions: int = 0
    flags: int = 0
    members: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Whether a Source was watched in an hour."""

    source: str
    hour: datetime
    is_watched: bool
    reason: str | None = None
    passes: int = 0
