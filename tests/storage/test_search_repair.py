"""Parts of the index that the database lost are built anew from the posts."""

import pytest

from evidence.errors import StorageError
from evidence.query import Query
from storage.leases import leased
from storage.mongo import Store
from storage.search_gather import INDEX
from storage.search_repair import broken_now, repair
from storage.search_roots import LEAVES, ROOTS, read_roots
from tests.conftest import NOW
from tests.storage.indexing import strays, waiting
from tests.storage.searching import all_posts, found, many, put_in_segments

POSTS = 30


async def lose(store: Store, kind: str) -> str:
    """Take a document of the index away; the name of its segment."""
    roots, _ = await read_roots(store)
    name = roots[0].name
    gone = {"page": f"{name}:page0", "part": f"{name}:part0", "root": name}[kind]
    collection = ROOTS if kind == "root" else LEAVES
    assert 1 == (await store[collection].delete_one({"_id": gone})).deleted_count
    return name


async def names_of(store: Store) -> list[str]:
    """All posts that say a word, newest first, past the index."""
    return [kept.id for kept in await all_posts(store) if "명단" in kept.post.words]


@pytest.mark.parametrize("kind", ["page", "part", "root"])
async def test_what_is_lost_is_built_anew(store: Store, kind: str) -> None:
    """Whichever document is gone, every post is found again, each once, and nothing of the old segment stays."""
    await put_in_segments(store, many(POSTS))
    name = await lose(store, kind)
    assert [name] == await broken_now(store, NOW)
    assert 1 == await repair(store, NOW)
    assert await names_of(store) == await found(store, Query(text="명단"))
    assert ([], set()) == (await broken_now(store, NOW), await strays(store))
    assert 0 == await repair(store, NOW)


async def test_a_search_says_so_before(store: Store) -> None:
    """Rather than to miss posts it fails, until the index is mended."""
    await put_in_segments(store, many(POSTS))
    await lose(store, "page")
    with pytest.raises(StorageError, match="lacks a part of a segment"):
        await found(store, Query(text="명단"))


async def test_a_whole_index_is_left_alone(store: Store) -> None:
    """Nothing is broken, nothing is written."""
    await put_in_segments(store, many(POSTS))
    before = (await read_roots(store), await waiting(store))
    assert 0 == await repair(store, NOW)
    assert before == (await read_roots(store), await waiting(store))


async def test_whoever_gathers_is_not_disturbed(store: Store) -> None:
    """While another process is at the index nothing can be said of it, and nothing is done."""
    await put_in_segments(store, many(POSTS))
    await lose(store, "part")
    async with leased(store, INDEX, NOW):
        assert (None, 0) == (await broken_now(store, NOW), await repair(store, NOW))
