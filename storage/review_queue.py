"""Who comes next: waiting Flags in lanes, one a rank, each in the order of age.

A database that does not push ``limit`` down reads all that matches, so the oldest of a long lane are
found by a range of time that was long enough the last time. It is a guess that saves time and never a
wrong answer: it begins at the very first, and goes on where it held too few.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from evidence.case import Staff
from evidence.progress import State
from evidence.records import Severity
from evidence.roles import in_scope
from evidence.waiting import Rank, Why, urgency
from storage.mongo import Document, Store
from storage.reads import EPOCH

END = datetime(9999, 1, 1, tzinfo=UTC)
HELD, ASLEEP, DISPUTED, DONE = "held", "asleep", "disputed", "done"
"""Lanes of what waits for nobody, for a time, for a supervisor, for nothing."""
MANY = 200
"""In a lane: from there on a guess is worth its while."""
LONGEST_WINDOW = timedelta(days=60)
FIELDS = (
    *("lane_at", "rank", "why", "due_at", "at", "source", "state", "severity", "version"),
    *("reserved_until", "skipped", "recused", "first", "offices", "owner", "urgent_due"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A Flag in the queue."""

    flag: str
    source: str
    state: State
    severity: Severity
    rank: Rank
    why: tuple[Why, ...]
    """What moved it up."""
    at: datetime
    """When it was flagged."""
    due_at: datetime
    urgency: float
    """Larger comes sooner."""
    version: int
    owner: str | None = None


@dataclass(slots=True)
class Queue:
    """The queue as a process reads it."""

    store: Store
    _guesses: dict[tuple[str | None, str], tuple[datetime, timedelta]] = field(default_factory=dict)

    async def waiting(self, staff: Staff, at: datetime, most: int) -> list[Waiting]:
        """What somebody may claim, who comes first first.

        Args:
            staff: who asks; only what is in their scope and not theirs to leave alone.
            at: now.
            most: at the most so many.
        """
        offices = sorted(staff.offices) if staff.offices is not None else [None]
        lanes = [self._claimable(rank, office, staff, at, most) for rank in Rank for office in offices]
        found = {document["_id"]: _waiting(document, at) for lane in await asyncio.gather(*lanes) for document in lane}
        return sorted(found.values(), key=lambda one: (-one.urgency, one.at, one.flag))[:most]

    async def standing(self, lane: str, staff: Staff, at: datetime, most: int) -> list[Waiting]:
        """The oldest of a lane that waits for nobody in particular: what is held, put off or disputed.

        Args:
            lane: ``HELD``, ``ASLEEP`` or ``DISPUTED``.
            staff: who asks; only what is in their scope.
            at: now.
            most: at the most so many.
        """
        found: dict[str, Waiting] = {}
        for office in sorted(staff.offices) if staff.offices is not None else [None]:
            for document in (await self.heads(lane, office, most))[0]:
                found[document["_id"]] = _waiting(document, at)
        return list(found.values())[:most]

    async def urgent(self, staff: Staff, at: datetime) -> list[tuple[Waiting, datetime]]:
        """What was raised as urgent and no supervisor has looked at, with the time until which one must."""
        found = self.store["flags"].find({"urgent_due": {"$gte": EPOCH, "$lt": END}}, FIELDS)
        rows = [document async for document in found if in_scope(staff, frozenset(document.get("offices") or ()))]
        return sorted([(_waiting(row, at), row["urgent_due"]) for row in rows], key=lambda pair: pair[1])

    async def _claimable(
        self, rank: Rank, office: str | None, staff: Staff, at: datetime, most: int
    ) -> Sequence[Document]:
        """The first of a lane that somebody may claim; further in where they may not claim those in front."""
        asked = most
        while True:
            found, is_all = await self.heads(rank, office, asked)
            allowed = [document for document in found if is_claimable(document, staff, at)]
            if len(allowed) >= most or is_all:
                return allowed[:most]
            asked *= 4

    async def heads(self, lane: str, office: str | None, most: int) -> tuple[list[Document], bool]:
        """The oldest of a lane, and whether that is all of it.

        Args:
            lane: its name.
            office: only Flags of this one; None for all.
            most: at least so many, if there are.
        """
        found: list[Document] = []
        is_all = False
        for low, high in self._windows(office, lane):
            found += await self._read(office, lane, low, high)
            is_all = high == END
            if len(found) >= most:
                break
        found.sort(key=lambda document: (document["lane_at"], document["_id"]))
        self._guess(office, lane, found, most)
        return found, is_all

    def _windows(self, office: str | None, lane: str) -> Iterator[tuple[datetime, datetime]]:
        low, (high, length) = EPOCH, self._guesses.get((office, lane), (END, LONGEST_WINDOW))
        while high < END:
            yield low, high
            low, high, length = high, high + length if length < LONGEST_WINDOW else END, length * 4
        yield low, END

    async def _read(self, office: str | None, lane: str, low: datetime, high: datetime) -> list[Document]:
        query: Document = {"lane": str(lane), "lane_at": {"$gte": low, "$lt": high}}
        if office is not None:
            query = {"offices": office, **query}
        return [document async for document in self.store["flags"].find(query, FIELDS)]

    def _guess(self, office: str | None, lane: str, found: Sequence[Document], most: int) -> None:
        """How far to look the next time: a little farther than was needed."""
        if len(found) >= MANY:
            start, end = found[0]["lane_at"], found[min(most * 3 // 2, len(found) - 1)]["lane_at"]
            self._guesses[office, lane] = (end, max(end - start, timedelta(seconds=1)))
        elif len(found) < most:
            self._guesses.pop((office, lane), None)


def is_claimable(document: Mapping[str, Any], staff: Staff, at: datetime) -> bool:
    """Whether a Flag is offered to somebody: not reserved, not theirs already, not skipped, in their scope."""
    first = document["first"]
    theirs = {*document["skipped"], *document["recused"], *([first["reviewer"]] if first else [])}
    is_free: bool = document["reserved_until"] <= at
    return is_free and staff.actor not in theirs and in_scope(staff, frozenset(document.get("offices") or ()))


def _waiting(document: Mapping[str, Any], at: datetime) -> Waiting:
    rank, why = Rank(document["rank"]), tuple(Why(each) for each in document["why"])
    return Waiting(
        flag=document["_id"],
        source=document["source"],
        state=State(document["state"]),
        severity=Severity(document["severity"]),
        rank=rank,
        why=(*why, Why.OVERDUE) if document["due_at"] < at else why,
        at=document["at"],
        due_at=document["due_at"],
        urgency=urgency(rank, document["at"], at),
        version=document["version"],
        owner=document.get("owner"),
    )
