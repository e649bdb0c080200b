"""The packed index: ids, states and fingerprints in buckets of 256."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.records import Change, Finding, Seen
from storage.index import BUCKET_IDS, MOST_BUCKETS, _pack, _unpack, bucket_writes, known_posts, merge_seen
from storage.leases import over_what_is_there
from storage.mongo import Store
from tests.storage.making import criteria, page, post

MARK = b"12345678"
entries = st.builds(
    Seen,
    native_id=st.integers(min_value=0, max_value=2**63 - 1),
    fingerprint=st.binary(min_size=8, max_size=8),
    is_kept=st.booleans(),
    is_removed=st.booleans(),
    is_closed=st.booleans(),
    is_erased=st.booleans(),
)


def seen(native_id: int, mark: bytes = MARK, *, is_kept: bool = False, is_removed: bool = False) -> Seen:
    """An entry."""
    return Seen(native_id=native_id, fingerprint=mark, is_kept=is_kept, is_removed=is_removed)


async def write(store: Store, peer: str, *new: Seen) -> None:
    """Put entries into an empty index."""
    after = {entry.native_id: entry for entry in new}
    await store["index"].bulk_write(over_what_is_there(bucket_writes(peer, {}, after)))


@given(st.lists(entries))
def test_what_is_packed_is_unpacked(given_entries: list[Seen]) -> None:
    """Ids of any size, all states and all fingerprints survive, 17 bytes each."""
    packed = _pack(given_entries)
    assert given_entries == list(_unpack(packed))
    assert 17 * len(given_entries) == len(packed)


@given(st.dictionaries(st.integers(0, 3000), st.booleans()), st.sets(st.integers(0, 3000), max_size=30))
def test_only_buckets_that_changed_are_written(kept: dict[int, bool], changed: set[int]) -> None:
    """Each changed bucket is written whole, once; the others not at all."""
    before = {native_id: seen(native_id, is_kept=is_kept) for native_id, is_kept in kept.items()}
    after = before | {native_id: seen(native_id, b"changed!") for native_id in changed}
    operations: list[Any] = over_what_is_there(bucket_writes("p", before, after))
    writes = {operation._doc["_id"]: list(_unpack(operation._doc["entries"])) for operation in operations}
    assert {f"p:{native_id // BUCKET_IDS}" for native_id in changed} == set(writes)
    for name, written in writes.items():
        assert [after[key] for key in sorted(after) if f"p:{key // BUCKET_IDS}" == name] == written


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ([255], {0, 255}),
        ([256], {256, 511}),
        ([254, 300], {0, 255, 256, 511}),
        ([512], {512}),
        ([1024], set()),
        ([2**53], {2**53}),
    ],
)
async def test_ids_are_found_with_their_whole_bucket(store: Store, asked: list[int], found: set[int]) -> None:
    """Bucket edges lie between 255 and 256; ids of any size are in one."""
    await write(store, "p", *map(seen, [0, 255, 256, 511, 512, 2**53]))
    await write(store, "q", *map(seen, [1, 257, 513]))
    assert found == set(await known_posts(store, "p", asked))


async def test_a_span_adds_its_buckets(store: Store) -> None:
    """All between the first and last id of a page is read beside the ids on it."""
    await write(store, "p", *map(seen, [1, 300, 700, 1100]))
    assert {300, 700} == set(await known_posts(store, "p", [], spans=[(256, 1023)]))
    assert {1, 300, 700, 1100} == set(await known_posts(store, "p", [1100], spans=[(0, 1023)]))


async def test_a_very_long_span_is_read_at_its_newer_end(store: Store) -> None:
    """A page that spans more than 16,384 ids asks for the newest buckets only."""
    last = BUCKET_IDS * MOST_BUCKETS * 3
    edge = last // BUCKET_IDS - MOST_BUCKETS + 1
    await write(store, "p", *map(seen, [1, edge * BUCKET_IDS - 1, edge * BUCKET_IDS, last]))
    assert {1, edge * BUCKET_IDS, last} == set(await known_posts(store, "p", [1], spans=[(1, last)]))


async def test_states_survive_the_store(store: Store) -> None:
    """Kept and removed come back as they were."""
    entries = [seen(1), seen(2, is_kept=True), seen(3, is_removed=True), seen(4, is_kept=True, is_removed=True)]
    await write(store, "p", *entries)
    assert {entry.native_id: entry for entry in entries} == await known_posts(store, "p", [1])


def test_merging_marks_new_kept_and_removed() -> None:
    """Posts of a page replace what was known, and a confirmed removal leaves the fingerprint."""
    known = {1: seen(1), 2: seen(2, is_kept=True), 3: seen(3, is_kept=True)}
    ordinary = Finding(post=post(4), fingerprint=b"newpost1")
    edited = Finding(post=post(2), fingerprint=b"changed!", change=Change.EDITED, was_kept=True)
    assert merge_seen(known, [ordinary, edited], [3]) == {
        1: seen(1),
        2: seen(2, b"changed!", is_kept=True),
        3: seen(3, is_kept=True, is_removed=True),
        4: seen(4, b"newpost1"),
    }
    assert {1, 2, 3} == set(known)


def test_the_making_of_pages_examines_them() -> None:
    """The pages that these tests keep really name a school and raise a Flag."""
    from pipelines import examine
    from tests.storage.making import NAMING

    named, plain = examine(page(post(1, NAMING), post(2)), {}, criteria())
    assert (True, False) == (named.flag is not None, plain.is_worth_keeping)
