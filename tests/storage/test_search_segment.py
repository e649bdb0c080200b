"""Segments as values: what is packed comes out again, and merging loses and doubles nothing."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storage.search_segment import (
    PAGE_POSTS,
    PART_POSTINGS,
    Entry,
    Segment,
    carriers_in,
    merged,
    moment_ms,
    of_entries,
    pack_entries,
    pack_page,
    pack_part,
    pages,
    part_of,
    parts,
    parts_for,
    unpack_entries,
    unpack_page,
    unpack_part,
)
from storage.search_tokens import packed, unpacked

TOKENS = st.sets(st.binary(min_size=4, max_size=4), max_size=6).map(packed)
PLACES = st.tuples(st.integers(-(2**40), 2**45), st.integers(1, 40).map(lambda number: f"-100:{number}"))
ENTRIES = st.lists(st.builds(Entry, place=PLACES, tokens=TOKENS), min_size=1, max_size=12)


def listed(segment: Segment) -> set[tuple[bytes, tuple[int, str]]]:
    """Each token with each post that carries it."""
    return {(token, segment.posts[one]) for token, carriers in segment.postings.items() for one in carriers}


def pairs(entries: list[Entry]) -> set[tuple[bytes, tuple[int, str]]]:
    """The same of entries."""
    return {(token, entry.place) for entry in entries for token in unpacked(entry.tokens)}


@given(ENTRIES, ENTRIES)
def test_a_segment_lists_what_its_entries_carry(some: list[Entry], others: list[Entry]) -> None:
    """Alone and merged with another one; posts newest first, each once, carriers in order."""
    one, whole = of_entries(some), merged([of_entries(some), of_entries(others)])
    assert pairs(some) == listed(one)
    assert pairs([*some, *others]) == listed(whole)
    assert sorted({entry.place for entry in (*some, *others)}, reverse=True) == whole.posts
    for carriers in (*one.postings.values(), *whole.postings.values()):
        assert sorted(set(carriers)) == list(carriers)


@given(ENTRIES)
def test_what_is_packed_comes_out_again(entries: list[Entry]) -> None:
    """Entries, pages and parts; a token that is in none is carried by nobody."""
    assert entries == unpack_entries(pack_entries(entries))
    segment = of_entries(entries)
    assert segment.posts == unpack_page(pack_page(segment.posts))
    part = pack_part(segment.postings)
    assert dict(segment.postings) == {token: list(carriers) for token, carriers in unpack_part(part).items()}
    for token in (*segment.postings, b"none", bytes(4), b"\xff" * 4):
        assert list(segment.postings.get(token, ())) == list(carriers_in(part, token))


def test_a_large_segment_is_split_by_first_bytes() -> None:
    """Into as many parts as its postings need, and pages of so many posts."""
    tokens = [bytes((first, 0, 0, 0)) for first in range(256)]
    posts = [(-number, f"19:{number}") for number in range(PAGE_POSTS + 1)]
    segment = Segment(posts=posts, postings=dict.fromkeys(tokens, range(PAGE_POSTS + 1)))
    number = parts_for(segment)
    assert number // 2 * PART_POSTINGS < 256 * len(posts) <= number * PART_POSTINGS
    assert [PAGE_POSTS, 1] == list(map(len, pages(segment)))
    split = parts(segment, number)
    assert tokens == sorted(token for part in split for token in part)
    assert all(token in split[part_of(token, number)] for token in tokens)
    assert 1 == parts_for(of_entries([]))


def test_what_was_erased_leaves_no_gap_once_merged() -> None:
    """A place without an id is dropped, and the others keep what leads to them."""
    posts = [(3, "19:3"), (2, ""), (1, "19:1")]
    whole = merged([Segment(posts=posts, postings={b"abcd": (0, 2), b"efgh": ()})])
    assert ([(3, "19:3"), (1, "19:1")], [0, 1]) == (whole.posts, whole.postings[b"abcd"])
    assert bytes(4) == pack_part({b"efgh": whole.postings[b"efgh"]})


def test_moments_are_whole_milliseconds() -> None:
    """Rounded down as the database does, or up for a bound."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    assert 1_795_132_800_000 == moment_ms(at) == moment_ms(at, is_rounded_up=True)
    later = at + timedelta(microseconds=1_001)
    assert (moment_ms(at) + 1, moment_ms(at) + 2) == (moment_ms(later), moment_ms(later, is_rounded_up=True))
