"""Token buckets, so that nobody asks faster than people do. They live in the memory of this process."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How fast something may be asked for."""

    burst: int
    """At once, after a pause."""
    every_s: float
    """Seconds until one more is allowed."""


class Pace(StrEnum):
    """Classes of routes; each has its own buckets."""

    PAGE = "page"
    """Whatever a person clicks on."""
    SIGN_IN = "sign-in"
    """Anything that checks a secret; by address, whoever is signed in."""
    SEARCH = "search"
    """Questions that cost the store."""
    EXPORT = "export"
    """What leaves the house: exports, reveals."""


RATES = {
    Pace.PAGE: Rate(burst=300, every_s=0.02),
    Pace.SIGN_IN: Rate(burst=60, every_s=1),
    Pace.SEARCH: Rate(burst=30, every_s=1),
    Pace.EXPORT: Rate(burst=10, every_s=30),
}
TRIES = Rate(burst=5, every_s=60)
"""Of a wrong password or code, by one person from one address."""
TRIES_ANYWHERE = Rate(burst=30, every_s=120)
"""Of wrong codes by one person from all addresses: only those who know the password come so far."""
MOST_BUCKETS = 20_000


class Rates:
    """The buckets. Those that were not asked for longest leave first."""

    def __init__(self, clock: Callable[[], datetime], rates: dict[Pace, Rate] | None = None) -> None:
        self._clock = clock
        self.rates = RATES if rates is None else rates
        self._buckets: OrderedDict[tuple[str, ...], tuple[float, datetime]] = OrderedDict()

    def take(self, rate: Rate, *key: str) -> float:
        """Take one; 0, or in how many seconds there will be one."""
        now = self._clock()
        left = self._left(rate, key, now)
        is_there = left >= 1
        self._buckets[key] = (left - is_there, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return 0.0 if is_there else (1 - left) * rate.every_s

    def wait_s(self, rate: Rate, *key: str) -> float:
        """In how many seconds there is one; 0 for now. Nothing is taken."""
        left = self._left(rate, key, self._clock())
        return 0.0 if left >= 1 else (1 - left) * rate.every_s

    def forget(self, *key: str) -> None:
        """Fill a bucket: what it counted came to a good end."""
        self._buckets.pop(key, None)

    def _left(self, rate: Rate, key: tuple[str, ...], now: datetime) -> float:
        tokens, at = self._buckets.get(key, (float(rate.burst), now))
        return min(float(rate.burst), tokens + (now - at).total_seconds() / rate.every_s)
