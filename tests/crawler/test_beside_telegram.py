"""Spiders beside a Telegram collector in one process: hours of passes leave nothing behind."""

import asyncio
import gc
import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.assemble import now
from crawler.crawl import Crawler
from crawler.passes import Item, pass_over
from evidence.records import Outcome
from practice.directory.web import PracticeDirectory
from practice.story import build_world
from tests.crawler.serving import PLACES, at
from tests.crawler.telegram_making import ROOM, Loopback, check_manners
from tests.mongo_rules import Rules

LENGTH_S, WARM_S = 60, 20
"""Of back-to-back passes; the first ones fill caches."""
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
        tasks=len(asyncio.all_tasks()),
        descriptors=descriptors,
        objects=len(gc.get_objects()),
        size_bytes=pages * os.sysconf("SC_PAGE_SIZE"),
    )


async def passes(items: list[Item], crawler: Crawler, loopback: Loopback, rules: Rules, length_s: float) -> int:
    """Back to back, for so long; returns how many there were. What the practice notes of itself is thrown away."""
    ends, number = time.monotonic() + length_s, 0
    while time.monotonic() < ends:
        runs = await pass_over(items, crawler, lambda run: None)
        assert {Outcome.WATCHED} == {run.outcome for run in runs}, runs
        number += len(runs)
        check_manners(loopback.world)
        loopback.world.net.clear()
        loopback.world.book.calls.clear()
        rules.commands.clear()
    return number


@pytest.mark.slow
async def test_passes_leave_nothing_behind(loopback: Loopback, rules: Rules) -> None:
    """Tasks and descriptors are as many at the end as before, memory is flat, and both were read."""
    loopback.open_room(300)
    world = build_world(now())
    listing = PracticeDirectory(world)
    await listing.start()
    directories = [at(listing, site, "이야기") for site in PLACES]
    async with loopback.crawler() as crawler:
        items: list[Item] = [ROOM, *directories]
        await passes(items, crawler, loopback, rules, WARM_S)
        before = held()
        number = await passes(items, crawler, loopback, rules, LENGTH_S - WARM_S)
        after = held()
    await listing.stop()
    print(f"\n{number} passes: {before} -> {after}")  # noqa: T201 - figures for whoever runs it
    assert number > 20
    assert (before.tasks, before.descriptors) == (after.tasks, after.descriptors)
    assert after.objects - before.objects < MOST_OBJECTS
    assert after.size_bytes - before.size_bytes < MOST_BYTES
