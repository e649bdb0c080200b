"""The small Telegram world on loopback, and accounts of ours that read it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from channels.telegram.account import Account
from channels.telegram.guard import GuardedClient
from practice.telegram.server import TelegramServer
from tests.channels.telegram.serving import Notebook, open_account
from tests.practice.telegram.conftest import _forget_servers, server, server_key, stopwatch, telegram
from tests.practice.telegram.serving import Stopwatch

__all__ = ["_forget_servers", "server", "server_key", "stopwatch", "telegram"]


@pytest.fixture(autouse=True)
def _forget_servers_of_ours() -> Iterator[None]:
    """Our client is a class of its own, with addresses of its own."""
    GuardedClient._config = None
    yield
    GuardedClient._config = None


@pytest.fixture
def memory() -> Notebook:
    """What accounts remember."""
    return Notebook()


@pytest_asyncio.fixture
async def account(server: TelegramServer, stopwatch: Stopwatch, memory: Notebook) -> AsyncIterator[Account]:
    """An account that is signed in."""
    async with open_account(server, stopwatch, memory) as opened:
        yield opened
