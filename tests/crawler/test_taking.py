"""Pages examined ahead of what is stored."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import replace
from random import Random

import pytest

from crawler.batches import in_batches, one_behind
from crawler.taking import Batch, Examiner, Room, Step, put_together
from evidence.records import Change, Cursor, Page
from pipelines.revise import fingerprint_post
from storage.index import known_posts
from storage.keep import keep_pages
from storage.leases import Lease, leased
from storage.mongo import Store
from tests.conftest import NOW
from tests.storage.making import ORDINARY, PEER, SETTING, SOURCE, criteria, missing_page, page, post

KEY = criteria().fingerprint_key
ROOM = Room(name="@practice_talk", newest_id=0, members=None, office=None)


def _examiner(store: Store) -> Examiner:
    return Examiner(ROOM, Cursor(source=SOURCE, peer=PEER), store, criteria())


async def _examine(examiner: Examiner, ids: Iterable[int], text: str = ORDINARY) -> Step:
    return await examiner.examine(page(*(post(native_id, text) for native_id in ids)))


async def _keep(store: Store, *batches: Batch) -> None:
    async with leased(store, SOURCE, NOW) as lease:
        for batch in batches:
            await keep_pages(store, batch.examined, lease, batch.stored, NOW, SETTING)


async def test_neighbours_in_the_index_do_not_lose_each_other(store: Store) -> None:
    """All of them write the same document of the index; the last was examined before the first was stored."""
    examiner = _examiner(store)
    newest, newer, older = [await _examine(examiner, ids) for ids in (range(201, 250), range(101, 201), range(1, 101))]
    await _keep(store, put_together([newest, newer]), put_together([older]))
    assert set(range(1, 250)) == set(await known_posts(store, PEER, [1]))


@pytest.mark.parametrize(
    "pages",
    [
        ([(101, 102)], [103]),
        ([(870, 969), (780, 869), (600, 767)], []),
        ([(300, 399), (256, 299)], []),
    ],
    ids=[
        "what was never read is said to be removed",
        "ids are missing between two pages",
        "older posts are read again",
    ],
)
async def test_pages_that_only_need_a_bucket_do_not_hide_what_others_brought(
    store: Store, pages: tuple[list[tuple[int, int]], list[int]]
) -> None:
    """They share a bucket with new posts and a batch with their page, and bring nothing to it themselves."""
    spans, asked = pages
    first = _examiner(store)
    await _keep(store, put_together([await _examine(first, [100, *range(256, 300)])]))
    examiner, steps, above = _examiner(store), [], 10_000
    for low, high in spans:
        shown = page(*(post(native_id) for native_id in range(low, high + 1)))
        steps.append(await examiner.examine(replace(shown, span=(low, above - 1))))
        above = low
    steps += [await examiner.examine(missing_page(native_id)) for native_id in asked]
    await _keep(store, put_together(steps))
    brought = {native_id for low, high in spans for native_id in range(low, high + 1)}
    assert brought | {100, *range(256, 300)} == set(await known_posts(store, PEER, [], [(1, 1_000)]))


async def test_whatever_pages_come_the_index_ends_up_right(store: Store) -> None:
    """Passes over a room that changes: up and down, again and again, with gaps, edits and removals."""
    drawn, says, gone = Random(7), dict[int, str](), set[int]()
    async with leased(store, SOURCE, NOW) as lease:
        for _ in range(4):
            examiner = _examiner(store)
            steps = examiner.examine_all(_pages(drawn, says, gone))
            async with aclosing(in_batches(steps, 5)) as batches, one_behind() as hand_over:
                async for some in batches:
                    batch = put_together(some)
                    await hand_over(_store(store, batch, lease))
                    examiner.note_stored(batch)
    known = await known_posts(store, PEER, list(says))
    expected = {native_id: fingerprint_post(post(native_id, text), KEY) for native_id, text in says.items()}
    assert expected == {native_id: seen.fingerprint for native_id, seen in known.items()}
    assert gone == {native_id for native_id, seen in known.items() if seen.is_removed}


async def _pages(drawn: Random, says: dict[int, str], gone: set[int]) -> AsyncGenerator[Page, None]:
    """Pages of a room, and what each of them changes in it."""
    for _ in range(12):
        await asyncio.sleep(0)
        low = drawn.randrange(1, 900)
        ids = sorted(drawn.sample(range(low, low + 60), drawn.randrange(1, 40)))
        if drawn.random() < 0.3:
            (asked,) = drawn.sample(range(1, 960), 1)
            gone |= {asked} & says.keys()
            yield missing_page(asked)
            continue
        for native_id in ids:
            is_edited = drawn.random() < 0.2
            says[native_id] = f"{ORDINARY} {drawn.random()}" if is_edited else says.get(native_id, ORDINARY)
        gone -= set(ids)
        shown = page(*(post(native_id, says[native_id]) for native_id in ids))
        yield replace(shown, span=(low, low + 59)) if drawn.random() < 0.7 else replace(shown, span=None)


async def _store(store: Store, batch: Batch, lease: Lease) -> None:
    await asyncio.sleep(0.002)
    await keep_pages(store, batch.examined, lease, batch.stored, NOW, SETTING)


async def test_a_post_that_both_show_is_new_once(store: Store) -> None:
    """As if the first page were stored already; an edit between the two is an edit."""
    examiner = _examiner(store)
    await _examine(examiner, range(1, 11))
    assert {Change.UNCHANGED: 6, Change.NEW: 4} == _changes(await _examine(examiner, range(5, 15)))
    assert {Change.EDITED: 10} == _changes(await _examine(examiner, range(1, 11), ORDINARY + "!"))


async def test_a_post_that_a_page_before_missed_is_edited_when_it_is_back(store: Store) -> None:
    """Its removal counts before it is stored."""
    examiner = _examiner(store)
    await _examine(examiner, [1])
    gone = await examiner.examine(missing_page(1))
    back = await _examine(examiner, [1])
    assert [(False, Change.EDITED)] == [(gone.stored.known[1].is_removed, one.change) for one in back.examined.findings]


async def test_ids_of_another_room_say_nothing(store: Store) -> None:
    """The name led elsewhere between two pages."""
    examiner = _examiner(store)
    await _examine(examiner, range(1, 11))
    there = page(*(post(native_id) for native_id in range(1, 11)))
    assert there.cursor is not None
    moved = await examiner.examine(replace(there, cursor=replace(there.cursor, peer="1900000002")))
    assert {Change.NEW: 10} == _changes(moved)


async def test_what_is_stored_is_let_go_of_and_read_again(store: Store) -> None:
    """A pass of days remembers no more than its last pages; a post that it comes back to is known all the same."""
    examiner = _examiner(store)
    first, far = await _examine(examiner, range(1, 11)), await _examine(examiner, range(90_001, 90_011))
    await _keep(store, put_together([first]))
    examiner.note_stored(put_together([far]))
    await store["index"].delete_many({"_id": {"$in": [f"{PEER}:0"]}})  # only to see that it asks the store
    assert {Change.NEW: 10} == _changes(await _examine(examiner, range(1, 11)))
    assert {Change.UNCHANGED: 10} == _changes(await _examine(examiner, range(90_001, 90_011)))


def _changes(step: Step) -> dict[Change, int]:
    found = [finding.change for finding in step.examined.findings]
    return {change: found.count(change) for change in set(found)}
