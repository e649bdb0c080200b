"""What people do to Flags: claim the next one, decide, give it back, undo."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import UpdateOne

from evidence.case import Staff
from evidence.errors import ReviewRefused, StorageError
from evidence.progress import TIMER, Progress, State, Step
from evidence.records import Severity
from evidence.review import Disposition, Review
from evidence.waiting import growth_between
from evidence.workflow import undo_of
from storage.evidence import recent_counts
from storage.exposure import Exposure, spend
from storage.mongo import Document, Store
from storage.reads import EPOCH
from storage.review_desk import Desk, Wish, find_flag, lease_end, perform, place_fields, rehearse
from storage.review_forms import progress_fields, read_progress
from storage.review_queue import ASLEEP, HELD, Waiting

RESERVED = timedelta(seconds=40)
"""For whoever tries to claim: longer than the log may take."""
OFFERED = 24
"""Flags that are tried in turn when many claim at once."""
TAKEN_IN = 500
"""New Flags that are put in the queue at once."""
A_DAY = timedelta(days=1)
BY_OWNER = frozenset({Step.DECIDE, Step.SECOND, Step.SKIP, Step.SNOOZE, Step.RECUSE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A Flag that is somebody's to decide."""

    progress: Progress
    lease_until: datetime
    exposure: Exposure
    """Of today, this one counted."""


async def read_queue(desk: Desk, staff: Staff, at: datetime, most: int) -> list[Waiting]:
    """What somebody may claim, who comes first first, without changing anything but new Flags' places."""
    await take_in(desk, at)
    return await desk.queue.waiting(staff, at, most)


async def claim_next(desk: Desk, staff: Staff, at: datetime) -> Claimed | None:
    """Claim whatever comes first for somebody; None where nothing is left for them.

    Raises:
        ReviewRefused: their limit of today is reached, or their role may not.
        StorageError: the log did not take it; nothing is claimed.
    """
    await tidy(desk, at)
    refusal: ReviewRefused | None = None
    while refusal is None and (waiting := await read_queue(desk, staff, at, OFFERED)):
        for one in waiting:
            if not await _reserve(desk.store, staff, one.flag, one.version, at):
                continue
            try:
                return await _claim_reserved(desk, staff, one.flag, at)
            except ReviewRefused as problem:
                refusal = problem
    if refusal is not None:
        raise refusal
    return None


async def claim(desk: Desk, staff: Staff, flag: str, at: datetime) -> Claimed:
    """Claim a Flag by its id.

    Raises:
        ReviewRefused: somebody else holds it, or it may not be claimed.
        StorageError: the log did not take it; nothing is claimed.
    """
    await tidy(desk, at)
    document = await _find_taken_in(desk, staff, flag, at)
    if not await _reserve(desk.store, staff, flag, document["version"], at):
        raise ReviewRefused(f"{flag}: somebody else is about to claim it")
    return await _claim_reserved(desk, staff, flag, at)


async def _reserve(store: Store, staff: Staff, flag: str, version: int, at: datetime) -> bool:
    """Stop others from trying too, so that the log tells of one claim and not of eight."""
    free = {"_id": flag, "version": version, "reserved_until": {"$lte": at}}
    mine = {"reserved_by": staff.actor, "reserved_until": at + RESERVED}
    reserved = await store["flags"].update_one(free, {"$set": mine})
    return bool(reserved.matched_count)


async def _claim_reserved(desk: Desk, staff: Staff, flag: str, at: datetime) -> Claimed:
    try:
        document = await find_flag(desk.store, staff, flag)
        rehearse(desk, document, [(staff, Wish(step=Step.CLAIM))], at)
        exposure = await spend(desk.store, staff.actor, Severity(document["severity"]), at)
        progress = await perform(desk, document, [(staff, Wish(step=Step.CLAIM))], at)
    except BaseException:
        mine = {"_id": flag, "reserved_by": staff.actor}
        await desk.store["flags"].update_one(mine, {"$set": {"reserved_by": None, "reserved_until": EPOCH}})
        raise
    return Claimed(progress=progress, lease_until=lease_end(at, at), exposure=exposure)


async def act(desk: Desk, staff: Staff, flag: str, wish: Wish, at: datetime) -> Progress:
    """Do something to a Flag.

    Raises:
        ReviewRefused: it is not theirs to do, or not now.
        StorageError: the log did not take it; nothing was done.
    """
    if wish.step is Step.CLAIM:
        return (await claim(desk, staff, flag, at)).progress
    document = await _find_taken_in(desk, staff, flag, at)
    if wish.step in BY_OWNER and document["lease_until"] and document["lease_until"] <= at:
        raise ReviewRefused(f"{flag}: the time to act on it is up: claim it again")
    if wish.review is not None:
        await check_duplicate(desk.store, staff, wish.review)
    if wish.step is Step.ASSIGN and wish.whom is not None:
        rehearse(desk, document, [(staff, wish)], at)
        await spend(desk.store, wish.whom, Severity(document["severity"]), at)
    progress = await perform(desk, document, [(staff, wish)], at)
    with suppress(StorageError):  # what was done is done
        await spend(desk.store, staff.actor, None, at)
    return progress


async def _find_taken_in(desk: Desk, staff: Staff, flag: str, at: datetime) -> Document:
    """A Flag in somebody's scope; one that is so new that nobody queued it is queued now."""
    document = await find_flag(desk.store, staff, flag)
    if "version" in document:
        return document
    growth = await _growth(desk.store, document["source"], at)
    await desk.store["flags"].bulk_write([_queueing(desk, document, growth)])
    return await find_flag(desk.store, staff, flag)


async def check_duplicate(store: Store, staff: Staff, review: Review) -> None:
    """What stands for another one is there, and no duplicate itself."""
    if review.disposition is not Disposition.DUPLICATE_OF or review.duplicate_of is None:
        return
    other = await find_flag(store, staff, review.duplicate_of)
    if other.get("disposition") == Disposition.DUPLICATE_OF:
        raise ReviewRefused(f"{review.duplicate_of}: it is a duplicate itself: name the one that it stands for")


async def undo(desk: Desk, staff: Staff, flag: str, at: datetime) -> Progress:
    """Take back what somebody did last to a Flag.

    Raises:
        ReviewRefused: the last act was another's, or has no way back.
        StorageError: the log did not take it; nothing was done.
    """
    step = undo_of(read_progress(await find_flag(desk.store, staff, flag)), staff.actor)
    if step is None:
        raise ReviewRefused(f"{flag}: the last act on it is not yours, or cannot be taken back: reopen it")
    return await act(desk, staff, flag, Wish(step=step), at)


async def renew(desk: Desk, staff: Staff, flag: str, at: datetime) -> datetime:
    """Hold a claimed Flag for longer, while its page is open; no event.

    Raises:
        ReviewRefused: it is not theirs any more.
    """
    document = await find_flag(desk.store, staff, flag)
    if document.get("owner") != staff.actor or document["lease_until"] <= at:
        raise ReviewRefused(f"{flag}: it is not yours any more: claim it again")
    until = lease_end(document["claimed_at"], at)
    mine = {"_id": flag, "version": document["version"]}
    renewed = await desk.store["flags"].update_one(mine, {"$set": {"lease_until": until, "lane_at": until}})
    if not renewed.matched_count:
        raise ReviewRefused(f"{flag}: somebody else acted on it in between: look again")
    await spend(desk.store, staff.actor, None, at)
    return until


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


# ------------------------------------------------------------------ from the machine to people


async def take_in(desk: Desk, at: datetime, most: int = TAKEN_IN) -> int:
    """Put new Flags in the queue, at most so many; how many that were."""
    found = desk.store["flags"].find({"state": "open", "at": {"$gte": EPOCH, "$lt": at + A_DAY}})
    documents = [document async for document in found][:most]
    growths = {source: await _growth(desk.store, source, at) for source in {each["source"] for each in documents}}
    writes = [_queueing(desk, document, growths[document["source"]]) for document in documents]
    if writes:
        await desk.store["flags"].bulk_write(writes, ordered=False)
    return len(writes)


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
