"""From the machine to people: new Flags get their place, changed ones another, those whose time is up come back."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from pymongo import UpdateOne

from evidence.case import Staff
from evidence.errors import ReviewRefused
from evidence.progress import TIMER, Progress, State, Step
from evidence.review import Disposition
from evidence.waiting import growth_between
from storage.evidence import recent_counts
from storage.mongo import Document, Store
from storage.reads import EPOCH
from storage.review_desk import Desk, Wish, find_flag, perform, place_fields
from storage.review_forms import progress_fields, read_progress
from storage.review_lanes import ASLEEP, HELD

TAKEN_IN = 500
"""New Flags that are put in the queue at once."""
A_DAY, JUST_NOW = timedelta(days=1), timedelta(minutes=1)
PLACED_BY = ("source", "at", "severity", "reasons")


async def find_taken_in(desk: Desk, staff: Staff, flag: str, at: datetime) -> Document:
    """A Flag in somebody's scope; one that is so new that nobody queued it is queued now."""
    document = await find_flag(desk.store, staff, flag)
    if "version" in document:
        return document
    growth = await _growth(desk.store, document["source"], at)
    await desk.store["flags"].bulk_write([_queueing(desk, document, growth)])
    return await find_flag(desk.store, staff, flag)


async def tidy(desk: Desk, at: datetime) -> int:
    """Free what was claimed and left, wake what was put off until now; how many that were."""
    freed = 0
    for lane, step in ((HELD, Step.LAPSE), (ASLEEP, Step.WAKE)):
        over = {"lane": lane, "lane_at": {"$gte": EPOCH, "$lte": at}}
        for document in [document async for document in desk.store["flags"].find(over)]:
            with suppress(ReviewRefused):  # another process tidies too
                await perform(desk, document, [(TIMER, Wish(step=step))], at)
                freed += 1
    return freed


async def take_in(desk: Desk, at: datetime, since: datetime = EPOCH) -> int:
    """Put new Flags in the queue, some at once; how many that were.

    Args:
        desk: of this process.
        at: now.
        since: only those that were raised from this moment on.
    """
    found = desk.store["flags"].find({"state": "open", "at": {"$gte": since, "$lt": at + A_DAY}}, PLACED_BY)
    documents = sorted([document async for document in found], key=lambda document: document["at"])
    growths = {source: await _growth(desk.store, source, at) for source in {each["source"] for each in documents}}
    for start in range(0, len(documents), TAKEN_IN):
        some = documents[start : start + TAKEN_IN]
        writes = [_queueing(desk, document, growths[document["source"]]) for document in some]
        await desk.store["flags"].bulk_write(writes, ordered=False)
    return len(documents)


async def take_in_new(desk: Desk, at: datetime) -> int:
    """The same for what was raised a moment ago, for whoever waits for a page: the rest is taken in beside."""
    return await take_in(desk, at, since=at - JUST_NOW)


async def _growth(store: Store, source: str, at: datetime) -> float | None:
    """By which share a room grew between the oldest and the newest of its last counts."""
    counts = await recent_counts(store, source, at)
    return growth_between(counts[-1].value, counts[0].value) if counts else None


def _queueing(desk: Desk, document: Document, growth: float | None) -> UpdateOne:
    progress = Progress(flag=document["_id"])
    placed = place_fields({**document, "growth": growth}, progress, desk.holidays)
    free = {"reserved_by": None, "reserved_until": EPOCH, "claimed_at": None, "lease_until": None}
    fields = {**progress_fields(progress), **placed, **free, "growth": growth, "first_look_at": None}
    return UpdateOne({"_id": document["_id"], "state": "open"}, {"$set": fields})


async def take_changes(desk: Desk, at: datetime, most: int = TAKEN_IN) -> int:
    """See what became of Flags whose posts changed: marked ``unread`` when the new revision was kept.

    One that was put off until then wakes up, a confirmed one is reopened, a waiting one gets its new place.
    """
    found = desk.store["flags"].find({"unread": 1, "at": {"$gte": EPOCH, "$lt": at + A_DAY}})
    documents = [document async for document in found][:most]
    for document in documents:
        if "version" in document:
            await _take_change(desk, document, at)
        seen = {"_id": document["_id"], "revision": document["revision"]}
        await desk.store["flags"].update_one(seen, {"$unset": {"unread": ""}})
    return len(documents)


async def _take_change(desk: Desk, document: Document, at: datetime) -> None:
    progress = read_progress(document)
    outcome = progress.outcome
    wishes: Sequence[tuple[Staff, Wish]] = ()
    if progress.state is State.SNOOZED and progress.wakes_on == "revision":
        wishes = [(TIMER, Wish(step=Step.WAKE))]
    elif outcome is not None and outcome.disposition is Disposition.CONFIRMED:
        wishes = [(TIMER, Wish(step=Step.REOPEN, reason="revision"))]
    if wishes:
        await perform(desk, document, wishes, at)
        return
    as_it_was = {"_id": document["_id"], "version": progress.version}
    placed = place_fields(document, progress, desk.holidays)
    if progress.owner is None:
        await desk.store["flags"].update_one(as_it_was, {"$set": placed})
