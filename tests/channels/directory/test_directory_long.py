"""Many crawls in one process leave nothing behind."""

import asyncio
import gc
import os

import pytest

from channels.fetch import Fetcher
from practice.directory.web import PracticeDirectory
from tests.channels.directory.conftest import read_until_blind

PLACES = {
    "telemetrio": "/en/channels",
    "tgviewer": "/channel/page/1",
    "combot": "/api/chart/all",
    "generic": "/nowhere",
}


@pytest.mark.slow
async def test_two_hundred_crawls(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """Tasks, descriptors and objects are as many after 200 crawls as after 50, the failed ones included."""

    async def crawl(times: int) -> None:
        for number in range(times):
            site = sorted(PLACES)[number % len(PLACES)]
            await read_until_blind(fetcher, site, directory.base + PLACES[site])

    await crawl(52)
    before = _held()
    await crawl(148)
    tasks, descriptors, objects = _held()
    assert before[:2] == (tasks, descriptors)
    assert objects - before[2] < 1_000


def _held() -> tuple[int, int, int]:
    gc.collect()
    return len(asyncio.all_tasks()), len(os.listdir("/proc/self/fd")), len(gc.get_objects())  # noqa: PTH208
