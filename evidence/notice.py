"""Notices: what staff should know within minutes. One for a kind, a place and a while, however often it comes.

A Notice holds ids and numbers, never text and never the name of a school; what it is about is looked at in the console.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from evidence.case import Staff, staff_act
from evidence.custody import Act
from evidence.errors import ConfigError
from evidence.roles import Permission, Role, in_scope, may


class Kind(StrEnum):
    """What happened."""

    SURGE = "surge"
    """A room gained members fast."""
    GRAVE = "grave"
    """A post was flagged high or critical."""
    RENAMED = "renamed"
    """A room has another title."""
    MOVED = "moved"
    """A room has another address, or became another kind of room."""
    GONE = "gone"
    """A room is not there any more."""
    LIMITED = "limited"
    """An account cannot be used."""
    UNSEEN = "unseen"
    """A room was not read for long."""
    BACKLOG = "backlog"
    """Flags wait longer than they may."""
    SEARCH = "search"
    """A saved search found something new."""
    UNDELIVERED = "undelivered"
    """Summaries or notices were refused by whoever should get them."""


WINDOWS: Mapping[Kind, timedelta] = {
    Kind.SURGE: timedelta(days=1),
    Kind.GRAVE: timedelta(days=1),
    Kind.RENAMED: timedelta(days=1),
    Kind.MOVED: timedelta(days=7),
    Kind.GONE: timedelta(days=7),
    Kind.LIMITED: timedelta(hours=6),
    Kind.UNSEEN: timedelta(hours=6),
    Kind.BACKLOG: timedelta(hours=4),
    Kind.SEARCH: timedelta(hours=1),
    Kind.UNDELIVERED: timedelta(days=1),
}
HEALTH = frozenset({Kind.LIMITED, Kind.UNSEEN, Kind.BACKLOG, Kind.UNDELIVERED})
"""Of machines and queues: also for those who read no content."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that staff should know."""

    id: str
    kind: Kind
    place: str
    """Address of a room, id of the post that leads its kind, a rank, an account, a search."""
    code: str
    """What stands for the place outside of the console."""
    at: datetime
    is_grave: bool = False
    """Passes quiet hours."""
    offices: frozenset[str] | None = None
    """Whose schools it touches; None where it is of no office."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    about: tuple[str, ...] = ()
    """Ids of what came together in it, such as Flags."""
    owner: str | None = None
    """The only person it is for; None for all who may."""
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None

    @property
    def permission(self) -> Permission:
        """Who may know."""
        return Permission.HEALTH if self.kind in HEALTH else Permission.DECIDE


def window_of(kind: Kind, at: datetime) -> datetime:
    """When the stretch began that a moment belongs to."""
    return at - (at - _EPOCH) % WINDOWS[kind]


def notice_id(kind: Kind, place: str, at: datetime) -> str:
    """The same for the same kind and place within its stretch of time."""
    known = f"{kind} {place} {window_of(kind, at).isoformat()}"
    return f"notice-{hashlib.sha256(known.encode()).hexdigest()[:16]}"


def check_notice_id(name: str) -> str:
    """Give back an id that has the form of one.

    Raises:
        ConfigError: it has not.
    """
    head, _, rest = name.partition("-")
    if head != "notice" or len(rest) != 16 or set(rest) - set("0123456789abcdef"):
        raise ConfigError(f'"{name}" is no notice: expected such as notice-1f2e3d4c5b6a7988')
    return name


def concerns(notice: Notice, staff: Staff) -> bool:
    """Whether somebody may know of it."""
    if staff.role not in set(Role) or not may(Role(staff.role), notice.permission):
        return False
    if notice.owner is not None:
        return notice.owner == staff.actor
    return notice.offices is None or in_scope(staff, notice.offices)


def acknowledge_act(staff: Staff, notice: str) -> Act:
    """Somebody says that they saw it."""
    return staff_act(staff, f"notice-seen:{notice}", "notice-seen", ("notice", notice))
