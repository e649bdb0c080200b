"""What lies in the index of a store, looked at from outside."""

from storage.mongo import Store
from storage.search_roots import LEAVES, read_roots, read_segment
from storage.search_segment import Place
from storage.search_tail import read_tail
from storage.whole import EVERY


async def listed(store: Store) -> set[tuple[bytes, Place]]:
    """Each token of a segment with each post that carries it."""
    roots, _ = await read_roots(store)
    segments = [await read_segment(store, root) for root in roots]
    return {
        (token, segment.posts[one])
        for segment in segments
        for token, carriers in segment.postings.items()
        for one in carriers
    }


async def indexed(store: Store) -> list[str]:
    """Ids of the posts of all segments, in order; one that is in two of them is there twice."""
    roots, others = await read_roots(store)
    assert [] == others
    segments = [await read_segment(store, root) for root in roots]
    return sorted(name for segment in segments for _, name in segment.posts if name)


async def sizes(store: Store) -> tuple[int, int]:
    """How many small segments there are, and how many large ones."""
    roots, _ = await read_roots(store)
    large = sum(root.is_large for root in roots)
    return len(roots) - large, large


async def waiting(store: Store) -> list[str]:
    """Ids of the posts in the tail, in order."""
    return sorted(entry.place[1] for entries in (await read_tail(store)).values() for entry in entries)


async def strays(store: Store) -> set[str]:
    """Leaves of segments that are not whole."""
    roots, _ = await read_roots(store)
    names = {root.name for root in roots}
    leaves = [leaf["_id"] async for leaf in store[LEAVES].find({"_id": EVERY}, {"_id": 1})]
    return {name for name in leaves if name.partition(":")[0] not in names}
