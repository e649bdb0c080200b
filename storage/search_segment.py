"""A segment of the index: some posts, newest first, and for each token which of them carry it. Values only, no I/O.

It is stored as leaves: pages that hold the posts, and parts that hold the tokens of one range of first bytes.
Its root says how many parts there are and with which moment each page begins.
"""

import struct
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, chain, pairwise

from storage.search_tokens import TOKEN_BYTES, packed, unpacked

PAGE_POSTS = 512
PART_POSTINGS = 4_000
"""Postings in a part, unless there are as many parts as there can be."""
MOST_PARTS = 256
NUMBER = 4
"""Bytes of a packed number."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Place = tuple[int, str]
"""A post: the milliseconds of its ``at`` and its id. In the reverse order of places posts are newest first."""
Postings = Mapping[bytes, Sequence[int]]
"""By token, the numbers of the posts that carry it, lowest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A post with its packed tokens."""

    place: Place
    tokens: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Posts and what leads to them. A post without an id was erased, and nothing leads to it."""

    posts: Sequence[Place]
    postings: Postings


def moment_ms(at: datetime, *, is_rounded_up: bool = False) -> int:
    """Whole milliseconds since 1970."""
    millisecond = timedelta(milliseconds=1)
    return -((_EPOCH - at) // millisecond) if is_rounded_up else (at - _EPOCH) // millisecond


def of_entries(entries: Iterable[Entry]) -> Segment:
    """A segment of posts; one that is there twice has the tokens of both."""
    tokens: dict[Place, bytes] = {}
    for entry in entries:
        before = tokens.get(entry.place)
        tokens[entry.place] = packed({*unpacked(before), *unpacked(entry.tokens)}) if before else entry.tokens
    posts, postings = sorted(tokens, reverse=True), dict[bytes, list[int]]()
    for number, place in enumerate(posts):
        for token in unpacked(tokens[place]):
            postings.setdefault(token, []).append(number)
    return Segment(posts=posts, postings=postings)


def merged(segments: Sequence[Segment]) -> Segment:
    """One of several; what was erased leaves no gap."""
    posts = sorted({place for segment in segments for place in segment.posts if place[1]}, reverse=True)
    numbers = {place: number for number, place in enumerate(posts)}
    postings: dict[bytes, list[int]] = {}
    for segment in segments:
        its = [numbers.get(place, -1) for place in segment.posts]
        for token, carriers in segment.postings.items():
            postings.setdefault(token, []).extend([its[carrier] for carrier in carriers])
    in_order = ((token, sorted(set(all_its)) if len(all_its) > 1 else all_its) for token, all_its in postings.items())
    return Segment(posts=posts, postings=dict(in_order))


# ------------------------------------------------------------------ leaves


def parts_for(segment: Segment) -> int:
    """Into how many parts a segment is split: a power of two."""
    number, parts = sum(map(len, segment.postings.values())), 1
    while parts < MOST_PARTS and number > parts * PART_POSTINGS:
        parts *= 2
    return parts


def part_of(token: bytes, parts: int) -> int:
    """In which part a token lies."""
    return token[0] * parts // MOST_PARTS


def pages(segment: Segment) -> list[Sequence[Place]]:
    """Its posts, some at a time."""
    return [segment.posts[start : start + PAGE_POSTS] for start in range(0, len(segment.posts), PAGE_POSTS)]


def parts(segment: Segment, number: int) -> list[dict[bytes, Sequence[int]]]:
    """Its postings in so many parts."""
    found: list[dict[bytes, Sequence[int]]] = [{} for _ in range(number)]
    for token, carriers in segment.postings.items():
        found[part_of(token, number)][token] = carriers
    return found


def pack_page(posts: Sequence[Place]) -> bytes:
    """Posts as they are stored."""
    moments = struct.pack(f"<I{len(posts)}q", len(posts), *(at for at, _ in posts))
    return moments + "\n".join(name for _, name in posts).encode()


def unpack_page(page: bytes) -> list[Place]:
    """The posts of a page."""
    (number,) = struct.unpack_from("<I", page)
    moments = struct.unpack_from(f"<{number}q", page, NUMBER)
    names = page[NUMBER + 8 * number :].decode().split("\n")
    return list(zip(moments, names, strict=True))


def pack_entries(entries: Sequence[Entry]) -> bytes:
    """Posts with their tokens as they wait in the tail: the page of the posts, how many tokens each has, the tokens."""
    page = pack_page([entry.place for entry in entries])
    counts = _numbers([len(entry.tokens) for entry in entries])
    return b"".join((_numbers([len(page)]), page, counts, *(entry.tokens for entry in entries)))


def unpack_entries(waiting: bytes) -> list[Entry]:
    """The posts that wait in a document of the tail."""
    end = NUMBER + _number(waiting, 0)
    places = unpack_page(waiting[NUMBER:end])
    counts = struct.unpack_from(f"<{len(places)}I", waiting, end)
    ends = list(accumulate(counts, initial=end + NUMBER * len(places)))
    tokens = [waiting[start:stop] for start, stop in pairwise(ends)]
    return [Entry(place=place, tokens=its) for place, its in zip(places, tokens, strict=True)]


def pack_part(postings: Postings) -> bytes:
    """Tokens in order, where the carriers of each end, then the carriers."""
    tokens = sorted(token for token, carriers in postings.items() if carriers)
    lists = [postings[token] for token in tokens]
    ends = list(accumulate(map(len, lists)))
    return b"".join((_numbers([len(tokens)]), *tokens, _numbers(ends), _numbers(list(chain.from_iterable(lists)))))


def unpack_part(part: bytes) -> dict[bytes, Sequence[int]]:
    """All postings of a part."""
    number = _number(part, 0)
    end = NUMBER + TOKEN_BYTES * number
    ends = struct.unpack_from(f"<{number}I", part, end)
    carriers = struct.unpack_from(f"<{ends[-1] if ends else 0}I", part, end + NUMBER * number)
    spans = pairwise((0, *ends))
    return {token: carriers[start:stop] for token, (start, stop) in zip(unpacked(part[NUMBER:end]), spans, strict=True)}


def carriers_in(part: bytes, token: bytes) -> Sequence[int]:
    """Numbers of the posts that carry a token."""
    number = _number(part, 0)
    at = bisect_left(range(number), token, key=lambda place: _token(part, place))
    return _carriers(part, at) if at < number and _token(part, at) == token else ()


def _token(part: bytes, at: int) -> bytes:
    start = NUMBER + TOKEN_BYTES * at
    return part[start : start + TOKEN_BYTES]


def _carriers(part: bytes, at: int) -> Sequence[int]:
    number = _number(part, 0)
    ends = NUMBER + TOKEN_BYTES * number
    start = _number(part, ends + NUMBER * (at - 1)) if at else 0
    end = _number(part, ends + NUMBER * at)
    return struct.unpack_from(f"<{end - start}I", part, ends + NUMBER * (number + start))


def _number(packed: bytes, at: int) -> int:
    return int.from_bytes(packed[at : at + NUMBER], "little")


def _numbers(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)
