"""The index is gathered: nothing is lost or doubled, whoever is killed, edits or searches meanwhile."""

import asyncio
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pymongo import MongoClient

from evidence.errors import StorageError
from evidence.query import Query
from evidence.records import KeptPost
from pipelines.normalize import searched_form
from storage.leases import leased
from storage.mongo import Document, Store
from storage.search import search
from storage.search_gather import INDEX, gather
from storage.search_roots import LEAVES
from storage.whole import EVERY
from tests.conftest import NOW
from tests.storage.indexing import indexed, sizes, strays, waiting
from tests.storage.making import NAMING, keep, page, post
from tests.storage.searching import TOGETHER, all_posts, finding, found, many, put, put_in_segments

ROOT = Path(__file__).parents[2]
LEAST = 3
MOST = 150
"""More commands than building and merging a segment takes."""


def says(text: str, kept: KeptPost) -> bool:
    """The naive filter."""
    return searched_form(text) in searched_form(kept.post.words)


async def check_found(store: Store) -> None:
    """What is found is what a look at every post finds."""
    posts = await all_posts(store)
    for text in ("명단", "가나", "없는말"):
        assert [kept.id for kept in posts if says(text, kept)] == await found(store, Query(text=text)), text


async def test_few_wait_and_many_become_a_segment(store: Store) -> None:
    """Below the least nothing happens; a segment takes all that waits; some small ones become a large one."""
    await put(store, many(2))
    await gather(store, NOW, LEAST, TOGETHER)
    assert (["19:1", "19:2"], (0, 0)) == (await waiting(store), await sizes(store))
    await put(store, many(3)[2:])
    await gather(store, NOW, LEAST, TOGETHER)
    assert ([], ["19:1", "19:2", "19:3"], (1, 0)) == (await waiting(store), await indexed(store), await sizes(store))
    await put_in_segments(store, many(3 * TOGETHER + 3)[3:], LEAST)
    assert ((1, 1), set()) == (await sizes(store), await strays(store))
    assert sorted(f"19:{number}" for number in range(1, 3 * TOGETHER + 4)) == await indexed(store)
    await check_found(store)


async def test_many_at_once_become_a_large_segment(store: Store) -> None:
    """An import need not be merged, and large ones are left as they are."""
    for start in range(0, 10 * TOGETHER, TOGETHER):
        await put(store, many(start + TOGETHER)[start:])
        await gather(store, NOW, 1, TOGETHER)
    assert (0, 10) == await sizes(store)
    await check_found(store)


async def test_gathered_by_several_at_once(store: Store) -> None:
    """One does it, the others leave it alone; pages that come meanwhile stay in the tail or are in a segment."""
    await put(store, many(40))
    await asyncio.gather(*(gather(store, NOW, LEAST, TOGETHER) for _ in range(4)), put(store, many(50)[40:]))
    assert sorted(f"19:{number}" for number in range(1, 51)) == sorted(await indexed(store) + await waiting(store))
    assert set() == await strays(store)
    await check_found(store)


async def test_nobody_gathers_what_another_one_holds(store: Store) -> None:
    """As while posts are forgotten."""
    await put(store, many(5))
    async with leased(store, INDEX, NOW):
        await gather(store, NOW, LEAST, TOGETHER)
        assert 5 == len(await waiting(store))
    await gather(store, NOW, LEAST, TOGETHER)
    assert [] == await waiting(store)


async def test_an_edited_post_is_found_by_all_that_it_said(store: Store) -> None:
    """It is in the tail again; once it is merged with itself it is there once."""
    await keep(store, page(post(1, NAMING)))
    await gather(store, NOW, 1, TOGETHER)
    await keep(store, page(post(1, "아무것도 아니에요"), at=NOW + timedelta(minutes=5)))
    for least in (9, 1):
        await gather(store, NOW, least, TOGETHER)
        for text in ("딥페이크", "아무것도"):
            assert ["1900000001:1"] == await found(store, Query(text=text))
    assert 2 == len(await indexed(store))
    for number in range(TOGETHER - 2):
        await put(store, [finding(number + 2, "가온")])
        await gather(store, NOW, 1, TOGETHER)
    assert ["1900000001:1"] == [name for name in await indexed(store) if name.endswith(":1")]
    assert (0, 1) == await sizes(store)
    assert ["1900000001:1"] == await found(store, Query(text="아무것도"))


async def test_a_search_goes_on_while_its_segments_are_merged(store: Store) -> None:
    """Whoever reads slowly misses nothing and sees nothing twice."""
    await put_in_segments(store, [finding(number, "가나") for number in range(1, 13)], LEAST)
    rows = search(store, Query(text="가나"), searched_form, NOW)
    seen = [(await anext(rows)).id]
    await put(store, [finding(number, "가나") for number in range(13, 16)])
    await gather(store, NOW, LEAST, TOGETHER)
    assert (0, 1) == await sizes(store)
    seen += [kept.id async for kept in rows]
    assert [f"19:{number}" for number in range(1, len(seen) + 1)] == seen
    assert len(seen) >= 12


async def test_a_segment_that_lacks_a_leaf_is_named(store: Store) -> None:
    """It is no reason to find less in silence, nor to look for ever."""
    await put_in_segments(store, many(6), LEAST)
    await store[LEAVES].delete_many({"_id": EVERY})
    with pytest.raises(StorageError, match="lacks a part"):
        await found(store, Query(text="명단"))


def gather_and_die(uri: str, last: int) -> int:
    """Gather in a process that dies before its n-th command; 0 where it came to its end before."""
    program = [sys.executable, "-m", "tests.storage.gather_and_die", uri, str(last), str(LEAST)]
    ended = subprocess.run(program, cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr.decode()
    with MongoClient[Document](uri) as client:
        client.admin.command("killAllSessions", [])  # as the next command does that finds itself alone with the server
    return ended.returncode


@pytest.mark.slow
async def test_killed_before_each_command(store: Store, own_database: str) -> None:
    """While a segment is built and some are merged: at once and after the next gathering all is found, each once."""
    names = sorted(f"19:{number}" for number in range(1, 16))
    for last in range(1, MOST):
        await put_in_segments(store, many(12), LEAST)
        await put(store, many(15)[12:])
        code = await asyncio.to_thread(gather_and_die, own_database, last)
        await check_found(store)
        await gather(store, NOW, LEAST, TOGETHER)
        assert (names, [], set(), (0, 1)) == (
            await indexed(store),
            await waiting(store),
            await strays(store),
            await sizes(store),
        )
        await check_found(store)
        for collection in ("posts", "flags", "evidence", "search_segments", LEAVES):
            await store[collection].delete_many({"_id": EVERY})
        if code == 0:
            break
    assert (0, True) == (code, last > 30)
