"""Telegram's public web pages as a kind of place: which pages are asked for, and what absence means.

A pass reads the newest page, closes the gap to what is stored, re-reads some older pages for edits
and removals, and takes the exact number of members from the landing page. Rate limiting on t.me
looks like absence, so nothing is called gone before a control page was seen to be there.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from channels.fetch import Fetcher, Response
from channels.pages import read_page
from channels.sanitize import sanitize
from evidence.errors import RateLimited, SourceError, SourceGone, SourceRefused, SourceUnavailable, UnreadableCapture
from evidence.records import Capture, Count, Cursor, Page, PageKind, Place, PlaceKind, Reading, Source

CONTROLS = ("telegram", "durov")
"""Channels that are always there: if they look absent, absence means nothing."""
MOST_CONTROLS = 3
DEEPEST_REREAD = 5
"""Older pages that a pass re-reads at the most; half of the passes re-read none."""
NO_END = 2**53


class TelegramWeb:
    """Collector of public channels through ``t.me/s``."""

    def __init__(self, fetcher: Fetcher, base: str, controls: Sequence[str] = ()) -> None:
        """Point it at the pages.

        Args:
            fetcher: open.
            base: ``https://t.me`` or where practice serves its pages.
            controls: further names that are expected to be there, such as the other sources.
        """
        self._fetcher = fetcher
        self._base = base.rstrip("/")
        self._hosts = (urlsplit(base).netloc,)
        self._controls = (*CONTROLS, *controls)

    async def collect(self, source: Source, cursor: Cursor | None, now: datetime) -> AsyncIterator[Page]:
        """See ``Collector.collect``."""
        capture, reading = await self._read(source, f"/s/{source.name}")
        if reading.kind is not PageKind.PREVIEW:
            async for page in self._without_preview(source, capture, reading):
                yield page
            return
        is_baseline = source.backfill_s == 0 and cursor is None
        newest, cursor = _place_newest(source, reading, cursor, now)
        yield Page(
            capture=capture,
            reading=newest,
            cursor=cursor,
            span=(min(_ids(newest), default=cursor.oldest_id), NO_END),
            is_baseline=is_baseline,
        )
        low = min(_ids(newest), default=0)
        while cursor.gap_high is not None:
            page = await self._read_gap(source, cursor, cursor.gap_high)
            yield page
            if page.cursor is None:
                break
            cursor, low = page.cursor, min([low, *_ids(page.reading)])
        async for page in self._reread(source, cursor, low):
            yield page
        done = replace(cursor, passes=cursor.passes + 1)
        yield await self._read_count(source, done, capture, reading.place)

    async def confirm_removed(self, source: Source, suspects: Sequence[int], witness: int | None) -> tuple[Page, ...]:
        """See ``Collector.confirm_removed``: the witness is asked last, while a limit would still hold."""
        pages = tuple([await self._read_single(source, native_id) for native_id in suspects])
        if witness is None:
            await self._check_control(source)
        elif (await self._read_single(source, witness)).reading.is_missing:
            wait_s = self._fetcher.leave_alone(self._base)
            raise RateLimited(f"{source.address}: posts that are listed show as missing: rate limiting", wait_s)
        return pages

    # -------------------------------------------------------------- pages of posts

    async def _read_gap(self, source: Source, cursor: Cursor, before: int) -> Page:
        """The next older page of what is not stored yet; without a Cursor where the host gives no older one."""
        capture, reading = await self._read(source, f"/s/{source.name}?before={before}", PageKind.PREVIEW)
        older = _only(reading, 1, before - 1)
        if reading.posts and not older.posts:
            note = f"posts older than {before} were asked for, others came: what is between is not read yet"
            return Page(capture=capture, reading=older, note=note)
        return Page(capture=capture, reading=older, cursor=_narrow(cursor, older), span=_span_before(older, before))

    async def _reread(self, source: Source, cursor: Cursor, low: int) -> AsyncIterator[Page]:
        """Older pages again, thinning out: every second pass one, every fourth two, and so on."""
        number = cursor.passes + 1
        depth = min(DEEPEST_REREAD, (number & -number).bit_length() - 1)
        while depth and low > cursor.oldest_id:
            capture, reading = await self._read(source, f"/s/{source.name}?before={low}", PageKind.PREVIEW)
            older = _only(reading, cursor.oldest_id, low - 1)
            if not older.posts:
                return
            yield Page(capture=capture, reading=older, span=_span_before(older, low))
            low, depth = min(_ids(older)), depth - 1

    async def _read_single(self, source: Source, native_id: int) -> Page:
        capture, reading = await self._read(source, f"/{source.name}/{native_id}?embed=1", PageKind.POST)
        return Page(capture=capture, reading=reading, asked=native_id)

    # -------------------------------------------------------------- members

    async def _read_count(self, source: Source, cursor: Cursor, preview: Capture, seen: Place | None) -> Page:
        """The exact count; where the landing page does not give it, the rounded one of the preview."""
        is_failed = False
        try:
            capture, reading = await self._read(source, f"/{source.name}", PageKind.LANDING)
            if reading.place and reading.place.members:
                count = _count(source, "landing", reading.place, capture.fetched_at)
                return Page(capture=capture, reading=reading, cursor=cursor, count=count)
            why = "it shows no number"
        except SourceError as problem:
            why, is_failed = str(problem), isinstance(problem, UnreadableCapture)
        return Page(
            capture=None,
            reading=Reading(kind=PageKind.LANDING),
            cursor=cursor,
            count=_count(source, "preview", seen, preview.fetched_at) if seen else None,
            is_failed=is_failed,
            note=f"members not exact, landing page: {why}",
        )

    # -------------------------------------------------------------- no preview

    async def _without_preview(self, source: Source, capture: Capture, reading: Reading) -> AsyncIterator[Page]:
        """``/s/NAME`` led to the landing page: it says of what kind the place is."""
        place = reading.place
        if place is None or place.kind is PlaceKind.ABSENT:
            yield Page(capture=capture, reading=reading)
            await self._check_absence(source)
        elif place.kind in (PlaceKind.USER, PlaceKind.BOT, PlaceKind.INVITE):
            raise SourceRefused(f"{source.address} is a {place.kind}, not a public room")
        else:
            yield Page(capture=capture, reading=reading, count=_count(source, "landing", place, capture.fetched_at))
            raise SourceUnavailable(
                f"{source.address} is a {place.kind} without public preview: members are counted, posts are not seen"
                " (watch it `via: telegram`)"
            )

    async def _check_absence(self, source: Source) -> None:
        """Gone only if a control page is there and the room is absent once more."""
        await self._check_control(source)
        _, again = await self._read(source, f"/{source.name}", PageKind.LANDING)
        if again.place is not None and again.place.kind is not PlaceKind.ABSENT:
            raise SourceUnavailable(f"{source.address} looked absent once, then not: the next pass tells")
        raise SourceGone(f"{source.address} shows no public room; a control page was there at the same time")

    async def _check_control(self, source: Source) -> None:
        names = [name for name in self._controls if name != source.name][:MOST_CONTROLS]
        for name in names:
            try:
                _, reading = await self._read(source, f"/s/{name}")
            except (SourceUnavailable, UnreadableCapture):
                continue
            if reading.place and reading.place.kind is not PlaceKind.ABSENT:
                return
        wait_s = self._fetcher.leave_alone(self._base)
        raise RateLimited(f"{source.address} looks absent, and so does @{names[0]}: rate limiting", wait_s)

    # -------------------------------------------------------------- one page

    async def _read(self, source: Source, path: str, kind: PageKind | None = None) -> tuple[Capture, Reading]:
        """Fetch, clean and read one page; of another kind than asked for it is unreadable."""
        response = await self._fetcher.get(self._base + path, self._hosts)
        kept = sanitize(response.body.decode("utf-8", "replace"))
        reading = read_page(kept, f"https://t.me{urlsplit(response.url).path}")
        if kind is not None and reading.kind is not kind:
            raise UnreadableCapture(f"{self._base}{path}: a {reading.kind} page instead of a {kind} page")
        return _capture(source, reading.kind, response, kept.encode()), reading


def _capture(source: Source, kind: PageKind, response: Response, kept: bytes) -> Capture:
    return Capture(
        source=source.address,
        url=response.url,
        kind=kind,
        fetched_at=response.fetched_at,
        status=response.status,
        received_sha256=response.sha256,
        received_bytes=len(response.body),
        kept=kept,
        kept_sha256=hashlib.sha256(kept).hexdigest(),
    )


def _count(source: Source, origin: str, place: Place, at: datetime) -> Count | None:
    if place.members is None:
        return None
    return Count(
        source=source.address,
        at=at,
        value=place.members.value,
        low=place.members.low,
        high=place.members.high,
        online=place.online,
        origin=origin,
    )


def _ids(reading: Reading) -> list[int]:
    return [native_id for post in reading.posts for native_id in post.native_ids]


def _only(reading: Reading, low: int, high: int) -> Reading:
    """Without posts outside of ``low`` to ``high``, both included."""
    return replace(reading, posts=tuple(post for post in reading.posts if low <= post.native_id <= high))


def _span_before(reading: Reading, before: int) -> tuple[int, int] | None:
    """What a page asked for with ``?before=`` lists; an empty one says nothing."""
    return (min(_ids(reading)), before - 1) if reading.posts else None


def _place_newest(source: Source, reading: Reading, cursor: Cursor | None, now: datetime) -> tuple[Reading, Cursor]:
    """Where the newest page stands against what is stored: first pass, joined, or with a gap between."""
    ids = _ids(reading)
    if cursor is None or cursor.newest_id == 0:
        return reading, _first_cursor(source, reading, now, cursor)
    _check_peer(source, reading, cursor)
    newest = _only(reading, cursor.oldest_id, NO_END)
    if not ids or min(ids) <= cursor.newest_id + 1 or not reading.has_older:
        return newest, replace(cursor, newest_id=max([cursor.newest_id, *ids]))
    gap_low = cursor.newest_id if cursor.gap_high is None else cursor.gap_low
    return newest, replace(cursor, newest_id=max(ids), gap_low=gap_low, gap_high=min(ids))


def _first_cursor(source: Source, reading: Reading, now: datetime, empty: Cursor | None) -> Cursor:
    """A Cursor for the first posts that are read; ``empty`` where the room had none at an earlier pass."""
    ids = _ids(reading)
    native_id = reading.place.native_id if reading.place else None
    reads_all = source.backfill_s is None or empty is not None
    cursor = Cursor(
        source=source.address,
        peer=str(native_id) if native_id else f"@{source.name}",
        newest_id=max(ids, default=0),
        oldest_id=min(ids, default=0),
        gap_high=min(ids, default=None),
        since=None if reads_all else now - timedelta(seconds=source.backfill_s or 0),
        passes=empty.passes if empty else 0,
    )
    starts_here = source.backfill_s == 0 and empty is None
    return replace(cursor, gap_high=None) if starts_here else _narrow(cursor, reading)


def _narrow(cursor: Cursor, reading: Reading) -> Cursor:
    """Move the upper end of the gap down to this page; close it at its lower end or at ``since``."""
    ids = _ids(reading)
    low = min(ids, default=0)
    dates = [post.posted_at for post in reading.posts if post.posted_at]
    is_far_enough = cursor.since is not None and bool(dates) and min(dates) < cursor.since
    is_closed = not ids or low <= cursor.gap_low + 1 or not reading.has_older or is_far_enough
    return replace(
        cursor,
        oldest_id=min(cursor.oldest_id, low) if ids else cursor.oldest_id,
        gap_high=None if is_closed else low,
        gap_low=0 if is_closed else cursor.gap_low,
    )


def _check_peer(source: Source, reading: Reading, cursor: Cursor) -> None:
    """A username can be given up and taken by another room: its posts are not those of the room watched."""
    native_id = reading.place.native_id if reading.place else None
    if native_id is not None and cursor.peer.isdecimal() and cursor.peer != str(native_id):
        raise SourceGone(
            f"{source.address} now shows another room (id {native_id}, watched was {cursor.peer}): a person decides"
        )
