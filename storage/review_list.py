"""The queue as a list that can be gone through: chosen by filters, paged by key, never counted as a whole."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from evidence.case import Staff
from evidence.errors import ConfigError
from evidence.progress import State
from evidence.records import Severity
from evidence.review import Disposition
from evidence.roles import in_scope
from evidence.waiting import Rank, Why
from storage.mongo import Document, Store
from storage.reads import Windows
from storage.review_lanes import ASLEEP, DISPUTED, DONE, HELD, RANKED, SHORTEST, Lanes, Lead
from storage.review_queue import Queue, leads_of

MOST_READ = 500
"""Documents of one page: where several filters leave little a page may be shorter, and says where to go on."""
LONGEST_S = 1e8
A_DAY = timedelta(days=1)


class Shelf(StrEnum):
    """Which part of the queue."""

    WAITING = "waiting"
    """For anybody."""
    SECOND = "second"
    """For a second review."""
    HELD = "held"
    """Claimed."""
    ASLEEP = "asleep"
    """Put off."""
    DISPUTED = "disputed"
    """For a supervisor."""
    DONE = "done"
    """Decided, newest first."""


LANES = {
    Shelf.WAITING: RANKED,
    Shelf.SECOND: RANKED,
    Shelf.HELD: (HELD,),
    Shelf.ASLEEP: (ASLEEP,),
    Shelf.DISPUTED: (DISPUTED,),
    Shelf.DONE: (DONE,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What is asked for; None for whatever."""

    shelf: Shelf = Shelf.WAITING
    severity: Severity | None = None
    office: str | None = None
    source: str | None = None
    older: timedelta | None = None
    """Flagged so long ago or longer."""
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Behind which row a page begins."""

    lane: str
    at: datetime
    flag: str
    span: timedelta
    """How long a stretch of time the page before needed: a guess for this one."""

    def text(self) -> str:
        """As it is put into an address."""
        return f"{self.lane}~{self.at.timestamp():.3f}~{self.span.total_seconds():.0f}~{self.flag}"

    @classmethod
    def read(cls, text: str) -> "Key":
        """The same, from an address.

        Raises:
            ConfigError: it is none.
        """
        try:
            lane, at, span, flag = text.split("~", 3)
            length = timedelta(seconds=min(float(span), LONGEST_S))
            return cls(lane=lane, at=datetime.fromtimestamp(float(at), UTC), flag=flag, span=length)
        except (ValueError, OverflowError, OSError):
            raise ConfigError("this is no place in the list: begin it anew") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A row: what can be told of a Flag without its text."""

    flag: str
    source: str
    state: State
    severity: Severity
    rank: Rank
    why: tuple[Why, ...]
    at: datetime
    due_at: datetime
    offices: frozenset[str]
    owner: str | None
    until: datetime | None
    """Until when it is held, or put off."""
    disposition: Disposition | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of the list."""

    rows: tuple[Listed, ...]
    following: Key | None
    """None where this is the end."""


async def list_flags(
    queue: Queue, staff: Staff, filters: Filters, at: datetime, after: Key | None, most: int
) -> Listing:
    """A page of what somebody may see: what waits by rank and age, what is done newest first.

    Args:
        queue: of this process.
        staff: who asks.
        filters: what they ask for.
        at: now.
        after: where the page before ended.
        most: rows.
    """
    rows: list[Document] = []
    read = 0
    async with aclosing(_documents(queue.lanes, staff, filters, at, after)) as stretches:
        async for documents in stretches:
            for document in documents:
                if not _is_behind(document, after, filters.shelf):
                    continue
                read += 1
                if _is_asked_for(document, staff, filters, at):
                    rows.append(document)
                if len(rows) == most or read >= MOST_READ:
                    first = rows[0] if rows else document
                    return Listing(rows=tuple(map(_listed, rows)), following=_key(document, first))
    return Listing(rows=tuple(map(_listed, rows)), following=None)


async def raised_since(store: Store, since: datetime, until: datetime) -> dict[str, frozenset[str]]:
    """Flags of a short while with the offices that they belong to."""
    found = store["flags"].find({"at": {"$gte": since, "$lt": until}}, ("offices",))
    return {document["_id"]: frozenset(document.get("offices") or ()) async for document in found}


def _key(last: Document, first: Document) -> Key:
    span = max(SHORTEST, abs(last["lane_at"] - first["lane_at"]))
    return Key(lane=last["lane"], at=last["lane_at"], flag=last["_id"], span=span)


async def _documents(
    lanes: Lanes, staff: Staff, filters: Filters, at: datetime, after: Key | None
) -> AsyncGenerator[list[Document], None]:
    """Documents in the order of the list, a stretch at a time."""
    names = _lanes(filters)
    for lane in names[names.index(after.lane) if after and after.lane in names else 0 :]:
        begins = after if after and after.lane == lane else None
        lead = _lead(staff, filters, lane)
        found = _newest(lanes, lead, at, begins) if lane == DONE else _oldest(lanes, lead, lane, at, begins)
        async with aclosing(found) as stretches:
            async for documents, end in stretches:
                yield documents
                if filters.older and lane in RANKED and end > at - filters.older:
                    break  # what follows is younger


def _lanes(filters: Filters) -> tuple[str, ...]:
    """Those that can hold what is asked for: a Flag's rank is that of its severity or a sooner one."""
    lanes = LANES[filters.shelf]
    if filters.severity is None or lanes != RANKED:
        return lanes
    return lanes[: len(Severity) - filters.severity.rank]


def _lead(staff: Staff, filters: Filters, lane: str) -> Lead | None:
    """What the database narrows a lane to: what leaves the fewest to look through."""
    if filters.source is not None:
        return Lead("source", filters.source)
    if filters.shelf is Shelf.SECOND:
        return Lead("state", State.SECOND_PENDING)
    if filters.severity is not None and lane in RANKED and lane != RANKED[-1 - filters.severity.rank]:
        return Lead("severity", filters.severity)  # few are ranked sooner than their severity
    if filters.office is not None:
        return Lead("offices", filters.office)
    scope = leads_of(staff)
    return scope[0] if len(scope) == 1 else None


def _oldest(
    lanes: Lanes, lead: Lead | None, lane: str, at: datetime, after: Key | None
) -> AsyncGenerator[tuple[list[Document], datetime], None]:
    if after is None:
        return lanes.stretches(lane, lead, at)
    return lanes.stretches(lane, lead, at, since=after.at, length=after.span)


async def _newest(
    lanes: Lanes, lead: Lead | None, at: datetime, after: Key | None
) -> AsyncGenerator[tuple[list[Document], datetime], None]:
    until = after.at + SHORTEST if after else at + A_DAY
    windows = Windows(None, until, after.span if after else A_DAY)
    for low, high in windows:
        found = await lanes.read(DONE, lead, low, high)
        windows.found = len(found)
        yield found[::-1], high


def _is_behind(document: Document, after: Key | None, shelf: Shelf) -> bool:
    if after is None or document["lane"] != after.lane:
        return True
    place, key = (document["lane_at"], document["_id"]), (after.at, after.flag)
    return place < key if shelf is Shelf.DONE else place > key


def _is_asked_for(document: Mapping[str, Any], staff: Staff, filters: Filters, at: datetime) -> bool:
    offices = frozenset(document.get("offices") or ())
    return (
        in_scope(staff, offices)
        and (filters.shelf is not Shelf.SECOND or document["state"] == State.SECOND_PENDING)
        and filters.severity in (None, document["severity"])
        and filters.source in (None, document["source"])
        and filters.owner in (None, document.get("owner"))
        and (filters.office is None or filters.office in offices)
        and (filters.older is None or at - document["at"] >= filters.older)
    )


def _listed(document: Mapping[str, Any]) -> Listed:
    disposition = document.get("disposition")
    return Listed(
        flag=document["_id"],
        source=document["source"],
        state=State(document["state"]),
        severity=Severity(document["severity"]),
        rank=Rank(document["rank"]),
        why=tuple(map(Why, document["why"])),
        at=document["at"],
        due_at=document["due_at"],
        offices=frozenset(document.get("offices") or ()),
        owner=document.get("owner"),
        until=document["lane_at"] if document["lane"] in (HELD, ASLEEP) else None,
        disposition=Disposition(disposition) if disposition else None,
    )
