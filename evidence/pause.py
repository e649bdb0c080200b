"""Pauses: a person stops the watching of a place, or of everything, and lets it go on again.

A mute stops nothing but alerts: the place is read, its posts are flagged, nobody is called.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from evidence.address import TELEGRAM_HOSTS, parse_room_address, parse_web_address
from evidence.case import Staff, staff_act
from evidence.custody import Act
from evidence.errors import ConfigError

EVERYTHING = "all"
"""In place of an address: every Source and directory."""
LONGEST_REASON = 500

_CODE = re.compile(r"[0-9A-Za-z._:/@+=,#~-]{1,200}")


class Quiet(StrEnum):
    """What a person stopped."""

    PAUSE = "pause"
    """Nothing is read; the hours show as blind."""
    MUTE = "mute"
    """Read and flagged; nobody is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """What is stopped, by whom, why and until when."""

    quiet: Quiet
    about: str
    """An address, or ``all``."""
    reason: str
    by: str
    """Pseudonym of whoever did it."""
    at: datetime
    until: datetime | None
    """None: until somebody ends it."""

    def holds(self, at: datetime) -> bool:
        """Whether it still stands at a moment."""
        return self.until is None or at < self.until

    @property
    def in_words(self) -> str:
        """Why a pass saw nothing; without the reason, which may name people."""
        end = f"{self.until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if self.until else "somebody resumes it"
        what = "all crawling is paused" if self.about == EVERYTHING else "paused"
        return f"{what} by a person until {end}: not watched"


def pause_act(staff: Staff, action: str, about: str, commit: str = "") -> Act:
    """Something is about to be paused, muted or let go on; the reason is committed to.

    Args:
        staff: who does.
        action: ``pause``, ``mute``, ``resume`` or ``unmute``.
        about: an address, or ``all``.
        commit: to the reason.
    """
    return staff_act(
        staff,
        f"{action}:{secrets.token_hex(8)}",
        action,
        ("crawling" if about == EVERYTHING else "source", as_code(about)),
        commit=commit,
    )


def parse_about(text: str, allow_loopback: bool = False) -> str:
    """What somebody means to pause, as the crawl loop knows it: ``all``, a room's address or a directory's.

    Raises:
        ConfigError: with the reason, where it is none of these: a pause of it would stop nothing.
    """
    given = text.strip()
    if given == EVERYTHING:
        return EVERYTHING
    try:
        return parse_room_address(given)
    except ConfigError:
        if given.startswith("@") or any(host in given.lower() for host in TELEGRAM_HOSTS) or "://" not in given:
            raise
        return parse_web_address(given, allow_loopback)


def as_code(address: str) -> str:
    """An address as the log can hold it: itself, or its hash where it has characters that the log has not."""
    return address if _CODE.fullmatch(address) else f"sha256:{hashlib.sha256(address.encode()).hexdigest()}"
