"""Tests of the transports, and of a key made from nothing."""

import pytest
from telethon import TelegramClient, connection

from practice.telegram.server import TelegramServer
from practice.telegram.world import TelegramWorld
from tests.practice.telegram.serving import open_client, open_stranger


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (connection.ConnectionTcpFull, "full"),
        (connection.ConnectionTcpAbridged, "abridged"),
        (connection.ConnectionTcpIntermediate, "intermediate"),
        (connection.ConnectionTcpObfuscated, "abridged+obfuscated"),
    ],
)
async def test_every_transport_is_recognised(
    server: TelegramServer, telegram: TelegramWorld, kind: type[connection.Connection], name: str
) -> None:
    """A signed-in client gets its answers over each transport that it may choose."""
    async with open_client(server, connection=kind) as client:
        assert 1_000_001 == (await client.get_me()).id
    assert [name] == [note["transport"] for note in telegram.net if note["event"] == "connect"]


async def test_key_exchange(server: TelegramServer, telegram: TelegramWorld) -> None:
    """A client without a key makes one with the server, and is a stranger still."""
    async with open_stranger(server) as client:
        assert not await client.is_user_authorized()
    assert 1 == len([note for note in telegram.net if note["event"] == "auth_key_created"])


async def test_client_says_who_it_is(client: TelegramClient, telegram: TelegramWorld) -> None:
    """What a client says of itself is written down."""
    notes = [note for note in telegram.net if note["event"] == "init_connection"]
    assert [(1, "1.45.0")] == [(note["api_id"], note["app_version"]) for note in notes]
