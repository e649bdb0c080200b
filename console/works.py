"""What other parts of the program do at the console's word. The crawler puts it together."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.referring import Referring
from console.watching import Watching
from evidence.approval import Proposal
from evidence.case import Staff
from evidence.gold import KnownAnswer
from evidence.records import School
from evidence.standing import Standing
from pipelines.explicit import Explicit


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """A package that is asked for."""

    case: str
    profile: str
    purpose: str
    office: str | None = None
    """NEIS code, for ``education-office`` only."""
    legal_basis: str | None = None
    requester: str | None = None
    recipient: str | None = None
    """Public key (PEM) that it is sealed under; None leaves it open."""
    proposal: str | None = None
    """By which a second person agreed to an open one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A package in one file, there as long as its context is open."""

    id: str
    path: Path
    name: str
    """What it is called where it is put; made by us, never from anything that was typed."""
    items: int
    entry: int
    """Number of the entry that tells of its signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStanding:
    """A Telegram account, without anything secret."""

    label: str
    state: str
    """``ready``, ``in use``, ``out of use`` or ``missing``."""
    reason: str | None
    rooms: int
    look_ups_left: int
    """Today."""
    waits: tuple[tuple[str, datetime], ...]
    """Methods, and until when each has to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """Functions, in the order in which pages came to need them."""

    schools: Callable[[], Mapping[str, School]]
    """The register by code; read once."""
    watched: Callable[[], Awaitable[frozenset[str]]]
    """Addresses on the watchlist: their names are no secret."""
    explicit: Callable[[], Awaitable[Explicit]]
    """By which words of the watchlist phrases are folded away."""
    parse_moment: Callable[[str, datetime, str], datetime]
    """``2026-11-01`` or ``7d``; raises ``ConfigError``."""
    needs_second: Callable[[Handing], bool]
    """Whether a package needs a second person."""
    propose_package: Callable[[Staff, Handing, str], Awaitable[Proposal]]
    """For the reason given; raises ``ConfigError``."""
    make_package: Callable[[Staff, Handing], AbstractAsyncContextManager[Handed]]
    """Raises ``ConfigError``, ``CustodyBroken``, ``StorageError``."""
    erase: Callable[[Staff, str], Awaitable[Mapping[str, object]]]
    """Carries out an approved proposal; gives the certificate. Raises ``ConfigError``, ``ItemHeld``."""
    log_standing: Callable[[], Standing | None]
    """How far the custody log is held by others; None before its first checkpoint."""
    accounts: Callable[[], Awaitable[tuple[AccountStanding, ...]]]
    """Asks Telegram nothing."""
    gold: Mapping[str, KnownAnswer]
    """Invented posts whose right answer is known, by flag; of a practice world only, else empty."""
    watching: Watching
    """What keeping watchlists needs."""
    referring: Referring
    """What referrals need."""
