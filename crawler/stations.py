"""The stations of a worker: for each queue it serves one slot at a time, until it is told to end.

What is read by http and the chores are shared by all workers. A Telegram account lives in one of them: the others
look now and then whether it is free.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from channels.telegram.session import label_of
from config.settings import Settings
from crawler.assemble import now
from crawler.broker import CHORES, WEB, account_queue, listen, sending
from crawler.console_packages import make_asked, packing_for
from crawler.ending import called_when, passed
from crawler.handing import AGAIN_S, hand_now
from crawler.newest import NewestCrawler
from crawler.rescan_slots import RescanSlots
from crawler.turns import Turn, turning
from crawler.work import Do, do_chore, make_pass, work_on
from evidence.checkpoint import Files
from evidence.errors import AccountTaken, BrokerLost
from evidence.records import CrawlRun, Source
from storage.account_leases import (
    RENEW_S,
    SAFE_S,
    AccountLease,
    give_up_account,
    renew_account,
    take_account,
)
from storage.custody import open_custody
from storage.mongo import Session, Store
from storage.slots import Kind, Slot

FREE_LOOK_S = 5.0
"""Between two looks whether an account that lives elsewhere is free, or the keys of the log are here by now."""
ELSEWHERE = "no worker was given this account: name its session in HAECHI_TELEGRAM_SESSION where the schedule runs too"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stations:
    """What all stations of a worker need."""

    store: Store
    settings: Settings
    url: str
    """Of the broker."""
    report: Callable[[CrawlRun], None]
    stop: asyncio.Event
    """Begin nothing more; what is in hand is ended."""
    cut: asyncio.Event
    """End at once; what is in hand goes to another worker."""

    async def web(self) -> None:
        """Rooms and directories that are read by http; and those that cannot be read at all, which say why."""
        alone = self.settings.model_copy(update={"telegram_session": None})
        newest = NewestCrawler(self.store, alone, unset=self.settings.why_no_telegram or ELSEWHERE)
        try:
            await self._listen(WEB, partial(make_pass, newest=newest, report=self.report), self.stop, self.cut)
        finally:
            await newest.close()

    async def chores(self) -> None:
        """What is no pass. Only where the data directory has the keys of the log: ledger and files lie beside them."""
        files = Files(folder=self.settings.data_dir)
        if not files.key.exists():
            log.info("chores are left to workers in the data directory of the service")
        while not files.key.exists():
            if await passed(self.stop, FREE_LOOK_S):
                return
        async with open_custody(self.store, now, files) as custody:
            rescans = RescanSlots(self.store, self.settings)
            packing = await packing_for(self.store, custody, self.settings)

            async def do(slot: Slot) -> bool:
                if slot.kind is Kind.RESCAN:
                    return await rescans.do(slot, self.stop.is_set)
                if slot.kind is Kind.EXPORT:
                    return await make_asked(slot, packing)
                return await do_chore(slot, self.store, custody, self.settings)

            await self._listen(CHORES, do, self.stop, self.cut)

    async def account(self, session: Path) -> None:
        """Rooms of a Telegram account, as long as it lives here."""
        label, is_told = label_of(session), False
        while not self.stop.is_set():
            try:
                lease = await take_account(self.store, label, now())
            except AccountTaken:
                if not is_told:
                    log.info("the account lives in another worker", who=label)
                is_told = True
                await passed(self.stop, FREE_LOOK_S)
                continue
            log.info("the account lives here", who=label, number=lease.fence)
            is_told = False
            try:
                await self._live(session, lease)
            except BrokerLost:  # another worker may see it again first
                await passed(self.stop, AGAIN_S)

    async def _live(self, session: Path, lease: AccountLease) -> None:
        over, cut = asyncio.Event(), asyncio.Event()

        def lose() -> None:
            over.set()
            cut.set()

        try:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(called_when(self.stop, over.set))
                await stack.enter_async_context(called_when(self.cut, lose))
                await stack.enter_async_context(turning("account", self._keeper(lease, lose), RENEW_S))
                newest = await self._reader(stack, session, lease)
                queue = account_queue(lease.account)
                await self._listen(queue, partial(make_pass, newest=newest, report=self.report), over, cut)
        except AccountTaken:
            lose()
        finally:
            await give_up_account(self.store, lease, now())
        if cut.is_set() and not self.cut.is_set():
            log.error("the account was lost to another worker, or the database was", who=lease.account)

    async def _reader(self, stack: AsyncExitStack, session: Path, lease: AccountLease) -> NewestCrawler:
        """What reads through the account; its hints become slots."""
        send = await stack.enter_async_context(sending(self.url, (account_queue(lease.account),)))

        async def fence(at: datetime, transaction: Session) -> None:
            await renew_account(self.store, lease, at, transaction)

        async def hinted(source: Source) -> None:
            to_here = partial(send, account_queue(lease.account))
            await hand_now(self.store, to_here, source.address, source.every_s, now())

        alone = self.settings.model_copy(update={"telegram_session": str(session)})
        newest = NewestCrawler(self.store, alone, fence=fence, hinted=hinted)
        stack.push_async_callback(newest.close)
        return newest

    def _keeper(self, lease: AccountLease, lose: Callable[[], None]) -> Turn:
        """Renews the lease; where that fails for too long, the account is given up before another worker has it."""
        loop = asyncio.get_running_loop()
        kept_at = loop.time()

        async def turn(_: int) -> None:
            nonlocal kept_at
            if loop.time() - kept_at > SAFE_S:
                lose()
            try:
                async with asyncio.timeout(RENEW_S):
                    await renew_account(self.store, lease, now())
            except AccountTaken:
                lose()
                return
            kept_at = loop.time()

        return turn

    async def _listen(self, queue: str, do: Do, stop: asyncio.Event, cut: asyncio.Event) -> None:
        is_told = False
        while not stop.is_set():
            try:
                log.info("serving", who=queue)
                await listen(self.url, queue, partial(work_on, self.store, do=do), stop, cut)
            except BrokerLost as problem:  # it was there when the worker began
                if not is_told:
                    log.warning("a queue waits", who=queue, problem=str(problem))
                is_told = True
                await passed(stop, AGAIN_S)
