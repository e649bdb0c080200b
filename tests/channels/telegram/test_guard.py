"""What may be sent: nothing outside the list of reading requests, by nobody, not even by Telethon itself."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from telethon import functions
from telethon.tl import TLRequest, types

from channels.telegram.guard import READING, SIGNING_IN, GuardedClient, Received, close, method_of
from evidence.errors import ForbiddenRequest
from practice.telegram.server import TelegramServer
from practice.telegram.world import TelegramWorld
from tests.channels.telegram.serving import HISTORY, full_of, history_of, new_credential
from tests.practice.telegram.serving import until

CONFIG = {"help.getConfig": {"ok": 1}}


def all_requests() -> set[type[TLRequest]]:
    """Every request that Telethon knows."""
    modules = [functions, *(part for _, part in inspect.getmembers(functions, inspect.ismodule))]
    classes = (found for module in modules for _, found in inspect.getmembers(module, inspect.isclass))
    return {found for found in classes if issubclass(found, TLRequest) and found is not TLRequest}


@asynccontextmanager
async def open_client(server: TelegramServer, **options: Any) -> AsyncIterator[GuardedClient]:
    """A guarded client, connected."""
    client = GuardedClient(new_credential(server), 1, "hash", **options)
    await client.connect()
    try:
        yield client
    finally:
        await close(client)


async def test_no_other_request_reaches_telegram(server: TelegramServer, telegram: TelegramWorld) -> None:
    """Each of the hundreds of requests that are not on the list raises, and the server hears of none."""
    forbidden = sorted(all_requests() - READING, key=lambda request: str(request))
    assert len(forbidden) > 700
    async with open_client(server) as client:
        for request in forbidden:
            with pytest.raises(ForbiddenRequest) as caught:
                await client(object.__new__(request))
            name = request.__name__
            expected = f"{name} is not on the list of requests that may be sent to Telegram: nothing was sent"
            assert expected == str(caught.value)
    assert CONFIG == telegram.report()["counts"]


@pytest.mark.parametrize(
    "request_of",
    [
        lambda: [history_of()],
        lambda: (history_of(), history_of()),
        lambda: functions.InvokeWithoutUpdatesRequest(history_of()),
        lambda: functions.InvokeWithTakeoutRequest(1, history_of()),
        lambda: type("Sly", (functions.messages.GetHistoryRequest,), {})(None, 0, None, 0, 1, 0, 0, 0),
        lambda: None,
    ],
    ids=["list", "tuple", "wrapped", "takeout", "subclass", "nothing"],
)
async def test_no_wrapping_gets_past(
    server: TelegramServer, telegram: TelegramWorld, request_of: Callable[[], object]
) -> None:
    """Lists, wrappers and subclasses of allowed requests are not allowed."""
    async with open_client(server) as client:
        with pytest.raises(ForbiddenRequest):
            await client(request_of())
    assert CONFIG == telegram.report()["counts"]


CONVENIENT: dict[str, Callable[[GuardedClient], Awaitable[object]]] = {
    "send_message": lambda client: client.send_message(types.InputPeerSelf(), "x"),
    "get_dialogs": lambda client: client.get_dialogs(),
    "get_entity": lambda client: client.get_entity(types.InputPeerUser(2001, 1)),
    "get_participants": lambda client: client.get_participants(types.InputPeerChannel(5002, 1)),
    "send_read": lambda client: client.send_read_acknowledge(types.InputPeerChannel(5002, 1), max_id=1),
    "download": lambda client: client._call(client._sender, functions.upload.GetFileRequest(None, 0, 1)),
    "catch_up": lambda client: client.catch_up(),
    "set_receive_updates": lambda client: client.set_receive_updates(True),
    "qr_login": lambda client: client.qr_login(),
    "takeout": lambda client: client.end_takeout(True),
}


@pytest.mark.parametrize("name", CONVENIENT)
async def test_conveniences_of_telethon_are_closed(server: TelegramServer, telegram: TelegramWorld, name: str) -> None:
    """Whatever of Telethon would write, fetch files or mark as read ends at the guard, or does nothing."""
    async with open_client(server) as client:
        with suppress(ForbiddenRequest, ValueError):  # a takeout that never began is no value
            await CONVENIENT[name](client)
    assert CONFIG == telegram.report()["counts"]


async def test_connecting_sends_one_request(server: TelegramServer, telegram: TelegramWorld) -> None:
    """Telethon's own machinery asks for the configuration, which no connection is made without, and nothing else."""
    async with open_client(server):
        await asyncio.sleep(0.05)
    report = telegram.report()
    assert (CONFIG, 0, 0, 0) == (report["counts"], report["joins"], report["writes"], report["media"])


async def test_updates_are_hints(server: TelegramServer, telegram: TelegramWorld) -> None:
    """An update tells which channel has something new and is dropped; gaps and excesses fetch nothing."""
    hints: list[int] = []
    async with open_client(server, hint=hints.append) as client:
        await client(history_of(5003))
        telegram.post("rich_posts", {"text": "lost"}, deliver=False)
        native_id = telegram.post("rich_posts", {"text": "told"})
        telegram.edit("rich_posts", native_id, text="told again")
        telegram.delete("rich_posts", native_id)
        telegram.channel_too_long("rich_posts")
        telegram.views("rich_posts", 1, 7)
        telegram.private_message("to the account itself")
        telegram.updates_too_long()
        await until(lambda: len(hints) == 4)  # a count of views is none
        await asyncio.sleep(0.02)
    assert {5003} == set(hints)
    assert CONFIG | {HISTORY: {"ok": 1}} == telegram.report()["counts"]


async def test_nobody_need_listen(server: TelegramServer, telegram: TelegramWorld) -> None:
    """Without anybody to tell, updates are dropped too."""
    async with open_client(server) as client:
        await client(history_of(5003))
        telegram.post("rich_posts", {"text": "told"})
        await asyncio.sleep(0.02)
        assert (await client(history_of(5003))).messages


async def test_no_one_is_remembered(server: TelegramServer) -> None:
    """Whom answers mention is kept neither in the session nor in Telethon's own memory."""
    async with open_client(server) as client:
        result = await client(history_of(5002))
        assert result.users
        assert (set(), {}) == (client.session._entities, client._mb_entity_cache.hash_map)


async def test_answers_are_noted_as_received(server: TelegramServer) -> None:
    """Size and hash are of the answer's own bytes, equal for equal answers, and the answer is read all the same."""
    noted = []
    async with open_client(server) as client:
        for request in (full_of(), full_of(), full_of(5004)):
            received = Received()
            received.watch(request)
            result = await client(request)
            noted.append((received.sha256, received.size_bytes))
    assert 3 == result.full_chat.participants_count
    assert noted[0] == noted[1] != noted[2]
    assert all(len(sha256) == 64 and size_bytes > 100 for sha256, size_bytes in noted)


def test_the_lists_are_short() -> None:
    """Reading is five requests that change nothing; signing in adds what a sign-in consists of."""
    assert {
        "channels.getFullChannel",
        "channels.getMessages",
        "contacts.resolveUsername",
        "messages.getHistory",
        "updates.getChannelDifference",
    } == {method_of(object.__new__(request)) for request in READING}
    assert {
        "account.getPassword",
        "auth.checkPassword",
        "auth.sendCode",
        "auth.signIn",
        "help.getConfig",
    } == {method_of(object.__new__(request)) for request in SIGNING_IN - READING}


async def test_closing_twice_is_no_matter(server: TelegramServer) -> None:
    """A client that was never connected, or is closed already, can be closed."""
    client = GuardedClient(new_credential(server), 1, "hash")
    await close(client)
    await client.connect()
    await close(client)
    await close(client)
    assert not client.is_connected()
