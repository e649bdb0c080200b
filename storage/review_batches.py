"""Deciding many mild Flags at once: previewed first, each logged as if alone, taken back as a whole."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from evidence.case import Staff
from evidence.errors import HaechiError, ReviewRefused
from evidence.progress import State, Step
from evidence.review import Review
from evidence.roles import Permission, Role, allowance, in_scope
from storage.mongo import Document, Store
from storage.review_desk import Desk, Wish, perform, rehearse
from storage.review_forms import read_progress, read_review, review_document
from storage.review_intake import take_in_new
from storage.reviews import check_duplicate

AT_ONCE = 16
PREVIEW_LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What would be decided together."""

    id: str
    flags: tuple[str, ...]
    """Those that can be."""
    refused: dict[str, str]
    """The others, each with the reason why not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOutcome:
    """What became of a batch; asking again goes on where it stopped."""

    done: tuple[str, ...]
    failed: dict[str, str]


async def preview(desk: Desk, staff: Staff, flags: Sequence[str], review: Review, at: datetime) -> Batch:
    """See what a decision on many Flags would do; nothing is decided yet.

    Args:
        desk: of this process.
        staff: who would decide.
        flags: their ids; none that is grave, drawn for a second review or claimed goes in.
        review: the decision; its ``flag`` is filled in for each.
        at: now.

    Raises:
        ReviewRefused: the role may not decide in bulk, or not so many.
    """
    bounds = allowance(Role(staff.role), Permission.BULK) if staff.role in set(Role) else None
    if bounds is None or bounds.most is None or len(flags) > bounds.most:
        most = bounds.most if bounds else 0
        raise ReviewRefused(f"{len(flags)} flags at once: the role {staff.role} may decide at most {most}")
    await take_in_new(desk, at)
    batch, refused, taken = f"batch-{secrets.token_hex(6)}", dict[str, str](), list[str]()
    documents = await _read(desk.store, flags)
    for flag in dict.fromkeys(flags):
        why = await _refusal(desk, staff, documents.get(flag), _decision(staff, review, flag, batch, at), at)
        if why is None:
            taken.append(flag)
        else:
            refused[flag] = why
    document = {"_id": batch, "at": at, "actor": staff.actor, "flags": taken, "review": review_document(review)}
    await desk.store["review_batches"].insert_one({**document, "began_at": None})
    return Batch(id=batch, flags=tuple(taken), refused=refused)


async def apply_batch(desk: Desk, staff: Staff, batch: str, at: datetime) -> BatchOutcome:
    """Decide all of a previewed batch; those that changed in between are left alone and named.

    Raises:
        ReviewRefused: there is no such batch of theirs, or its preview is older than an hour.
    """
    found = await _find(desk.store, batch)
    if found["actor"] != staff.actor or (found["began_at"] is None and at - found["at"] > PREVIEW_LASTS):
        raise ReviewRefused(f"{batch}: previewed by somebody else, or more than an hour ago: preview again")
    await desk.store["review_batches"].update_one({"_id": batch}, {"$set": {"began_at": found["began_at"] or at}})
    review = read_review(found["review"])
    if review is None:
        raise ReviewRefused(f"{batch}: it says no decision")

    async def decide(document: Document) -> None:
        if not _is_done(document, batch):
            await perform(desk, document, _decision(staff, review, document["_id"], batch, at), at)

    return await _each(desk.store, found["flags"], decide)


async def undo_batch(desk: Desk, staff: Staff, batch: str, at: datetime) -> BatchOutcome:
    """Take back a whole batch within 24 hours, whoever of its author and a supervisor does; later acts stand.

    Raises:
        ReviewRefused: there is no such batch.
    """
    found = await _find(desk.store, batch)
    back = [(staff, Wish(step=Step.WITHDRAW, batch=batch)), (staff, Wish(step=Step.RELEASE, batch=batch))]

    async def take_back(document: Document) -> None:
        if _is_done(document, batch) and document["state"] == State.QUEUED:
            return
        await perform(desk, document, back, at)

    return await _each(desk.store, found["flags"], take_back)


def _decision(staff: Staff, review: Review, flag: str, batch: str, at: datetime) -> list[tuple[Staff, Wish]]:
    own = replace(review, flag=flag, reviewer=staff.actor, at=at)
    return [(staff, Wish(step=Step.CLAIM, batch=batch)), (staff, Wish(step=Step.DECIDE, review=own, batch=batch))]


async def _refusal(
    desk: Desk, staff: Staff, document: Document | None, wishes: list[tuple[Staff, Wish]], at: datetime
) -> str | None:
    if document is None or not in_scope(staff, frozenset(document.get("offices") or ())):
        return "there is no such flag among those that you may see"
    try:
        review = wishes[-1][1].review
        if review is not None:
            await check_duplicate(desk.store, staff, review)
        if "version" not in document or read_progress(document).state not in (State.QUEUED, State.REOPENED):
            return f"it is {document['state']}"
        rehearse(desk, document, wishes, at)
    except ReviewRefused as refusal:
        return str(refusal).removeprefix(f"{document['_id']}: ")
    return None


def _is_done(document: Document, batch: str) -> bool:
    return bool(document.get("last") and document["last"]["batch"] == batch)


async def _find(store: Store, batch: str) -> Document:
    found = await store["review_batches"].find_one({"_id": batch})
    if found is None:
        raise ReviewRefused(f"{batch}: there is no such batch")
    return found


async def _read(store: Store, flags: Sequence[str]) -> dict[str, Document]:
    return {document["_id"]: document async for document in store["flags"].find({"_id": {"$in": list(flags)}})}


async def _each(store: Store, flags: Sequence[str], work: Callable[[Document], Awaitable[None]]) -> BatchOutcome:
    """Do it to each, some at once; one that fails stops no other."""
    done, failed, gate = list[str](), dict[str, str](), asyncio.Semaphore(AT_ONCE)

    async def one(document: Document) -> None:
        async with gate:
            try:
                await work(document)
                done.append(document["_id"])
            except HaechiError as problem:
                failed[document["_id"]] = str(problem)

    documents = await _read(store, flags)
    async with asyncio.TaskGroup() as group:
        for flag in flags:
            group.create_task(one(documents[flag]))
    return BatchOutcome(done=tuple(flag for flag in flags if flag in set(done)), failed=failed)
