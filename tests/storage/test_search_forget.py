"""What is erased leaves the index: no token of it stays, and everything else is found as before."""

from pathlib import Path

import pytest

from evidence.checkpoint import Files
from evidence.errors import ItemHeld
from evidence.query import Query
from storage.custody import open_custody
from storage.erasure import erase
from storage.erasure_destroy import destroy, find_gone, lease_when_free
from storage.leases import leased
from storage.mongo import Store
from storage.search_forget import forget, remember
from storage.search_gather import INDEX, gather
from storage.search_roots import LEAVES
from storage.search_tail import TAIL
from storage.search_tokens import unpacked
from tests.conftest import NOW, Clock
from tests.storage.erasing import POST, TWO, agreed, eraser, fill
from tests.storage.indexing import indexed, listed, waiting
from tests.storage.making import everything
from tests.storage.searching import all_posts, finding, found, many, put, put_in_segments
from tests.storage.test_search_gather import check_found


async def tokens(store: Store, post: str) -> set[bytes]:
    """Tokens of a kept post."""
    document = await store["posts"].find_one({"_id": post}, {"tokens": 1})
    assert document is not None
    return set(unpacked(document["tokens"]))


def bytes_of_index(uri: str) -> bytes:
    """All that the index holds."""
    stored = everything(uri)
    return b"".join(document["packed"] for name in (TAIL, LEAVES) for document in stored[name])


@pytest.mark.parametrize("least", [1, 9])
async def test_no_token_of_an_erased_post_is_left(
    store: Store, own_database: str, clock: Clock, tmp_path: Path, least: int
) -> None:
    """Neither in a segment nor in the tail; tokens that others share still lead to those."""
    await fill(store, 2, 3)
    await gather(store, NOW, least)
    its, others = await tokens(store, POST), await tokens(store, "1900000001:3")
    assert its - others
    assert all(token in bytes_of_index(own_database) for token in its)
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        await erase(store, eraser(custody, tmp_path, clock), TWO, await agreed(store, custody, clock))
    left = bytes_of_index(own_database)
    assert not [token for token in its - others if token in left]
    assert all(token in left for token in others)
    assert POST.encode() not in left
    assert ["1900000001:3"] == await found(store, Query(text="딥페이크"))


async def test_posts_are_forgotten_wherever_they_are(store: Store) -> None:
    """One after the other, and some together; the rest is found."""
    await put_in_segments(store, many(37))
    for names in (["19:1"], ["19:2", "19:17", "19:36", "19:37"], ["19:37"]):
        await forget(store, names)
        assert not {"19:1", *names} & {*(await indexed(store)), *(await waiting(store))}
        assert not [place for _, place in await listed(store) if place[1] in names]
        await store["posts"].delete_many({"_id": {"$in": names}})
        await check_found(store)
    assert 32 == len(await all_posts(store))


async def test_what_is_not_destroyed_after_all_is_remembered(store: Store) -> None:
    """By way of the tail, beside what waits there."""
    await put(store, [finding(1, "가온 명단"), finding(2, "가온 소풍")])
    await gather(store, NOW, 1)
    await put(store, [finding(3, "가온 누리")])
    await forget(store, ["19:1", "19:3"])
    assert ["19:2"] == await found(store, Query(text="가온"))
    await remember(store, ["19:1", "19:3", "19:9"])
    assert ["19:1", "19:2", "19:3"] == await found(store, Query(text="가온"))


async def test_a_held_item_keeps_its_post_found(store: Store, clock: Clock) -> None:
    """Destroying it is refused, and it is searched as before."""
    items = await fill(store, 2, 3)
    await gather(store, NOW, 1)
    await store["evidence"].update_one({"_id": items[0]}, {"$set": {"hold": ["case"]}})
    gone = await find_gone(store, POST)
    async with lease_when_free(store, gone.source, clock) as lease:
        with pytest.raises(ItemHeld):
            await destroy(store, lease, [gone], clock(), is_request=True)
    assert {POST, "1900000001:3"} == set(await found(store, Query(text="딥페이크")))
    async with leased(store, INDEX, NOW):
        assert [POST] == await waiting(store)
