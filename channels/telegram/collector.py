"""Telegram's own protocol as a kind of place: what a pass asks for, and what is made of the answers.

Our own Cursors are the truth. A pass reads from the newest message down until it joins what is stored,
or, for the few busiest rooms, what changed since; it counts the members, and re-reads older messages
for edits and removals. The account does not join, write, or mark anything as read.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from channels.collector import Collector
from channels.position import NO_END, ids_of, narrow, only, place_newest, set_apart
from channels.telegram.accounts import Accounts, Room, TooFarBehind
from channels.telegram.asking import Asking, Heard
from channels.telegram.difference import Step, changes_since
from channels.telegram.intervals import Intervals
from channels.telegram.memory import Memory
from evidence.errors import SourceError, SourceGone, SourceUnavailable
from evidence.records import Count, Cursor, Page, PageKind, Place, Reading, Source

LOOKED_BACK = timedelta(days=30)
"""How far back kept posts are asked for one by one where changes may have been missed."""
MOST_SUSPECTS, LOOKS = 500, 100
LONGEST_QUEUE_S = 30.0
"""Members are counted with another pass where this one would have to queue for longer."""
TURNS_TO_SEND = 5
"""Of the event loop, until Telethon's loops have handed a request to the socket: first asked, then read."""
REREAD_EVERY, DEEPEST_REREAD = 16, 3
"""Every 16th pass re-reads a hundred older messages, every 32nd two hundred."""


class TelegramCollector(Collector):
    """Collector of public channels and groups through signed-in accounts."""

    most_suspects, looks = MOST_SUSPECTS, LOOKS

    def __init__(
        self,
        accounts: Accounts,
        memory: Memory,
        pseudonym: Callable[[str, str], str],
        intervals: Intervals,
    ) -> None:
        """Set it up over open accounts.

        Args:
            accounts: who reads which room.
            memory: what outlives this process.
            pseudonym: of a poster, from the Source's address and what Telegram calls them.
            intervals: when each room is due, and which ones are watched closely.
        """
        self._accounts = accounts
        self._memory = memory
        self._asking = Asking(accounts, pseudonym)
        self._intervals = intervals

    def interval_s(self, source: Source) -> float:
        """See ``Collector.interval_s``."""
        return self._intervals.interval_s(source)

    async def collect(self, source: Source, cursor: Cursor | None, now: datetime) -> AsyncGenerator[Page, None]:
        """See ``Collector.collect``."""
        room = await self._accounts.reach(source)
        self._intervals.note_room(source, room.account.label, room.peer.native_id)
        moved, lowest = cursor, None
        if cursor is not None and _can_follow(cursor) and self._intervals.is_close(source):
            try:
                async for page in self._read_changes(room, cursor, now):
                    yield page
                    moved = page.cursor or moved
            except TooFarBehind as problem:
                async for page in self._catch_up(room, cursor, problem.pts, now):
                    yield page
                    moved = page.cursor or moved
        else:
            async for page in self._read_history(room, cursor, now):
                yield page
                moved = page.cursor or moved
                lowest = min([*ids_of(page.reading), lowest or NO_END])
        if moved is not None:
            done = replace(moved, passes=moved.passes + 1)
            yield await self._count(room, done, now)
            async for page in self._reread(room, done, lowest):
                yield page

    async def confirm_removed(self, source: Source, suspects: Sequence[int], witness: int | None) -> tuple[Page, ...]:
        """See ``Collector.confirm_removed``: the protocol says of each id whether it exists."""
        room = await self._accounts.reach(source)
        return tuple([page async for page in self._look_at(room, suspects, witness)])

    # -------------------------------------------------------------- history

    async def _read_history(self, room: Room, cursor: Cursor | None, now: datetime) -> AsyncIterator[Page]:
        """From the newest message down until it joins what is stored."""
        asked = await self._asking.history(room)
        self._check_public(room, asked.reading.place)
        self._intervals.note_posts(room.source, asked.reading.posts, now)
        newest, moved = place_newest(room.source, asked.reading, cursor, now)
        moved = replace(moved, pts=asked.pts if moved.pts is None else moved.pts)
        span = (asked.lowest or moved.oldest_id, NO_END)
        first = Page(
            capture=asked.capture, reading=newest, cursor=moved, span=span, note=_note_of(room, asked.reading.place)
        )
        for page in set_apart(first, room.source, cursor):
            yield page
        async for page in self._fill_gap(room, moved):
            yield page

    async def _fill_gap(self, room: Room, cursor: Cursor) -> AsyncIterator[Page]:
        """Older messages until nothing between is missing; the next ones are asked for before these are read."""
        ahead: asyncio.Task[Heard] | None = None
        try:
            while cursor.gap_high is not None:
                before = cursor.gap_high
                heard = await (ahead or self._asking.hear(room, before))
                ahead = self._hear_below(room, heard, cursor)
                for _ in range(TURNS_TO_SEND):
                    await asyncio.sleep(0)
                asked = self._asking.read(room, heard)
                older = only(asked.reading, 1, before - 1)
                moved = narrow(cursor, older) if older.posts else replace(cursor, gap_low=0, gap_high=None)
                span = (min(ids_of(older), default=1), before - 1)
                page = Page(capture=asked.capture, reading=older, cursor=moved, span=span)
                for part in set_apart(page, room.source, cursor):
                    yield part
                cursor = moved
        finally:
            if ahead is not None:
                ahead.cancel()
                with suppress(asyncio.CancelledError, SourceError):
                    await ahead

    def _hear_below(self, room: Room, heard: Heard, cursor: Cursor) -> "asyncio.Task[Heard] | None":
        """The page below one, on its way, unless the gap ends here as far as can be told before reading."""
        lowest, is_first = heard.lowest, cursor.gap_low == 0
        if lowest is None or lowest <= cursor.gap_low + 1 or (is_first and not heard.is_since(cursor.since)):
            return None
        return asyncio.create_task(self._asking.hear(room, lowest))

    # -------------------------------------------------------------- changes

    async def _read_changes(self, room: Room, cursor: Cursor, now: datetime) -> AsyncIterator[Page]:
        """What was posted, edited and removed since the Cursor."""
        async for step in changes_since(self._asking, room, cursor.pts or 0):
            cursor = replace(cursor, pts=step.pts, newest_id=max([cursor.newest_id, *step.new_ids]))
            self._intervals.note_timeout(room.source, step.timeout_s)
            for page in _pages_of(step, cursor):
                self._check_public(room, page.reading.place)
                self._intervals.note_posts(room.source, page.reading.posts, now)
                yield page

    async def _catch_up(self, room: Room, cursor: Cursor, pts: int, now: datetime) -> AsyncIterator[Page]:
        """Too much has changed to be told: history, then every kept post of the last days, one by one."""
        moved = cursor
        async for page in self._read_history(room, cursor, now):
            yield page
            moved = page.cursor or moved
        kept = await self._memory.kept_ids(room.source.address, now - LOOKED_BACK, now)
        async for page in self._look_at(room, kept, None):
            yield page
        done = replace(moved, pts=pts or None)
        note = "more had changed than Telegram tells at once: history and kept posts were read again"
        yield Page(capture=None, reading=Reading(kind=PageKind.DIFFERENCE), cursor=done, note=note)

    # -------------------------------------------------------------- members, older messages, single ones

    async def _count(self, room: Room, cursor: Cursor, now: datetime) -> Page:
        """The members, where they are due; that it fails does not make the room unseen."""
        is_due = self._intervals.is_count_due(room.source, room.peer.counted_at, now)
        if not is_due or room.account.queue_s("channels.getFullChannel") > LONGEST_QUEUE_S:
            return Page(capture=None, reading=Reading(kind=PageKind.FULL), cursor=cursor)
        try:
            asked = await self._asking.full(room)
        except SourceGone:
            raise
        except SourceError as problem:
            why = f"members not counted: {problem}"
            return Page(capture=None, reading=Reading(kind=PageKind.FULL), cursor=cursor, note=why)
        self._check_public(room, asked.reading.place)
        await self._accounts.note_count(room, asked.at)
        place = asked.reading.place
        count = _count_of(room.source, place, asked.at) if place else None
        hidden = None if count else "members not counted: the room hides their number"
        renamed = _note_of(room, place) if self._intervals.is_close(room.source) else None  # history says it itself
        note = "; ".join(filter(None, (renamed, hidden))) or None
        return Page(capture=asked.capture, reading=asked.reading, cursor=cursor, count=count, note=note)

    async def _reread(self, room: Room, cursor: Cursor, lowest: int | None) -> AsyncIterator[Page]:
        """Messages older than the lowest one read, again and thinning out; what fails is only noted."""
        turn = cursor.passes + (room.peer.native_id or 0)  # rooms take turns: not all of them at once
        depth = min(DEEPEST_REREAD, ((turn & -turn) // REREAD_EVERY).bit_length())
        before = lowest or 0
        while depth and before > cursor.oldest_id:
            try:
                asked = await self._asking.history(room, before)
            except SourceError as problem:
                note = f"older posts not read again: {problem}"
                yield Page(capture=None, reading=Reading(kind=PageKind.HISTORY), note=note)
                return
            older = only(asked.reading, cursor.oldest_id, before - 1)
            low = min(ids_of(older), default=cursor.oldest_id)
            yield Page(capture=asked.capture, reading=older, span=(low, before - 1))
            before, depth = low, depth - 1

    async def _look_at(self, room: Room, ids: Sequence[int], witness: int | None) -> AsyncIterator[Page]:
        """Messages by their ids, with one that must exist."""
        async for part, asked in self._asking.messages(room, ids, witness):
            if witness is not None and witness not in ids_of(asked.reading):
                raise SourceUnavailable(f"{room.source.address}: posts that are listed show as missing")
            posts = tuple(post for post in asked.reading.posts if set(post.native_ids) & set(part))
            yield Page(capture=asked.capture, reading=replace(asked.reading, posts=posts), asked=tuple(part))

    def _check_public(self, room: Room, place: Place | None) -> None:
        """A room that gave up its public names is private, even where the account may still read it."""
        if place is not None and not place.names:
            raise SourceGone(f"{room.source.address} has no public name any more: private rooms are not read")


def _can_follow(cursor: Cursor) -> bool:
    """Whether a list of changes is enough: there is a count to go on from, and nothing below is missing."""
    return cursor.pts is not None and cursor.gap_high is None


def _note_of(room: Room, place: Place | None) -> str | None:
    """That the room goes by another name now; it is read on by its id."""
    if place is None or room.source.name in (name.lower() for name in place.names):
        return None
    return f"the room was renamed to @{place.username}; @{room.source.name} is not its name any more"


def _pages_of(step: Step, cursor: Cursor) -> Iterator[Page]:
    """What was posted and edited, what was removed, and last the Cursor that moves with both."""
    for asked in step.answers:
        yield Page(capture=asked.capture, reading=only(asked.reading, cursor.oldest_id, NO_END))
    kind = PageKind.DIFFERENCE
    yield Page(capture=None, reading=Reading(kind=kind, is_missing=True), asked=step.removed, cursor=cursor)


def _count_of(source: Source, place: Place, at: datetime) -> Count | None:
    if place.members is None:
        return None
    number = place.members.value
    return Count(
        source=source.address, at=at, value=number, low=number, high=number, online=place.online, origin="mtproto"
    )
