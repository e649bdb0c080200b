"""Pages examined ahead of what is stored."""

from collections.abc import Iterable
from dataclasses import replace

from crawler.taking import Batch, Examiner, Room, Step, put_together
from evidence.records import Change
from storage.index import known_posts
from storage.keep import keep_pages
from storage.leases import leased
from storage.mongo import Store
from tests.conftest import NOW
from tests.storage.making import ORDINARY, PEER, SETTING, SOURCE, criteria, missing_page, page, post

ROOM = Room(name="@practice_talk", newest_id=0, members=None, office=None)


def _examiner(store: Store) -> Examiner:
    return Examiner(ROOM, None, store, criteria())


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
