"""Tests of the ways in which the practice web misbehaves."""

import asyncio
import zlib
from typing import Literal

import aiohttp
import pytest

from practice.faults import BOMB_BYTES, HOSTILE, RETRY_AFTER_S, pack_zeros
from practice.web import PracticeWeb

ABSENT = "you can contact"


async def get(client: aiohttp.ClientSession, path: str) -> tuple[int, str]:
    """Status and text of an answer, redirects followed."""
    async with client.get(path) as answer:
        return answer.status, await answer.text()


async def test_absence_begins_after_the_given_number(client: aiohttp.ClientSession, web: PracticeWeb) -> None:
    """After two pages even the control channel looks as if nobody had its name."""
    web.faults.absence_after = 2
    answers = [await get(client, "/telegram") for _ in range(3)]
    assert [False, False, True] == [ABSENT in text for _, text in answers]
    assert [200, 200, 200] == [status for status, _ in answers]


@pytest.mark.parametrize("path", ["/s/practice_talk", "/practice_talk/3?embed=1", "/practice_group"])
async def test_absence_covers_every_page(client: aiohttp.ClientSession, web: PracticeWeb, path: str) -> None:
    """Previews, single posts and landing pages all end at the not-found page, until it is over."""
    web.faults.absence_after = 0
    status, text = await get(client, path)
    assert (200, True) == (status, ABSENT in text)
    web.faults.absence_after = None
    assert ABSENT not in (await get(client, path))[1]


async def test_too_many_says_when_to_return(client: aiohttp.ClientSession, web: PracticeWeb) -> None:
    """429 carries Retry-After."""
    web.faults.too_many = True
    async with client.get("/s/practice_talk") as answer:
        assert (429, str(RETRY_AFTER_S)) == (answer.status, answer.headers["Retry-After"])


@pytest.mark.parametrize("status", [403, 500, 503])
async def test_status_is_answered(client: aiohttp.ClientSession, web: PracticeWeb, status: int) -> None:
    """Any status can be set for all pages."""
    web.faults.status = status
    assert (status, "") == await get(client, "/practice_talk")


@pytest.mark.parametrize(
    ("robots", "answer"),
    [(404, (404, "")), (503, (503, "")), ("User-agent: *\nDisallow: /", (200, "User-agent: *\nDisallow: /"))],
)
async def test_robots(
    client: aiohttp.ClientSession, web: PracticeWeb, robots: int | str, answer: tuple[int, str]
) -> None:
    """robots.txt answers a status or a text."""
    web.faults.robots = robots
    assert answer == await get(client, "/robots.txt")


async def test_robots_obeys_no_other_fault(client: aiohttp.ClientSession, web: PracticeWeb) -> None:
    """Faults of pages leave robots.txt alone, and reading it uses up no true answer."""
    web.faults.too_many, web.faults.status, web.faults.cut = True, 500, True
    web.faults.garbage, web.faults.absence_after, web.faults.delay_s = "binary", 1, 30
    assert (404, "") == await get(client, "/robots.txt")
    assert 1 == web.faults.absence_after


@pytest.mark.parametrize("garbage", [None, "binary"])
async def test_cut_ends_the_connection_in_the_body(
    client: aiohttp.ClientSession, web: PracticeWeb, garbage: Literal["binary"] | None
) -> None:
    """The reader learns that the body is not whole, whatever is in it."""
    web.faults.cut, web.faults.garbage = True, garbage
    async with client.get("/practice_talk") as answer:
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()


async def test_binary_garbage_calls_itself_html(client: aiohttp.ClientSession, web: PracticeWeb) -> None:
    """Bytes that are no text come as text/html."""
    web.faults.garbage = "binary"
    async with client.get("/s/practice_talk") as answer:
        body = await answer.read()
        assert "text/html; charset=utf-8" == answer.headers["Content-Type"]
    assert (b"\x00\x01\x02", 16_384) == (body[:3], len(body))


async def test_zeros_are_small_on_the_wire(web: PracticeWeb) -> None:
    """The bomb names gzip and is a thousandth of what it becomes."""
    web.faults.garbage = "zeros"
    async with (
        aiohttp.ClientSession(web.base, auto_decompress=False) as client,
        client.get("/s/telegram") as answer,
    ):
        body = await answer.read()
        assert "gzip" == answer.headers["Content-Encoding"]
    assert len(body) < BOMB_BYTES // 500
    assert pack_zeros() == body


def test_zeros_inflate() -> None:
    """The bomb is gzip, and its first megabytes are zeros."""
    inflated = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(pack_zeros(), 4_000_000)
    assert bytes(4_000_000) == inflated


async def test_delay_holds_a_page_back(client: aiohttp.ClientSession, web: PracticeWeb) -> None:
    """A page comes after the delay, so an impatient reader gives up; stopping does not wait for it."""
    web.faults.delay_s = 30
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02), client.get("/practice_talk"):
            pass


@pytest.mark.parametrize("kind", ["nested", "deep", "crowd"])
async def test_hostile_pages_repeat_until_nobody_reads(
    client: aiohttp.ClientSession, web: PracticeWeb, kind: Literal["nested", "deep", "crowd"]
) -> None:
    """They are called HTML, say no length, and a reader may leave in the middle."""
    web.faults.garbage = kind
    async with client.get("/s/practice_talk") as answer:
        begun = await answer.content.readexactly(500)
        assert ("text/html", None) == (answer.content_type, answer.content_length)
    assert 2 * HOSTILE[kind][0] in begun
    web.faults.garbage = None
    assert 200 == (await get(client, "/s/practice_talk"))[0]
