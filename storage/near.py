"""Near duplicates among flagged posts: the first of a kind leads, later ones are proposed as its like.

Only leaders are looked up, so a text that is passed on ten thousand times is one entry. Bands are keyed, and
go with the text when it is erased. Whether one is a duplicate a person decides.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pymongo import UpdateOne

from storage.forms import read_post
from storage.mongo import Document, Session, Store
from storage.reads import EPOCH

END = datetime(9999, 1, 1, tzinfo=UTC)
MOST_LEADERS = 50
"""Of texts that share a band: more are looked at no further."""

Bands = Callable[[str, bytes], Collection[str]]
Likeness = Callable[[str, str], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A post beside the one that leads its kind."""

    post: str
    leader: str
    """Itself where it is the first of its kind."""
    likeness: float
    """0 to 1; 1 for the leader."""


async def place_near(
    store: Store, post: str, at: datetime, bands: Bands, likeness: Likeness, least: float
) -> Near | None:
    """Find whose like a kept post is, and remember it; again after each change of its text.

    Args:
        store: open.
        post: its id.
        at: now.
        bands: gives what a text is looked up by, under a key.
        likeness: of two texts, 0 to 1.
        least: from this likeness on they are alike.

    Returns:
        None where there is no such post any more, or no words in it.
    """
    words = await _words(store, post)
    key = store.cipher.purpose_key("near duplicates")
    names = sorted(bands(words, key)) if words else []
    if words is None or not names:
        await forget_near(store, post)
        return None
    best = await _best(store, post, words, await _leaders(store, names), likeness)
    is_like = best is not None and best.likeness >= least
    near = best if best is not None and is_like else Near(post=post, leader=post, likeness=1.0)
    await _remember(store, near, [] if is_like else names, at)
    return near


async def place_new(store: Store, at: datetime, bands: Bands, likeness: Likeness, least: float, most: int) -> int:
    """The same for posts of Flags that were raised or changed since, whose notices can be made then.

    At most so many; gives how many that were.
    """
    found = store["flags"].find({"unplaced": 1, "at": {"$gte": EPOCH, "$lt": END}}, {"revision": 1}).limit(most)
    flags = [document async for document in found]
    for flag in flags:
        await place_near(store, flag["_id"], at, bands, likeness, least)
        seen = {"_id": flag["_id"], "revision": flag["revision"]}
        await store["flags"].update_one(seen, {"$unset": {"unplaced": ""}, "$set": {"untold": 1}})
    return len(flags)


async def read_near(store: Store, post: str, most: int = 200) -> tuple[Near, ...]:
    """The kind that a post belongs to: its leader, then the others, those most like it first."""
    own = await store["near"].find_one({"_id": post})
    if own is None:
        return ()
    found = store["near"].find(
        {"leader": own["leader"], "at": {"$gte": EPOCH, "$lt": END}}, {"leader": 1, "likeness": 1}
    )
    rows = [_read(document) async for document in found]
    return tuple(sorted(rows, key=lambda near: (near.post != near.leader, -near.likeness, near.post))[:most])


async def forget_near(store: Store, post: str) -> None:
    """Destroy what a post was looked up by: it is being erased. Its like keep its id and nothing else."""
    document = await store["near"].find_one({"_id": post})
    if document is None:
        return

    async def work(session: Session) -> None:
        if document["bands"]:
            taken = [UpdateOne({"_id": name}, {"$pull": {"leaders": post}}) for name in document["bands"]]
            await store["near_bands"].bulk_write(taken, session=session)
        await store["near"].delete_one({"_id": post}, session=session)

    await store.in_transaction(work)


async def _words(store: Store, post: str) -> str | None:
    document = await store["posts"].find_one({"_id": post})
    return read_post(document, store.cipher).post.words if document else None


async def _leaders(store: Store, names: Sequence[str]) -> list[str]:
    """Of posts that share a band, those that share most first."""
    shared: dict[str, int] = {}
    async for band in store["near_bands"].find({"_id": {"$in": list(names)}}):
        for leader in band["leaders"]:
            shared[leader] = shared.get(leader, 0) + 1
    return sorted(shared, key=lambda leader: (-shared[leader], leader))[:MOST_LEADERS]


async def _best(store: Store, post: str, words: str, leaders: Sequence[str], likeness: Likeness) -> Near | None:
    best: Near | None = None
    found = store["posts"].find({"_id": {"$in": [leader for leader in leaders if leader != post]}})
    async for document in found:
        value = likeness(words, read_post(document, store.cipher).post.words)
        if best is None or (value, best.leader) > (best.likeness, document["_id"]):
            best = Near(post=post, leader=document["_id"], likeness=value)
    return best


async def _remember(store: Store, near: Near, names: Sequence[str], at: datetime) -> None:
    """In place of what was remembered of an earlier text."""
    await forget_near(store, near.post)
    document: Document = {"_id": near.post, "leader": near.leader, "likeness": near.likeness, "at": at}
    writes = [UpdateOne({"_id": name}, {"$addToSet": {"leaders": near.post}}, upsert=True) for name in names]

    async def work(session: Session) -> None:
        await store["near"].replace_one(
            {"_id": near.post}, {**document, "bands": list(names)}, upsert=True, session=session
        )
        if writes:
            await store["near_bands"].bulk_write(writes, session=session)

    await store.in_transaction(work)


def _read(document: Document) -> Near:
    return Near(post=document["_id"], leader=document["leader"], likeness=document["likeness"])
