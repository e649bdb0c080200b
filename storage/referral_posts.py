"""What referrals bind: a post to a body for a while, and Flags to being kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pymongo.errors import DuplicateKeyError

from evidence.errors import ConfigError
from evidence.referral import ReferralDraft, Stage
from storage.mongo import Store
from storage.reads import EPOCH
from storage.referral_forms import REFERRALS

BOUND = "referral_posts"
NO_END = datetime(9999, 1, 1, tzinfo=UTC)
OPEN_STAGES = (Stage.DRAFTED, Stage.APPROVED, Stage.SENT)


async def bind(store: Store, draft: ReferralDraft) -> None:
    """Bind all posts to the body, or none.

    Raises:
        ConfigError: one is bound.
    """
    done: list[str] = []
    for post in draft.posts:
        free = {"_id": f"{draft.to} {post}", "until": {"$lte": draft.drafted_at}}
        try:
            await store[BOUND].update_one(free, {"$set": {"until": NO_END, "referral": draft.id}}, upsert=True)
        except DuplicateKeyError:
            await bind_until(store, replace(draft, posts=tuple(done)), draft.drafted_at)
            held = await store[BOUND].find_one({"_id": f"{draft.to} {post}"}) or {}
            raise ConfigError(
                f"{post} is with {draft.to} already ({held.get('referral')}): not again within 24 hours of sending,"
                " nor while a draft is open"
            ) from None
        done.append(post)


async def bind_until(store: Store, draft: ReferralDraft, until: datetime) -> None:
    """Bind them until then and no longer; what another draft binds stays."""
    for post in draft.posts:
        mine = {"_id": f"{draft.to} {post}", "referral": draft.id}
        await store[BOUND].update_one(mine, {"$set": {"until": until}})


async def mark_flags(store: Store, posts: Sequence[str]) -> None:
    """Write into Flags how far their referrals are: while one is open, or its outcome not known, they are kept."""
    for post in posts:
        found = store[REFERRALS].find({"posts": post, "at": {"$gte": EPOCH, "$lt": NO_END}}, ("stage", "outcome_at"))
        rows = [(Stage(row["stage"]), row["outcome_at"]) async for row in found]
        open_ones = [stage for stage, _ in rows if stage in OPEN_STAGES]
        ended = [at for stage, at in rows if stage is Stage.OUTCOME and at is not None]
        stage = max(open_ones, key=OPEN_STAGES.index) if open_ones else Stage.OUTCOME if ended else Stage.WITHDRAWN
        outcome_at = max(ended) if ended and not open_ones else None
        change = {"referral": stage.value, "outcome_at": outcome_at}
        await store["flags"].update_one({"_id": post}, {"$set": change})


async def forget_letters(store: Store, posts: Sequence[str]) -> None:
    """Destroy the texts of all drafts that are about posts that are erased; what was done with them stays."""
    for post in posts:
        async for document in store[REFERRALS].find({"posts": post, "at": {"$gte": EPOCH, "$lt": NO_END}}):
            gone = {"$unset": {"key": "", "sealed": "", "salt": ""}}
            await store[REFERRALS].update_one({"_id": document["_id"]}, gone)
