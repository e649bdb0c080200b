"""Ways in which the practice Telegram misbehaves or refuses: errors, faults and budgets of calls."""

from collections.abc import Set
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

_CODES = {
    401: (
        "AUTH_KEY_UNREGISTERED",
        "SESSION_REVOKED",
        "SESSION_EXPIRED",
        "USER_DEACTIVATED",
        "USER_DEACTIVATED_BAN",
        "AUTH_KEY_INVALID",
        "SESSION_PASSWORD_NEEDED",
        "AUTH_KEY_PERM_EMPTY",
    ),
    403: ("PREMIUM_ACCOUNT_REQUIRED", "CHAT_WRITE_FORBIDDEN", "CHANNEL_PUBLIC_GROUP_NA"),
    406: ("CHANNEL_PRIVATE", "AUTH_KEY_DUPLICATED"),
    500: (
        "INTERNAL",
        "INTERNAL_SERVER_ERROR",
        "RPC_CALL_FAIL",
        "RPC_MCGET_FAIL",
        "PERSISTENT_TIMESTAMP_OUTDATED",
        "HISTORY_GET_FAILED",
        "CHANNEL_RANGE_INVALID",
        "WORKER_BUSY_TOO_LONG_RETRY",
    ),
    -503: ("Timeout", "TIMEOUT"),
}


class Refused(Exception):
    """An error that a call is answered with, such as ``FLOOD_WAIT_30``."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = _usual_code(message) if code is None else code


@dataclass(slots=True, kw_only=True)
class Fault:
    """Misbehaviour for the calls that it matches."""

    method: str = "*"
    """Pattern of methods, such as ``messages.get*``."""
    error: str | None = None
    """What to answer instead."""
    code: int | None = None
    """The error's number; None: Telegram's usual one."""
    action: str | None = None
    """``drop`` closes before replying, ``drop_after`` afterwards; ``truncate`` sends half a reply and closes;
    ``ignore`` never replies; ``slow`` only waits; ``bad_salt`` changes the salt first; ``garbage`` replies with
    a wrong message key, ``corrupt_crc`` with a wrong checksum."""
    delay: float = 0.0
    """Real seconds before the answer."""
    times: int = 1
    """How often; -1 for ever."""
    skip: int = 0
    """Matching calls that pass first."""
    every: int = 0
    """Only every so many of them; 0: each."""
    channel: str | int | None = None
    """Only calls about this name or id."""
    after: float = 0.0
    until: float = 0.0
    """Seconds of the world's clock since it began; 0: without end."""
    used: int = 0
    seen: int = 0

    def applies(self, method: str, tags: Set[str], rel: float) -> bool:
        """Whether a call is to suffer; counts it.

        Args:
            method: such as ``messages.getHistory``.
            tags: names and ids of what the call is about, in lower case.
            rel: the world's age in seconds.
        """
        if 0 <= self.times <= self.used or not fnmatchcase(method, self.method):
            return False
        if self.channel is not None and str(self.channel).lower() not in tags:
            return False
        if rel < self.after or (self.until and rel > self.until):
            return False
        self.seen += 1
        turn = self.seen - self.skip - 1
        if turn < 0 or (self.every and turn % self.every):
            return False
        self.used += 1
        return True


@dataclass(slots=True, kw_only=True)
class Limit:
    """A budget: more than ``max`` calls in ``per`` seconds are told to wait."""

    method: str
    max: int
    per: float
    wait: int = 0
    """Seconds asked for; 0: until the oldest call no longer counts."""
    error: str = "FLOOD_WAIT"
    calls: list[float] = field(default_factory=list)

    def check(self, method: str, now: float) -> None:
        """Take note of a call.

        Raises:
            Refused: the budget is spent.
        """
        if not fnmatchcase(method, self.method):
            return
        self.calls = [at for at in self.calls if at > now - self.per]
        if len(self.calls) >= self.max:
            wait = self.wait or max(1, int(self.calls[0] + self.per - now) + 1)
            raise Refused(f"{self.error}_{wait}", 420)
        self.calls.append(now)


def _usual_code(message: str) -> int:
    if message.startswith(("FLOOD_", "SLOWMODE_WAIT")):
        return 420
    return next((code for code, messages in _CODES.items() if message in messages), 400)
