"""What programs send and get about the watchlist."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from console.body import Strict
from evidence.pause import Quiet
from evidence.watchlist_change import MOST_EDITS, Edit, EditKind

MOST_TRY_S = 60.0


class EditRow(Strict):
    """One step: see the YAML of a watchlist for what an entry may say."""

    kind: Literal["put", "remove", "whole"]
    section: Literal["", "sources", "directories", "terms", "rules"] = ""
    name: str = Field(default="", max_length=2_000)
    entry: str = Field(default="", max_length=800_000)

    def edit(self) -> Edit:
        """As it is applied."""
        return Edit(kind=EditKind(self.kind), section=self.section, name=self.name, entry=self.entry)


class PlaceRow(Strict):
    """A room or directory."""

    address: str
    via: str
    every_s: int
    until: str | None
    office: str | None
    reason: str | None
    outcome: str | None
    passed_at: datetime | None
    members: int | None
    hours_watched: int
    """Of the last seven days."""
    hours_blind: int
    blind_reasons: list[str]
    paused: str | None
    is_muted: bool


class WatchlistBody(Strict):
    """The newest version, and how its places stand."""

    version: int
    text: str
    places: list[PlaceRow]


class VersionRow(Strict):
    """A version."""

    number: int
    at: datetime
    by: str | None
    why: str | None
    change: str | None
    sha256: str
    name: str


class VersionsBody(Strict):
    """All versions, newest first."""

    versions: list[VersionRow]


class VersionBody(Strict):
    """A version with its text, and the lines that differ from the one before."""

    version: VersionRow
    text: str
    diff: list[str]


class LinkBody(Strict):
    """A link to look at."""

    link: str = Field(max_length=2_000)


class LinkRow(Strict):
    """What it leads to."""

    address: str | None
    kind: str | None
    title: str | None
    members: int | None
    is_rounded: bool
    shows_posts: bool
    refused: str | None
    unsure: str | None


class DraftBody(Strict):
    """Edits on a version."""

    base: int = Field(ge=0)
    edits: list[EditRow] = Field(min_length=1, max_length=MOST_EDITS)


class TryBody(DraftBody):
    """The same, to be tried over the last hours."""

    hours: int = Field(default=24, ge=1, le=168)
    most_s: float = Field(default=20, gt=0, le=MOST_TRY_S)


class MatchRow(Strict):
    """A post that would be flagged otherwise."""

    source: str
    native_id: int
    address: str | None
    posted_at: datetime | None
    text: str
    before: str | None
    after: str | None
    reasons: list[str]


class TrialBody(Strict):
    """What came out; nothing was written."""

    is_whole: bool
    posts: int
    captures: int
    flags_before: int
    flags_after: int
    raised: int
    cleared: int
    changed: int
    matches: list[MatchRow]
    """Of one's own offices, newest first."""


class ProposeBody(DraftBody):
    """Edits to be put before a second person."""

    why: str = Field(min_length=1, max_length=500)


class ChangeRow(Strict):
    """A change."""

    id: str
    base: int
    by: str
    at: datetime
    standing: str
    version: int | None
    edits: list[EditRow]


class ChangesBody(Strict):
    """Of the last 90 days, newest first."""

    changes: list[ChangeRow]


class DecideBody(Strict):
    """On a change; to save it, the version that it was looked at on and the hash of what it makes."""

    do: Literal["save", "decline"]
    base: int = 0
    sha256: str = ""


class Done(Strict):
    """It was done."""

    done: str


class RoomRow(Strict):
    """A room that was found."""

    room: str
    address: str | None
    title: str | None
    members: int | None
    reasons: list[str]
    seen: dict[str, int]
    first_seen: datetime


class RoomsBody(Strict):
    """Candidates, most often seen first."""

    rooms: list[RoomRow]


class PauseRow(Strict):
    """What is stopped."""

    what: Quiet
    about: str
    reason: str
    by: str
    at: datetime
    until: datetime | None


class PausesBody(Strict):
    """The latest first."""

    pauses: list[PauseRow]
