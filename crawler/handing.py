"""The schedule where workers do the work: each slot claimed once, whatever the number of schedulers, and handed over.

Nothing is remembered here that counts: which slot was the last one of a place stands in the database, and the
next one follows from it. A slot that is not done holds back the next one, so that passes never pile up.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from crawler import delivery, upkeep
from crawler.broker import CHORES, WEB, Send, account_queue
from crawler.directories import sources_by_rule
from crawler.ending import told_by_signals
from evidence.errors import BrokerLost
from evidence.records import Source, Via, Watchlist
from storage.accounts import StoredAccounts
from storage.leases import PROCESS
from storage.mongo import Store
from storage.slots import Kind, Slot, Standing, claim_slot, latest_slot, next_start, note_handed

SPREAD_S = 0.02
"""Between the first looks at two places: none is delayed much, and the database is not asked all at once."""
LATE_LOOKS, SHORTEST_LOOK_S, LONGEST_LOOK_S = 10, 1.0, 30.0
"""So often within an interval is a place looked at whose slot is still under way, within these bounds."""
NEWS_S = 10.0
"""Between two looks for rooms that a rule took up; and at places read via telegram, whose worker says when they
are due again."""
AGAIN_S = 5.0
"""Until a broker that does not answer is asked again."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something to be done again and again."""

    kind: Kind
    subject: str
    every_s: float
    via: Via | None = None
    """How a Source is read."""

    @property
    def look_s(self) -> float:
        """Seconds between two looks while its slot is under way."""
        return min(LONGEST_LOOK_S, max(SHORTEST_LOOK_S, self.every_s / LATE_LOOKS))


RETENTION = Duty(kind=Kind.RETENTION, subject="everything", every_s=upkeep.EVERY_S)
DELIVERY = Duty(kind=Kind.DELIVERY, subject="everything", every_s=delivery.EVERY_S)


async def hand_out(
    watchlist: Watchlist,
    store: Store,
    send: Send,
    accounts: tuple[str, ...],
    chores: tuple[Duty, ...],
    clock: Callable[[], datetime],
    stop: asyncio.Event,
) -> None:
    """Hand out slots of everything on the watchlist until SIGTERM, SIGINT or ``stop``.

    Args:
        watchlist: what to watch.
        store: open.
        send: hands a slot over.
        accounts: labels of the Telegram accounts that read what nobody reads yet.
        chores: what is due besides.
        clock: the moment.
        stop: set from elsewhere to end.
    """
    scheduler = AsyncIOScheduler(timezone="UTC")
    handing = Handing(store, send, accounts, clock, scheduler, stop)
    for number, duty in enumerate((*chores, *_duties(watchlist))):
        handing.plan(duty, number * SPREAD_S)
    following = asyncio.create_task(handing.follow_rules(watchlist))
    following.add_done_callback(lambda _: stop.set())
    with told_by_signals(stop.set):
        scheduler.start()
        log.info("handing out", sources=len(watchlist.sources), directories=len(watchlist.directories))
        try:
            await stop.wait()
        finally:
            stop.set()
            following.cancel()
            scheduler.shutdown(wait=False)
            await handing.end()
            (followed,) = await asyncio.gather(following, return_exceptions=True)
    for problem in (handing.failure, followed):
        if problem is not None and not isinstance(problem, asyncio.CancelledError):
            raise problem


def _duties(watchlist: Watchlist) -> Iterator[Duty]:
    for source in watchlist.sources:
        yield _duty_of(source)
    for directory in watchlist.directories:
        yield Duty(kind=Kind.PASS, subject=directory.address, every_s=directory.every_s)


def _duty_of(source: Source) -> Duty:
    return Duty(kind=Kind.PASS, subject=source.address, every_s=source.every_s, via=source.via)


class Handing:
    """The slots of one watchlist, on their way to workers."""

    def __init__(
        self,
        store: Store,
        send: Send,
        accounts: tuple[str, ...],
        clock: Callable[[], datetime],
        scheduler: AsyncIOScheduler,
        stop: asyncio.Event,
    ) -> None:
        self._store = store
        self._send = send
        self._accounts = accounts
        self._clock = clock
        self._scheduler = scheduler
        self._stop = stop
        self._name = uuid4().hex
        self._looking: set[asyncio.Task[None]] = set()
        self._by_rule: set[str] = set()
        self._is_cut_off = False
        self.failure: BaseException | None = None
        """What ended it: the database cannot be used."""

    def plan(self, duty: Duty, in_s: float) -> None:
        """Look at it in so many seconds, in place of the look that was planned."""
        self._scheduler.add_job(
            self._begin_look,
            DateTrigger(self._clock() + timedelta(seconds=in_s)),
            args=(duty,),
            id=f"{duty.kind} {duty.subject}",
            replace_existing=True,
            max_instances=3,  # a look plans the next one before it is over for the scheduler
            misfire_grace_time=None,
        )

    async def _begin_look(self, duty: Duty) -> None:
        """Called by the schedule; what fails ends all."""
        if self._stop.is_set():
            return
        task = asyncio.create_task(self.look(duty))
        self._looking.add(task)
        await asyncio.wait([task])
        self._looking.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            self.failure = self.failure or problem
            self._stop.set()

    async def end(self) -> None:
        """Wait for looks under way: a claim is handed over."""
        await asyncio.gather(*self._looking, return_exceptions=True)

    async def look(self, duty: Duty) -> None:
        """Claim and hand over its slot where one is due, and plan the next look."""
        now = self._clock()
        last = await latest_slot(self._store, duty.kind, duty.subject, duty.every_s, now)
        if last is not None and last.done_at is None:
            is_lost = last.is_to_hand(self._name, now) and not await self._hand(duty, last.slot)
            self.plan(duty, AGAIN_S if is_lost else duty.look_s)
            return
        slot = Slot(kind=duty.kind, subject=duty.subject, at=next_start(duty.subject, duty.every_s, last, now))
        if slot.at > now:
            self.plan(duty, min((slot.at - now).total_seconds(), self._longest_look_s(duty)))
        elif await claim_slot(self._store, slot, self._name, now, duty.every_s) and not await self._hand(duty, slot):
            self.plan(duty, AGAIN_S)
        else:
            self.plan(duty, min(duty.every_s, self._longest_look_s(duty)))

    def _longest_look_s(self, duty: Duty) -> float:
        return NEWS_S if duty.via is Via.TELEGRAM else duty.every_s

    async def _hand(self, duty: Duty, slot: Slot) -> bool:
        """Tell the broker; False where it does not answer."""
        try:
            await self._send(await self._queue_of(duty), slot.id)
        except BrokerLost as problem:
            if not self._is_cut_off:
                log.warning("slots wait", problem=str(problem))
            self._is_cut_off = True
            return False
        self._is_cut_off = False
        await note_handed(self._store, slot, self._clock())
        return True

    async def _queue_of(self, duty: Duty) -> str:
        if duty.kind is not Kind.PASS:
            return CHORES
        if duty.via is not Via.TELEGRAM or not self._accounts:
            return WEB  # also what cannot be read: its pass says why
        account = await StoredAccounts(self._store).place(duty.subject, self._accounts)
        return account_queue(account) if account in self._accounts else WEB

    async def follow_rules(self, watchlist: Watchlist) -> None:
        """Begin with rooms that a rule of the watchlist took up meanwhile; end with those that were dismissed."""
        listed = frozenset(source.address for source in watchlist.sources)
        while True:
            found = await sources_by_rule(self._store, watchlist.directories, listed, self._clock())
            sources = {source.address: source for source in found}
            for address in self._by_rule - sources.keys():
                if self._scheduler.get_job(f"{Kind.PASS} {address}") is not None:
                    self._scheduler.remove_job(f"{Kind.PASS} {address}")
            for address in sources.keys() - self._by_rule:
                self.plan(_duty_of(sources[address]), 0)
            self._by_rule = set(sources)
            await asyncio.sleep(NEWS_S)


async def hand_now(
    store: Store, send: Callable[[str], Awaitable[None]], subject: str, every_s: float, now: datetime
) -> None:
    """Hand over a pass that is due at once, unless one is under way: something happened there.

    Raises:
        BrokerLost: it waits for the schedule.
    """
    last: Standing | None = await latest_slot(store, Kind.PASS, subject, every_s, now)
    slot = Slot(kind=Kind.PASS, subject=subject, at=now.replace(microsecond=0))
    if (last is None or last.done_at is not None) and await claim_slot(store, slot, PROCESS, now, every_s):
        await send(slot.id)
        await note_handed(store, slot, now)
