"""Records of the accounts that read through Telegram's protocol: how a Source is reached, how an account stands."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """How an account reaches a Source. It stays with its account, whatever that one must wait for."""

    source: str
    account: str
    native_id: int | None = None
    """Bare channel id; None until the name was looked up."""
    access_hash: int = 0
    """Of this account alone."""
    looked_up_at: datetime | None = None
    counted_at: datetime | None = None
    """When its members were counted last."""
    gone: str | None = None
    """Why a look-up found no room; the name is not looked up again for a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """What is known of an account without asking Telegram."""

    label: str
    out_of_use: str | None
    """Why it cannot be used; None while it can."""
    out_since: datetime | None
    rooms: tuple[str, ...]
    look_ups: int
    """Names looked up within the last 24 hours."""
