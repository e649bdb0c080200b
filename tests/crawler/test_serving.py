"""The service follows the watchlist: a version that is stored meanwhile takes over."""

import asyncio
import os
import signal
from pathlib import Path

from config.settings import Settings
from crawler.assemble import current_watchlist, now
from crawler.ending import told_by_signals
from crawler.serving import passes_here, serve_newest
from evidence.records import CrawlRun, Watchlist
from storage.mongo import Store
from tests.storage.importing import imported

ROOM = "  - {{address: https://t.me/{name}, every: 10s, reason: test}}\n"


def yaml_of(*names: str) -> str:
    """A watchlist of rooms."""
    return "version: 1\nsources:\n" + "".join(ROOM.format(name=name) for name in names)


async def test_newer_version_takes_over(store: Store, settings: Settings, tmp_path: Path) -> None:
    """A room that was added is read without a restart; a version that cannot be read changes nothing."""
    await imported(store, tmp_path, yaml_of("practice_talk"), "test", now())
    watchlist = await current_watchlist(store, None, settings)
    seen: list[str] = []
    stop, begun = asyncio.Event(), asyncio.Event()

    def report(run: CrawlRun) -> None:
        seen.append(run.source.rsplit("/", 1)[-1])
        begun.set()
        if "practice_rumours" in seen:
            stop.set()

    serving = asyncio.create_task(
        serve_newest(store, watchlist, settings, passes_here(store, settings, report), stop, 0.01)
    )
    await begun.wait()
    await imported(store, tmp_path, "version: 1\nsources: 7\n", "broken", now())
    await asyncio.sleep(0.05)
    assert not serving.done()
    await imported(store, tmp_path, yaml_of("practice_talk", "practice_rumours"), "test", now())
    await asyncio.wait_for(serving, 20)
    assert {"practice_talk", "practice_rumours"} == set(seen)


async def test_a_signal_between_two_versions_ends_it(store: Store, settings: Settings, tmp_path: Path) -> None:
    """It comes while the passes of one version are being ended for the next one."""
    await imported(store, tmp_path, yaml_of("practice_talk"), "test", now())
    watchlist = await current_watchlist(store, None, settings)
    served: list[Watchlist] = []
    ending = asyncio.Event()

    async def serve_version(version: Watchlist, over: asyncio.Event) -> None:
        served.append(version)
        with told_by_signals(over.set):
            await over.wait()
            ending.set()
            await asyncio.sleep(0.3)

    serving = asyncio.create_task(serve_newest(store, watchlist, settings, serve_version, look_every_s=0.01))
    await imported(store, tmp_path, yaml_of("practice_talk", "practice_rumours"), "test", now())
    await asyncio.wait_for(ending.wait(), 20)
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(serving, 20)
    assert 1 == len(served)
