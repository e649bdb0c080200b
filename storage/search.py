"""Search of kept posts: led by the rarest token within windows of time, verified once opened, newest first.

Whatever else is asked is dropped here: equalities beyond the lead would make the embedded server leave its index.
"""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from datetime import datetime

from evidence.query import Query
from evidence.records import KeptPost
from storage.forms import read_post
from storage.mongo import Document, Store
from storage.search_growth import Members
from storage.search_terms import Fold, Sought, by_id, led_posts, rarest_lead, seek


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
    until = sought.until(now)
    lead = await rarest_lead(store, sought, query.since, until)
    async with aclosing(led_posts(store, sought, lead, since=query.since, until=until)) as lists:
        async for documents in lists:
            for document in await _in_state(store, _fitting(documents, sought), query.states):
                kept = read_post(document, store.cipher)
                if sought.is_said_by(kept) and await members.grew(kept.source, document["at"], query.growth):
                    yield kept


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
