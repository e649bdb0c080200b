"""The schedule that hands out: each slot once, whatever becomes of schedulers and of the broker."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from crawler.assemble import now
from crawler.broker import CHORES, WEB, account_queue
from crawler.handing import RETENTION, Duty, Handing, hand_now, hand_out
from evidence.accounts import Peer
from evidence.errors import BrokerLost
from evidence.records import Directory, Source, Via, Watchlist
from storage.accounts import StoredAccounts
from storage.mongo import Store
from storage.slots import UNHANDED, Kind, end_slot, find_slot
from tests.conftest import Clock
from tests.tasks import own_tasks

EVERY_S = 60
TALK = Duty(kind=Kind.PASS, subject="https://t.me/talk", every_s=EVERY_S)


@pytest.fixture
def clock() -> Clock:
    """Begins now: the database lets slots go by its own clock."""
    shown = Clock()
    shown.now = now()
    return shown


class Broker:
    """Takes what it is handed, unless it is down."""

    def __init__(self) -> None:
        self.is_up = True
        self.taken: list[tuple[str, str]] = []
        self.wanted, self.has_all = 0, asyncio.Event()

    async def send(self, queue: str, slot: str) -> None:
        """As ``sending`` gives it."""
        if not self.is_up:
            raise BrokerLost("the broker does not answer")
        self.taken.append((queue, slot))
        if len(self.taken) == self.wanted:
            self.has_all.set()

    @property
    def slots(self) -> list[str]:
        """Names of what it took."""
        return [slot for _, slot in self.taken]


def handing(store: Store, broker: Broker, clock: Clock, *accounts: str) -> Handing:
    """A schedule whose looks are ours."""
    return Handing(store, broker.send, accounts, clock, AsyncIOScheduler(timezone="UTC"), asyncio.Event())


async def done(store: Store, name: str, clock: Clock) -> None:
    """A worker did it."""
    found = await find_slot(store, name)
    assert found is not None
    await end_slot(store, found.slot, "watched", clock())


async def test_schedulers_hand_a_slot_over_once(store: Store, clock: Clock) -> None:
    """However many of them look, and however often, before it is done or after."""
    broker = Broker()
    schedulers = [handing(store, broker, clock) for _ in range(3)]
    await asyncio.gather(*(one.look(TALK) for one in schedulers))
    clock.forward(seconds=EVERY_S)
    await asyncio.gather(*(one.look(TALK) for one in schedulers))
    assert 1 == len(broker.taken)
    await done(store, broker.slots[0], clock)
    await asyncio.gather(*(one.look(TALK) for one in schedulers))
    await asyncio.gather(*(one.look(TALK) for one in schedulers))
    assert (2, {WEB}) == (len(set(broker.slots)), {queue for queue, _ in broker.taken})


async def test_what_the_broker_did_not_take_is_handed_over_later(store: Store, clock: Clock) -> None:
    """By the scheduler that claimed it; where that one is gone, by another one."""
    broker = Broker()
    ours = handing(store, broker, clock)
    broker.is_up = False
    await ours.look(TALK)
    broker.is_up = True
    await ours.look(TALK)
    await ours.look(TALK)
    assert 1 == len(broker.taken)
    change = {"$set": {"claimed_by": "another process", "handed_at": None}}
    await store["slots"].update_one({"_id": broker.slots[0]}, change)
    await ours.look(TALK)
    assert 1 == len(broker.taken)
    clock.now += UNHANDED + timedelta(seconds=1)
    await ours.look(TALK)
    assert broker.slots[0] == broker.slots[1]


async def test_each_account_has_its_queue(store: Store, clock: Clock) -> None:
    """A room goes to the account that reads it, a new one to the account with the fewest."""
    broker = Broker()
    await StoredAccounts(store).keep_peer(Peer(source="https://t.me/old", account="b"))
    names = ("old", "new", "newer", "newest")
    for name in names:
        duty = Duty(kind=Kind.PASS, subject=f"https://t.me/{name}", every_s=EVERY_S, via=Via.TELEGRAM)
        await handing(store, broker, clock, "a", "b").look(duty)
    assert [account_queue(label) for label in ("b", "a", "a", "b")] == [queue for queue, _ in broker.taken]
    await handing(store, broker, clock).look(Duty(kind=Kind.PASS, subject="x", every_s=EVERY_S, via=Via.TELEGRAM))
    await handing(store, broker, clock, "a").look(RETENTION)
    assert [WEB, CHORES] == [queue for queue, _ in broker.taken[4:]]


async def test_a_hint_hands_a_pass_over_at_once(store: Store, clock: Clock) -> None:
    """Unless one is under way."""
    broker = Broker()
    send = partial(broker.send, "q")
    for _ in range(2):
        await hand_now(store, send, TALK.subject, EVERY_S, clock())
    assert 1 == len(broker.taken)
    await done(store, broker.slots[0], clock)
    await hand_now(store, send, TALK.subject, EVERY_S, clock.forward(seconds=2))
    assert 2 == len(set(broker.slots))


async def test_everything_on_the_watchlist_is_handed_out(store: Store) -> None:
    """At once, with the chores; and it ends when it is told to, leaving no task."""
    broker, stop = Broker(), asyncio.Event()
    sources = tuple(Source(address=f"https://t.me/room{number}", every_s=3_600) for number in range(3))
    directory = Directory(site="generic", address="https://example.org/list", every_s=3_600)
    watchlist = Watchlist(timezone="Asia/Seoul", sources=sources, directories=(directory,))
    broker.wanted, broker.has_all = 5, stop
    await hand_out(watchlist, store, broker.send, (), (RETENTION,), now, stop)
    subjects = {slot.rpartition(" ")[0] for slot in broker.slots}
    expected = {f"pass {address}" for address in (*(source.address for source in sources), directory.address)}
    assert expected | {"retention everything"} == subjects
    assert 1 == own_tasks()


async def test_a_database_that_cannot_be_used_ends_it(store: Store) -> None:
    """With its own problem, which systemd then starts anew from."""

    async def fail(queue: str, slot: str) -> None:
        raise KeyError(queue)

    watchlist = Watchlist(timezone="Asia/Seoul", sources=(Source(address="https://t.me/a", every_s=60),))
    with pytest.raises(KeyError):
        await asyncio.wait_for(hand_out(watchlist, store, fail, (), (), now, asyncio.Event()), 10)
