"""A watchlist tried over what is stored: what it would have flagged. Nothing of it is kept."""

from dataclasses import dataclass
from datetime import datetime

from evidence.reading import PlaceKind
from evidence.records import Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialMatch:
    """A post that one of two watchlists would flag, or both in different ways."""

    source: str
    native_id: int
    address: str | None
    posted_at: datetime | None
    text: str
    """Masked, and cut to what stands around what was found."""
    terms: tuple[str, ...]
    offices: frozenset[str]
    """NEIS codes of the schools that it may name; ``none`` for universities, and where it names none."""
    before: Flag | None
    """By the watchlist so far; None too where there is none to compare with."""
    after: Flag | None
    """By the one that is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came out."""

    since: datetime
    until: datetime
    places: int
    """Sources whose Captures were to be looked at."""
    places_read: int
    """Fewer where the time was over first."""
    captures: int
    unreadable: int
    posts: int
    """Each once, as it was last seen."""
    flags_before: int
    flags_after: int
    raised: int
    """Flagged now and not before."""
    cleared: int
    """Flagged before and not now."""
    changed: int
    """Flagged by both, with another severity or for other reasons."""
    rules: tuple[tuple[str, int], ...]
    """Posts that each rule of the one tried flags, most first."""
    matches: tuple[TrialMatch, ...]
    """The newest ones that differ; where there is nothing to compare with, the newest flagged."""

    @property
    def is_whole(self) -> bool:
        """Whether there was time for every place."""
        return self.places_read == self.places


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsTried:
    """What a watchlist finds in a sentence."""

    words: str
    terms: tuple[str, ...]
    mentions: int
    flag: Flag | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChecked:
    """What a link that somebody pasted leads to."""

    address: str | None
    """Canonical; None where the link is refused as it stands."""
    kind: PlaceKind | None = None
    title: str | None = None
    """Masked."""
    members: int | None = None
    is_rounded: bool = False
    """Whether the members are only nearly known."""
    shows_posts: bool = False
    """Whether its posts can be read without an account."""
    refused: str | None = None
    """Why it cannot be watched."""
    unsure: str | None = None
    """Why it could not be looked at now; it may be added all the same."""
