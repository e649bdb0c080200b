"""A case with posts that a person confirmed, on a real store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from config.settings import Settings
from crawler.referrals import Drafted, Wanted, draft_referral
from evidence.case import Staff
from evidence.checkpoint import Files
from storage.cases import add_case, put_items
from storage.custody import Custody, open_custody
from storage.mongo import Store
from tests.conftest import NOW, Clock
from tests.storage.making import NAMING, PEER, keep, page, post
from tests.storage.sealing import flagged, named, seal

SCHOOL = "해솔빛고"
SECRET = "010-2345-6789"
TEXT = f"{NAMING} 연락은 {SECRET}"
DRAFTER, OTHER, THIRD = (
    Staff(actor=f"staff-{name}", role="investigator", session_id="session-1") for name in ("one", "two", "three")
)
POSTS = tuple(f"{PEER}:{number}" for number in (1, 2, 3))


@asynccontextmanager
async def opened_log(store: Store, clock: Clock, folder: Path) -> AsyncIterator[Custody]:
    """The log, which takes up what passes left for it."""
    async with open_custody(store, clock, Files(folder=folder), serves=True) as custody:
        yield custody


async def confirmed_case(store: Store, custody: Custody, *, final: int = 2) -> str:
    """A case with three flagged posts, of which so many are confirmed; gives its id."""
    await keep(store, page(*(post(number, TEXT) for number in (1, 2, 3))))
    await seal(store, *(flagged(number, TEXT, (named(TEXT, SCHOOL, "X1"),)) for number in (1, 2, 3)))
    for name in POSTS[:final]:
        change = {"state": "final", "disposition": "confirmed", "category": "synthetic-media", "decided_at": NOW}
        await store["flags"].update_one({"_id": name}, {"$set": {**change, "decided_severity": "high"}})
    case = await add_case(store, custody, DRAFTER, "who?", NOW)
    await put_items(store, custody, DRAFTER, case.id, POSTS, NOW)
    return case.id


async def drafted(
    store: Store,
    custody: Custody,
    folder: Path,
    case: str,
    to: str = "regulator",
    *,
    urgent: bool = False,
    lang: str = "ko",
) -> Drafted:
    """A draft by the first person."""
    settings, wanted = Settings(data_dir=folder), Wanted(case=case, to=to, lang=lang, is_urgent=urgent)
    return await draft_referral(store, custody, settings, DRAFTER, wanted, custody.clock())
