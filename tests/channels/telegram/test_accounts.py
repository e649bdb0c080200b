"""Which account reads a room, for good, and names that are looked up once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from channels.telegram.account import Account
from channels.telegram.accounts import LOOK_UPS_A_DAY, Accounts
from channels.telegram.memory import Memory
from evidence.accounts import Peer
from evidence.errors import RateLimited, SourceError, SourceGone, SourceRefused, SourceUnavailable
from evidence.records import Source
from practice.telegram.server import TelegramServer
from practice.telegram.world import TelegramWorld
from storage.accounts import StoredAccounts
from storage.mongo import Store
from tests.channels.telegram.serving import (
    BETA,
    CHAT,
    HISTORY,
    LOOK_UP,
    NEWS,
    RICH,
    Notebook,
    history_of,
    ids_in,
    make_collector,
    moment,
    one_pass,
    open_account,
)
from tests.practice.telegram.serving import Stopwatch

PERSON, NOBODY = (Source(address=f"https://t.me/{name}") for name in ("ada_loop", "nobody_here"))


def together(stopwatch: Stopwatch, memory: Memory, *accounts: Account) -> Accounts:
    """Accounts of one process."""
    return Accounts({account.label: account for account in accounts}, memory, lambda: moment(stopwatch))


@pytest_asyncio.fixture
async def second(server: TelegramServer, stopwatch: Stopwatch, memory: Notebook) -> AsyncIterator[Account]:
    """Another account, ``other``."""
    async with open_account(server, stopwatch, memory, "other") as opened:
        yield opened


async def test_rooms_are_spread_and_stay(
    account: Account, second: Account, stopwatch: Stopwatch, memory: Notebook
) -> None:
    """Each new room goes to the account with the fewest; the next process finds them where they were."""
    placed = [
        (await together(stopwatch, memory, account, second).reach(source)).account.label
        for source in (NEWS, CHAT, RICH, BETA)
    ]
    assert ["monitor", "other", "monitor", "other"] == placed
    memory.peers[NEWS.address] = replace(memory.peers[NEWS.address], account="other")
    accounts = together(stopwatch, memory, second, account)
    assert ["other", "other", "monitor", "other"] == [
        (await accounts.reach(source)).account.label for source in (NEWS, CHAT, RICH, BETA)
    ]


async def test_a_room_is_never_moved_because_its_account_waits(
    account: Account, second: Account, telegram: TelegramWorld, stopwatch: Stopwatch, memory: Notebook
) -> None:
    """Neither a known room nor a new one goes to the account that need not wait."""
    memory.peers["x"] = Peer(source="x", account="other")
    telegram.fault(LOOK_UP, error="FLOOD_WAIT_600")
    accounts = together(stopwatch, memory, account, second)
    for _ in range(2):
        with pytest.raises(RateLimited, match=r"^telegram monitor contacts\.resolveUsername asked us to wait 601 s"):
            await accounts.reach(NEWS)
    assert ("monitor", 1) == (memory.peers[NEWS.address].account, telegram.count(LOOK_UP))
    assert 1 == len(memory.looked_up)  # what is not sent is not counted
    stopwatch.forward(602)
    assert "monitor" == (await accounts.reach(NEWS)).account.label


async def test_a_room_is_never_moved_because_its_account_is_out_of_use(
    account: Account, second: Account, telegram: TelegramWorld, stopwatch: Stopwatch, memory: Notebook
) -> None:
    """Its rooms are blind; those of the other account are read on."""
    accounts = together(stopwatch, memory, account, second)
    rooms = [await accounts.reach(source) for source in (NEWS, CHAT)]
    telegram.fault(HISTORY, error="USER_DEACTIVATED_BAN")
    for _ in range(2):
        with pytest.raises(SourceUnavailable, match=r"^account monitor cannot be used: Telegram has banned it"):
            await accounts.ask(await accounts.reach(NEWS), history_of())
    assert (await accounts.ask(rooms[1], history_of(5002))).result.messages
    assert 2 == telegram.count(HISTORY)


async def test_a_session_that_is_missing_now(
    account: Account, second: Account, stopwatch: Stopwatch, memory: Notebook
) -> None:
    """A room whose account was taken away is not given to another one; the message says what can be done."""
    await together(stopwatch, memory, account).reach(NEWS)
    with pytest.raises(SourceUnavailable) as caught:
        await together(stopwatch, memory, second).reach(NEWS)
    expected = (
        "https://t.me/alpha_news is read by account monitor, whose session is not in HAECHI_TELEGRAM_SESSION:"
        " add it, or give the room away with `haechi telegram move`"
    )
    assert expected == str(caught.value)


async def test_a_name_is_looked_up_once(
    server: TelegramServer, telegram: TelegramWorld, stopwatch: Stopwatch, store: Store
) -> None:
    """Once for good: neither a second pass nor a restart asks again."""
    for _ in range(3):
        memory = StoredAccounts(store)
        async with open_account(server, stopwatch, memory) as account:
            accounts = together(stopwatch, memory, account)
            for _ in range(2):
                room = await accounts.reach(NEWS)
                assert (await accounts.ask(room, history_of())).result.messages
        stopwatch.forward(86_400 * 30)
    assert (1, 6) == (telegram.count(LOOK_UP), telegram.count(HISTORY))
    assert (5001, telegram.find(5001).access_hash) == (room.peer.native_id, room.peer.access_hash)


async def test_a_moved_room_is_looked_up_by_its_new_account(
    server: TelegramServer, telegram: TelegramWorld, stopwatch: Stopwatch, store: Store
) -> None:
    """An access hash is of one account: an operator's move forgets it."""
    memory = StoredAccounts(store)
    async with (
        open_account(server, stopwatch, memory, "one") as one,
        open_account(server, stopwatch, memory, "two") as two,
    ):
        accounts = together(stopwatch, memory, one, two)
        assert "one" == (await accounts.reach(NEWS)).account.label
        await memory.move(NEWS.address, "two")
        room = await accounts.reach(NEWS)
    assert ("two", 5001, 2) == (room.account.label, room.peer.native_id, telegram.count(LOOK_UP))
    assert {"two": 1} == dict(await memory.rooms_by_account())


async def test_a_day_has_so_many_look_ups(
    account: Account, telegram: TelegramWorld, stopwatch: Stopwatch, memory: Notebook
) -> None:
    """The 201st name of a day waits, without a request; a day after the first ones it goes on."""
    for _ in range(LOOK_UPS_A_DAY - 1):
        await memory.note_look_up("monitor", moment(stopwatch))
    accounts = together(stopwatch, memory, account)
    assert (await accounts.reach(NEWS)).peer.native_id
    with pytest.raises(RateLimited) as caught:
        await accounts.reach(CHAT)
    expected = "account monitor has looked up 200 names within a day: the others wait"
    assert (expected, 86_400.0, 1) == (str(caught.value), caught.value.retry_after_s, telegram.count(LOOK_UP))
    stopwatch.forward(86_401)
    assert (await accounts.reach(CHAT)).peer.native_id


async def test_look_ups_of_one_moment_are_counted_each(store: Store, stopwatch: Stopwatch) -> None:
    """Passes side by side may look up two names within a millisecond."""
    memory, at = StoredAccounts(store), moment(stopwatch)
    for label in ("monitor", "monitor", "other"):
        await memory.note_look_up(label, at)
    assert [2, 1] == [await memory.look_ups(label, at, at) for label in ("monitor", "other")]


async def test_a_look_up_is_counted_before_it_is_sent(
    account: Account, telegram: TelegramWorld, stopwatch: Stopwatch, memory: Notebook
) -> None:
    """A crash in between costs one look-up, never one too many."""
    telegram.fault(LOOK_UP, action="ignore", times=-1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await together(stopwatch, memory, account).reach(NEWS)
    assert [("monitor", moment(stopwatch))] == memory.looked_up


ENDED = [
    (NOBODY, SourceGone, "there is no public room named @nobody_here"),
    (Source(address="https://t.me/a__"), SourceGone, "there is no public room named @a__"),
    (PERSON, SourceRefused, "https://t.me/ada_loop is a person or a bot, not a public room"),
]


@pytest.mark.parametrize(("source", "kind", "why"), ENDED, ids=["unknown", "short", "person"])
async def test_a_name_that_leads_nowhere(
    account: Account,
    telegram: TelegramWorld,
    stopwatch: Stopwatch,
    memory: Notebook,
    source: Source,
    kind: type[SourceError],
    why: str,
) -> None:
    """It is asked for once a day, whatever the number of passes, and always ends for the same reason."""
    for hours, asked in ((0, 1), (1, 1), (22, 1), (2, 2), (1, 2)):
        stopwatch.forward(3_600 * hours)
        with pytest.raises(kind) as caught:
            await together(stopwatch, memory, account).reach(source)
        assert (why, kind, asked) == (str(caught.value), type(caught.value), telegram.count(LOOK_UP))


async def test_a_name_that_is_taken_later(
    account: Account, telegram: TelegramWorld, stopwatch: Stopwatch, memory: Notebook
) -> None:
    """A room that opens under an unknown name is read from the next day on."""
    accounts = together(stopwatch, memory, account)
    with pytest.raises(SourceGone):
        await accounts.reach(NOBODY)
    telegram.add_channel({"id": 7001, "username": "nobody_here"})
    stopwatch.forward(86_401)
    room = await accounts.reach(NOBODY)
    assert (7001, None) == (room.peer.native_id, room.peer.gone)


async def test_a_look_up_that_fails_otherwise(
    account: Account, telegram: TelegramWorld, stopwatch: Stopwatch, memory: Notebook
) -> None:
    """Another refusal says nothing of the room: the next pass tries again."""
    telegram.fault(LOOK_UP, error="CONNECTION_LAYER_INVALID")
    accounts = together(stopwatch, memory, account)
    with pytest.raises(SourceUnavailable, match=r"^Telegram refused: ConnectionLayerInvalid$"):
        await accounts.reach(NEWS)
    assert (await accounts.reach(NEWS)).peer.native_id


async def test_a_stored_id_that_telegram_does_not_know(
    account: Account, telegram: TelegramWorld, stopwatch: Stopwatch, memory: Notebook
) -> None:
    """The hash is forgotten, and the next pass looks the name up; the room stays with its account."""
    at = moment(stopwatch) - timedelta(days=9)
    memory.peers[NEWS.address] = Peer(
        source=NEWS.address, account="monitor", native_id=5001, access_hash=1, looked_up_at=at
    )
    collector = make_collector(stopwatch, memory, account)
    with pytest.raises(SourceUnavailable) as caught:
        await one_pass(collector, NEWS, stopwatch)
    expected = "Telegram does not know the room by its stored id: the next pass looks its name up"
    assert (expected, Peer(source=NEWS.address, account="monitor")) == (str(caught.value), memory.peers[NEWS.address])
    assert 500 == len(set(ids_in(await one_pass(collector, NEWS, stopwatch))))
    assert 1 == telegram.count(LOOK_UP)


async def test_a_name_that_another_room_took(
    account: Account, telegram: TelegramWorld, stopwatch: Stopwatch, memory: Notebook
) -> None:
    """A room that is looked up anew and turns out to be another one is not mixed with what is stored."""
    collector = make_collector(stopwatch, memory, account)
    cursor = next(page.cursor for page in reversed(await one_pass(collector, BETA, stopwatch)) if page.cursor)
    telegram.set("alpha_news", username="beta_room")
    memory.peers[BETA.address] = Peer(source=BETA.address, account="monitor")
    with pytest.raises(SourceGone) as caught:
        await one_pass(collector, BETA, stopwatch, cursor)
    assert "https://t.me/beta_room" in str(caught.value)
    assert "5001" in str(caught.value)


async def test_a_room_that_lost_its_name_is_read_by_its_id(
    account: Account, telegram: TelegramWorld, stopwatch: Stopwatch, memory: Notebook
) -> None:
    """Renamed, it is read on without a look-up, and the pass says so; without any name it is private."""
    collector = make_collector(stopwatch, memory, account)
    pages = await one_pass(collector, BETA, stopwatch)
    cursor = next(page.cursor for page in reversed(pages) if page.cursor)
    telegram.set("beta_room", username="gamma_room")
    renamed = await one_pass(collector, BETA, stopwatch, cursor)
    assert "the room was renamed to @gamma_room; @beta_room is not its name any more" == renamed[0].note
    telegram.set("gamma_room", username=None)
    with pytest.raises(SourceGone) as caught:
        await one_pass(collector, BETA, stopwatch, cursor)
    expected = "https://t.me/beta_room has no public name any more: private rooms are not read"
    assert (expected, 1) == (str(caught.value), telegram.count(LOOK_UP))
