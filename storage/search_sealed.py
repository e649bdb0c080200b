"""Search of Flags and EvidenceItems by what their posts say, in their own order of time.

A text is looked for among posts. Where few hold it, what belongs to them is fetched by id; where many do,
windows of time fill soon enough and their posts are looked at.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime

from evidence.query import Query
from evidence.records import KeptPost
from storage.forms import read_post
from storage.mongo import Document, Store
from storage.reads import by_id, in_windows
from storage.search import FIRST
from storage.search_found import found_places
from storage.search_growth import Members
from storage.search_terms import Fold, Sought, seek

MOST = 2_000
"""Posts that are few enough to be fetched at once."""


async def search_flags(store: Store, query: Query, fold: Fold, now: datetime) -> AsyncGenerator[Document, None]:
    """Flags whose posts meet a Query, as stored, newest first; times and ``after`` are those of the Flags."""
    sought, members = seek(query, store.cipher, fold), Members(store=store)
    async with aclosing(_lists(store, "flags", sought, now)) as lists:
        async for documents in lists:
            flags = [flag for flag in documents if _is_flag_fitting(flag, sought)]
            posts = await by_id(store, "posts", [flag["_id"] for flag in flags]) if sought.text else {}
            for flag in flags:
                if sought.text and not _is_said(store, posts.get(flag["_id"]), sought):
                    continue
                if await members.grew(flag["source"], flag.get("posted_at") or flag["at"], query.growth):
                    yield flag


def _is_flag_fitting(flag: Document, sought: Sought) -> bool:
    states = sought.query.states
    return sought.is_next(flag) and (not states or flag["state"] in states) and sought.fits(flag, flag["severity"])


def _is_said(store: Store, post: Document | None, sought: Sought) -> bool:
    return post is not None and sought.may_be(post["tokens"]) and sought.is_said_by(read_post(post, store.cipher))


async def search_evidence(store: Store, query: Query, fold: Fold, now: datetime) -> AsyncGenerator[Document, None]:
    """EvidenceItems that meet a Query, as stored, newest first; times and ``after`` are those of the items.

    A text must be said by the revision that was sealed. What was erased is found by its Source and time alone.
    """
    sought, members = seek(query, store.cipher, fold), Members(store=store)
    is_plain = query == Query(source=query.source, since=query.since, until=query.until, after=query.after)
    async with aclosing(_lists(store, "evidence", sought, now)) as lists:
        async for documents in lists:
            items = [item for item in documents if sought.is_next(item) and query.source in (None, item["source"])]
            posts = {} if is_plain else await by_id(store, "posts", [item["post"] for item in items])
            flags = await by_id(store, "flags", posts, ("state",)) if query.states else {}
            for item in items:
                post = posts.get(item["post"])
                is_wanted = is_plain or (post is not None and _is_item_fitting(store, item, post, flags, sought))
                if is_wanted and (post is None or await members.grew(item["source"], post["at"], query.growth)):
                    yield item


def _is_item_fitting(
    store: Store, item: Document, post: Document, flags: Mapping[str, Document], sought: Sought
) -> bool:
    states = sought.query.states
    if states and flags.get(post["_id"], {}).get("state") not in states:
        return False
    if not sought.fits(post, item.get("severity")):
        return False
    return not sought.text or sought.is_said(_words_of(read_post(post, store.cipher), item["revision"]))


def _words_of(kept: KeptPost, revision: int) -> str:
    earlier = {said.revision: said.words for said in kept.earlier}
    return earlier.get(revision, kept.post.words)


async def _lists(store: Store, collection: str, sought: Sought, now: datetime) -> AsyncGenerator[list[Document], None]:
    """Documents that may be wanted, newest first, some at a time."""
    query, until = sought.query, sought.until(now)
    posts = await _few_posts(store, sought, now) if sought.words else None
    if posts is not None:
        found = (await by_id(store, collection, await _names(store, collection, posts))).values()
        inside = [one for one in found if (query.since is None or query.since <= one["at"]) and one["at"] < until]
        yield sorted(inside, key=lambda one: (one["at"], one["_id"]), reverse=True)
        return
    leads: tuple[Document] = ({},) if query.source is None else ({"source": query.source},)
    async with aclosing(in_windows(store, collection, leads, since=query.since, until=until, first=FIRST)) as lists:
        async for documents in lists:
            yield documents


async def _names(store: Store, collection: str, names: Sequence[str]) -> list[str]:
    if collection == "flags":
        return list(names)
    posts = await by_id(store, "posts", names, ("revision",))
    return [f"{name}:{revision}" for name, post in posts.items() for revision in range(1, post["revision"] + 1)]


async def _few_posts(store: Store, sought: Sought, now: datetime) -> list[str] | None:
    """Ids of posts that carry all tokens, of any time; None where they are many."""
    anytime = replace(sought, query=replace(sought.query, since=None, until=None, after=None))
    few = list[str]()
    async with aclosing(found_places(store, anytime, None, anytime.until(now))) as lists:
        async for places in lists:
            few += [name for _, name in places]
            if len(few) > MOST:
                return None
    return few
