"""A collector over one account in fast time, with passes as the schedule of ``haechi run`` plans them."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bench.fast_time import FastTime, WatchedPace
from bench.room_talk import SCHOOLS, Talk
from channels.telegram.account import SHORT_WAIT_S, Account, Application
from channels.telegram.accounts import Accounts
from channels.telegram.collector import TelegramCollector
from channels.telegram.intervals import Intervals
from channels.telegram.session import empty_session
from config.register import load_schools
from config.watchlist import packaged_defaults
from crawler.crawl import Crawler, crawl_source
from crawler.schedule import HINTED_S, JITTER, SPREAD_S
from crawler.telegram import LOOK_UP_PAUSE_S, PAUSE_S
from evidence.accounts import Peer
from evidence.cipher import pseudonym
from evidence.item import Setting
from evidence.records import CrawlRun, Source, Via
from pipelines import compile_criteria
from pipelines.schools import compile_register
from practice.telegram.server import HOST, TelegramServer
from practice.telegram.sessions import new_auth_key
from storage.accounts import StoredAccounts
from storage.holds import save_holds
from storage.keep import load_cursor
from storage.mongo import Store

SETTING = Setting(collector="haechi test", configuration_sha256="0" * 64, watchlist_version=1)

LABEL = "bench"


@dataclass(slots=True, kw_only=True)
class Watch:
    """Rooms that are watched, and how long their posts took."""

    time: FastTime
    talk: Talk
    crawler: Crawler
    intervals: Intervals
    chance: random.Random
    delays: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    """Seconds from a post to the end of the pass that stored it; by whether its room was watched closely."""
    close_since: dict[str, float] = field(default_factory=dict)
    """By room that was ever watched closely: from which moment on."""
    passes: int = 0
    _planned: dict[str, float] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)
    _under_way: set["asyncio.Task[None]"] = field(default_factory=set)
    failure: BaseException | None = None

    def start(self, sources: list[Source]) -> None:
        """First passes, and hints from now on."""
        for number, source in enumerate(sources):
            self._plan(source, number * SPREAD_S)
        self._keep(asyncio.create_task(self._follow_hints({source.address: source for source in sources})))

    async def end(self) -> None:
        """Cancel what is under way."""
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.failure is not None:
            raise self.failure

    def _plan(self, source: Source, in_s: float) -> None:
        at = self.time.seconds() + in_s
        self._planned[source.address] = at
        self.time.call_at(at, lambda: self._begin(source, at))

    def _begin(self, source: Source, at: float) -> None:
        if self._planned.get(source.address) == at and source.address not in self._busy:  # else it was planned anew
            self._busy.add(source.address)
            self._keep(asyncio.create_task(self._make(source)))

    def _keep(self, task: "asyncio.Task[None]") -> None:
        self._under_way.add(task)
        task.add_done_callback(self._drop)

    def _drop(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            self.failure = self.failure or problem

    async def _follow_hints(self, sources: dict[str, Source]) -> None:
        while self.crawler.due is not None:
            source = sources.get(await self.crawler.due.get())
            if source is not None and source.address not in self._busy:
                self._plan(source, HINTED_S)

    async def _make(self, source: Source) -> None:
        begun, is_close = self.time.seconds(), self.intervals.is_close(source)
        if is_close:
            self.close_since.setdefault(source.address, begun)
        run = await crawl_source(source, self.crawler)
        self.passes += 1
        await self._note(source, run, is_close)
        self._busy.discard(source.address)
        collector = self.crawler.collectors[Via.TELEGRAM]
        wanted_s = collector.interval_s(source) * self.chance.uniform(1 - JITTER, 1 + JITTER)
        self._plan(source, max(0.0, wanted_s - (self.time.seconds() - begun)))

    async def _note(self, source: Source, run: CrawlRun, is_close: bool) -> None:
        """Take out what is stored by now, up to the Cursor."""
        cursor = await load_cursor(self.crawler.store, source.address) if run.new else None
        if cursor is None or cursor.gap_high is not None:
            return
        waiting = self.talk.waiting[int(cursor.peer)]
        for native_id in [native_id for native_id in waiting if native_id <= cursor.newest_id]:
            self.delays[is_close].append(self.time.seconds() - waiting.pop(native_id))


@asynccontextmanager
async def watch(store: Store, server: TelegramServer, talk: Talk, time: FastTime, seed: int) -> AsyncIterator[Watch]:
    """Everything that a pass needs, over one account that is signed in at the server."""
    chance = random.Random(seed)
    pace = WatchedPace(time, chance=chance, usual_s=PAUSE_S, patience_s=SHORT_WAIT_S, longest_s=float("inf"))
    pace.slow_down(f"telegram {LABEL} contacts.resolveUsername", LOOK_UP_PAUSE_S)
    memory = StoredAccounts(store, lambda: save_holds(store, pace.known_holds(), time.moment()))
    session = empty_session(2, HOST, server.port)
    session.auth_key = new_auth_key()
    server.register(session.auth_key)
    intervals, due = Intervals(pause_s=PAUSE_S), asyncio.Queue[str]()

    def hint(channel_id: int) -> None:
        if address := intervals.address_of(channel_id):
            due.put_nowait(address)

    application = Application(api_id=1, api_hash="practice")
    account = Account(LABEL, session, application, pace, memory, time.moment, hint)
    await memory.put_in_use(LABEL)
    accounts = Accounts({LABEL: account}, memory, time.moment)
    key = store.cipher.purpose_key("bench")
    collector = TelegramCollector(accounts, memory, partial(pseudonym, key), intervals)
    terms, rules = packaged_defaults()
    criteria = compile_criteria(compile_register(load_schools(SCHOOLS)), terms, rules, key)
    collectors = {Via.TELEGRAM: collector}
    crawler = Crawler(
        setting=Setting(collector="haechi test", configuration_sha256="0" * 64, watchlist_version=1),
        store=store,
        collectors=collectors,
        criteria=criteria,
        clock=time.moment,
        due=due,
    )
    try:
        yield Watch(time=time, talk=talk, crawler=crawler, intervals=intervals, chance=chance)
    finally:
        await account.close()


async def know_names(store: Store, talk: Talk, sources: list[Source], time: FastTime) -> None:
    """As if every name had been looked up the day before."""
    memory = StoredAccounts(store)
    before = time.moment() - timedelta(days=1)
    for source, channel in zip(sources, talk.world.channels.values(), strict=True):
        peer = Peer(
            source=source.address,
            account=LABEL,
            native_id=channel.id,
            access_hash=channel.access_hash,
            looked_up_at=before,
        )
        await memory.keep_peer(peer)
