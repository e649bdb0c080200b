"""The book of calls: what was asked of the practice Telegram, and what of it a passive reader never asks."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any, TypedDict

WRITES = (
    *("channels.join*", "channels.leave*", "channels.invite*", "channels.create*", "channels.edit*"),
    *("channels.delete*", "channels.update*", "channels.toggle*", "channels.readHistory"),
    *("channels.readMessageContents", "messages.importChatInvite", "messages.send*", "messages.edit*"),
    *("messages.delete*", "messages.forward*", "messages.set*", "messages.save*", "messages.read*"),
    *("messages.createChat", "messages.addChatUser", "messages.report*", "messages.startBot"),
    *("messages.toggle*", "messages.update*", "messages.hide*", "messages.upload*", "contacts.add*"),
    *("contacts.import*", "contacts.delete*", "contacts.block*", "account.update*", "account.set*"),
    *("account.delete*", "account.change*", "account.reset*", "upload.save*", "photos.*", "stories.send*"),
    *("stories.read*", "stories.increment*", "auth.logOut"),
)
"""Methods that change something on a real account."""
JOINS = ("channels.joinChannel", "messages.importChatInvite")
MEDIA = ("upload.get*", "photos.getUserPhotos")
"""Methods that fetch files, or lists of them."""
POLL_WINDOW_S = 60
_FLOOD = re.compile(r"FLOOD_(?:PREMIUM_)?WAIT_(\d+)")
_PATIENCE_S = 0.5
"""A call this much too early is no violation: clocks differ."""


class Call(TypedDict, total=False):
    """One call; the report holds it as it is."""

    t: float
    rel: float
    conn: int
    key: str
    """Which client's, in hexadecimal."""
    method: str
    args: Any
    about: str
    no_updates: bool
    fault: str
    result: str
    n: int
    error: str
    code: int
    ms: float


class CallBook:
    """Calls in the order in which they came, and events of connections."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.calls: list[Call] = []
        self.net: list[dict[str, Any]] = []
        self.most_polled = 0
        self.most_in_flight: Counter[str] = Counter()
        self._clock = clock
        self._started = clock()
        self._polled: dict[int, float] = {}
        self._in_flight: Counter[tuple[int, str]] = Counter()

    def note(self, event: str, **more: Any) -> None:
        """Write down what happened to a connection or to the server."""
        self.net.append({"t": self._clock(), "event": event, **more})

    def note_poll(self, channel_id: int) -> None:
        """Count a poll of the updates of a channel that is not joined."""
        now = self._clock()
        self._polled[channel_id] = now
        self._polled = {key: at for key, at in self._polled.items() if at >= now - POLL_WINDOW_S}
        self.most_polled = max(self.most_polled, len(self._polled))

    @contextmanager
    def in_flight(self, key_id: int, method: str) -> Iterator[None]:
        """Count a call of one key as unanswered meanwhile."""
        self._in_flight[key_id, method] += 1
        self.most_in_flight[method] = max(self.most_in_flight[method], self._in_flight[key_id, method])
        try:
            yield
        finally:
            self._in_flight[key_id, method] -= 1

    def find(self, patterns: Iterable[str], since: float = 0.0) -> list[Call]:
        """Calls from a moment on whose method matches any of the patterns."""
        patterns = tuple(patterns)
        return [
            call
            for call in self.calls
            if call["t"] >= since and any(fnmatchcase(call["method"], pattern) for pattern in patterns)
        ]

    def list_violations(self) -> list[dict[str, Any]]:
        """Calls of a method that came before the wait which it was told was over."""
        early: list[dict[str, Any]] = []
        until: dict[str, float] = {}
        for call in self.calls:
            method, at = call["method"], call["t"]
            if at < until.get(method, 0.0) - _PATIENCE_S:
                early.append({"method": method, "t": at, "early_by": round(until[method] - at, 3)})
            if wait := _FLOOD.match(call.get("error", "")):
                until[method] = at + int(wait[1])
        return early

    def report(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for call in self.calls:
            outcomes[call["method"]][call.get("error") or "ok"] += 1
        return {
            "started": self._started,
            "stopped": self._clock(),
            "counts": {method: dict(by) for method, by in sorted(outcomes.items())},
            "joins": len(self.find(JOINS)),
            "writes": len(self.find(WRITES)),
            "media": len(self.find(MEDIA)),
            "most_polled": self.most_polled,
            "most_in_flight": dict(self.most_in_flight),
            "flood_wait_violations": self.list_violations(),
            "net": self.net,
            "calls": self.calls,
        }
