"""The tokens of kept posts, in a collection of their own: whoever changes a post need not write its index anew.

They are written before their post and outside of its transaction, one post at a time. Many entries of one
transaction spread over so many pages of the index that the embedded server stands still for good (seen from
5,000 entries on). A token without its post finds nothing, and what is found is verified: neither does harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pymongo import UpdateOne

from storage.mongo import Store
from storage.search_tokens import Marks, tokens_of

POST_WORDS = "post_words"


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
    writes = [
        UpdateOne(
            {"_id": one.post},
            {"$setOnInsert": {"at": one.at}, "$addToSet": {"words": {"$each": tokens.of(one.marks)}}},
            upsert=True,
        )
        for one in words
    ]
    if writes:
        await store[POST_WORDS].bulk_write(writes, ordered=False)
