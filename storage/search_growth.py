"""Whether a room grew before a post: its Counts of the week up to it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from evidence.query import Growth
from storage.mongo import Store

WEEK, DAY = timedelta(days=7), timedelta(days=1)
REMEMBERED = 64
"""Days of rooms that stay in memory: posts come in the order of time, and those of a day share their Counts."""


@dataclass(frozen=True, slots=True)
class _Counted:
    at: datetime
    low: int
    high: int


@dataclass(slots=True, kw_only=True)
class Members:
    """Members of rooms over time, as far as they were asked for."""

    store: Store
    _days: dict[tuple[str, datetime], list[_Counted]] = field(default_factory=dict)

    async def grew(self, source: str, at: datetime, growth: Growth | None) -> bool:
        """Whether the room grew so much in the week up to a moment; of rounded Counts only what is certain."""
        if growth is None:
            return True
        counts = [count for count in await self._around(source, at) if at - WEEK <= count.at <= at]
        if len(counts) < 2:
            return False
        first, last = counts[0], counts[-1]
        more = last.low - first.high
        return more >= (growth.by * first.high / 100 if growth.is_percent else growth.by) and more > 0

    async def _around(self, source: str, at: datetime) -> list[_Counted]:
        """Counts from a week before the day until its end, oldest first; without those of directories."""
        day = at.replace(hour=0, minute=0, second=0, microsecond=0)
        if (source, day) not in self._days:
            while len(self._days) >= REMEMBERED:
                del self._days[next(iter(self._days))]
            self._days[source, day] = await self._read(source, day)
        return self._days[source, day]

    async def _read(self, source: str, day: datetime) -> list[_Counted]:
        asked = {"source": source, "at": {"$gte": day - WEEK, "$lt": day + DAY}}
        found = self.store["counts"].find(asked, ["at", "low", "high", "origin"])
        counts = [
            _Counted(count["at"], count["low"], count["high"])
            async for count in found
            if not count["origin"].startswith("directory:")
        ]
        return sorted(counts, key=lambda count: count.at)
