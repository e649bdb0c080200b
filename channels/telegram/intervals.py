"""When each room is due: busy rooms sooner, and all of them within what an account may ask.

The watchlist's interval is the longest one. Requests that it leaves over go to the busiest rooms; the
ten busiest of an account are watched closely, by the list of what changed. More than ten rooms that
the account has not joined must not be polled that way (core.telegram.org/api/updates).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from evidence.records import Post, Source

CLOSELY_WATCHED = 10
CLOSE_EVERY_S = 10.0
"""Between two looks at what changed, where Telegram does not ask for longer."""
CLOSE_RATE = 1 / 3600
"""Posts a second from which a room is worth watching closely: one an hour."""
BUSIER = 1.5
"""So many times as busy must a room be to take the place of one that is watched closely."""
SHORTEST_S = 30.0
USED = 0.8
"""Of the requests that an account may make, those planned; the rest is for older messages and backfills."""
COUNTS, CLOSE_COUNTS = 3, 300
"""Pauses between two counts of members: of all rooms together, and of one that is watched closely."""
REMEMBERED = 20
"""Newest posts that a room's rate is taken from."""
MOVED = 0.1
"""So much must a room's rate change, as a share of it, before requests are shared out anew: that takes a while."""
HALVINGS = 30


@dataclass(slots=True)
class _Room:
    """What is known of a room's pace."""

    source: Source
    account: str
    native_id: int | None = None
    times: tuple[datetime, ...] = ()
    rate: float = 0.0
    """Posts a second."""
    planned_rate: float = 0.0
    """The rate that the plan was made with."""
    timeout_s: float = 0.0


@dataclass(slots=True)
class Intervals:
    """The rooms of this process and when they are due."""

    pause_s: float
    """Between two requests of one method."""
    _rooms: dict[str, _Room] = field(default_factory=dict)
    _close: dict[str, frozenset[str]] = field(default_factory=dict)
    _planned: dict[str, dict[str, float]] = field(default_factory=dict)
    _stale: set[str] = field(default_factory=set)
    """Accounts whose rooms have changed since their plan was made."""

    def note_room(self, source: Source, account: str, native_id: int | None) -> None:
        """A room is read by an account from now on."""
        known = self._rooms.get(source.address)
        if known is None or known.source != source or known.account != account:
            self._rooms[source.address] = _Room(source=source, account=account, native_id=native_id)
            self._stale |= {account, known.account if known else account}
        self._rooms[source.address].native_id = native_id

    def address_of(self, native_id: int) -> str | None:
        """The Source that a bare channel id belongs to; None for other rooms of the account."""
        return next((address for address, room in self._rooms.items() if room.native_id == native_id), None)

    def note_posts(self, source: Source, posts: Sequence[Post], now: datetime) -> None:
        """Learn a room's rate from posts that were read."""
        room = self._rooms[source.address]
        times = {post.posted_at for post in posts if post.posted_at is not None} | set(room.times)
        room.times = tuple(sorted(times)[-REMEMBERED:])
        if room.times:
            room.rate = len(room.times) / max(60.0, (now - room.times[0]).total_seconds())
        if abs(room.rate - room.planned_rate) > MOVED * room.planned_rate:
            self._stale.add(room.account)

    def note_timeout(self, source: Source, timeout_s: float) -> None:
        """Telegram asks not to look again before that."""
        self._rooms[source.address].timeout_s = timeout_s

    def is_close(self, source: Source) -> bool:
        """Whether a room is among those watched closely."""
        room = self._rooms.get(source.address)
        if room is None:
            return False
        self._plan(room.account)
        return source.address in self._close[room.account]

    def interval_s(self, source: Source) -> float:
        """Seconds until the room is due again; never longer than its Source says, but for an account with too many."""
        room = self._rooms.get(source.address)
        if room is None:
            return float(source.every_s)
        if self.is_close(source):
            return min(float(source.every_s), max(CLOSE_EVERY_S, room.timeout_s))
        return self._planned[room.account][source.address]

    def is_count_due(self, source: Source, counted_at: datetime | None, now: datetime) -> bool:
        """Whether the members should be counted: with every pass, unless passes are many."""
        room = self._rooms[source.address]
        together = sum(1 for other in self._rooms.values() if other.account == room.account)
        least_s = self.pause_s * max(together * COUNTS, CLOSE_COUNTS if self.is_close(source) else 0)
        return counted_at is None or now - counted_at >= timedelta(seconds=least_s)

    def _plan(self, account: str) -> None:
        """Share the account's requests out, unless that was done since its rooms changed."""
        if account not in self._stale:
            return
        self._stale.discard(account)
        rooms = {address: room for address, room in self._rooms.items() if room.account == account}
        rates = {address: room.rate for address, room in rooms.items()}
        for room in rooms.values():
            room.planned_rate = room.rate
        close = choose_close(rates, self._close.get(account, frozenset()))
        longest = {address: float(room.source.every_s) for address, room in rooms.items() if address not in close}
        budget = USED / self.pause_s if self.pause_s else float("inf")
        self._close[account] = close
        self._planned[account] = plan_intervals(longest, rates, budget)


def choose_close(rates: Mapping[str, float], now_close: Iterable[str]) -> frozenset[str]:
    """The busiest rooms; one that is watched closely already stays until another is clearly busier."""
    held = set(now_close)
    ranked = sorted(rates, key=lambda address: rates[address] * (BUSIER if address in held else 1.0), reverse=True)
    return frozenset(address for address in ranked[:CLOSELY_WATCHED] if rates[address] >= CLOSE_RATE)


def plan_intervals(longest: Mapping[str, float], rates: Mapping[str, float], budget: float) -> dict[str, float]:
    """Share an account's requests out among its rooms.

    Args:
        longest: seconds by room that its Source allows between two passes.
        rates: posts a second by room.
        budget: requests a second that may be spent.

    Returns:
        Seconds by room: its share of posts decides, between ``SHORTEST_S`` and the longest. Where even the
        longest intervals cost more than the budget, all of them are stretched alike.
    """
    least = sum(1 / every_s for every_s in longest.values())
    if least >= budget:
        return {address: every_s * least / budget for address, every_s in longest.items()}
    bounds = [(every_s, *_shortest(rates[address])) for address, every_s in longest.items()]
    low, high = 0.0, max((every_s / gap_s for every_s, _, gap_s in bounds), default=0.0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2  # posts that come between two passes of a room
        if sum(1 / min(every_s, max(least_s, middle * gap_s)) for every_s, least_s, gap_s in bounds) > budget:
            low = middle
        else:
            high = middle
    shares = zip(longest, bounds, strict=True)
    return {address: min(every_s, max(least_s, high * gap_s)) for address, (every_s, least_s, gap_s) in shares}


def _shortest(rate: float) -> tuple[float, float]:
    """The shortest interval worth having, and the usual gap between two posts, both in seconds."""
    if not rate:
        return float("inf"), 1.0
    return max(SHORTEST_S, 1 / rate / 4), 1 / rate
