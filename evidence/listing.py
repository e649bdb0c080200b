"""Records of what a directory lists: rooms as somebody else names and counts them, never confirmed by us."""

from dataclasses import dataclass

from evidence.reading import Figure, PlaceKind
from evidence.records import Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRoom:
    """A room as a directory lists it. Every word and number is the directory's and as old as it likes."""

    address: str | None
    """Canonical, ``https://t.me/name`` in lower case; None where the room has no public name."""
    listed_by: str
    """Key of the site, such as ``telemetrio``."""
    native_id: int | None = None
    """Telegram's bare channel id, where the site shows it."""
    title: str | None = None
    description: str | None = None
    kind: PlaceKind | None = None
    """``CHANNEL``, ``GROUP`` or ``BOT``; None where the site does not say."""
    count: Figure | None = None
    """Members with the precision shown; None where no number stands there, never 0 for a blank."""
    unit: str | None = None
    """``subscribers`` or ``members``; None without a count."""
    refused: str | None = None
    """Why it can not be watched, such as ``is an invite link to a private room``. Its link is not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPage:
    """One page of a directory: what was kept of it and the rooms on it, each once, in the order of the page."""

    site: str
    capture: Capture
    rooms: tuple[ListedRoom, ...]
    """Refused ones included."""
    left_out: int = 0
    """Rooms beyond the most that are taken from one page."""
    note: str | None = None
    """What could not be seen, for the person who reads the pass."""

    @property
    def refused(self) -> int:
        """How many of its rooms can not be watched."""
        return sum(room.refused is not None for room in self.rooms)
