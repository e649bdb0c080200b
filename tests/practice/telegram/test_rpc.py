"""Tests of calls that go wrong: errors, waits, budgets and every kind of fault."""

import asyncio
import time

import pytest
from telethon import TelegramClient, errors, functions, types

from practice.telegram.faults import Limit
from practice.telegram.server import TelegramServer
from practice.telegram.world import TelegramWorld
from tests.practice.telegram.serving import Stopwatch, open_client


async def read_some(client: TelegramClient) -> list[int]:
    """Ids of a few messages."""
    return [message.id for message in await client.get_messages("rich_posts", limit=2)]


async def test_flood_wait_is_told(client: TelegramClient, telegram: TelegramWorld) -> None:
    """A wait reaches the client with its seconds, once unless it is repeated."""
    telegram.fault("messages.getHistory", error="FLOOD_WAIT_60")
    with pytest.raises(errors.FloodWaitError) as raised:
        await read_some(client)
    assert 60 == raised.value.seconds
    assert {"FLOOD_WAIT_60": 1} == telegram.report()["counts"]["messages.getHistory"]


async def test_a_budget_is_kept_by_the_world_s_clock(
    client: TelegramClient, telegram: TelegramWorld, stopwatch: Stopwatch
) -> None:
    """More calls than a budget allows are told to wait; when its time is over they may come again."""
    telegram.limits.append(Limit(method="users.get*", max=2, per=3600))
    await client.get_me()
    await client.get_me()
    with pytest.raises(errors.FloodWaitError) as raised:
        await client(functions.users.GetUsersRequest([types.InputUserSelf()]))
    assert 3601 == raised.value.seconds
    stopwatch.forward(3601)
    assert [] == telegram.report()["flood_wait_violations"]


async def test_calls_before_their_time_are_violations(
    server: TelegramServer, telegram: TelegramWorld, stopwatch: Stopwatch
) -> None:
    """A call that comes before the wait it was told is over is reported with how much too early it came."""
    telegram.fault("help.getNearestDc", error="FLOOD_WAIT_30")
    async with open_client(server, receive_updates=False, flood_sleep_threshold=0) as client:
        for moved in (0, 10, 25):
            stopwatch.forward(moved)
            if moved:
                await client(functions.help.GetNearestDcRequest())
            else:
                with pytest.raises(errors.FloodWaitError):
                    await client(functions.help.GetNearestDcRequest())
    violations = telegram.report()["flood_wait_violations"]
    assert [("help.getNearestDc", 20.0)] == [(one["method"], one["early_by"]) for one in violations]


@pytest.mark.parametrize("action", ["drop", "truncate", "drop_after", "bad_salt", "corrupt_crc"])
async def test_a_client_gets_over_a_bad_connection(
    client: TelegramClient, telegram: TelegramWorld, action: str
) -> None:
    """After each of these the client connects or asks again, and has its answer."""
    telegram.fault("messages.getHistory", action=action, skip=1)
    ids = [message.id async for message in client.iter_messages("alpha_news", limit=300, wait_time=0)]
    assert telegram.find("alpha_news").ids[::-1][:300] == ids
    assert action in [call.get("fault") for call in telegram.calls]


@pytest.mark.parametrize("action", ["ignore", "garbage"])
async def test_calls_that_hang(client: TelegramClient, telegram: TelegramWorld, action: str) -> None:
    """A call that is ignored, or whose answer does not fit its key, never ends by itself."""
    telegram.fault("messages.getHistory", action=action)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(read_some(client), 0.1)
    assert [10, 8] == await read_some(client)


async def test_slow_calls_overlap_and_are_seen(client: TelegramClient, telegram: TelegramWorld) -> None:
    """While one call waits others are answered; how many of a method were under way is reported."""
    await read_some(client)
    telegram.fault("messages.getHistory", action="slow", delay=0.05, times=-1)
    began = time.monotonic()
    await asyncio.gather(*(read_some(client) for _ in range(3)), client(functions.help.GetNearestDcRequest()))
    assert 0.05 <= time.monotonic() - began < 0.15
    most = telegram.report()["most_in_flight"]
    assert (3, 1) == (most["messages.getHistory"], most["help.getNearestDc"])


async def test_a_fault_of_one_room(client: TelegramClient, telegram: TelegramWorld) -> None:
    """A fault may concern one room only."""
    telegram.fault("messages.getHistory", error="CHANNEL_PRIVATE", channel="alpha_news", times=-1)
    with pytest.raises(errors.ChannelPrivateError):
        await client.get_messages("alpha_news", limit=1)
    assert [10, 8] == await read_some(client)


@pytest.mark.slow
async def test_internal_errors_are_tried_again(client: TelegramClient, telegram: TelegramWorld) -> None:
    """The client itself repeats a call after an error of the server."""
    telegram.fault("messages.getHistory", error="INTERNAL")
    assert [10, 8] == await read_some(client)
    assert {"INTERNAL": 1, "ok": 1} == telegram.report()["counts"]["messages.getHistory"]


async def test_requests_of_the_protocol_itself(client: TelegramClient, server: TelegramServer) -> None:
    """Pings and salts are answered, and a changed salt is learnt."""
    assert 77 == (await client(functions.PingRequest(77))).ping_id
    assert 78 == (await client(functions.PingDelayDisconnectRequest(78, 60))).ping_id
    assert 1 == len((await client(functions.GetFutureSaltsRequest(1))).salts)
    server.rotate_salt()
    assert [10, 8] == await read_some(client)


async def test_secrets_stay_out_of_the_book(client: TelegramClient, telegram: TelegramWorld) -> None:
    """What a call said is written down without codes, passwords and keys."""
    with pytest.raises(errors.RPCError):
        await client(functions.auth.SignInRequest("+9996620000", "a-hash", "98765"))
    assert "98765" not in str(telegram.report())
    assert "***" == telegram.calls[-1]["args"]["phone_code"]
