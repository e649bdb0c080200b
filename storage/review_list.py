"""The queue as a list that can be gone through: chosen by filters, paged by key, never counted as a whole."""

from collections.abc import AsyncIterator, Mapping
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
from storage.reads import EPOCH, Windows
from storage.review_queue import ASLEEP, DISPUTED, DONE, END, FIELDS, HELD, Queue

MOST_READ = 1_000
"""Documents of one page: with rare filters a page may be shorter, and says where to go on."""
SHORTEST, FEW = timedelta(seconds=1), 500
LONGEST_S = 1e8
A_DAY = timedelta(days=1)
LISTED = (*FIELDS, "disposition")


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


RANKED = tuple(map(str, Rank))
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
    async for documents in _documents(queue, filters, at, after, most):
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
    queue: Queue, filters: Filters, at: datetime, after: Key | None, most: int
) -> AsyncIterator[list[Document]]:
    """Documents in the order of the list, a stretch at a time."""
    lanes = _lanes(filters)
    for lane in lanes[lanes.index(after.lane) if after and after.lane in lanes else 0 :]:
        begins = after if after and after.lane == lane else None
        if lane == DONE:
            async for found in _newest(queue.store, filters.office, at, begins):
                yield found
            continue
        low, length = (begins.at, begins.span) if begins else (EPOCH, SHORTEST)
        if begins is None:
            heads, is_all = await queue.heads(lane, filters.office, most)
            yield [{**document, "lane": lane} for document in heads]
            if is_all:
                continue
            low, length = heads[-1]["lane_at"], heads[-1]["lane_at"] - heads[0]["lane_at"]
            known = {document["_id"] for document in heads}
        else:
            known = set()
        async for found in _oldest(queue.store, filters.office, lane, low, length):
            yield [document for document in found if document["_id"] not in known]


def _lanes(filters: Filters) -> tuple[str, ...]:
    """Those that can hold what is asked for: a Flag's rank is that of its severity or a sooner one."""
    lanes = LANES[filters.shelf]
    if filters.severity is None or lanes != RANKED:
        return lanes
    return lanes[: len(Severity) - filters.severity.rank]


async def _oldest(
    store: Store, office: str | None, lane: str, low: datetime, length: timedelta
) -> AsyncIterator[list[Document]]:
    while low < END:
        length = max(length, SHORTEST)
        high = END if length > A_DAY * 365 else low + length
        found = await _read(store, office, lane, low, high)
        yield sorted(found, key=lambda document: (document["lane_at"], document["_id"]))
        low, length = high, length * (4 if len(found) < FEW else 1)  # few reads, whatever the filters leave


async def _newest(store: Store, office: str | None, at: datetime, after: Key | None) -> AsyncIterator[list[Document]]:
    until = after.at + timedelta(milliseconds=1) if after else at + A_DAY
    windows = Windows(None, until, after.span if after else A_DAY)
    for low, high in windows:
        found = await _read(store, office, DONE, low, high)
        windows.found = len(found)
        yield sorted(found, key=lambda document: (document["lane_at"], document["_id"]), reverse=True)


async def _read(store: Store, office: str | None, lane: str, low: datetime, high: datetime) -> list[Document]:
    query: Document = {"lane": lane, "lane_at": {"$gte": low, "$lt": high}}
    if office is not None:
        query = {"offices": office, **query}
    return [{**document, "lane": lane} async for document in store["flags"].find(query, LISTED)]


def _is_behind(document: Document, after: Key | None, shelf: Shelf) -> bool:
    if after is None or document["lane"] != after.lane:
        return True
    place, key = (document["lane_at"], document["_id"]), (after.at, after.flag)
    return place < key if shelf is Shelf.DONE else place > key


def _is_asked_for(document: Mapping[str, Any], staff: Staff, filters: Filters, at: datetime) -> bool:
    state = document["state"]
    is_second = state == State.SECOND_PENDING
    return (
        in_scope(staff, frozenset(document.get("offices") or ()))
        and (filters.shelf is not Shelf.SECOND or is_second)
        and filters.severity in (None, document["severity"])
        and filters.source in (None, document["source"])
        and filters.owner in (None, document.get("owner"))
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
