"""Erasing a post: agreed on by two persons, in the log, in the ledger, and only then gone.

What was begun is finished, by the next look (``finish_erasures``) if this process is killed in between: each step
may be done twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evidence.approval import ERASE
from evidence.case import Staff
from evidence.erasure import Basis, Gone, LedgerLine, Order, Requester, about_code, erase_act, read_about
from evidence.errors import ConfigError, ItemHeld, StorageError
from storage.approvals import find_proposal, take
from storage.custody import Custody
from storage.erasure_captures import IdsIn, remove_captures
from storage.erasure_destroy import WAIT_S, destroy, find_gone, lease_when_free
from storage.erasure_ledger import append_lines
from storage.legal_holds import held_items
from storage.mongo import Document, Store
from storage.reads import EPOCH

ERASURES = "erasures"
BEGUN, DONE = "begun", "done"
_END = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eraser:
    """What erasing needs besides the store."""

    custody: Custody
    ledger: Path
    clock: Callable[[], datetime]
    ids_in: IdsIn
    wait_s: float = WAIT_S
    """How long a pass over a room is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A post that was erased."""

    order: Order
    entry: int
    """Number of its entry in the log."""
    captures: int
    """How many Captures that showed it were removed."""
    done_at: datetime


async def check_erasable(store: Store, name: str, at: datetime) -> Gone:
    """What would go.

    Raises:
        ConfigError: nothing is kept under this id, or it is erased already.
        ItemHeld: it is held for a case.
    """
    gone = await find_gone(store, name)
    before = await store[ERASURES].find_one({"_id": gone.post})
    if before is not None and before["state"] == DONE and not await is_there(store, gone):
        raise ConfigError(f"{gone.post} was erased {before['done_at']:%Y-%m-%d}: entry {before['entry']:,} of the log")
    await _check_hold(store, gone, at)
    return gone


async def is_there(store: Store, gone: Gone) -> bool:
    """Whether any text is: after a restore without the ledger it may be back."""
    if await store["posts"].find_one({"_id": gone.post}, {"_id": 1}):
        return True
    found = store["evidence"].find({"_id": {"$in": list(gone.items)}}, {"erased_at": 1})
    return any([item.get("erased_at") is None async for item in found])


async def erase(store: Store, eraser: Eraser, staff: Staff, proposal: str) -> Erasure:
    """Carry out an erasure that was proposed and approved.

    Raises:
        ConfigError: it was not approved, or the post is erased already, or not there.
        ItemHeld: it is held for a case.
        StorageError: the log did not take the entry, nothing is erased yet; or a pass holds the room for too long.
            What was agreed on is begun in both cases, and is finished by the next ``haechi retention run``.
    """
    found = await find_proposal(store, proposal)
    post, basis, requester = read_about(found.about)
    at = eraser.clock()
    gone = await check_erasable(store, post, at)
    found = await take(store, proposal, ERASE, about_code(post, basis, requester), at)
    order = Order(
        gone=gone,
        basis=basis,
        requester=requester,
        proposal=found.id,
        proposed_by=found.proposed_by,
        approved_by=found.approved_by or "",
        is_alone=found.is_alone,
        staff=staff,
        at=at,
    )
    await store[ERASURES].replace_one({"_id": gone.post}, _document(order), upsert=True)
    return await _carry_out(store, eraser, order)


async def finish_erasures(store: Store, eraser: Eraser) -> tuple[tuple[Erasure, ...], tuple[str, ...]]:
    """Carry out what was begun and not ended: to be called at a start and by each retention run.

    Returns:
        What was ended now, and why the rest cannot be yet, a line each.
    """
    found = store[ERASURES].find({"state": BEGUN, "at": {"$gte": EPOCH, "$lt": _END}})
    ended, left = list[Erasure](), list[str]()
    for document in [one async for one in found]:
        try:
            ended.append(await _carry_out(store, eraser, _order(document)))
        except StorageError as problem:
            left.append(f"{document['_id']}: {problem}")
    return tuple(ended), tuple(left)


async def _carry_out(store: Store, eraser: Eraser, order: Order) -> Erasure:
    """The log first, then the ledger, then the text."""
    gone = order.gone
    (entry,) = await eraser.custody.record(erase_act(order))
    async with lease_when_free(store, gone.source, eraser.clock, eraser.wait_s) as lease:
        await _check_hold(store, gone, eraser.clock())
        line = LedgerLine(gone=gone, at=order.at, seq=entry, basis=order.basis, requester=order.requester)
        append_lines(eraser.ledger, [line])
        await destroy(store, lease, [gone], eraser.clock(), is_request=True)
        captures = await remove_captures(store, gone.source, gone.native_ids, eraser.ids_in)
    done_at = eraser.clock()
    ended = {"state": DONE, "entry": entry, "captures": captures, "done_at": done_at}
    await store[ERASURES].update_one({"_id": gone.post}, {"$set": ended})
    return Erasure(order=order, entry=entry, captures=captures, done_at=done_at)


async def _check_hold(store: Store, gone: Gone, at: datetime) -> None:
    """A hold beats an erasure.

    Raises:
        ItemHeld: an item is held for a case.
    """
    held = await held_items(store, at)
    for item in gone.items:
        if item in held:
            raise ItemHeld(item, held[item])


def gone_fields(gone: Gone) -> Document:
    """What went, as it is stored."""
    return {"source": gone.source, "native_ids": list(gone.native_ids), "items": list(gone.items)}


def _document(order: Order) -> Document:
    return {
        **gone_fields(order.gone),
        "state": BEGUN,
        "at": order.at,
        "basis": str(order.basis),
        "requester": str(order.requester),
        "proposal": order.proposal,
        "proposed_by": order.proposed_by,
        "approved_by": order.approved_by,
        "is_alone": order.is_alone,
        "actor": order.staff.actor,
        "role": order.staff.role,
        "session": order.staff.session_id,
    }


def _order(document: Mapping[str, Any]) -> Order:
    gone = Gone(
        post=document["_id"],
        source=document["source"],
        native_ids=tuple(document["native_ids"]),
        items=tuple(document["items"]),
    )
    return Order(
        gone=gone,
        basis=Basis(document["basis"]),
        requester=Requester(document["requester"]),
        proposal=document["proposal"],
        proposed_by=document["proposed_by"],
        approved_by=document["approved_by"],
        is_alone=document["is_alone"],
        staff=Staff(actor=document["actor"], role=document["role"], session_id=document["session"]),
        at=document["at"],
    )
