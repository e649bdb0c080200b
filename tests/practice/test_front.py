"""Tests of the door before a site of practice, and of what a host shows of itself."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from practice.certificates import Authority, Shown
from practice.front import Door, Front
from practice.web import PracticeWeb

SHORT = aiohttp.ClientTimeout(total=0.15)
PAGE = "/s/practice_talk"


@pytest_asyncio.fixture
async def front(web: PracticeWeb) -> AsyncIterator[Front]:
    """A door before the practice web."""
    opened = Front(int(web.base.rpartition(":")[2]))
    await opened.start()
    yield opened
    await opened.stop()


async def read(front: Front) -> bytes:
    """A page through it."""
    async with (
        aiohttp.ClientSession(timeout=SHORT) as session,
        session.get(f"http://127.0.0.1:{front.port}{PAGE}") as answer,
    ):
        return await answer.read()


async def test_open_it_changes_nothing(front: Front, client: aiohttp.ClientSession) -> None:
    """The page comes as the site sends it."""
    async with client.get(PAGE) as answer:
        assert len(await answer.read()) == len(await read(front))


@pytest.mark.parametrize(
    ("door", "error"),
    [
        ("reset", aiohttp.ClientError),
        ("silent", TimeoutError),
        ("half", TimeoutError),
        ("drip", TimeoutError),
    ],
)
async def test_each_door_keeps_the_answer_back(front: Front, door: Door, error: type[Exception]) -> None:
    """A reader that waits for ever would wait for ever; opened again, it lets the next answer through."""
    await front.turn(door)
    with pytest.raises(error):
        await read(front)
    await front.turn("open")
    assert b"tgme_widget_message" in await read(front)


async def test_turning_ends_connections(front: Front) -> None:
    """A reader that keeps its connection notices too."""
    reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
    writer.write(f"GET {PAGE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    await front.turn("silent")
    async with asyncio.timeout(5):
        with suppress(ConnectionError):
            await reader.read()  # to the end, which there is none of while the connection stands
    writer.transport.abort()
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        ("right", None),
        ("expired", "certificate has expired"),
        ("of another name", "Hostname mismatch"),
        ("of an unknown authority", "unable to get local issuer certificate"),
    ],
)
async def test_certificates(front: Front, tmp_path: Path, shown: Shown, why: str | None) -> None:
    """Whoever trusts the authority believes the right one alone, and says what is wrong with the others."""
    authority = Authority(tmp_path / "authority")
    await front.show(authority.shown(shown))
    trusting = ssl.create_default_context(cafile=authority.root)
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", front.port, ssl=trusting, server_hostname="localhost")
        writer.transport.abort()
        said = None
    except ssl.SSLCertVerificationError as problem:
        said = problem.verify_message
    assert (why is None) == (said is None)
    assert (why or "") in (said or "")
