"""Which posts one preview page holds: 20 messages by id, an album cut by the edge made whole."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from practice.world import PracticePost, PracticeRoom

MESSAGES = 20
"""Raw messages on a page; an album counts as many as it takes ids, so blocks may be fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    """Posts of one page, oldest first, and whether there are others around them."""

    posts: tuple[PracticePost, ...]
    has_older: bool
    has_newer: bool

    @property
    def first_id(self) -> int:
        """Smallest id on the page; 0 when it is empty."""
        return self.posts[0].id if self.posts else 0

    @property
    def last_id(self) -> int:
        """Largest id on the page, an album's last; 0 when it is empty."""
        return self.posts[-1].ids[-1] if self.posts else 0


def read_page(room: PracticeRoom, before: int | None = None, after: int | None = None) -> PreviewPage:
    """Cut one page out of a room.

    Args:
        room: read as it stands.
        before: only messages strictly older; None means from the newest on.
        after: only messages strictly newer, the oldest of them; not used beside ``before``.
    """
    posts = room.posts
    ids = list(posts)
    if before is None and after is not None:
        low, high = _span_after(posts, ids, after)
    else:
        low, high = _span_before(posts, ids, before)
    return PreviewPage(
        posts=tuple(posts[key] for key in ids[low:high]),
        has_older=low > 0,
        has_newer=high < len(ids),
    )


def _span_before(posts: dict[int, PracticePost], ids: list[int], before: int | None) -> tuple[int, int]:
    high = low = len(ids) if before is None else bisect_left(ids, before)
    found = 0
    while low > 0 and found < MESSAGES:
        low -= 1
        taken = posts[ids[low]].ids
        found += sum(1 for native_id in taken if before is None or native_id < before)
    return low, high


def _span_after(posts: dict[int, PracticePost], ids: list[int], after: int) -> tuple[int, int]:
    low = bisect_right(ids, after)
    if low > 0 and posts[ids[low - 1]].ids[-1] > after:
        low -= 1
    high, found = low, 0
    while high < len(ids) and found < MESSAGES:
        taken = posts[ids[high]].ids
        found += sum(1 for native_id in taken if native_id > after)
        high += 1
    return low, high
