"""Tests of the server as a whole: keys revoked, outages, two clients of one key, control port and script."""

import asyncio
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from telethon import TelegramClient, errors
from telethon.sessions import StringSession

from practice.telegram.server import TelegramServer
from practice.telegram.sessions import make_string_session, new_auth_key
from practice.telegram.world import TelegramWorld
from tests.practice.telegram.serving import Stopwatch, open_client, until, watch


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        ("SESSION_REVOKED", errors.SessionRevokedError),
        ("AUTH_KEY_UNREGISTERED", errors.AuthKeyUnregisteredError),
        ("USER_DEACTIVATED_BAN", errors.UserDeactivatedBanError),
    ],
)
async def test_revoked_keys(
    client: TelegramClient, server: TelegramServer, error: str, raised: type[Exception]
) -> None:
    """Every call of a revoked key fails; a restored one works again."""
    server.revoke(error)
    with pytest.raises(raised):
        await client.get_entity("alpha_news")
    server.restore()
    assert await client.get_entity("alpha_news")


@pytest.mark.slow
async def test_a_key_that_is_denied(server: TelegramServer) -> None:
    """A key that the server does not know any more ends the connection."""
    async with open_client(server, connection_retries=1, retry_delay=0.05) as client:
        server.revoke(transport=True)
        with pytest.raises((ConnectionError, errors.AuthKeyNotFound)):
            await client.get_entity("alpha_news")


async def test_outage(client: TelegramClient, server: TelegramServer, telegram: TelegramWorld) -> None:
    """During an outage nobody gets in; afterwards the client is back at the same port."""
    port = server.port
    outage = server.spawn(server.outage(0.03))
    await asyncio.sleep(0.01)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    await outage
    assert await asyncio.wait_for(client.get_messages("rich_posts", limit=1), 2)
    assert port == server.port
    assert 2 == len([note for note in telegram.net if note["event"] == "connect"])


async def test_dropped_connections(client: TelegramClient, server: TelegramServer, telegram: TelegramWorld) -> None:
    """A client whose connection is dropped connects again by itself."""
    server.drop_all()
    await until(lambda: len([note for note in telegram.net if note["event"] == "connect"]) == 2)
    assert await asyncio.wait_for(client.get_messages("rich_posts", limit=1), 2)


async def test_one_key_in_two_places(server: TelegramServer, telegram: TelegramWorld) -> None:
    """Two clients that use one key at the same time are noted: a real account would be lost."""
    key = new_auth_key()
    server.register(key)
    line = make_string_session(server.port, key)
    async with (
        open_client(server, session=StringSession(line)),
        open_client(server, session=StringSession(line)),
    ):
        assert ["key_in_use_twice"] == [note["event"] for note in telegram.net if "twice" in note["event"]]


async def test_control_port(client: TelegramClient, server: TelegramServer, telegram: TelegramWorld) -> None:
    """Operations come as lines of JSON; each is answered with its result or with what was wrong."""
    seen = watch(client)
    reader, writer = await asyncio.open_connection("127.0.0.1", await server.start_control())

    async def tell(**op: Any) -> Any:
        writer.write(json.dumps(op).encode() + b"\n")
        return json.loads(await reader.readline())

    assert {"ok": True, "result": 11} == await tell(type="post", channel="rich_posts", message={"text": "told"})
    assert {"ok": True, "result": None} == await tell(type="members", channel="alpha_news", count=7)
    assert {"ok": False, "error": "ValueError: unknown operation 'dance'"} == await tell(type="dance")
    assert {"ok": False, "error": "KeyError: 'nowhere'"} == await tell(type="post", channel="nowhere")
    assert 0 == (await tell(type="report"))["result"]["joins"]
    await until(lambda: seen)
    writer.close()
    assert 7 == telegram.find("alpha_news").participants_count


async def test_script_follows_the_world_s_clock(server_key: RSAPrivateKey, stopwatch: Stopwatch) -> None:
    """What a world file says for later happens when the world's own clock has come to it."""
    spec = {
        "channels": [{"id": 5001, "username": "room"}],
        "events": [
            {"at": 7200, "type": "delete", "channel": "room", "ids": 1},
            {"at": 3600, "type": "post", "channel": "room", "message": {"text": "later"}},
        ],
    }
    telegram = TelegramWorld(spec, stopwatch)
    async with TelegramServer(telegram, private_key=server_key):
        await asyncio.sleep(0.01)
        assert [] == telegram.find("room").ids
        stopwatch.forward(3600)
        await until(lambda: telegram.find("room").ids)
        stopwatch.forward(3600)
        await until(lambda: not telegram.find("room").ids)


async def test_operations_on_connections(client: TelegramClient, server: TelegramServer) -> None:
    """Salt, keys, connections and outages can be changed from outside too."""
    for op in ({"type": "rotate_salt"}, {"type": "revoke"}, {"type": "restore"}, {"type": "drop_connections"}):
        server.world.apply(op)
    server.world.apply({"type": "outage", "seconds": 0.01})
    assert await asyncio.wait_for(client.get_messages("rich_posts", limit=1), 2)


@pytest.mark.parametrize(
    "sent",
    [
        bytes(range(1, 200)),
        b"\xef\x01abcd",
        b"\xef\x0a" + bytes(40),
        b"\xef\x0a" + bytes(16) + b"\x10\0\0\0" + bytes(range(20)),
    ],
)
async def test_a_stranger_s_bytes_end_that_connection(server: TelegramServer, sent: bytes) -> None:
    """What is no transport, no packet or no request is hung up on, and harms nobody else."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(sent)
    assert b"" == await asyncio.wait_for(reader.read(), 1)
    writer.close()
    async with open_client(server) as client:
        assert await client.is_user_authorized()
