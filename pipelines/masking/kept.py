"""A kept post as it is shown to people who have no reason to see whom it names."""

from collections.abc import Collection
from dataclasses import replace

from msgspec import structs

from evidence.records import KeptPost, Revision
from pipelines.masking import carry_mentions, mask


def mask_kept(kept: KeptPost, public: Collection[str] = ()) -> KeptPost:
    """The post with its personal spans masked, in all that it ever said; its Mentions move with the text.

    Args:
        kept: as stored.
        public: rooms that may be named, such as those on the watchlist.
    """
    masked = mask(kept.post.words, kept.mentions, public=public)
    return replace(
        kept,
        post=structs.replace(kept.post, text=masked.text, captions=()),
        mentions=carry_mentions(masked, kept.mentions),
        earlier=tuple(_mask_revision(revision, public) for revision in kept.earlier),
    )


def _mask_revision(revision: Revision, public: Collection[str]) -> Revision:
    masked = mask(revision.words, revision.mentions, public=public)
    return replace(revision, words=masked.text, mentions=carry_mentions(masked, revision.mentions))
