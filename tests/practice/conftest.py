"""A fresh standard world, served on loopback, for every test of the practice folder."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
import pytest_asyncio

from practice.story import build_world
from practice.web import PracticeWeb
from practice.world import World

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """The moment at which the world is built and read."""
    return NOW


@pytest.fixture
def world() -> World:
    """The standard world."""
    return build_world(NOW)


@pytest_asyncio.fixture
async def web(world: World) -> AsyncIterator[PracticeWeb]:
    """The world's pages on a free port."""
    server = PracticeWeb(world, lambda: NOW)
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture
async def client(web: PracticeWeb) -> AsyncIterator[aiohttp.ClientSession]:
    """A session whose addresses are paths of the server."""
    async with aiohttp.ClientSession(web.base) as session:
        yield session
