"""Who comes next: the heads of the lanes, put in the order of how urgent they are for whoever asks."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from evidence.case import Staff
from evidence.progress import State
from evidence.records import Severity
from evidence.roles import in_scope
from evidence.waiting import Rank, Why, urgency
from storage.mongo import Document, Store
from storage.reads import EPOCH
from storage.review_lanes import END, FIELDS, RANKED, Lanes, Lead

MOST_TRIED = 10_000


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
    lanes: Lanes = field(init=False)
    _tried: dict[str, int] = field(default_factory=dict)
    """The version of Flags that somebody in this process claims or has claimed, the latest last."""

    def __post_init__(self) -> None:
        self.lanes = Lanes(self.store)

    async def waiting(self, staff: Staff, at: datetime, most: int) -> list[Waiting]:
        """What somebody may claim, who comes first first.

        Args:
            staff: who asks; only what is in their scope and not theirs to leave alone.
            at: now.
            most: at the most so many.
        """
        while True:
            asked = [self._claimable(lane, lead, staff, at, most) for lane in RANKED for lead in leads_of(staff)]
            found = {one["_id"]: _waiting(one, at) for lane in await asyncio.gather(*asked) for one in lane}
            free = [one for one in found.values() if not self.is_tried(one.flag, one.version)]
            if free or not found:  # else others were faster with all of them: there may be more behind
                return sorted(free, key=lambda one: (-one.urgency, one.at, one.flag))[:most]

    def is_tried(self, flag: str, version: int) -> bool:
        """Whether somebody in this process claims it; one that came back since is of a later version."""
        return version <= self._tried.get(flag, -1)

    def begin_trying(self, flag: str, version: int) -> None:
        """Offer it to nobody else while somebody claims it, nor where it was read before they had it."""
        self._tried[flag] = version
        if len(self._tried) > MOST_TRIED:
            del self._tried[next(iter(self._tried))]

    def end_trying(self, flag: str) -> None:
        """Nobody in this process got it."""
        self._tried.pop(flag, None)

    async def standing(self, lane: str, staff: Staff, at: datetime, most: int) -> list[Waiting]:
        """The oldest of a lane that waits for nobody in particular: what is held, put off or disputed.

        Args:
            lane: ``HELD``, ``ASLEEP`` or ``DISPUTED``.
            staff: who asks; only what is in their scope.
            at: now.
            most: at the most so many.
        """
        found: dict[str, Waiting] = {}
        for lead in leads_of(staff):
            for document in (await self.lanes.heads(lane, lead, at, most))[0]:
                found[document["_id"]] = _waiting(document, at)
        return list(found.values())[:most]

    async def find_fronts(self, at: datetime) -> None:
        """Find where the queue begins before somebody waits for it."""
        for lane in RANKED:
            await self.lanes.heads(lane, None, at, 1)

    async def urgent(self, staff: Staff, at: datetime) -> list[tuple[Waiting, datetime]]:
        """What was raised as urgent and no supervisor has looked at, with the time until which one must."""
        found = self.store["flags"].find({"urgent_due": {"$gte": EPOCH, "$lt": END}}, FIELDS)
        rows = [document async for document in found if in_scope(staff, frozenset(document.get("offices") or ()))]
        return sorted([(_waiting(row, at), row["urgent_due"]) for row in rows], key=lambda pair: pair[1])

    async def _claimable(
        self, lane: str, lead: Lead | None, staff: Staff, at: datetime, most: int
    ) -> Sequence[Document]:
        """The first of a lane that somebody may claim; further in where they may not claim those in front."""
        asked = most
        while True:
            found, is_all = await self.lanes.heads(lane, lead, at, asked)
            allowed = [one for one in found if self._is_free(one) and is_claimable(one, staff, at)]
            if len(allowed) >= most or is_all:
                return allowed[:most]
            asked *= 4

    def _is_free(self, document: Mapping[str, Any]) -> bool:
        return not self.is_tried(document["_id"], document["version"])


def leads_of(staff: Staff) -> Sequence[Lead | None]:
    """What somebody's scope narrows a lane to, one after another."""
    return [None] if staff.offices is None else [Lead("offices", office) for office in sorted(staff.offices)]


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
