"""An account lives in one worker; who lost it writes nothing more."""

import asyncio
from datetime import datetime, timedelta

import pytest

from evidence.errors import AccountTaken, SourceTaken
from evidence.records import Outcome
from pipelines import examine
from storage.account_leases import LEASE, AccountLease, give_up_account, renew_account, take_account
from storage.keep import Examined, Stored, keep_pages
from storage.leases import Fence, leased
from storage.mongo import Session, Store
from storage.passes import end_pass
from tests.conftest import NOW
from tests.storage.making import NAMING, PEER, SETTING, SOURCE, crawl_run, criteria, everything, page, post

LATE = NOW + LEASE + timedelta(seconds=1)


def fence_of(store: Store, lease: AccountLease) -> Fence:
    """As a worker asks it in each transaction."""

    async def fence(at: datetime, session: Session) -> None:
        await renew_account(store, lease, at, session)

    return fence


async def keep(store: Store, lease: AccountLease, now: datetime = NOW) -> None:
    """Keep a page and end the pass that read it."""
    shown = page(post(1, NAMING))
    examined = Examined(page=shown, findings=examine(shown, {}, criteria()))
    async with leased(store, SOURCE, now, fence_of(store, lease)) as held:
        await keep_pages(store, [examined], held, Stored(peer=PEER, known={}), now, SETTING)
        await end_pass(store, crawl_run(Outcome.WATCHED, now), 60, None, held)


async def test_one_of_many_workers_has_it(store: Store) -> None:
    """However close together they ask; the number says how often it was taken."""
    taken = await asyncio.gather(*(take_account(store, "team", NOW) for _ in range(5)), return_exceptions=True)
    leases = [one for one in taken if isinstance(one, AccountLease)]
    assert ([1], 4) == ([lease.fence for lease in leases], sum(isinstance(one, AccountTaken) for one in taken))
    with pytest.raises(AccountTaken, match="account team lives in another worker"):
        await take_account(store, "team", NOW + LEASE / 2)
    await take_account(store, "other", NOW)


async def test_it_is_kept_as_long_as_it_is_renewed(store: Store) -> None:
    """After that, or when it was given up, the next worker has it under the next number."""
    first = await take_account(store, "team", NOW)
    await renew_account(store, first, NOW + LEASE / 2)
    with pytest.raises(AccountTaken):
        await take_account(store, "team", LATE)
    await give_up_account(store, first, LATE)
    second = await take_account(store, "team", LATE)
    assert (1, 2) == (first.fence, second.fence)
    await give_up_account(store, first, LATE)  # which is not its own any more
    await renew_account(store, second, LATE)
    with pytest.raises(AccountTaken):
        await renew_account(store, first, LATE)


async def test_who_lost_it_writes_nothing_more(store: Store, own_database: str) -> None:
    """Neither a page nor the end of a pass, whoever holds the place; before, both are stored."""
    first = await take_account(store, "team", NOW)
    await take_account(store, "team", LATE)
    with pytest.raises(SourceTaken):
        await keep(store, first, LATE)
    async with leased(store, "https://t.me/other", LATE, fence_of(store, first)) as held:
        with pytest.raises(AccountTaken):
            await end_pass(store, crawl_run(Outcome.BLIND, LATE), 60, None, held)
    assert [[], [], []] == [everything(own_database)[name] for name in ("captures", "posts", "runs")]


async def test_who_has_it_writes(store: Store, own_database: str) -> None:
    """And keeps it by that."""
    lease = await take_account(store, "team", NOW)
    await keep(store, lease, NOW + LEASE / 2)
    assert [1, 1] == [len(everything(own_database)[name]) for name in ("captures", "runs")]
    with pytest.raises(AccountTaken):
        await take_account(store, "team", LATE)
