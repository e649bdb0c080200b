"""Which posts carry all tokens that a Query asks for: out of the tail and all segments, newest first, a few at a time.

The tail is read before the segments, so that a post that moves meanwhile is seen twice rather than never.
Where a segment goes while it is read, all is read again from behind the last post that was given.
"""

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from evidence.errors import StorageError
from storage.mongo import Store
from storage.reads import by_id
from storage.search_roots import LEAVES, Root, page_name, part_name, read_roots
from storage.search_segment import PAGE_POSTS, Place, carriers_in, moment_ms, part_of, unpack_page
from storage.search_tail import read_tail
from storage.search_terms import Sought

FIRST_PAGES, MOST_PAGES = 8, 64
"""Pages that are read together: the first time, and later on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page with posts that carry the tokens."""

    first: int
    """No post on it is newer than this millisecond."""
    name: str
    rows: Sequence[int]
    """Where on the page they are."""


class _SegmentGone(Exception):
    """Raised in here where a leaf is missing: its segment was merged since its root was read."""


async def found_places(
    store: Store, sought: Sought, since: datetime | None, until: datetime
) -> AsyncGenerator[list[Place], None]:
    """Posts that carry all tokens, and perhaps others, newest first, each once.

    Raises:
        StorageError: a segment is not whole.
    """
    low = None if since is None else moment_ms(since, is_rounded_up=True)
    high = moment_ms(until, is_rounded_up=True)
    last: Place | None = None
    before: list[Root] = []

    def is_wanted(place: Place) -> bool:
        return (low is None or place[0] >= low) and place[0] < high and (last is None or place < last)

    while True:
        waiting = {
            entry.place for its in (await read_tail(store)).values() for entry in its if sought.may_be(entry.tokens)
        }
        roots, _ = await read_roots(store)
        if roots and roots == before:
            raise StorageError(
                "the index of words lacks a part of a segment, so a search would miss posts:"
                " `haechi doctor --repair` builds it anew"
            )
        before = roots
        try:
            async with aclosing(_in_turn(store, await _pages(store, roots, sought, low, high), waiting)) as lists:
                async for places in lists:
                    if wanted := sorted(filter(is_wanted, places), reverse=True):
                        yield wanted
                        last = wanted[-1]
            return
        except _SegmentGone:
            continue


async def _in_turn(store: Store, pages: Sequence[_Page], waiting: set[Place]) -> AsyncGenerator[list[Place], None]:
    """All that is newer than whatever was not read yet, again and again."""
    done, together = 0, FIRST_PAGES
    while done < len(pages) or waiting:
        now = pages[done : done + together]
        waiting |= set(await _read_pages(store, now))
        done, together = done + len(now), min(2 * together, MOST_PAGES)
        bound = pages[done].first if done < len(pages) else None
        ready = {place for place in waiting if bound is None or place[0] > bound}
        waiting -= ready
        yield list(ready)


async def _read_pages(store: Store, pages: Sequence[_Page]) -> list[Place]:
    leaves = await by_id(store, LEAVES, [page.name for page in pages])
    found = list[Place]()
    for page in pages:
        if page.name not in leaves:
            raise _SegmentGone
        places = unpack_page(leaves[page.name]["packed"])
        found += [places[row] for row in page.rows if places[row][1]]
    return found


async def _pages(store: Store, roots: Sequence[Root], sought: Sought, low: int | None, high: int) -> list[_Page]:
    """Of all segments, those that begin with the newest post first."""
    tokens = {*sought.words, *(token for group in sought.groups for token in group)}
    names = {(root.name, token): part_name(root.name, part_of(token, root.parts)) for root in roots for token in tokens}
    leaves = await by_id(store, LEAVES, names.values())
    if len(leaves) < len(set(names.values())):
        raise _SegmentGone
    found: list[_Page] = []
    for root in roots:

        def carriers(token: bytes, name: str = root.name) -> Sequence[int]:
            return carriers_in(leaves[names[name, token]]["packed"], token)

        found += _pages_of(root, _carrying_all(sought, carriers), low, high)
    return sorted(found, key=lambda page: page.first, reverse=True)


def _carrying_all(sought: Sought, carriers: Callable[[bytes], Sequence[int]]) -> Sequence[int]:
    """Numbers of the posts of a segment that carry each token, and one of each group."""
    lists = [carriers(token) for token in sought.words]
    for group in sought.groups:
        one, *others = map(carriers, group)
        lists.append(sorted(set(one).union(*others)) if others else one)
    few, *many = sorted(lists, key=len)
    return sorted(set(few).intersection(*many)) if few and many else few


def _pages_of(root: Root, numbers: Sequence[int], low: int | None, high: int) -> Iterator[_Page]:
    rows: dict[int, list[int]] = {}
    for number in numbers:
        rows.setdefault(number // PAGE_POSTS, []).append(number % PAGE_POSTS)
    for page, its in rows.items():
        is_later = page + 1 < len(root.firsts) and root.firsts[page + 1] >= high
        if not is_later and (low is None or root.firsts[page] >= low):
            yield _Page(first=root.firsts[page], name=page_name(root.name, page), rows=its)
