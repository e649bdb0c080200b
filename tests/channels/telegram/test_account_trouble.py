"""What becomes of a request that goes wrong: each fault ends in the right answer or the right error."""

import asyncio

import pytest
from telethon import errors

from channels.telegram.account import TRIES, Account
from evidence.errors import SourceGone, SourceUnavailable
from practice.telegram.server import TelegramServer
from practice.telegram.world import TelegramWorld
from tests.channels.telegram.serving import (
    FULL,
    HISTORY,
    Notebook,
    full_of,
    history_of,
    open_account,
)
from tests.practice.telegram.serving import Stopwatch, until

CONFIG = "help.getConfig"
NO_ANSWER = "Telegram did not answer messages.getHistory ({}, 4 tries)"


def twice(telegram: TelegramWorld) -> int:
    """How often a key was used by two connections at once, for which Telegram would end the session."""
    return sum(note["event"] == "key_in_use_twice" for note in telegram.net)


@pytest.mark.parametrize("method", [HISTORY, CONFIG])
@pytest.mark.parametrize("action", ["drop", "drop_after", "truncate", "corrupt_crc", "bad_salt", "slow"])
async def test_a_fault_that_passes(
    account: Account, server: TelegramServer, telegram: TelegramWorld, method: str, action: str
) -> None:
    """A connection that breaks, an answer cut short or damaged costs a new connection, and the answer comes."""
    telegram.fault(method, action=action)
    for _ in range(2):
        assert 5 == len((await account.send(history_of())).result.messages)
    assert (0, 1) == (twice(telegram), len(server.connections))


@pytest.mark.parametrize(
    ("method", "action", "name"),
    [
        (HISTORY, "drop", "ConnectionResetError"),
        (HISTORY, "truncate", "IncompleteReadError"),
        (HISTORY, "corrupt_crc", "InvalidChecksumError"),
        (CONFIG, "drop", "ConnectionError"),
        (CONFIG, "truncate", "ConnectionError"),
        (CONFIG, "corrupt_crc", "ConnectionError"),
    ],
)
@pytest.mark.slow
async def test_a_fault_that_lasts(
    account: Account, server: TelegramServer, telegram: TelegramWorld, method: str, action: str, name: str
) -> None:
    """After four tries it is an error that names the method and what happened; nothing is left open."""
    telegram.fault(method, action=action, times=-1)
    with pytest.raises(SourceUnavailable) as caught:
        await account.send(history_of())
    assert (NO_ANSWER.format(name), TRIES) == (str(caught.value), telegram.count(method))
    await until(lambda: not server.connections)
    telegram.faults.clear()
    assert (await account.send(history_of())).result.messages
    assert 0 == twice(telegram)


@pytest.mark.slow
@pytest.mark.parametrize("method", [HISTORY, CONFIG])
@pytest.mark.parametrize("action", ["ignore", "garbage"])
async def test_a_request_never_answered(
    server: TelegramServer, telegram: TelegramWorld, stopwatch: Stopwatch, method: str, action: str
) -> None:
    """Silence ends after the time-out: once it is passed over, four times it is an error."""
    async with open_account(server, stopwatch, timeout_s=0.2) as account:
        telegram.fault(method, action=action)
        assert (await account.send(history_of())).result.messages
        await account.close()
        telegram.fault(method, action=action, times=-1)
        with pytest.raises(SourceUnavailable) as caught:
            await account.send(history_of())
    name = "TimeoutError" if method == HISTORY else "ConnectionError"
    assert (NO_ANSWER.format(name), 0) == (str(caught.value), twice(telegram))


@pytest.mark.slow
@pytest.mark.parametrize("error", ["INTERNAL", "RPC_CALL_FAIL", "Timeout", "WORKER_BUSY_TOO_LONG_RETRY"])
async def test_a_server_in_trouble(account: Account, telegram: TelegramWorld, error: str) -> None:
    """Telethon asks again once, after two seconds; a trouble that passes costs no more."""
    telegram.fault(HISTORY, error=error)
    assert (await account.send(history_of())).result.messages
    assert {error: 1, "ok": 1} == telegram.report()["counts"][HISTORY]


@pytest.mark.parametrize("error", ["INTERNAL", "RPC_CALL_FAIL"])
async def test_a_server_in_trouble_at_every_connection(
    account: Account, server: TelegramServer, telegram: TelegramWorld, error: str
) -> None:
    """Trouble that lasts is an error that says whose it is; each connection that was refused is closed."""
    telegram.fault(CONFIG, error=error, times=-1)
    name = "ServerError" if error == "INTERNAL" else "RpcCallFailError"
    with pytest.raises(SourceUnavailable, match=f"^Telegram is in trouble: messages.getHistory failed with {name}$"):
        await account.send(history_of())
    await until(lambda: not server.connections)
    assert (0, TRIES) == (twice(telegram), telegram.count(CONFIG))


REFUSALS = {
    "AUTH_KEY_UNREGISTERED": "its session was ended",
    "AUTH_KEY_INVALID": "Telegram does not know its key",
    "AUTH_KEY_DUPLICATED": "its session was used from two places and Telegram ended it",
    "SESSION_REVOKED": "its session was ended by its owner",
    "SESSION_EXPIRED": "its session has expired",
    "USER_DEACTIVATED": "it was deleted",
    "USER_DEACTIVATED_BAN": "Telegram has banned it",
}


@pytest.mark.parametrize("method", [HISTORY, CONFIG])
@pytest.mark.parametrize("error", REFUSALS)
async def test_an_account_that_is_out_of_use(
    server: TelegramServer, telegram: TelegramWorld, stopwatch: Stopwatch, memory: Notebook, method: str, error: str
) -> None:
    """A key that was revoked, banned or burnt is never used again: it is noted, said, and nothing more is sent."""
    telegram.fault(method, error=error)
    why = REFUSALS[error]
    expected = f"account monitor cannot be used: {why}; see docs/telegram.md, then `haechi telegram login`"
    async with open_account(server, stopwatch, memory) as account, open_account(server, stopwatch, label="b") as other:
        for request in (history_of(), full_of(), history_of()):
            with pytest.raises(SourceUnavailable) as caught:
                await account.send(request)
            assert (expected, expected) == (str(caught.value), account.dead)
        asked = len(telegram.calls)
        await until(lambda: not server.connections)
        assert (await other.send(history_of())).result.messages
    assert [("monitor", why)] == [(label, noted) for label, (noted, _) in memory.out_of_use.items()]
    assert asked == (1 if method == CONFIG else 2)


@pytest.mark.parametrize("is_denied_later", [True, False])
async def test_a_key_that_is_unknown(
    account: Account, server: TelegramServer, telegram: TelegramWorld, memory: Notebook, is_denied_later: bool
) -> None:
    """A key that the server denies (404 of the transport) is out of use, at once or in the middle of reading."""
    if is_denied_later:
        await account.send(history_of())
    server.revoke(transport=True)
    asked = len(telegram.calls)
    for _ in range(2):
        with pytest.raises(
            SourceUnavailable, match=r"^account monitor cannot be used: Telegram does not know its key; see"
        ):
            await account.send(history_of())
    assert ["Telegram does not know its key"] == [why for why, _ in memory.out_of_use.values()]
    assert asked == len(telegram.calls)


@pytest.mark.parametrize("error", ["CHANNEL_PRIVATE", "CHANNEL_PUBLIC_GROUP_NA"])
async def test_a_room_that_is_closed(account: Account, telegram: TelegramWorld, error: str) -> None:
    """A room that was turned private is gone; the account goes on."""
    telegram.fault(HISTORY, error=error)
    name = {"CHANNEL_PRIVATE": "ChannelPrivateError", "CHANNEL_PUBLIC_GROUP_NA": "ChannelPublicGroupNaError"}[error]
    with pytest.raises(SourceGone) as caught:
        await account.send(history_of())
    assert f"it was turned private or closed ({name}): private rooms are not read" == str(caught.value)
    assert (await account.send(history_of())).result.messages


async def test_another_refusal_is_the_caller_s(account: Account, telegram: TelegramWorld) -> None:
    """What a refusal means depends on what was asked, so it is handed on."""
    telegram.fault(HISTORY, error="PEER_ID_INVALID")
    with pytest.raises(errors.PeerIdInvalidError):
        await account.send(history_of())
    assert 1 == telegram.count(HISTORY)


@pytest.mark.slow
async def test_cancelling_passes_at_every_step(account: Account, telegram: TelegramWorld) -> None:
    """A pass that is told to end ends, at whatever step of asking, losing the connection and connecting again."""
    for steps in range(0, 120, 2):
        telegram.fault(HISTORY, action="drop")
        reading = asyncio.create_task(account.send(history_of()))
        for _ in range(steps):
            await asyncio.sleep(0.0001)
        is_cancelled = reading.cancel()
        await asyncio.wait([reading])
        assert is_cancelled == reading.cancelled(), steps
        telegram.faults.clear()
    assert (await account.send(history_of())).result.messages
    assert 0 == twice(telegram)


async def test_cancelling_one_of_two(account: Account, telegram: TelegramWorld) -> None:
    """A pass that is told to end ends, while another request tears the connection down and goes on."""
    telegram.fault(HISTORY, action="ignore", times=-1)
    telegram.fault(FULL, action="drop")
    reading = asyncio.create_task(account.send(history_of()))
    await until(lambda: telegram.count(HISTORY))
    counting = asyncio.create_task(account.send(full_of()))
    await until(lambda: telegram.count(FULL))
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert 1234 == (await counting).result.full_chat.participants_count


async def test_a_request_given_up_with_its_connection(account: Account, telegram: TelegramWorld) -> None:
    """A request whose connection another one tears down was not cancelled: it is sent again."""
    telegram.fault(HISTORY, action="ignore")
    reading = asyncio.create_task(account.send(history_of()))
    await until(lambda: telegram.count(HISTORY))
    await account.close()
    assert (await reading).result.messages
    assert (False, 2) == (reading.cancelled(), telegram.count(HISTORY))


async def test_time_s_up_of_a_caller(account: Account, telegram: TelegramWorld) -> None:
    """A time-out around a request stays the caller's own."""
    telegram.fault(HISTORY, action="ignore")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await account.send(history_of())
    assert (await account.send(history_of())).result.messages


@pytest.mark.slow
async def test_an_outage(account: Account, server: TelegramServer, telegram: TelegramWorld) -> None:
    """A server that is away for longer than Telethon tries is an error; once it is back, reading goes on."""
    assert (await account.send(history_of())).result.messages
    server.stop_listening()
    server.drop_all()
    with pytest.raises(SourceUnavailable) as caught:
        await account.send(history_of())
    assert NO_ANSWER.format("ConnectionError") == str(caught.value)
    await server.listen()
    assert (await account.send(history_of())).result.messages
    assert 0 == twice(telegram)


@pytest.mark.slow
async def test_a_server_that_stays_away(server: TelegramServer, stopwatch: Stopwatch) -> None:
    """Before connecting again it waits, longer each time; whoever would wait for long is told, and nothing is tried."""
    server.stop_listening()
    async with open_account(server, stopwatch, first_pause_s=25.0) as account:
        with pytest.raises(SourceUnavailable) as caught:
            await account.send(history_of())
    assert "Telegram cannot be reached: account monitor tries again in 25 s" == str(caught.value)
