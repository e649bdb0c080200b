"""Reveals of masked text by two persons: asked for, approved by a supervisor, looked at for a quarter of an hour.

What one covers is a whole text, one masked span of it, or up to 20 posts of a case (``evidence/reveal.py``).

A supervisor may break the glass: it opens at once and alone, and another supervisor reviews it within a day.
Every view is in the log before the text is shown.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from evidence.approval import REVEAL, Proposal
from evidence.case import Staff
from evidence.errors import ReviewRefused
from evidence.records import Severity
from evidence.reveal import Extent, read_extent
from evidence.roles import Permission, Role, may
from storage.approvals import all_proposals, approve, approve_alone, find_proposal, propose, take
from storage.custody import Custody
from storage.exposure import spend
from storage.mongo import Store
from storage.reveals import record_reveal

BREAK_GLASS = "break-glass"
REVIEWED_WITHIN = timedelta(hours=24)
"""Of a broken glass, by another supervisor."""
LOOKED_BACK = timedelta(days=3)


class Purpose(StrEnum):
    """What masked text is looked at for: a code before the words of the reason."""

    SAFETY = "safety"
    """Somebody may be in danger."""
    SUPPORT = "support"
    """Help for whoever is named."""
    REFERRAL = "referral"
    """It is to be handed over."""
    CHECK = "check"
    """The mask may have taken too much or too little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glass:
    """A reveal that one supervisor opened alone."""

    review: Proposal
    """Approved by another supervisor: it was looked at."""
    reveal: Proposal

    def is_late(self, at: datetime) -> bool:
        """Whether nobody looked at it in time."""
        return self.review.approved_by is None and at - self.review.proposed_at > REVIEWED_WITHIN


async def ask_reveal(
    store: Store,
    custody: Custody,
    staff: Staff,
    extent: Extent,
    offices: frozenset[str],
    purpose: Purpose,
    words: str,
    at: datetime,
) -> Proposal:
    """Ask to see something unmasked; ``offices`` are those of all that it covers.

    Raises:
        ConfigError: no words, or it is of offices that are not theirs.
        StorageError: the log did not take it.
    """
    reason = f"{purpose}: {words.strip()}" if words.strip() else ""
    return await propose(store, custody, staff, REVEAL, extent.code(), reason, at, offices=offices or None)


async def break_glass(
    store: Store,
    custody: Custody,
    staff: Staff,
    extent: Extent,
    offices: frozenset[str],
    purpose: Purpose,
    words: str,
    at: datetime,
) -> Proposal:
    """Open it at once, alone; what another supervisor has to look at is noted first.

    Raises:
        ReviewRefused: only supervisors may.
        ConfigError: no words, or it is of offices that are not theirs.
        StorageError: the log did not take it.
    """
    if staff.role not in set(Role) or not may(Role(staff.role), Permission.APPROVE_REVEAL):
        raise ReviewRefused(f"the role {staff.role} may not open masked text alone")
    asked = await ask_reveal(store, custody, staff, extent, offices, purpose, words, at)
    await propose(store, custody, staff, BREAK_GLASS, asked.id, asked.reason, at, offices=asked.offices)
    return await approve_alone(store, custody, staff, asked.id, at)


async def approve_reveal(store: Store, custody: Custody, staff: Staff, proposal: str, at: datetime) -> Proposal:
    """Approve somebody else's reveal, or say of a broken glass that it was looked at.

    Raises:
        ReviewRefused: it is neither.
        ConfigError: it is their own, expired, or outside of their scope.
        StorageError: the log did not take it.
    """
    found = await find_proposal(store, proposal)
    if found.act not in (REVEAL, BREAK_GLASS):
        raise ReviewRefused(f"{proposal} is no reveal")
    return await approve(store, custody, staff, proposal, at)


async def view_revealed(store: Store, custody: Custody, staff: Staff, proposal: str, at: datetime) -> Proposal:
    """Let whoever asked look, once more each time, until the quarter of an hour is over; each is logged first.

    Of a case each post has an entry of its own, and counts among what they saw today when they look first.

    Raises:
        ReviewRefused: it is not theirs, not approved, or over.
        StorageError: the log did not take it; nothing may be shown.
    """
    found = await find_proposal(store, proposal)
    is_approved = found.approved_by is not None and (found.approved_by != found.proposed_by or found.is_alone)
    if found.act != REVEAL or found.proposed_by != staff.actor or not is_approved or at >= found.expires_at:
        raise ReviewRefused(f"{proposal}: this is not yours to look at, waits for approval, or is over")
    extent = read_extent(found.about)
    if found.used_at is None:
        for _ in extent.flags if extent.case else ():
            await spend(store, staff.actor, Severity.HIGH, at)
        await take(store, found.id, REVEAL, found.about, at)
    reason = f"{found.id} {found.about} {found.reason}"
    await asyncio.gather(*(record_reveal(store, custody, staff, "flag", flag, reason, at) for flag in extent.flags))
    return found


async def recent_reveals(store: Store, at: datetime) -> Sequence[Proposal]:
    """Reveals that were asked for in the last hour, newest first."""
    found = await all_proposals(store, at + timedelta(seconds=1), since=at - timedelta(hours=1))
    return [proposal for proposal in found if proposal.act == REVEAL]


async def broken_glass(store: Store, at: datetime) -> Sequence[Glass]:
    """Reveals that were opened alone in the last days, newest first."""
    found = await all_proposals(store, at + timedelta(seconds=1), since=at - LOOKED_BACK)
    by_id = {proposal.id: proposal for proposal in found}
    reviews = [proposal for proposal in found if proposal.act == BREAK_GLASS and proposal.about in by_id]
    return [Glass(review=review, reveal=by_id[review.about]) for review in reviews]
