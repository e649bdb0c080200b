"""Spiders beside a Telegram collector and the console in one process: hours of passes leave nothing behind.

``SOAK_S`` makes it longer: 3600 is an hour.
"""

import asyncio
import gc
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession

from console.routes import ROUTES
from console.visit import Console
from crawler.assemble import custody_log, now
from crawler.commands.console import console_served
from crawler.crawl import Crawler
from crawler.database import make_data_dir
from crawler.intake import intake
from crawler.passes import Item, pass_over
from evidence.records import Outcome
from evidence.roles import Role
from practice.directory.web import PracticeDirectory
from practice.story import build_world
from tests.console.asking import new_client, signed_in
from tests.crawler.serving import PLACES, at
from tests.crawler.telegram_making import ROOM, Loopback, check_manners
from tests.mongo_rules import Rules
from tests.tasks import own_tasks

LENGTH_S = float(os.environ.get("SOAK_S", "60"))
WARM_S = max(20.0, LENGTH_S / 6)
"""Of passes, the first of which fill caches."""
BETWEEN_S = LENGTH_S / 600
"""Two rounds of passes."""
PAUSE_S = 0.2
"""Between two pages of the console."""
MOST_BYTES, MOST_OBJECTS = 12_000_000, 2_000
"""What may be more at the end; passes of a minute make some two hundred crawls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a process holds."""

    tasks: int
    descriptors: int
    objects: int
    size_bytes: int


def held() -> Held:
    """Now, after what is garbage is gone."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    descriptors = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    return Held(
        tasks=own_tasks(),
        descriptors=descriptors,
        objects=len(gc.get_objects()),
        size_bytes=pages * os.sysconf("SC_PAGE_SIZE"),
    )


async def passes(items: list[Item], crawler: Crawler, loopback: Loopback, rules: Rules, length_s: float) -> int:
    """One round after the other, for so long; returns how many passes. What the practice notes is thrown away."""
    ends, number = time.monotonic() + length_s, 0
    while time.monotonic() < ends:
        runs = await pass_over(items, crawler, lambda run: None)
        assert {Outcome.WATCHED} == {run.outcome for run in runs}, runs
        number += len(runs)
        check_manners(loopback.world)
        loopback.world.net.clear()
        loopback.world.book.calls.clear()
        rules.commands.clear()
        await asyncio.sleep(BETWEEN_S)
    return number


class Reader:
    """Somebody who opens every page of the console that needs no more than its address, over and over."""

    def __init__(self, console: Console, client: ClientSession) -> None:
        self._console, self._client = console, client
        self.opened = 0
        self.turn = asyncio.Lock()
        """Taken while a page is being opened."""

    async def read(self) -> None:
        """Until cancelled; a fresh session each round."""
        paths = [route.path for route in ROUTES if route.method == "GET" and "{" not in route.path]
        while True:
            caller = await signed_in(self._console, self._client, Role.SUPERVISOR)
            for path in paths:
                if path != "/events":
                    async with self.turn:
                        answer = await caller.get(path, Connection="close")
                    assert answer.status < 500, (path, answer.status)
                    self.opened += 1
                await asyncio.sleep(PAUSE_S)


@asynccontextmanager
async def somebody_reading(loopback: Loopback) -> AsyncIterator[Reader]:
    """The console as ``haechi run`` serves it, and somebody at it."""
    settings = loopback.settings.model_copy(update={"console": "127.0.0.1:0"})
    make_data_dir(settings)
    async with (
        custody_log(loopback.store, settings) as custody,
        intake(loopback.store, custody, every_s=1.0),
        console_served(loopback.store, custody, settings, lambda words: None) as console,
        new_client() as client,
    ):
        reader = Reader(console, client)
        task = asyncio.create_task(reader.read())
        yield reader
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.mark.slow
async def test_passes_leave_nothing_behind(loopback: Loopback, rules: Rules) -> None:
    """Tasks and descriptors are as many at the end as before, memory is flat, and all were read."""
    loopback.open_room(300)
    world = build_world(now())
    listing = PracticeDirectory(world)
    await listing.start()
    directories = [at(listing, site, "이야기") for site in PLACES]
    async with loopback.crawler() as crawler, somebody_reading(loopback) as reader:
        items: list[Item] = [ROOM, *directories]
        await passes(items, crawler, loopback, rules, WARM_S)
        async with reader.turn:
            before, opened = held(), reader.opened
        number = await passes(items, crawler, loopback, rules, LENGTH_S - WARM_S)
        async with reader.turn:
            after, opened = held(), reader.opened - opened
    await listing.stop()
    print(f"\n{number} passes, {opened} pages: {before} -> {after}")  # noqa: T201 - figures for whoever runs it
    assert number > 20
    assert opened > 20
    assert (before.tasks, before.descriptors) == (after.tasks, after.descriptors)
    assert after.objects - before.objects < MOST_OBJECTS
    assert after.size_bytes - before.size_bytes < MOST_BYTES
