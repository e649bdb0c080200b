"""In which worker a Telegram account lives: exactly one, and which one is told by a number that only grows.

Telegram burns a key that comes from two places. A worker that slept through its lease has lost the account:
whatever it still writes goes through a transaction that asks for its number, and is refused.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from pymongo.errors import DuplicateKeyError

from evidence.errors import AccountTaken
from storage.leases import PROCESS, held_here, is_over
from storage.mongo import Document, Session, Store

ACCOUNT_LEASES = "account_leases"
LEASE = timedelta(seconds=60)
RENEW_S, SAFE_S = 10.0, 40.0
"""Renewed so often; not renewed for so long, its worker gives it up by itself: the clocks of two machines may
differ by the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLease:
    """An account that lives here."""

    account: str
    """Its label."""
    holder: str
    fence: int
    """Counts the takings of the account; the highest one is the worker that may write."""


async def take_account(store: Store, account: str, now: datetime) -> AccountLease:
    """Let an account live in this worker.

    Raises:
        AccountTaken: it lives in another one.
    """
    held = await store[ACCOUNT_LEASES].find_one({"_id": account})
    if held is not None and not is_over(held, now):
        raise AccountTaken(account)
    fence = (held["fence"] if held else 0) + 1
    lease = AccountLease(account=account, holder=f"{PROCESS} {uuid4().hex}", fence=fence)
    document: Document = {"holder": lease.holder, "fence": fence, "renewals": 0, **held_here(now + LEASE)}
    before: Document = {"_id": account, "fence": fence - 1}
    try:
        await store[ACCOUNT_LEASES].update_one(before, {"$set": document}, upsert=True)
    except DuplicateKeyError:  # somebody took it since we looked
        raise AccountTaken(account) from None
    return lease


async def renew_account(store: Store, lease: AccountLease, now: datetime, session: Session | None = None) -> None:
    """Keep it for longer; in the transaction of what is written, nothing is written without it.

    Raises:
        AccountTaken: another worker has it.
    """
    longer: Document = {"$set": {"until": now + LEASE}, "$inc": {"renewals": 1}}
    mine: Document = {"_id": lease.account, "holder": lease.holder, "fence": lease.fence}
    renewed = await store[ACCOUNT_LEASES].update_one(mine, longer, session=session)
    if not renewed.matched_count:
        raise AccountTaken(lease.account)


async def give_up_account(store: Store, lease: AccountLease, now: datetime) -> None:
    """The next worker need not wait; the number stays."""
    mine: Document = {"_id": lease.account, "holder": lease.holder, "fence": lease.fence}
    await store[ACCOUNT_LEASES].update_one(mine, {"$set": {"until": now}, "$inc": {"renewals": 1}})
