"""Live events reach those who may know, and nobody for longer than they may."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession

from console.events import MOST_STREAMS, MOST_WAITING, Event, Events
from console.views import live
from console.visit import Console
from evidence.case import Staff
from evidence.roles import Permission, Role
from storage.sessions import end_sessions
from tests.console.asking import Caller, signed_in

NEWS = Event(kind="queue", permission=Permission.DECIDE, values={"count": 3})


async def lines(response: Any) -> AsyncIterator[str]:
    """Lines of a stream that say something."""
    async for line in response.content:
        if line.strip() and not line.startswith((b"retry", b":")):
            yield line.decode().strip()


async def until_open(console: Console, number: int = 1) -> None:
    """The streams are there."""
    async with asyncio.timeout(2):
        while len(console.events._streams) < number:  # noqa: ASYNC110 - a turn or two of the loop
            await asyncio.sleep(0.01)


async def test_an_event_reaches_whoever_may_know(console: Console, client: ClientSession) -> None:
    """By permission and office; it holds ids and numbers."""
    callers = [
        await signed_in(console, client, Role.MONITOR, name="here", offices=frozenset({"B10"})),
        await signed_in(console, client, Role.MONITOR, name="there", offices=frozenset({"C10"})),
        await signed_in(console, client, Role.ADMIN),
    ]
    streams = [await caller.open("GET", "/events").__aenter__() for caller in callers]
    await until_open(console, 3)
    console.events.publish(Event(kind="queue", permission=Permission.DECIDE, offices=frozenset({"B10"})))
    console.events.publish(NEWS)
    console.events.publish(Event(kind="health", permission=Permission.HEALTH))
    console.events.end()
    seen = [[line async for line in lines(stream) if line.startswith("event")] for stream in streams]
    queue, health = "event: queue", "event: health"
    assert [[queue, queue, health], [queue, health], [health]] == seen
    for stream in streams:
        stream.release()


async def test_a_stream_ends_with_its_session(console: Console, client: ClientSession) -> None:
    """At the latest with the next event: it is not sent."""
    caller = await signed_in(console, client, Role.MONITOR)
    assert caller.person is not None
    async with caller.open("GET", "/events") as stream:
        await until_open(console)
        console.events.publish(NEWS)
        found = lines(stream)
        assert ["event: queue", 'data: {"count": 3}'] == [await anext(found), await anext(found)]
        await end_sessions(console.store, caller.person.id)
        console.events.publish(NEWS)
        assert [] == [line async for line in found]


async def test_a_session_has_few_streams(console: Console, client: ClientSession) -> None:
    """Tabs; one more is refused until one is closed."""
    caller = await signed_in(console, client, Role.VIEWER)
    streams = [await caller.open("GET", "/events").__aenter__() for _ in range(MOST_STREAMS)]
    await until_open(console, MOST_STREAMS)
    assert 429 == (await Caller(console, client, caller.cookies).get("/events")).status
    console.events.end()
    for stream in streams:
        stream.release()


def test_who_does_not_keep_up_is_told_so() -> None:
    """Nothing waits for a slow browser: it loads the page again."""
    events = Events()
    stream = events.open(Staff(actor="staff-1", role="monitor", session_id="s"))
    assert stream is not None
    for _ in range(MOST_WAITING + 5):
        events.publish(NEWS)
    assert stream.has_missed
    events.end()
    left = [stream.waiting.get_nowait() for _ in range(stream.waiting.qsize())]
    assert (None, MOST_WAITING + 1) == (left[-1], len(left))


@pytest.mark.slow
async def test_a_stream_shows_that_it_lives(console: Console, client: ClientSession) -> None:
    """Between events, so that proxies keep it open."""
    caller = await signed_in(console, client, Role.VIEWER)
    async with caller.open("GET", "/events") as stream, asyncio.timeout(live.HEARTBEAT_S + 5):
        beats = 0
        async for line in stream.content:
            beats += line == b": here\n"
            if beats == 2:
                break
        console.events.end()
