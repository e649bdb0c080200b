"""The schedule with Telegram: what is pushed makes a room due at once, and the end comes soon."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from crawler.crawl import Crawler, crawl_source
from crawler.schedule import serve
from evidence.records import CrawlRun, Watchlist
from practice.telegram.channel import Channel
from tests.crawler.telegram_making import DENSE_S, ROOM, Loopback, check, naming
from tests.practice.telegram.serving import until

CLOSE = replace(ROOM, every_s=3_600)
WATCHING = Watchlist(timezone="Asia/Seoul", sources=(CLOSE,))
pytestmark = pytest.mark.slow


class Service:
    """``haechi run`` in this process: its passes as they end."""

    def __init__(self) -> None:
        self.runs: asyncio.Queue[tuple[CrawlRun, float]] = asyncio.Queue()
        self.stop = asyncio.Event()

    def report(self, run: CrawlRun) -> None:
        """Called as each pass ends."""
        self.runs.put_nowait((run, time.monotonic()))

    async def flagged(self, number: int) -> list[float]:
        """Wait for so many flags; when each was raised."""
        at: list[float] = []
        while len(at) < number:
            run, ended = await asyncio.wait_for(self.runs.get(), 15)
            at += [ended] * run.flags
        return at


@pytest.fixture
def room(loopback: Loopback) -> Channel:
    """A room that is worth watching closely."""
    return loopback.open_room(60, DENSE_S)


@pytest_asyncio.fixture
async def crawler(loopback: Loopback, room: Channel) -> AsyncIterator[Crawler]:
    """A crawler that has read the room once."""
    async with loopback.crawler(CLOSE) as opened:
        await crawl_source(CLOSE, opened)
        yield opened


@pytest_asyncio.fixture
async def service(crawler: Crawler) -> AsyncIterator[Service]:
    """The service after its first pass."""
    opened = Service()
    serving = asyncio.create_task(serve(WATCHING, crawler, opened.report, opened.stop, spread_s=0))
    await asyncio.wait_for(opened.runs.get(), 5)
    yield opened
    opened.stop.set()
    await asyncio.wait_for(serving, 5)


async def test_a_post_is_flagged_within_two_seconds(loopback: Loopback, room: Channel, service: Service) -> None:
    """A push says that something happened; the pass that it causes reads it, long before the next one was planned."""
    for turn in range(3):
        posted = time.monotonic()
        loopback.world.post(room, {"text": naming(turn)})
        (flagged,) = await service.flagged(1)
        assert flagged - posted < 2.0
    await check(loopback, CLOSE)


async def test_a_lost_push_costs_delay_alone(loopback: Loopback, room: Channel, service: Service) -> None:
    """Nothing told of the first post; the push of the second one brings both."""
    loopback.world.post(room, {"text": naming(1)}, deliver=False)
    await asyncio.sleep(1.5)
    assert service.runs.empty()
    loopback.world.post(room, {"text": naming(2)})
    assert 2 == len(await service.flagged(2))
    await check(loopback, CLOSE)


async def test_a_room_that_never_falls_silent(loopback: Loopback, room: Channel, service: Service) -> None:
    """Pushes that keep coming do not put the pass off."""
    begun = time.monotonic()
    for turn in range(14):
        loopback.world.post(room, {"text": naming(turn)})
        await asyncio.sleep(0.3)
    flagged = await service.flagged(14)
    assert flagged[0] - begun < 2.5
    await check(loopback, CLOSE)


@pytest.mark.parametrize("fault", [{}, {"action": "ignore"}, {"delay": 20.0}])
async def test_a_signal_ends_it_within_seconds(loopback: Loopback, room: Channel, fault: dict[str, Any]) -> None:
    """Also in the middle of a request that nobody answers."""
    service = Service()
    async with loopback.crawler(CLOSE) as crawler:
        await crawl_source(CLOSE, crawler)
        asked = len(loopback.world.calls)
        if fault:
            loopback.world.fault("*", times=-1, **fault)
        serving = asyncio.create_task(serve(WATCHING, crawler, service.report, service.stop, spread_s=0))
        await until(lambda: len(loopback.world.calls) > asked)
        began = time.monotonic()
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(serving, 5)
    assert time.monotonic() - began < 3
    loopback.world.faults.clear()
    async with loopback.crawler(CLOSE) as crawler:
        await crawl_source(CLOSE, crawler)
    await check(loopback, CLOSE)
