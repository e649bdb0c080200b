"""Takes posts out of the index: no token of what is erased stays, in the tail or in a segment.

Their own tokens tell where to look. The index is leased meanwhile: nobody gathers what is being forgotten.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from storage.mongo import Document, Store
from storage.reads import by_id
from storage.search_roots import LEAVES, Root, page_name, part_name, read_roots, replace_leaves, sweep
from storage.search_segment import PAGE_POSTS, moment_ms, pack_page, pack_part, part_of, unpack_page, unpack_part
from storage.search_tail import TAIL, forget_in_tail, tail_writes
from storage.search_tokens import unpacked


async def forget(store: Store, names: Collection[str]) -> None:
    """Take posts that are still there out of the index, which the caller leased; twice does no harm."""
    roots, others = await read_roots(store)
    await sweep(store, others)
    await forget_in_tail(store, names)
    posts = await by_id(store, "posts", names, ("at", "tokens"))
    for root in roots if posts else ():
        await _forget_in(store, root, posts)


async def remember(store: Store, names: Collection[str]) -> None:
    """Put posts that were not destroyed after all back, by way of the tail."""
    writes = tail_writes((await by_id(store, "posts", names, ("at", "revision", "tokens"))).values())
    if writes:
        await store[TAIL].bulk_write(writes)


async def _forget_in(store: Store, root: Root, posts: Mapping[str, Document]) -> None:
    """Pages last: as long as a post is on its page, it is known which numbers have to go."""
    wanted = {number for post in posts.values() for number in _pages_around(root, moment_ms(post["at"]))}
    leaves = await by_id(store, LEAVES, [page_name(root.name, number) for number in wanted])
    numbers: dict[str, int] = {}
    blanked: list[tuple[str, bytes]] = []
    for page in sorted(wanted):
        places = unpack_page(leaves[page_name(root.name, page)]["packed"])
        its = {name: PAGE_POSTS * page + at for at, (_, name) in enumerate(places) if name in posts}
        if its:
            left = [(at, "" if name in its else name) for at, name in places]
            blanked.append((page_name(root.name, page), pack_page(left)))
            numbers |= its
    await _unlist(store, root, {number: posts[name] for name, number in numbers.items()})
    await replace_leaves(store, blanked)


def _pages_around(root: Root, at: int) -> Iterator[int]:
    """Pages that may hold a post of a moment."""
    ends = (*root.firsts[1:], at)
    return (page for page, (first, end) in enumerate(zip(root.firsts, ends, strict=True)) if first >= at >= end)


async def _unlist(store: Store, root: Root, posts: Mapping[int, Mapping[str, Any]]) -> None:
    """Take the numbers of posts out of the postings of their tokens."""
    gone: dict[int, dict[bytes, set[int]]] = {}
    for number, post in posts.items():
        for token in unpacked(post["tokens"]):
            gone.setdefault(part_of(token, root.parts), {}).setdefault(token, set()).add(number)
    for some in _in_batches(sorted(gone)):
        leaves = await by_id(store, LEAVES, [part_name(root.name, part) for part in some])
        left = [(part, unpack_part(leaves[part_name(root.name, part)]["packed"])) for part in some]
        for part, postings in left:
            for token in gone[part].keys() & postings.keys():
                postings[token] = [number for number in postings[token] if number not in gone[part][token]]
        await replace_leaves(store, [(part_name(root.name, part), pack_part(postings)) for part, postings in left])


def _in_batches(parts: list[int], most: int = 32) -> Iterable[list[int]]:
    return (parts[start : start + most] for start in range(0, len(parts), most))
