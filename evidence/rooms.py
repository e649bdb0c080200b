"""Rooms that were found and are not watched: where they were seen, and why a person might want to look."""

from dataclasses import dataclass
from enum import StrEnum


class Found(StrEnum):
    """How a room came to be known."""

    DIRECTORY = "directory"
    """A directory lists it."""
    LINK = "link"
    """A post in a watched room links to it."""
    FORWARD = "forward"
    """A post in a watched room was forwarded from it."""


class Standing(StrEnum):
    """What became of a room that was found."""

    CANDIDATE = "candidate"
    """A person should decide."""
    WATCHED = "watched"
    """It is on the watchlist, or watched by a rule of it."""
    REFUSED = "refused"
    """Private, or behind an invite link: never watched."""
    DISMISSED = "dismissed"
    """A person decided against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A room that a post names."""

    found: Found
    address: str | None
    """Canonical; None for an invite link, which is counted and not kept."""
