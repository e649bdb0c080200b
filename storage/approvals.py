"""Acts of two persons in the store: proposed by one, approved by another, taken once before they expire.

Proposal and approval are in the log before they count. Whoever does the act takes the approval first and names
the proposal in the act's own entry; what was taken is gone, also where the act then fails: it is proposed anew.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from evidence.approval import (
    LASTS,
    LASTS_ELSE,
    LONGEST_REASON,
    Proposal,
    alone_act,
    approve_act,
    check_proposal_id,
    propose_act,
    sees,
)
from evidence.canonical import commitment, new_salt
from evidence.case import Staff, checked_words
from evidence.cipher import Sealed
from evidence.errors import ConfigError, CustodyBroken
from storage.custody import Custody
from storage.mongo import Document, Store
from storage.reads import newest

PROPOSALS = "proposals"


async def propose(
    store: Store,
    custody: Custody,
    staff: Staff,
    act: str,
    about: str,
    reason: str,
    at: datetime,
    *,
    offices: frozenset[str] | None = None,
) -> Proposal:
    """Propose an act; it may be done once another person approved it.

    Args:
        store: open.
        custody: the log.
        staff: who proposes.
        act: such as ``export``; a code.
        about: the whole of what it covers; a code.
        reason: in words; sealed at rest, in the log by its commitment alone.
        at: the moment; 15 minutes later a reveal expires, three days later anything else.
        offices: whose things it touches; None for those of every office.

    Raises:
        ConfigError: no reason, or the thing is outside of their scope.
        StorageError: the log did not take it; nothing is proposed.
    """
    reason = checked_words(reason, LONGEST_REASON, f"the reason of the {act}")
    _check_scope(staff, act, about, offices)
    name, salt, content = f"proposal-{secrets.token_hex(8)}", new_salt(), reason.encode("utf-8", "surrogatepass")
    commit, sealed = commitment(salt, content), store.cipher.seal(content, name)
    await custody.record(propose_act(staff, name, act, about, commit))
    document: Document = {
        "_id": name,
        "at": at,
        "act": act,
        "about": about,
        "offices": None if offices is None else sorted(offices),
        "proposed_by": staff.actor,
        "expires_at": at + LASTS.get(act, LASTS_ELSE),
        "approved_by": None,
        "approved_at": None,
        "is_alone": False,
        "used_at": None,
        "key": sealed.key,
        "sealed": sealed.text,
        "salt": salt,
        "commit": commit,
    }
    await store[PROPOSALS].insert_one(document)
    return _read(store, document)


async def approve(store: Store, custody: Custody, staff: Staff, proposal: str, at: datetime) -> Proposal:
    """Approve what another person proposed.

    Raises:
        ConfigError: there is no such proposal, it does not wait any more, they proposed it themselves, or it is
            outside of their scope.
        StorageError: the log did not take it; nothing is approved.
    """
    found = await find_proposal(store, proposal)
    _check_waiting(found, at)
    if staff.actor == found.proposed_by:
        raise ConfigError(f"{found.id}: whoever proposed it cannot approve it: another person has to")
    _check_scope(staff, found.act, found.about, found.offices)
    await custody.record(approve_act(staff, found.id, found.act, found.about))
    return await _approved(store, found, staff, at, is_alone=False)


async def approve_alone(store: Store, custody: Custody, staff: Staff, proposal: str, at: datetime) -> Proposal:
    """Let whoever proposed it go on without a second person; the caller knows that there is none.

    Raises:
        ConfigError: there is no such proposal, it does not wait any more, or another person proposed it.
        StorageError: the log did not take it; nothing is approved.
    """
    found = await find_proposal(store, proposal)
    _check_waiting(found, at)
    if staff.actor != found.proposed_by:
        raise ConfigError(f"{found.id}: another person proposed it: approve it")
    await custody.record(alone_act(staff, found.id, found.act, found.about))
    return await _approved(store, found, staff, at, is_alone=True)


async def take(store: Store, proposal: str, act: str, about: str, at: datetime) -> Proposal:
    """Use up an approval; only then do the act.

    Args:
        store: open.
        proposal: its id.
        act: what is about to be done.
        about: the whole of what it covers, as it was proposed.
        at: the moment.

    Raises:
        ConfigError: nobody approved it, it expired, was used before, or was for something else.
    """
    found = await find_proposal(store, proposal)
    if (found.act, found.about) != (act, about):
        raise ConfigError(f"{found.id} is for {found.act} of {found.about}, not for {act} of {about}: propose it anew")
    if found.approved_by is None or (found.approved_by == found.proposed_by) is not found.is_alone:
        raise ConfigError(f"{found.id} is not approved: another person has to approve it first")
    unused = {"_id": found.id, "used_at": None, "expires_at": {"$gt": at}}
    if not (await store[PROPOSALS].update_one(unused, {"$set": {"used_at": at}})).matched_count:
        found = await find_proposal(store, proposal)
        raise ConfigError(f"{found.id} is {found.state(at)}: an approval is used once, and in time; propose it anew")
    return found


async def find_proposal(store: Store, proposal: str) -> Proposal:
    """A proposal by its id.

    Raises:
        ConfigError: there is none.
        CustodyBroken: its reason is not the one that was committed to.
    """
    document = await store[PROPOSALS].find_one({"_id": check_proposal_id(proposal)})
    if document is None:
        raise ConfigError(f"{proposal}: nothing was proposed under this id")
    return _read(store, document)


async def all_proposals(store: Store, until: datetime, *, since: datetime | None = None) -> Sequence[Proposal]:
    """Every proposal made between two moments, newest first."""
    return [_read(store, document) async for document in newest(store, PROPOSALS, since=since, until=until)]


async def _approved(store: Store, found: Proposal, staff: Staff, at: datetime, *, is_alone: bool) -> Proposal:
    change = {"$set": {"approved_by": staff.actor, "approved_at": at, "is_alone": is_alone}}
    waiting = {"_id": found.id, "approved_by": None, "used_at": None}
    if not (await store[PROPOSALS].update_one(waiting, change)).matched_count:
        raise ConfigError(f"{found.id} was approved meanwhile")
    return await find_proposal(store, found.id)


def _check_waiting(found: Proposal, at: datetime) -> None:
    if found.state(at) != "waiting":
        raise ConfigError(f"{found.id} is {found.state(at)}: only what waits can be approved")


def _check_scope(staff: Staff, act: str, about: str, offices: frozenset[str] | None) -> None:
    if not sees(staff, offices):
        raise ConfigError(f"{act} of {about}: outside of the offices whose flags you may see")


def _read(store: Store, document: Document) -> Proposal:
    sealed = Sealed(key=document["key"], text=document["sealed"])
    content = store.cipher.open(sealed, document["_id"])
    if commitment(document["salt"], content) != document["commit"]:
        raise CustodyBroken(-1, f"the reason of {document['_id']} is not what was committed to")
    offices = document["offices"]
    return Proposal(
        id=document["_id"],
        act=document["act"],
        about=document["about"],
        reason=content.decode("utf-8", "surrogatepass"),
        offices=None if offices is None else frozenset(offices),
        proposed_by=document["proposed_by"],
        proposed_at=document["at"],
        expires_at=document["expires_at"],
        approved_by=document["approved_by"],
        approved_at=document["approved_at"],
        is_alone=document["is_alone"],
        used_at=document["used_at"],
    )
