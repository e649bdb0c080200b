"""Posts against what was stored of them: new, edited, unchanged; and those that are not listed any more."""

from collections.abc import Mapping

from evidence.cipher import fingerprint
from evidence.records import Change, Page, Post, Seen


def fingerprint_post(post: Post, key: bytes) -> bytes:
    """8 keyed bytes that change when the post says something else.

    Views, reactions and the page's "edited" are left out: reactions set that mark too. So is where it was
    forwarded from: no edit changes that, but the origin may be renamed.
    """
    if not post.links and not post.media:
        return fingerprint(key, post.words)  # nine posts in ten
    attached = [f"{media.kind}:{media.number}" for media in post.media]
    return fingerprint(key, "\x1f".join([post.words, *post.links, *attached]))


def compare(post: Post, mark: bytes, known: Mapping[int, Seen]) -> Change:
    """How a post stands against the packed index; one that came back after a removal is edited.

    One whose time ran out, or that was erased, is as it was whatever it says now: it stays gone.
    """
    seen = known.get(post.native_id)
    if seen is None:
        return Change.NEW
    if seen.is_closed:
        return Change.UNCHANGED
    return Change.UNCHANGED if seen.fingerprint == mark and not seen.is_removed else Change.EDITED


def find_suspects(page: Page, known: Mapping[int, Seen]) -> tuple[int, ...]:
    """Ids that were read before, should be on this page and are not: perhaps removed, newest first."""
    if page.span is None:
        return ()
    low, high = page.span
    listed = {native_id for post in page.reading.posts for native_id in post.native_ids}
    missing = (seen for seen in known.values() if low <= seen.native_id <= high and not seen.is_removed)
    return tuple(sorted((seen.native_id for seen in missing if seen.native_id not in listed), reverse=True))
