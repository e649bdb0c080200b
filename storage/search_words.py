"""The tokens of kept posts, in a collection of their own: whoever changes a post need not write its index anew.

They are written before their post and outside of its transaction, a few hundred at a time. Many entries of one
transaction spread over so many pages of the index that the embedded server stands still for good (seen from
5,000 entries on). A token without its post finds nothing, and what is found is verified: neither does harm.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pymongo import UpdateOne

from storage.mongo import Session, Store
from storage.search_tokens import Marks, tokens_of

POST_WORDS = "post_words"
AT_ONCE = 400
"""Entries in one transaction, or those of one post where it has more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """By what a revision of a post is found."""

    post: str
    at: datetime
    """Of the post, which never changes."""
    marks: Marks


async def write_words(store: Store, words: Sequence[Words]) -> None:
    """Add the tokens of revisions to those that their posts have; twice does no harm."""
    tokens = tokens_of(store.cipher)
    for few in _by_entries([(one, tokens.of(one.marks)) for one in words]):
        writes = [
            UpdateOne(
                {"_id": one.post},
                {"$setOnInsert": {"at": one.at}, "$addToSet": {"words": {"$each": its}}},
                upsert=True,
            )
            for one, its in few
        ]

        async def work(session: Session, writes: Sequence[UpdateOne] = writes) -> None:
            await store[POST_WORDS].bulk_write(writes, ordered=False, session=session)

        await store.in_transaction(work)


def _by_entries(words: Iterable[tuple[Words, list[bytes]]]) -> Iterator[list[tuple[Words, list[bytes]]]]:
    """Some posts together, as long as their entries are few: a wait for the disk costs more than an entry."""
    few: list[tuple[Words, list[bytes]]] = []
    entries = 0
    for one, its in words:
        if few and entries + len(its) > AT_ONCE:
            yield few
            few, entries = [], 0
        few.append((one, its))
        entries += len(its)
    if few:
        yield few
