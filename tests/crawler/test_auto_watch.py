"""Rooms that a rule of the watchlist takes up from a directory: as many as it may, none that anybody decided about."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.assemble import now
from crawler.crawl import Crawler
from crawler.directories import auto_sources, crawl_directory
from crawler.schedule import serve
from evidence.records import CrawlRun, Directory, Watchlist
from practice.directory.web import PracticeDirectory
from storage.rooms import dismiss
from tests.conftest import Clock
from tests.crawler.serving import at


@pytest.fixture
def today(clock: Clock) -> Clock:
    """The clock of the crawler at this moment: pages carry the real one."""
    clock.now = now() + timedelta(minutes=1)
    return clock


async def auto(crawler: Crawler, *directories: Directory) -> list[str]:
    """Names of what is watched by rule."""
    watchlist = Watchlist(timezone="Asia/Seoul", directories=directories)
    return sorted(source.name for source in await auto_sources(watchlist, crawler))


async def test_a_rule_takes_up_no_more_than_it_may(crawler: Crawler, listing: PracticeDirectory, today: Clock) -> None:
    """Only rooms whose name matches, the cap kept over pages and passes; without a rule nothing is watched."""
    ready = replace(crawler, listed=frozenset())
    two = at(listing, "telemetrio", "이야기", auto_watch=2)
    await crawl_directory(replace(two, auto_watch=0), ready)
    assert [] == await auto(ready, two)
    for _ in range(2):
        await crawl_directory(two, ready)
        assert 2 == len(await auto(ready, two))
    await crawl_directory(replace(two, auto_watch=9), ready)
    assert ["practice_group", "practice_pictures", "practice_rumours"] == await auto(ready, replace(two, auto_watch=9))
    assert ([], []) == (await auto(ready, replace(two, auto_watch=0)), await auto(ready))


async def test_what_is_on_the_watchlist_needs_no_rule(
    crawler: Crawler, listing: PracticeDirectory, today: Clock
) -> None:
    """It takes no place of the cap, whether or not it was passed over before."""
    ready = replace(crawler, listed=frozenset({"https://t.me/practice_group", "https://t.me/practice_rumours"}))
    one = at(listing, "telemetrio", "이야기", auto_watch=1)
    await crawl_directory(one, ready)
    assert ["practice_pictures"] == await auto(ready, one)


async def test_a_dismissed_room_is_not_taken_up(crawler: Crawler, listing: PracticeDirectory, today: Clock) -> None:
    """Neither before nor after; its place goes to another room."""
    ready = replace(crawler, listed=frozenset())
    rule = at(listing, "telemetrio", "이야기", auto_watch=1)
    await crawl_directory(replace(rule, auto_watch=0), ready)
    await dismiss(ready.store, "https://t.me/practice_group", "", today(), "staff-a")
    await crawl_directory(rule, ready)
    (first,) = await auto(ready, rule)
    assert "practice_group" != first
    await dismiss(ready.store, f"https://t.me/{first}", "", today(), "staff-a")
    assert [] == await auto(ready, rule)
    await crawl_directory(rule, ready)
    (second,) = await auto(ready, rule)
    assert second not in (first, "practice_group")


async def test_rooms_that_cannot_be_watched_are_not_taken_up(
    crawler: Crawler, listing: PracticeDirectory, today: Clock
) -> None:
    """A private room whose title matches."""
    listing.private |= {"practice_group", "practice_pictures", "practice_rumours"}
    rule = at(listing, "combot", "이야기", auto_watch=9)
    await crawl_directory(rule, replace(crawler, listed=frozenset()))
    assert [] == await auto(crawler, rule)


@pytest.mark.slow
async def test_the_service_follows_a_rule(crawler: Crawler, listing: PracticeDirectory) -> None:
    """A room that was taken up has its passes after that of the directory; once dismissed it has none, hint or not."""
    rule = replace(at(listing, "telemetrio", "이야기", auto_watch=1), every_s=1)
    running = replace(crawler, listed=frozenset(), clock=now)
    stop, runs = asyncio.Event(), list[CrawlRun]()
    watchlist = Watchlist(timezone="Asia/Seoul", directories=(rule,))
    serving = asyncio.create_task(serve(watchlist, running, runs.append, stop, spread_s=0))
    await asyncio.sleep(3)
    first = [run.source for run in runs if run.source != rule.address]
    assert (rule.address, 1) == (runs[0].source, len(first))
    await dismiss(running.store, first[0], "", now(), "staff-a")
    await asyncio.sleep(4)
    assert running.due is not None
    for address in {run.source for run in runs} - {rule.address}:
        running.due.put_nowait(address)
    await asyncio.sleep(2)
    stop.set()
    await serving
    passes = Counter(run.source for run in runs if run.source != rule.address)
    assert [1, 2] == sorted(passes.values())
    assert 1 == passes[first[0]]
