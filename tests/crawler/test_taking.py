"""Batches of pages examined while the one before is still being stored."""

from dataclasses import replace

from crawler.taking import Batch, Room, examine_batch
from evidence.records import Change
from storage.index import known_posts
from storage.keep import keep_pages
from storage.leases import leased
from storage.mongo import Store
from tests.conftest import NOW
from tests.storage.making import ORDINARY, PEER, SETTING, SOURCE, criteria, page, post

ROOM = Room(peer=PEER, newest_id=0, reached_id=0, members=None, office=None)


async def _examine(store: Store, ids: range, before: Batch | None = None, text: str = ORDINARY) -> Batch:
    pages = [page(*(post(native_id, text) for native_id in ids))]
    return await examine_batch(pages, ROOM, before, store, criteria())


async def _keep(store: Store, *batches: Batch) -> None:
    async with leased(store, SOURCE, NOW) as lease:
        for batch in batches:
            await keep_pages(store, batch.examined, lease, batch.stored, NOW, SETTING)


async def test_neighbours_in_the_index_do_not_lose_each_other(store: Store) -> None:
    """Both batches write the same document of the index; the second was examined before the first was stored."""
    newer = await _examine(store, range(101, 201))
    older = await _examine(store, range(1, 101), newer)
    await _keep(store, newer, older)
    assert set(range(1, 201)) == set(await known_posts(store, PEER, [1]))


async def test_a_post_that_both_show_is_new_once(store: Store) -> None:
    """As if the first batch were stored already; an edit between the two is an edit."""
    first = await _examine(store, range(1, 11))
    again = await _examine(store, range(5, 15), first)
    assert {Change.UNCHANGED: 6, Change.NEW: 4} == _changes(again)
    edited = await _examine(store, range(1, 11), first, ORDINARY + "!")
    assert {Change.EDITED: 10} == _changes(edited)


async def test_ids_of_another_room_say_nothing(store: Store) -> None:
    """The name led elsewhere between two batches."""
    first = await _examine(store, range(1, 11))
    elsewhere = replace(first, stored=replace(first.stored, peer="1900000002"))
    assert {Change.NEW: 10} == _changes(await _examine(store, range(1, 11), elsewhere))


def _changes(batch: Batch) -> dict[Change, int]:
    found = [finding.change for one in batch.examined for finding in one.findings]
    return {change: found.count(change) for change in set(found)}
