"""Who gets summaries and notices, and what became of each delivery: records and acts.

A delivery is begun only after its entry is in the log. Sending is at least once: whoever dies between the
receiver's yes and our noting it sends once more, under the same id, which receivers can tell.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from evidence.case import Staff, staff_act
from evidence.custody import Act
from evidence.errors import ConfigError

RECIPIENT = "recipient"
"""The act of two persons that puts an address on the list."""
NATIONAL, OPERATOR, OFFICE = "national", "operator", "office:"
"""Scopes: the whole country, the health of this installation, one education office by its NEIS code."""
LONGEST_ADDRESS = 254
"""RFC 5321."""
TAKES = timedelta(minutes=10)
"""How long one attempt may take; later whoever looks takes it to be dead."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""Between attempts; after the last one the delivery has failed."""
MOST_ATTEMPTS = 2 * len(PAUSES)
"""Those that ended in nobody's knowing counted too."""

_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[a-z]{2,}"
)
_SCOPE = re.compile(r"national|operator|office:[A-Z][0-9]{2}")


class State(StrEnum):
    """Where a delivery stands."""

    DUE = "due"
    """To be sent, at once or later."""
    SENDING = "sending"
    """Somebody is at it, or died at it."""
    SENT = "sent"
    """The receiver said yes."""
    FAILED = "failed"
    """Refused for good, or too often in vain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody on the list."""

    id: str
    """A pseudonym: the log knows no address."""
    address: str
    scope: str
    lang: str
    """``ko`` or ``en``."""
    gets_notices: bool
    added_at: datetime
    proposal: str
    """By which two persons agreed to it."""
    is_active: bool

    @property
    def office(self) -> str | None:
        """NEIS code, where the scope is one office."""
        return self.scope.removeprefix(OFFICE) if self.scope.startswith(OFFICE) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Something for one receiver in one form."""

    id: str
    """What, version, receiver and form: the same for the same delivery, however often it is planned."""
    what: str
    """Such as ``summary Asia/Seoul 2026-11-19 B10`` or ``notice …``."""
    version: int
    to: str
    """Id of a Recipient, or ``webhook``."""
    form: str
    """``mail`` or ``webhook``."""
    state: State
    due_at: datetime
    """When it should be there; what is later is late."""
    next_at: datetime
    attempts: int = 0
    sent_at: datetime | None = None
    problem: str | None = None
    """Of the last attempt; without addresses and text."""
    about: tuple[str, ...] = ()
    """Ids of the notices in it; empty for a summary."""

    @property
    def key(self) -> str:
        """The same in few letters: of message ids and of the log."""
        return hashlib.sha256(self.id.encode()).hexdigest()[:32]


def new_delivery(what: str, version: int, to: str, form: str, at: datetime, about: tuple[str, ...] = ()) -> Delivery:
    """A delivery that is due from a moment on."""
    name = f"{what} v{version} {to} {form}"
    return Delivery(
        id=name, what=what, version=version, to=to, form=form, state=State.DUE, due_at=at, next_at=at, about=about
    )


def checked_address(text: str, domains: frozenset[str], forbidden: frozenset[str]) -> str:
    """Give back a mail address, its domain in lower case.

    Args:
        text: as typed.
        domains: that may be written to.
        forbidden: addresses of those outside to whom only people write.

    Raises:
        ConfigError: no address, one outside of the domains, or one that a person writes to.
    """
    local, _, domain = text.strip().rpartition("@")
    address = f"{local}@{domain.lower()}"
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise ConfigError(f'"{text}" is no mail address such as name@office.example')
    if address.lower() in forbidden:
        raise ConfigError(f"{address}: a person writes to this one, never the program: `haechi referral` drafts")
    if domain.lower() not in domains:
        known = ", ".join(sorted(domains)) or "none; set HAECHI_MAIL_DOMAINS"
        raise ConfigError(f'"{domain.lower()}" is no domain that may be written to; allowed: {known}')
    return address


def checked_scope(text: str) -> str:
    """Give back a scope.

    Raises:
        ConfigError: it is none.
    """
    if not _SCOPE.fullmatch(text):
        raise ConfigError(f'"{text}" is no scope; expected national, operator, or an office such as office:B10')
    return text


def recipient_code(recipient: str, scope: str, lang: str, *, gets_notices: bool) -> str:
    """All that a line of the list says, as a code."""
    return f"{recipient}/{scope}/{lang}/{'notices' if gets_notices else 'summaries'}"


def recipient_act(staff: Staff, action: str, recipient: str, detail: str, at: datetime) -> Act:
    """A line of the list is about to change: ``recipient-add``, ``recipient-drop``."""
    return staff_act(
        staff, f"{action}:{recipient}:{at:%Y%m%dT%H%M%S.%f}", action, ("recipient", recipient), reason_code=detail
    )


def send_act(delivery: Delivery, content_sha256: str, session_id: str) -> Act:
    """Something is about to be sent; one entry, however many attempts it takes."""
    return Act(
        request=f"send:{delivery.key}:{content_sha256[:16]}",
        action="send",
        actor="delivery",
        actor_role="system",
        session_id=session_id,
        target_type="delivery",
        target_id=delivery.key,
        reason_code=f"{delivery.to}/{delivery.form}/v{delivery.version}",
        commit=content_sha256,
    )


def next_attempt(delivery: Delivery, at: datetime) -> datetime | None:
    """When to try again after the attempt that was counted last; None where that was the last one."""
    return at + PAUSES[delivery.attempts - 1] if 0 < delivery.attempts <= len(PAUSES) else None
