"""Referrals in the store: drafts are sealed, each step is in the log first, and nothing here sends anything.

A post is bound to a body from its draft on (collection ``referral_posts``), so that two people at once do not
draft the same, until a day after somebody sent it, or until it is withdrawn.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from evidence.approval import sees
from evidence.canonical import commitment, new_salt
from evidence.case import Staff
from evidence.cipher import Sealed
from evidence.errors import ConfigError, CustodyBroken
from evidence.referral import (
    LOOKED_AT_WITHIN,
    NOT_AGAIN,
    REFER,
    ReferralDraft,
    Result,
    Stage,
    Upstream,
    check_referral_id,
    referral_act,
    referral_code,
)
from storage.approvals import approve, find_proposal, propose, take
from storage.custody import Custody
from storage.mongo import Document, Store
from storage.reads import newest
from storage.referral_forms import REFERRALS, Sending, about_text, read_referral, referral_document, sending_bytes
from storage.referral_posts import bind, bind_until, mark_flags

CLOCKS_DIFFER = timedelta(minutes=5)


async def keep_draft(
    store: Store, custody: Custody, staff: Staff, draft: ReferralDraft, text: Mapping[str, str], reason: str
) -> ReferralDraft:
    """Keep a draft and propose that it is sent.

    Args:
        store: open.
        custody: the log.
        staff: who drafts.
        draft: complete but for ``text_commit`` and ``proposal``.
        text: subject and body, as they will be sent.
        reason: of the proposal, in words.

    Raises:
        ConfigError: out of their scope, or a post is bound to this body already.
        StorageError: the log did not take it; nothing is kept.
    """
    check_scope(staff, draft)
    content, salt = json.dumps(dict(text), ensure_ascii=False).encode("utf-8", "surrogatepass"), new_salt()
    commit, sealed = commitment(salt, content), store.cipher.seal(content, about_text(draft.id))
    await bind(store, draft)
    try:
        detail = f"{draft.case}/{draft.to}{'/urgent' if draft.is_urgent else ''}"
        await custody.record(referral_act(staff, "referral-draft", draft.id, detail, commit))
        about, offices = referral_code(draft.id, draft.to, commit), draft.offices or None
        made = await propose(store, custody, staff, REFER, about, reason, draft.drafted_at, offices=offices)
        kept = replace(draft, text_commit=commit, proposal=made.id)
        row = {**referral_document(kept), "key": sealed.key, "sealed": sealed.text, "salt": salt}
        await store[REFERRALS].insert_one(row)
    except BaseException:
        await bind_until(store, draft, draft.drafted_at)
        raise
    await mark_flags(store, kept.posts)
    return kept


async def approve_referral(store: Store, custody: Custody, staff: Staff, name: str, at: datetime) -> ReferralDraft:
    """A second person agrees that it is sent as it stands; or looks at what one person sent alone.

    Raises:
        ConfigError: they drafted or sent it themselves, it is out of their scope, or it does not wait for that.
        StorageError: the log did not take it.
    """
    found = await find_referral(store, staff, name)
    _check_stage(found, Stage.DRAFTED, *((Stage.SENT,) if found.review_due_at else ()))
    if staff.actor == found.sent_by:
        raise ConfigError(f"{name}: whoever sent it cannot look at it: another person has to")
    proposal = await find_proposal(store, found.proposal)
    if proposal.state(at) == "expired" and found.stage is Stage.DRAFTED:
        raise ConfigError(f"{name}: nobody approved it in time: withdraw it and draft it anew")
    if proposal.state(at) == "waiting":
        await approve(store, custody, staff, proposal.id, at)
    elif staff.actor == found.drafted_by:
        raise ConfigError(f"{name}: whoever drafted it cannot approve it: another person has to")
    return await settle_approval(store, custody, staff, found, at)


async def settle_approval(
    store: Store, custody: Custody, staff: Staff, found: ReferralDraft, at: datetime
) -> ReferralDraft:
    """Take the approval that was given, and note it in the referral."""
    proposal = await find_proposal(store, found.proposal)
    if proposal.state(at) == "approved":
        about = referral_code(found.id, found.to, found.text_commit)
        await take(store, found.proposal, REFER, about, at)
    await custody.record(referral_act(staff, "referral-approve", found.id, found.proposal))
    change = {"approved_at": at, "approved_by": proposal.approved_by or staff.actor, "review_due_at": None}
    if found.stage is Stage.DRAFTED:
        change["stage"] = Stage.APPROVED.value
    return await _change(store, found, change)


async def record_sent(
    store: Store, custody: Custody, staff: Staff, name: str, sending: Sending, at: datetime
) -> ReferralDraft:
    """A person says that they sent it.

    Raises:
        ConfigError: nobody approved it (and it is not urgent), it was sent before, or its time cannot be.
        StorageError: the log did not take it.
    """
    found = await find_referral(store, staff, name)
    if found.stage is Stage.DRAFTED and (await find_proposal(store, found.proposal)).state(at) == "approved":
        found = await settle_approval(store, custody, staff, found, at)
    _check_stage(found, *((Stage.DRAFTED, Stage.APPROVED) if found.is_urgent else (Stage.APPROVED,)))
    begins = found.drafted_at if found.is_urgent else found.approved_at or found.drafted_at
    if not begins - CLOCKS_DIFFER <= sending.at <= at + CLOCKS_DIFFER:
        raise ConfigError(f"--at: {sending.at:%Y-%m-%dT%H:%M:%SZ} is not between its approval and now")
    content = sending_bytes(sending)
    salt = new_salt()
    commit, sealed = commitment(salt, content), store.cipher.seal(content, f"{about_text(name)} sent")
    await custody.record(referral_act(staff, "referral-sent", name, found.to, commit))
    row = {"key": sealed.key, "sealed": sealed.text, "salt": salt, "commit": commit}
    is_alone = found.approved_by is None
    changed = await _change(
        store,
        found,
        {
            "stage": Stage.SENT.value,
            "sent_at": sending.at,
            "sent_by": staff.actor,
            "sending": row,
            "review_due_at": at + LOOKED_AT_WITHIN if is_alone else None,
        },
    )
    await bind_until(store, changed, sending.at + NOT_AGAIN)
    await mark_flags(store, changed.posts)
    return changed


async def record_result(
    store: Store, custody: Custody, staff: Staff, name: str, result: Result, at: datetime
) -> ReferralDraft:
    """A person says what the body did.

    Raises:
        ConfigError: it was not sent.
        StorageError: the log did not take it.
    """
    found = await find_referral(store, staff, name)
    _check_stage(found, Stage.SENT, Stage.OUTCOME)
    number = 1 if result is Result.UNDER_WAY else 2 + list(Result).index(result)
    await custody.record(referral_act(staff, "referral-outcome", name, str(result), number=number))
    change: Document = {"result": result.value, "acknowledged_at": found.acknowledged_at or at}
    if result is not Result.UNDER_WAY:
        change |= {"stage": Stage.OUTCOME.value, "outcome_at": at}
    changed = await _change(store, found, change)
    await mark_flags(store, changed.posts)
    return changed


async def withdraw(store: Store, custody: Custody, staff: Staff, name: str, at: datetime) -> ReferralDraft:
    """It is not to be sent.

    Raises:
        ConfigError: it was sent.
        StorageError: the log did not take it.
    """
    found = await find_referral(store, staff, name)
    _check_stage(found, Stage.DRAFTED, Stage.APPROVED)
    await custody.record(referral_act(staff, "referral-withdraw", name))
    changed = await _change(store, found, {"stage": Stage.WITHDRAWN.value})
    await bind_until(store, changed, at)
    await mark_flags(store, changed.posts)
    return changed


# ------------------------------------------------------------------ read


async def find_referral(store: Store, staff: Staff | None, name: str) -> ReferralDraft:
    """A referral by its id; None for ``staff`` reads whatever there is.

    Raises:
        ConfigError: there is none, or it is out of their scope.
    """
    document = await store[REFERRALS].find_one({"_id": check_referral_id(name)})
    if document is None:
        raise ConfigError(f"{name}: there is no such referral: `haechi referral list` shows those that are")
    found = read_referral(store, document)
    if staff is not None:
        check_scope(staff, found)
    return found


async def all_referrals(
    store: Store, staff: Staff | None, until: datetime, *, since: datetime | None = None
) -> tuple[ReferralDraft, ...]:
    """Those in somebody's scope that were drafted between two moments, newest first."""
    found = newest(store, REFERRALS, since=since, until=until)
    read = [read_referral(store, document) async for document in found]
    return tuple(one for one in read if staff is None or sees(staff, one.offices or None))


async def read_letter(store: Store, name: str) -> dict[str, str]:
    """Subject and body of a draft.

    Raises:
        ConfigError: there is none, or its text was destroyed.
        CustodyBroken: it is not what was committed to.
    """
    document = await store[REFERRALS].find_one({"_id": check_referral_id(name)})
    if document is None or not document.get("key"):
        raise ConfigError(f"{name}: its text is there no more")
    content = store.cipher.open(Sealed(key=document["key"], text=document["sealed"]), about_text(name))
    if commitment(document["salt"], content) != document["text_commit"]:
        raise CustodyBroken(-1, f"the text of {name} is not what was committed to")
    opened: dict[str, str] = json.loads(content.decode("utf-8", "surrogatepass"))
    return opened


async def note_upstream(store: Store, name: str, upstream: Sequence[Upstream]) -> None:
    """What was seen of its posts; what was known of a mark stays, unless nothing was."""
    rows = [{"post": one.post, "hours": one.hours, "seen": one.seen.value} for one in upstream]
    await store[REFERRALS].update_one({"_id": name}, {"$set": {"upstream": rows}})


def check_scope(staff: Staff, found: ReferralDraft) -> None:
    """See that it is theirs to see.

    Raises:
        ConfigError: it is not; it is said to be not there.
    """
    if not sees(staff, found.offices or None):
        raise ConfigError(f"{found.id}: there is no such referral: `haechi referral list` shows those that are")


def _check_stage(found: ReferralDraft, *stages: Stage) -> None:
    if found.stage not in stages:
        raise ConfigError(f"{found.id} is {found.stage}: expected {' or '.join(stages)}")


async def _change(store: Store, found: ReferralDraft, change: Document) -> ReferralDraft:
    """Only where nobody changed it meanwhile."""
    same = {"_id": found.id, "stage": found.stage.value}
    if not (await store[REFERRALS].update_one(same, {"$set": change})).matched_count:
        raise ConfigError(f"{found.id} was changed meanwhile: look again")
    return await find_referral(store, None, found.id)
