"""What people do to Flags: claim the next one, decide, give it back, undo."""

import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from evidence.case import Staff
from evidence.errors import ReviewRefused, StorageError
from evidence.progress import Progress, Step
from evidence.records import Severity
from evidence.review import Disposition, Review
from evidence.waiting import Rank
from evidence.workflow import undo_of
from storage.exposure import Exposure, spend
from storage.mongo import Store
from storage.reads import EPOCH
from storage.review_desk import Desk, Wish, find_flag, lease_end, perform, rehearse
from storage.review_forms import read_progress
from storage.review_intake import find_taken_in, take_in_new, tidy
from storage.review_queue import Waiting

RESERVED = timedelta(seconds=40)
"""For whoever tries to claim: longer than the log may take."""
OFFERED = 16
"""Flags that are tried in turn when many claim at once."""
MOST_REFUSALS = 3
"""In a row, for reasons that lie in the flags; who may not claim at all is told soon."""
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
    await take_in_new(desk, at)
    return await desk.queue.waiting(staff, at, most)


async def claim_next(desk: Desk, staff: Staff, at: datetime) -> Claimed | None:
    """Claim whatever comes first for somebody; None where nothing is left for them.

    Raises:
        ReviewRefused: their limit of today is reached, or their role may not.
        StorageError: the log did not take it; nothing is claimed.
    """
    await tidy(desk, at)
    while waiting := await read_queue(desk, staff, at, OFFERED):
        claimed = await _claim_one(desk, staff, waiting, at)
        if claimed is not None:
            return claimed
    return None


async def _claim_one(desk: Desk, staff: Staff, waiting: Sequence[Waiting], at: datetime) -> Claimed | None:
    """Claim the first that nobody else is claiming; None where all of them are.

    In this process nobody tries what another one tries already. Where another process was faster with one, everybody
    goes on at a place of their own among those of its rank, lest all meet again at the next.
    """
    left, refusals = [*waiting], list[ReviewRefused]()
    while left and len(refusals) < MOST_REFUSALS:
        one = left.pop(0)
        if desk.queue.is_tried(one.flag, one.version):
            continue
        try:
            claimed = await _try(desk, staff, one.flag, one.version, at)
        except ReviewRefused as refusal:
            refusals.append(refusal)
            continue
        if claimed is not None:
            return claimed
        left = spread(left, one.rank, staff.actor)
    if refusals:
        raise refusals[-1]
    return None


async def _try(desk: Desk, staff: Staff, flag: str, version: int, at: datetime) -> Claimed | None:
    """Claim one that nobody in this process is claiming; None where another process was faster."""
    claimed = None
    desk.queue.begin_trying(flag, version)
    try:
        if await _reserve(desk.store, staff, flag, version, at):
            claimed = await _claim_reserved(desk, staff, flag, at)
        return claimed
    finally:
        if claimed is None:
            desk.queue.end_trying(flag)


def spread(waiting: Sequence[Waiting], rank: Rank, actor: str) -> list[Waiting]:
    """Those of one rank turned by as much as an actor's own place among them; the others where they were."""
    places = [place for place, one in enumerate(waiting) if one.rank is rank]
    turn = zlib.crc32(actor.encode()) % (len(places) or 1)
    turned = dict(zip(places, places[turn:] + places[:turn], strict=True))
    return [waiting[turned.get(place, place)] for place in range(len(waiting))]


async def claim(desk: Desk, staff: Staff, flag: str, at: datetime) -> Claimed:
    """Claim a Flag by its id.

    Raises:
        ReviewRefused: somebody else holds it, or it may not be claimed.
        StorageError: the log did not take it; nothing is claimed.
    """
    await tidy(desk, at)
    version = (await find_taken_in(desk, staff, flag, at))["version"]
    claimed = None if desk.queue.is_tried(flag, version) else await _try(desk, staff, flag, version, at)
    if claimed is None:
        raise ReviewRefused(f"{flag}: somebody else is about to claim it")
    return claimed


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
    document = await find_taken_in(desk, staff, flag, at)
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
