"""Changes of the watchlist that wait for a second person: proposed by one, saved as a version by another.

What is proposed and approved are the exact edits, by their hash (``storage/approvals.py``). They are put into the
newest version only when they are saved, so that proposals of one day do not stand in each other's way.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from evidence.approval import Proposal
from evidence.case import Staff
from evidence.errors import ConfigError, WatchlistMoved
from evidence.watchlist_change import (
    MOST_EDITS,
    WATCHLIST,
    Edit,
    EditKind,
    Standing,
    WatchlistChange,
    decline_act,
    edits_hash,
)
from storage.approvals import approve, approve_alone, find_proposal, propose, take
from storage.custody import Custody
from storage.mongo import Document, Store
from storage.reads import newest
from storage.watchlists import Version, newest_number, save_version

CHANGES = "watchlist_changes"
SHOWN = timedelta(days=90)


async def propose_change(
    store: Store,
    custody: Custody,
    staff: Staff,
    edits: Sequence[Edit],
    base: int,
    why: str,
    at: datetime,
    offices: frozenset[str] | None = None,
) -> WatchlistChange:
    """Propose edits.

    Args:
        store: open.
        custody: the log.
        staff: who proposes.
        edits: in order.
        base: number of the version that they were made on.
        why: in words; sealed, and kept with the version.
        at: the moment; what nobody saves expires like every proposal.
        offices: whose places they touch; None for all.

    Raises:
        ConfigError: nothing or too much is changed, no reason, or outside of their scope.
        WatchlistMoved: the newest version is another one.
        StorageError: the log did not take it; nothing is proposed.
    """
    if not 0 < len(edits) <= MOST_EDITS:
        raise ConfigError(f"{len(edits)} edits: expected 1 to {MOST_EDITS}")
    if (now := await newest_number(store)) != base:
        raise WatchlistMoved(base, now)
    proposal = await propose(store, custody, staff, WATCHLIST, edits_hash(edits), why, at, offices=offices)
    document: Document = {
        "_id": proposal.id,
        "at": at,
        "base": base,
        "edits": [asdict(edit) | {"kind": str(edit.kind)} for edit in edits],
        "by": staff.actor,
        "offices": None if offices is None else sorted(offices),
        "standing": str(Standing.WAITING),
        "decided_by": None,
        "decided_at": None,
        "version": None,
    }
    await store[CHANGES].insert_one(document)
    return _read(document)


async def save_change(
    store: Store,
    custody: Custody,
    staff: Staff,
    change: WatchlistChange,
    text: str,
    base: int,
    at: datetime,
    *,
    is_alone: bool = False,
) -> Version:
    """Approve a change and save the version that it makes.

    Args:
        store: open.
        custody: the log.
        staff: who saves.
        change: that waits.
        text: the version ``base`` after its edits, as it was looked at.
        base: number of the newest version.
        at: the moment.
        is_alone: whoever proposed it saves it, since there is nobody else; the caller knows.

    Raises:
        ConfigError: it does not wait any more, they proposed it themselves, or it is outside of their scope.
        WatchlistMoved: the newest version is another one; nothing is approved.
        StorageError: the log did not take it; nothing is saved.
    """
    if change.standing is not Standing.WAITING:
        raise ConfigError(f"{change.id} is {change.standing}: only what waits can be saved")
    if (now := await newest_number(store)) != base:
        raise WatchlistMoved(base, now)
    proposal = await _approved(store, custody, staff, change, at, is_alone=is_alone)
    await take(store, change.id, WATCHLIST, edits_hash(change.edits), at)
    version = await save_version(store, custody, staff, text, base, proposal.reason, change.id, at)
    await _decide(store, change.id, Standing.SAVED, staff, at, version.number)
    return version


async def _approved(
    store: Store, custody: Custody, staff: Staff, change: WatchlistChange, at: datetime, *, is_alone: bool
) -> Proposal:
    found = await find_proposal(store, change.id)
    if found.state(at) == "approved" and found.approved_by == staff.actor:
        return found  # approved a moment ago, not saved yet
    return await (approve_alone if is_alone else approve)(store, custody, staff, change.id, at)


async def decline_change(store: Store, custody: Custody, staff: Staff, change: WatchlistChange, at: datetime) -> None:
    """Decide against a change, or take one's own back.

    Raises:
        ConfigError: it does not wait any more.
        StorageError: the log did not take it; it waits still.
    """
    if change.standing is not Standing.WAITING:
        raise ConfigError(f"{change.id} is {change.standing}: only what waits can be declined")
    await custody.record(decline_act(staff, change.id))
    await _decide(store, change.id, Standing.DECLINED, staff, at, None)


async def find_change(store: Store, change: str) -> WatchlistChange | None:
    """A change by its id."""
    document = await store[CHANGES].find_one({"_id": change})
    return _read(document) if document else None


async def all_changes(store: Store, at: datetime) -> tuple[WatchlistChange, ...]:
    """Changes of the last 90 days, newest first."""
    found = newest(store, CHANGES, since=at - SHOWN, until=at + timedelta(days=1))
    return tuple([_read(document) async for document in found])


async def waiting_changes(store: Store, at: datetime) -> tuple[WatchlistChange, ...]:
    """Those that may still be saved, newest first."""
    waiting = [change for change in await all_changes(store, at) if change.standing is Standing.WAITING]
    proposals = {change.id: await find_proposal(store, change.id) for change in waiting}
    return tuple(change for change in waiting if proposals[change.id].state(at) in ("waiting", "approved"))


async def _decide(
    store: Store, change: str, standing: Standing, staff: Staff, at: datetime, number: int | None
) -> None:
    decided = {"standing": str(standing), "decided_by": staff.actor, "decided_at": at, "version": number}
    await store[CHANGES].update_one({"_id": change, "standing": str(Standing.WAITING)}, {"$set": decided})


def _read(document: Document) -> WatchlistChange:
    offices = document["offices"]
    return WatchlistChange(
        id=document["_id"],
        base=document["base"],
        edits=tuple(Edit(**{**edit, "kind": EditKind(edit["kind"])}) for edit in document["edits"]),
        by=document["by"],
        at=document["at"],
        standing=Standing(document["standing"]),
        offices=None if offices is None else frozenset(offices),
        decided_by=document["decided_by"],
        decided_at=document["decided_at"],
        version=document["version"],
    )
