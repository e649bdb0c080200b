"""What the console needs of other parts for referrals; the crawler puts it together. Nothing of it sends anything."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from evidence.case import Staff
from evidence.referral import Channel, ReferralDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """A draft that is asked for."""

    case: str
    to: str
    lang: str
    is_urgent: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Referring:
    """Functions."""

    channels: Callable[[], tuple[Channel, ...]]
    """The registry as it is now, all dates; raises ``ConfigError``."""
    draft: Callable[[Staff, Drafting], Awaitable[ReferralDraft]]
    """Raises ``ConfigError``, ``StorageError``."""
