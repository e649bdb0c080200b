"""Referrals of a day: what happened to them on it, and what was sent shortly before."""

from dataclasses import replace
from datetime import timedelta

from evidence.day import Referral
from evidence.referral import ReferralDraft, Seen, Stage, Upstream
from storage.day_referrals import read_referrals
from storage.mongo import Store
from storage.referral_forms import REFERRALS, referral_document
from tests.storage.test_day import MIDNIGHT

DAY = timedelta(days=1)
DRAFT = ReferralDraft(
    id="referral-000000000001",
    case="case-1f2e3d4c",
    to="ecrm",
    profile="police",
    lang="ko",
    posts=("1:1",),
    offices=frozenset({"B10"}),
    levels=("high",),
    is_urgent=False,
    stage=Stage.DRAFTED,
    drafted_at=MIDNIGHT,
    drafted_by="ann",
    text_commit="0" * 64,
    proposal="",
)


async def put(store: Store, number: int, **fields: object) -> None:
    """Store a referral; what a fresh draft has not is set beside it."""
    drafted_at = fields.pop("drafted_at", MIDNIGHT)
    draft = replace(DRAFT, id=f"referral-{number:012d}", drafted_at=drafted_at)  # type: ignore[arg-type]
    await store[REFERRALS].insert_one({**referral_document(draft), **fields})


async def test_referrals_of_a_day(store: Store) -> None:
    """By their profile; without those of other days, withdrawn ones, and what came after the moment."""
    await put(store, 1)
    await put(store, 2, drafted_at=MIDNIGHT - 9 * DAY)
    await put(store, 3, stage=Stage.WITHDRAWN.value)
    await put(store, 4, drafted_at=MIDNIGHT - 9 * DAY, stage=Stage.SENT.value, sent_at=MIDNIGHT + 2 * DAY)
    found = await read_referrals(store, MIDNIGHT, MIDNIGHT + DAY)
    assert [("police", ("B10",), ("high",), None)] == [
        (one.body, one.offices, one.levels, one.sent_at) for one in found
    ]


async def test_what_was_sent_shortly_before_is_told_to_be_up(store: Store) -> None:
    """For as long as it is looked."""
    up = [{"post": "1:1", "hours": 48, "seen": Seen.UP.value}]
    for number, days in ((1, 3), (2, 8)):
        sent_at = MIDNIGHT - days * DAY
        await put(store, number, drafted_at=sent_at, stage=Stage.SENT.value, sent_at=sent_at, upstream=up)
    found: tuple[Referral, ...] = await read_referrals(store, MIDNIGHT, MIDNIGHT + DAY)
    assert [48] == [one.still_up_h for one in found]
    assert 48 == replace(DRAFT, upstream=(Upstream(post="1:1", hours=48, seen=Seen.UP),)).still_up_h
