"""Referrals as a summary counts them: by whom they are for, without a word of theirs."""

from datetime import datetime, timedelta

from evidence.day import Referral
from evidence.referral import MARKS_H, ReferralDraft, Stage
from storage.mongo import Store
from storage.referrals import all_referrals

LOOKED_BACK = timedelta(days=30)
"""From draft to answer; one that takes longer is not counted."""
STILL_SEEN = timedelta(hours=MARKS_H[-1] + 24)
"""After sending, in which it is told whether it is still up."""


async def read_referrals(store: Store, starts_at: datetime, until: datetime) -> tuple[Referral, ...]:
    """Those with which something happened in a stretch, and those that were sent shortly before.

    Args:
        store: open.
        starts_at: of a day or a week.
        until: nothing later is told.
    """
    found = await all_referrals(store, None, until, since=starts_at - LOOKED_BACK)
    return tuple(_referral(one, until) for one in reversed(found) if _belongs(one, starts_at, until))


def _belongs(one: ReferralDraft, starts_at: datetime, until: datetime) -> bool:
    if one.stage is Stage.WITHDRAWN:
        return False
    moments = (one.drafted_at, one.sent_at, one.acknowledged_at)
    is_of_day = any(at is not None and starts_at <= at < until for at in moments)
    return is_of_day or (one.sent_at is not None and starts_at - STILL_SEEN <= one.sent_at < until)


def _referral(one: ReferralDraft, until: datetime) -> Referral:
    return Referral(
        body=one.profile,
        offices=tuple(sorted(one.offices)),
        levels=one.levels,
        drafted_at=one.drafted_at,
        sent_at=_before(one.sent_at, until),
        acknowledged_at=_before(one.acknowledged_at, until),
        still_up_h=one.still_up_h,
    )


def _before(at: datetime | None, until: datetime) -> datetime | None:
    return at if at is not None and at < until else None
