"""A small Telegram world, served on loopback to a client that knows nothing of practice."""

import copy
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from telethon import TelegramClient
from telethon.crypto import rsa

from practice.telegram.cipher import new_private_key
from practice.telegram.server import TelegramServer
from practice.telegram.world import TelegramWorld
from tests.practice.telegram.serving import SPEC, Stopwatch, open_client


@pytest.fixture(scope="session")
def server_key() -> RSAPrivateKey:
    """One server key for the whole run: making one is slow."""
    return new_private_key()


@pytest.fixture(autouse=True)
def _forget_servers() -> Iterator[None]:
    """Telethon keeps a server's addresses on the class: no test may inherit them."""
    TelegramClient._config = None
    yield
    TelegramClient._config = None


@pytest.fixture
def stopwatch() -> Stopwatch:
    """The clock of the small world."""
    return Stopwatch()


@pytest.fixture
def telegram(stopwatch: Stopwatch) -> TelegramWorld:
    """The small world."""
    return TelegramWorld(copy.deepcopy(SPEC), stopwatch)


@pytest_asyncio.fixture
async def server(telegram: TelegramWorld, server_key: RSAPrivateKey) -> AsyncIterator[TelegramServer]:
    """Its server on a free port; it must not have failed at anything."""
    async with TelegramServer(telegram, private_key=server_key) as opened:
        rsa.add_key(opened.public_pem, old=False)
        yield opened
    assert [] == [note for note in telegram.net if note["event"] in ("answer_failed", "task_failed")]


@pytest_asyncio.fixture
async def client(server: TelegramServer) -> AsyncIterator[TelegramClient]:
    """A client that is signed in."""
    async with open_client(server, flood_sleep_threshold=0, retry_delay=0.05) as opened:
        yield opened
