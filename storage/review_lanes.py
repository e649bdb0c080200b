"""Waiting Flags in lanes, one a rank, each in the order of age: read a stretch of time after another.

A database that does not push ``limit`` down reads all that matches, so the oldest of a long lane are found by a
range of time. How far it has to reach is learned anew with each reading. It saves time and is never a wrong
answer: every reading begins at the very first, and goes on where it held too few.
"""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from evidence.progress import State
from evidence.waiting import Rank
from storage.coalesce import Together
from storage.mongo import Document, Store
from storage.reads import EPOCH

END = datetime(9999, 1, 1, tzinfo=UTC)
HELD, ASLEEP, DISPUTED, DONE = "held", "asleep", "disputed", "done"
"""Lanes of what waits for nobody, for a time, for a supervisor, for nothing."""
RANKED = tuple(map(str, Rank))
"""Those of what anybody may claim; there ``lane_at`` is when it was flagged."""
FEW, LEAST, MANY = 20, 16, 100
"""Documents of a stretch after which the next one is longer; that are looked for; of a lane that is read whole."""
SHORTEST = timedelta(milliseconds=1)
SOUGHT, STEP, SHORT = timedelta(days=120), 1.2, timedelta(hours=1)
"""Where the front of a lane is sought that nobody has read yet: how far back, in which steps, down to which."""
FIELDS = (
    *("lane", "lane_at", "rank", "why", "due_at", "at", "source", "state", "severity", "version"),
    *("reserved_until", "skipped", "recused", "first", "offices", "owner", "urgent_due", "disposition"),
)


class Lead(NamedTuple):
    """What a lane is narrowed to, on an index: ``offices``, ``source``, ``state`` or ``severity``, and its value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far one had to look the last time, and how long a stretch to go on with."""

    end: datetime
    length: timedelta


WHOLE = Reach(end=END, length=SHORT)


@dataclass(slots=True)
class Lanes:
    """The lanes as a process reads them."""

    store: Store
    _reaches: dict[tuple[str, Lead | None], Reach] = field(default_factory=dict)
    _together: Together = field(default_factory=Together)

    async def heads(self, lane: str, lead: Lead | None, at: datetime, most: int) -> tuple[Sequence[Document], bool]:
        """The oldest of a lane, and whether that is all of it; read once for all who ask at the same time.

        Args:
            lane: its name.
            lead: only those of it; None for all.
            at: now.
            most: at least so many, if there are.
        """
        wanted = max(most, LEAST)
        return await self._together.ask((lane, lead, wanted), lambda: self._heads(lane, lead, at, wanted))

    async def _heads(self, lane: str, lead: Lead | None, at: datetime, most: int) -> tuple[Sequence[Document], bool]:
        found: list[Document] = []
        async with aclosing(self.stretches(lane, lead, at)) as stretches:
            async for documents, end in stretches:
                found += documents
                if len(found) >= most:
                    return found, end == END
        return found, True

    async def stretches(
        self, lane: str, lead: Lead | None, at: datetime, since: datetime = EPOCH, length: timedelta | None = None
    ) -> AsyncGenerator[tuple[list[Document], datetime], None]:
        """A lane from its oldest on, a stretch at a time, each with the moment at which it ends.

        Args:
            lane: its name.
            lead: only those of it; None for all.
            at: now.
            since: where to begin.
            length: of the first stretch from there on; None for what was needed the last time.
        """
        reach = await self._reach(lane, lead, at)
        low, step = since, length or reach.length
        high = reach.end if since == EPOCH else since + step
        found: list[Document] = []
        while True:
            high = high if high <= at else END
            documents = await self.read(lane, lead, low, high)
            if since == EPOCH and len(found) < LEAST:
                found += documents
                self._learn(lane, lead, found, step, is_all=high == END)
            yield documents, high
            if high == END:
                return
            if low != since and len(documents) < FEW:
                step *= 4 if documents else 16
            low, high = high, high + step

    async def read(self, lane: str, lead: Lead | None, low: datetime, high: datetime) -> list[Document]:
        """All of a lane between two moments, oldest first."""
        query: Document = {"lane": lane, "lane_at": {"$gte": low, "$lt": high}}
        if lead is not None:
            query = {lead.name: lead.value, **query}
        found = [document async for document in self.store["flags"].find(query, FIELDS)]
        return sorted(found, key=lambda document: (document["lane_at"], document["_id"]))

    async def _reach(self, lane: str, lead: Lead | None, at: datetime) -> Reach:
        """Where a lane begins; a part of it begins no sooner than all of it."""
        if lane not in RANKED:
            return WHOLE
        known = self._reaches.get((lane, lead)) or self._reaches.get((lane, None))
        return known or await self._seek(lane, at)

    async def _seek(self, lane: str, at: datetime) -> Reach:
        """Find where a lane begins that nobody has read yet, by many small readings and not by one of all."""
        if not await self._together.ask("is long", lambda: self._is_long(at)):
            self._reaches |= {(each, None): WHOLE for each in RANKED}
            return WHOLE
        for low, high in _slices(at):
            if found := await self.read(lane, None, low, high):
                self._learn(lane, None, found, min(high - low, SOUGHT), is_all=False)
                return self._reaches[lane, None]
        self._reaches[lane, None] = WHOLE
        return WHOLE

    async def _is_long(self, at: datetime) -> bool:
        """Whether many wait, in whatever lane: the newest are counted until they are many."""
        high, length, number = END, SHORT, 0
        while high > EPOCH and number <= MANY:
            low = max(EPOCH, at - length)
            asked = {"state": State.QUEUED, "at": {"$gte": low, "$lt": high}}
            number += len([document async for document in self.store["flags"].find(asked, ("at",))])
            high, length = low, length * 4
        return number > MANY

    def _learn(self, lane: str, lead: Lead | None, found: Sequence[Document], step: timedelta, *, is_all: bool) -> None:
        """How far to reach the next time: a little farther than was needed. Of rooms nothing is remembered."""
        if lane not in RANKED or (lead is not None and lead.name == "source"):
            return
        if is_all and len(found) < MANY:
            self._reaches[lane, lead] = WHOLE
        elif found:
            last = min(LEAST * 5 // 4, len(found) - 1)
            end = found[last]["lane_at"] + SHORTEST
            near = end - found[last // 2]["lane_at"]  # one that is much older than the others says nothing
            self._reaches[lane, lead] = Reach(end=end, length=near if last >= LEAST else max(near, step))


def _slices(at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Stretches of time from the first moment to the last, the shorter the nearer they are."""
    low, back = EPOCH, SOUGHT
    while back > SHORT:
        yield low, at - back
        low, back = at - back, back / STEP
    yield low, END
