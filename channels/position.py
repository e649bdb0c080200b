"""Where pages of posts stand against what is stored: first, joined, or with a gap between.

Pure: from Readings and Cursors to Cursors. What is asked for is ``channels/telegram_web.py``.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from evidence.errors import SourceGone
from evidence.records import Cursor, Page, Post, Reading, Source

NO_END = 2**53


def ids_of(reading: Reading) -> list[int]:
    """Ids of all posts, parts of albums included."""
    return [native_id for post in reading.posts for native_id in post.native_ids]


def only(reading: Reading, low: int, high: int) -> Reading:
    """Without posts outside of ``low`` to ``high``, both included."""
    return replace(reading, posts=tuple(post for post in reading.posts if low <= post.native_id <= high))


def span_before(reading: Reading, before: int) -> tuple[int, int] | None:
    """What a page asked for with ``?before=`` lists; an empty one says nothing."""
    return (min(ids_of(reading)), before - 1) if reading.posts else None


def place_newest(source: Source, reading: Reading, cursor: Cursor | None, now: datetime) -> tuple[Reading, Cursor]:
    """Place the newest page; its Reading comes back without posts from before the watch.

    Raises:
        SourceGone: another room took over the name.
    """
    if cursor is None or cursor.newest_id == 0:
        return reading, _first_cursor(source, reading, now, cursor)
    _check_peer(source, reading, cursor)
    ids = ids_of(reading)
    newest = only(reading, cursor.oldest_id, NO_END)
    if not ids or min(ids) <= cursor.newest_id + 1:
        return newest, replace(cursor, newest_id=max([cursor.newest_id, *ids]))
    gap_low = cursor.newest_id if cursor.gap_high is None else cursor.gap_low
    return newest, replace(cursor, newest_id=max(ids), gap_low=gap_low, gap_high=min(ids))


def narrow(cursor: Cursor, reading: Reading) -> Cursor:
    """Move the upper end of the gap down to this page; close it at its lower end.

    The end of the room or ``since`` closes only the gap of a first pass: below a later one are posts
    that were read, whatever the page says. An empty Reading reaches the end of the room.
    """
    low = min(ids_of(reading), default=0)
    is_first = cursor.gap_low == 0
    is_closed = low <= cursor.gap_low + 1 or (is_first and (not reading.has_older or _reaches_back(reading, cursor)))
    return replace(
        cursor,
        oldest_id=min(cursor.oldest_id, low) if low else cursor.oldest_id,
        gap_high=None if is_closed else low,
        gap_low=0 if is_closed else cursor.gap_low,
    )


def why_stuck(reading: Reading, cursor: Cursor) -> str | None:
    """What is wrong with a page of the gap, as it came; None where the gap can be narrowed with it."""
    before = cursor.gap_high or NO_END
    if not reading.posts and cursor.gap_low > 0:
        return f"no post older than {before} came although there are some: what is between is not read yet"
    if reading.posts and not only(reading, 1, before - 1).posts:
        return f"posts older than {before} were asked for, others came: what is between is not read yet"
    return None


def set_apart(page: Page, source: Source, before: Cursor | None) -> tuple[Page, ...]:
    """Make what was posted before the watch of only what is new a baseline page of its own, the first of two.

    Args:
        page: the newest one, or one of a gap.
        source: where it comes from.
        before: the Cursor before this page; None at the very first, whose posts are all from before.
    """
    if source.backfill_s != 0 or (before is not None and not _is_in_first_gap(before)):
        return (page,)
    posts = page.reading.posts
    old = tuple(post for post in posts if before is None or _is_older(post, before.since))
    new = tuple(post for post in posts if post not in old)
    if not (old and new):
        return (replace(page, is_baseline=not new),)
    held = replace(before, peer=page.cursor.peer) if before and page.cursor else None
    first = Page(capture=None, reading=replace(page.reading, posts=old), cursor=held, is_baseline=True)
    rest = replace(page.reading, posts=new)
    return first, replace(page, reading=rest, span=(min(ids_of(rest)), page.span[1]) if page.span else None)


def _is_in_first_gap(cursor: Cursor) -> bool:
    return cursor.newest_id == 0 or (cursor.gap_high is not None and cursor.gap_low == 0)


def _is_older(post: Post, since: datetime | None) -> bool:
    return since is not None and post.posted_at is not None and post.posted_at < since


def _reaches_back(reading: Reading, cursor: Cursor) -> bool:
    return any(_is_older(post, cursor.since) for post in reading.posts)


def _first_cursor(source: Source, reading: Reading, now: datetime, empty: Cursor | None) -> Cursor:
    """A Cursor for the first posts that are read; ``empty`` where none were shown at an earlier pass."""
    ids = ids_of(reading)
    native_id = reading.place.native_id if reading.place else None
    since = None if source.backfill_s is None else now - timedelta(seconds=source.backfill_s)
    cursor = Cursor(
        source=source.address,
        peer=str(native_id) if native_id else f"@{source.name}",
        newest_id=max(ids, default=0),
        oldest_id=min(ids, default=0),
        gap_high=min(ids, default=None),
        since=empty.since if empty else since,
        passes=empty.passes if empty else 0,
    )
    starts_here = source.backfill_s == 0 and empty is None
    return replace(cursor, gap_high=None) if starts_here else narrow(cursor, reading)


def _check_peer(source: Source, reading: Reading, cursor: Cursor) -> None:
    """A username can be given up and taken by another room: its posts are not those of the room watched."""
    native_id = reading.place.native_id if reading.place else None
    if native_id is not None and cursor.peer.isdecimal() and cursor.peer != str(native_id):
        raise SourceGone(
            f"{source.address} now shows another room (id {native_id}, watched was {cursor.peer}): a person decides"
        )
