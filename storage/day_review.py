"""What people did on a day, and what waits for them, as it stands."""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from evidence.day import Acted, FlagDay
from evidence.progress import State, Step
from evidence.records import Severity
from evidence.review import Disposition
from evidence.waiting import Rank
from storage.mongo import Document, Store
from storage.reads import EPOCH
from storage.review_lanes import ASLEEP, DISPUTED, DONE, END, HELD
from storage.review_reads import read_pairs
from storage.rollup_forms import Span

FIELDS = (
    *("at", "severity", "state", "offices", "levels", "disposition", "decided_at", "rank", "due_at", "first_look_at"),
    "lane",
)
LANES = (*map(str, Rank), HELD, ASLEEP, DISPUTED)
NEW = "open"
"""The state of a Flag that nobody has queued yet."""
TOLD = frozenset({Step.DECIDE, Step.SECOND, Step.ADJUDICATE, Step.REOPEN, Step.SKIP, Step.LAPSE, Step.URGENT})
AT_ONCE = 500
"""Flags that are looked up together."""


async def read_flags(store: Store, span: Span) -> tuple[FlagDay, ...]:
    """Flags that were raised on a day."""
    return await _read(store, {"at": {"$gte": span.starts_at, "$lt": span.until}}, span.as_of)


async def read_waiting(store: Store, span: Span) -> tuple[FlagDay, ...]:
    """Flags that were raised until the end of a day and are not final."""
    waits = [{"state": NEW, "at": {"$gte": EPOCH, "$lt": span.until}}]
    waits += [{"lane": lane, "lane_at": {"$gte": EPOCH, "$lte": END}} for lane in LANES]
    found = [flag for asked in waits for flag in await _read(store, asked, span.as_of)]
    late = {"lane": DONE, "lane_at": {"$gte": span.as_of, "$lte": END}}  # decided after that moment
    found += await _read(store, late, span.as_of)
    return tuple(flag for flag in found if flag.at < span.until and flag.state is not State.FINAL)


async def read_decided(store: Store, span: Span) -> tuple[FlagDay, ...]:
    """Flags that are final since a moment of a day."""
    found = await _read(store, {"lane": DONE, "lane_at": {"$gte": span.starts_at, "$lt": span.until}}, span.as_of)
    return tuple(flag for flag in found if flag.state is State.FINAL)


async def read_acted(store: Store, span: Span) -> tuple[Acted, ...]:
    """What people did on a day, oldest first."""
    asked = {"at": {"$gte": span.starts_at, "$lt": span.until}}
    events = [event async for event in store["review_events"].find(asked, ("flag", "step", "at"))]
    told = sorted((event["at"], event["_id"], event["flag"], Step(event["step"])) for event in events)
    offices = await _offices(store, (flag for _, _, flag, step in told if step in TOLD))
    acted = [Acted(step=step, offices=offices.get(flag, ())) for _, _, flag, step in told if step in TOLD]
    agreed = await read_agreed(store, span.starts_at, span.until)
    return (*(one for one in acted if one.step is not Step.SECOND), *agreed)


async def read_agreed(store: Store, since: datetime, until: datetime) -> tuple[Acted, ...]:
    """Second reviews of a stretch, each with what the two came to."""
    pairs = await read_pairs(store, since, until)
    offices = await _offices(store, (second.flag for _, second in pairs))
    return tuple(
        Acted(
            step=Step.SECOND,
            offices=offices.get(second.flag, ()),
            agrees=first.agrees_with(second),
            found=(first.disposition, second.disposition),
        )
        for first, second in pairs
    )


async def _offices(store: Store, flags: Iterable[str]) -> dict[str, tuple[str, ...]]:
    names, found = iter(sorted(set(flags))), {}
    while some := list(islice(names, AT_ONCE)):
        async for document in store["flags"].find({"_id": {"$in": some}}, ("offices",)):
            found[document["_id"]] = tuple(document.get("offices", ()))
    return found


async def _read(store: Store, asked: Document, as_of: datetime) -> tuple[FlagDay, ...]:
    found: AsyncIterator[Document] = store["flags"].find(asked, FIELDS)
    return tuple([_flag(document, as_of) async for document in found])


def _flag(document: Mapping[str, Any], as_of: datetime) -> FlagDay:
    """As it stood at a moment, as far as that can be told: what was decided later was not."""
    decided_at = document.get("decided_at")
    is_decided = decided_at is not None and decided_at < as_of
    state = document.get("state", NEW)
    if state == NEW or (state == State.FINAL and not is_decided):
        state = State.QUEUED
    return FlagDay(
        severity=Severity(document["severity"]),
        state=State(state),
        at=document["at"],
        offices=tuple(document.get("offices", ())),
        levels=tuple(document.get("levels", ())),
        disposition=Disposition(document["disposition"]) if is_decided else None,
        rank=document.get("rank"),
        due_at=document.get("due_at"),
        first_look_at=document.get("first_look_at"),
        decided_at=decided_at if is_decided else None,
    )
