"""Near duplicates on a real database: proposed, bounded, and gone without a trace."""

from datetime import timedelta

from pipelines.near_duplicates import NEAR, bands, shingles, similarity
from storage.mongo import Store
from storage.near import Near, forget_near, place_near, read_near
from tests.conftest import NOW
from tests.storage.making import NAMING, everything, keep, page, post


def likeness(one: str, other: str) -> float:
    """As the pipeline says."""
    return similarity(shingles(one), shingles(other))


async def place(store: Store, number: int) -> Near | None:
    """Place a post."""
    at = NOW + timedelta(seconds=number)
    return await place_near(store, f"1900000001:{number}", at, bands, likeness, NEAR)


OTHER = "해솔빛고 합성물을 구한다는 글이 딥페이크 방에 다시 올라왔다고 하네요"


async def test_the_first_of_a_kind_leads(store: Store) -> None:
    """Later ones are proposed as its like, those that differ lead a kind of their own."""
    spaced = " ".join(NAMING)
    await keep(store, page(post(1, NAMING), post(2, OTHER), post(3, spaced), post(4, NAMING + " ㅠㅠ")))
    leaders = [near and near.leader for near in [await place(store, number) for number in (1, 2, 3, 4, 5)]]
    assert ["1900000001:1", "1900000001:2", "1900000001:1", "1900000001:1", None] == leaders
    kind = await read_near(store, "1900000001:4")
    assert ["1900000001:1", "1900000001:3", "1900000001:4"] == [near.post for near in kind]
    assert (1.0, 1.0) == (kind[0].likeness, kind[1].likeness)
    assert NEAR <= kind[2].likeness < 1.0
    assert () == await read_near(store, "1900000001:9")


async def test_only_leaders_are_looked_up(store: Store, own_database: str) -> None:
    """However often a text is passed on; placing it again changes nothing."""
    await keep(store, page(*(post(number, NAMING) for number in range(1, 13))))
    for number in (*range(1, 13), 1, 5):
        await place(store, number)
    kept = everything(own_database)
    assert [["1900000001:1"]] * 24 == [band["leaders"] for band in kept["near_bands"]]
    assert 12 == len(kept["near"])


async def test_nothing_is_left_of_an_erased_text(store: Store, own_database: str) -> None:
    """Neither its bands nor its place; its like keep an id."""
    await keep(store, page(post(1, NAMING), post(2, NAMING)))
    for number in (1, 2):
        await place(store, number)
    await forget_near(store, "1900000001:1")
    await forget_near(store, "1900000001:1")
    kept = everything(own_database)
    assert [] == [band for band in kept["near_bands"] if band["leaders"]]
    assert ["1900000001:2"] == [document["_id"] for document in kept["near"]]
    again = await place(store, 2)
    assert again is not None
    assert again.post == again.leader
