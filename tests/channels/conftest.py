"""What tests of channels share: the practice world over real sockets, and saved real pages where they are at hand."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp.web
import pytest
import pytest_asyncio

from channels.fetch import Fetcher, Response
from channels.pace import Pace
from practice.story import build_world
from practice.web import PracticeWeb
from practice.world import World

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

Answer = Callable[[aiohttp.web.Request], Awaitable[aiohttp.web.StreamResponse]]
Serve = Callable[[Answer], Awaitable[str]]


HTML = "<html>글</html>"


async def get(fetcher: Fetcher, url: str, *more_hosts: str) -> Response:
    """Fetch from the address's own host."""
    return await fetcher.get(url, (urlsplit(url).netloc, *more_hosts))


def answering(status: int = 200, text: str = HTML, kind: str = "text/html", **headers: str) -> Answer:
    """A server's answer to every path; ``_`` in names of headers stands for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_: aiohttp.web.Request) -> aiohttp.web.Response:
        return aiohttp.web.Response(status=status, body=text.encode(), headers={"Content-Type": kind} | named)

    return answer


@pytest.fixture(scope="session")
def real_pages() -> Path:
    """The folder of saved pages of t.me."""
    folder = os.environ.get("HAECHI_TEST_DATA")
    if not folder:
        pytest.skip("HAECHI_TEST_DATA is not set: no real pages to read")
    return Path(folder) / "pages"


@pytest.fixture
def world() -> World:
    """The standard practice world."""
    return build_world(NOW)


@pytest_asyncio.fixture
async def web(world: World) -> AsyncIterator[PracticeWeb]:
    """Its pages on a free port; at the end no picture, video or voice was ever asked for."""
    server = PracticeWeb(world, lambda: NOW)
    await server.start()
    yield server
    await server.stop()
    assert 0 == server.media_requests


@pytest_asyncio.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    """Fetches from this machine without pauses."""
    async with Fetcher(contact="ops@haechi.example", pace=Pace(pause_s=0), allow_loopback=True) as opened:
        yield opened


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts small servers on loopback that answer every path in one way; returns their addresses."""
    runners: list[aiohttp.web.AppRunner] = []

    async def start(answer: Answer) -> str:
        async def handle(request: aiohttp.web.Request) -> aiohttp.web.StreamResponse:
            return aiohttp.web.Response(status=404) if request.path == "/robots.txt" else await answer(request)

        application = aiohttp.web.Application()
        application.router.add_get("/{path:.*}", handle)
        runners.append(aiohttp.web.AppRunner(application, access_log=None, shutdown_timeout=0.05))
        await runners[-1].setup()
        await aiohttp.web.TCPSite(runners[-1], "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runners[-1].addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()
