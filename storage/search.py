"""Search of kept posts: led by keyed tokens, or through windows of time, verified once opened, newest first.

Whatever else is asked is dropped here: equalities beyond the lead would make the embedded server leave its index.
"""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta

from evidence.query import Query
from evidence.records import KeptPost
from storage.forms import read_post
from storage.mongo import Document, Store
from storage.reads import by_id, in_windows
from storage.search_found import found_places
from storage.search_growth import Members
from storage.search_terms import Fold, Sought, seek

FIRST = timedelta(hours=1)
"""Length of the first window: what is newest is shown at once."""
FEW, MOST = 8, 256
"""Posts that are opened together: the first time, and later on."""


async def search(store: Store, query: Query, fold: Fold, now: datetime) -> AsyncGenerator[KeptPost, None]:
    """Kept posts that meet a Query, newest first; stop iterating when there are enough.

    Args:
        store: open.
        query: for the next page, with ``after`` set to ``at`` and ``id`` of the last post.
        fold: brings a text into the form in which it is searched.
        now: the moment.

    Raises:
        ConfigError: the text sought has nothing in it.
    """
    sought, members = seek(query, store.cipher, fold), Members(store=store)
    async with aclosing(_documents(store, sought, now)) as lists:
        async for documents in lists:
            for document in await _in_state(store, _fitting(documents, sought), query.states):
                kept = read_post(document, store.cipher)
                if sought.is_said_by(kept) and await members.grew(kept.source, document["at"], query.growth):
                    yield kept


async def _documents(store: Store, sought: Sought, now: datetime) -> AsyncGenerator[list[Document], None]:
    """Posts that may be sought, some at a time, newest first."""
    since, until = sought.query.since, sought.until(now)
    if not sought.has_tokens:
        lead: Document = {} if sought.query.source is None else {"source": sought.query.source}
        async with aclosing(in_windows(store, "posts", (lead,), since=since, until=until, first=FIRST)) as lists:
            async for documents in lists:
                yield documents
        return
    size = FEW
    async with aclosing(found_places(store, sought, since, until)) as found:
        async for places in found:
            names = [name for _, name in places]
            while names:
                posts = await by_id(store, "posts", names[:size])
                yield [posts[name] for name in names[:size] if name in posts]
                names, size = names[size:], min(2 * size, MOST)


def _fitting(documents: Iterable[Document], sought: Sought) -> list[Document]:
    return [
        document
        for document in documents
        if sought.is_next(document) and sought.fits(document, (document["flag"] or {}).get("severity"))
    ]


async def _in_state(store: Store, posts: Sequence[Document], states: frozenset[str]) -> Sequence[Document]:
    """Posts whose Flag's review stands so; all where it does not matter."""
    if not states:
        return posts
    flags = await by_id(store, "flags", [post["_id"] for post in posts if post["flag"]], ("state",))
    return [post for post in posts if flags.get(post["_id"], {}).get("state") in states]
