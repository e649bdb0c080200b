"""Telegram's public web pages as a kind of place: which pages are asked for, and what absence means.

A pass reads the newest page, closes the gap to what is stored, takes the exact number of members from
the landing page, and re-reads some older pages for edits and removals. Rate limiting on t.me looks
like absence, so nothing is called gone before a control page was seen to be there. Where pages stand
against what is stored is ``channels/position.py``.
"""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from channels.collector import Collector
from channels.fetch import Fetcher, Response
from channels.pages import read_page
from channels.position import NO_END, ids_of, narrow, only, place_newest, set_apart, span_before, why_stuck
from channels.sanitize import sanitize
from channels.signatures import as_pseudonyms
from evidence.errors import RateLimited, SourceError, SourceGone, SourceRefused, SourceUnavailable, UnreadableCapture
from evidence.records import Capture, Count, Cursor, Page, PageKind, Place, PlaceKind, Reading, Source

CONTROLS = ("telegram", "durov")
"""Channels that are always there: if they look absent, absence means nothing."""
MOST_CONTROLS = 3
DEEPEST_REREAD = 5
"""Older pages that a pass re-reads at the most; half of the passes re-read none."""


class TelegramWeb(Collector):
    """Collector of public channels through ``t.me/s``."""

    def __init__(
        self,
        fetcher: Fetcher,
        base: str,
        controls: Sequence[str] = (),
        pseudonym: Callable[[str, str], str] | None = None,
    ) -> None:
        """Point it at the pages.

        Args:
            fetcher: open.
            base: ``https://t.me`` or where practice serves its pages.
            controls: further names that are expected to be there, such as the other sources.
            pseudonym: of a poster, from the Source's address and the signature; without it posters are left out.
        """
        self._pseudonym = pseudonym
        self._fetcher = fetcher
        self._base = base.rstrip("/")
        self._hosts = (urlsplit(base).netloc,)
        self._controls = (*CONTROLS, *controls)

    async def collect(self, source: Source, cursor: Cursor | None, now: datetime) -> AsyncGenerator[Page, None]:
        """See ``Collector.collect``."""
        capture, reading = await self._read(source, f"/s/{source.name}")
        if reading.kind is not PageKind.PREVIEW:
            async for page in self._without_preview(source, capture, reading):
                yield page
            return
        newest, moved = place_newest(source, reading, cursor, now)
        low = min(ids_of(newest), default=0)
        span, note = (low or moved.oldest_id, NO_END), None if reading.posts else "the newest page shows no post"
        first = Page(capture=capture, reading=newest, cursor=moved, span=span, note=note)
        for page in set_apart(first, source, cursor):
            yield page
        async for page in self._fill_gap(source, moved):
            yield page
            moved, low = page.cursor or moved, min([low, *ids_of(page.reading)])
        done = replace(moved, passes=moved.passes + 1)
        yield await self._read_count(source, done, capture, reading.place)
        async for page in self._reread(source, done, low):
            yield page

    async def confirm_removed(self, source: Source, suspects: Sequence[int], witness: int | None) -> tuple[Page, ...]:
        """See ``Collector.confirm_removed``: the witness is asked last, while a limit would still hold."""
        pages = tuple([await self._read_single(source, native_id) for native_id in suspects])
        if witness is None:
            await self._check_control(source)
        elif (await self._read_single(source, witness)).reading.is_missing:
            await self._check_listed(source, witness)
        return pages

    async def _check_listed(self, source: Source, witness: int) -> None:
        """A missing witness is a limit, unless it was removed while we read: one room must not hold up all others."""
        _, reading = await self._read(source, f"/s/{source.name}")
        if reading.kind is PageKind.PREVIEW and witness not in ids_of(reading):
            raise SourceUnavailable(f"{source.address}: more posts went meanwhile, the next pass tells")
        raise self._limit(f"{source.address}: posts that are listed show as missing")

    # -------------------------------------------------------------- pages of posts

    async def _fill_gap(self, source: Source, cursor: Cursor) -> AsyncIterator[Page]:
        """Older pages until nothing between is missing, or the host gives no more now."""
        while cursor.gap_high is not None:
            page = await self._read_gap(source, cursor, cursor.gap_high)
            for part in set_apart(page, source, cursor):
                yield part
            if page.cursor is None:
                return
            cursor = page.cursor

    async def _read_gap(self, source: Source, cursor: Cursor, before: int) -> Page:
        """The next older page of what is not stored yet; without a Cursor where the host gives no older one."""
        path = f"/s/{source.name}?before={before}"
        capture, reading = await self._read(source, path, PageKind.PREVIEW)
        if not reading.posts:  # one empty page proves nothing
            capture, reading = await self._read(source, path, PageKind.PREVIEW)
        older = only(reading, 1, before - 1)
        if note := why_stuck(reading, cursor):
            return Page(capture=capture, reading=older, note=note)
        return Page(capture=capture, reading=older, cursor=narrow(cursor, older), span=span_before(older, before))

    async def _reread(self, source: Source, cursor: Cursor, low: int) -> AsyncIterator[Page]:
        """Older pages again, thinning out: every second pass one, every fourth two; what fails is only noted."""
        depth = min(DEEPEST_REREAD, (cursor.passes & -cursor.passes).bit_length() - 1)
        while depth and low > cursor.oldest_id:
            try:
                capture, reading = await self._read(source, f"/s/{source.name}?before={low}", PageKind.PREVIEW)
            except SourceError as problem:
                note, is_failed = f"older posts not read again: {problem}", isinstance(problem, UnreadableCapture)
                yield Page(capture=None, reading=Reading(kind=PageKind.PREVIEW), is_failed=is_failed, note=note)
                return
            older = only(reading, cursor.oldest_id, low - 1)
            if not older.posts:
                return
            yield Page(capture=capture, reading=older, span=span_before(older, low))
            low, depth = min(ids_of(older)), depth - 1

    async def _read_single(self, source: Source, native_id: int) -> Page:
        capture, reading = await self._read(source, f"/{source.name}/{native_id}?embed=1", PageKind.POST)
        return Page(capture=capture, reading=reading, asked=(native_id,))

    # -------------------------------------------------------------- members

    async def _read_count(self, source: Source, cursor: Cursor, preview: Capture, seen: Place | None) -> Page:
        """The exact count; where the landing page does not give it, the rounded one of the preview."""
        is_failed = False
        try:
            capture, reading = await self._read(source, f"/{source.name}", PageKind.LANDING)
            if reading.place and reading.place.members:
                count = _count(source, "landing", reading.place, capture.fetched_at)
                return Page(capture=capture, reading=reading, cursor=cursor, count=count)
            if reading.place is None or reading.place.kind is PlaceKind.ABSENT:
                raise self._limit("it looks absent while posts are shown")
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
        raise self._limit(f"{source.address} looks absent, and so does @{names[0]}")

    def _limit(self, sight: str) -> RateLimited:
        """What a page shows is a limit in disguise: the host is left alone."""
        return RateLimited(f"{sight}: rate limiting", self._fetcher.leave_alone(self._base))

    # -------------------------------------------------------------- one page

    async def _read(self, source: Source, path: str, kind: PageKind | None = None) -> tuple[Capture, Reading]:
        """Fetch, clean and read one page; of another room or kind than asked for it is unreadable."""
        response = await self._fetcher.get(self._base + path, self._hosts)
        asked, answered = _name_in(path), _name_in(response.url)
        if asked.lower() != answered.lower():
            raise UnreadableCapture(f"{self._base}{path}: led to the page of @{answered} instead of @{asked}")
        try:
            kept = sanitize(response.body.decode("utf-8", "replace"))
            reading = read_page(kept, f"https://t.me{urlsplit(response.url).path}")
        except UnreadableCapture as problem:
            raise UnreadableCapture(f"{self._base}{path}: {problem}") from None
        if kind is not None and reading.kind is not kind:
            raise UnreadableCapture(f"{self._base}{path}: a {reading.kind} page instead of a {kind} page")
        return _capture(source, reading.kind, response, kept.encode()), as_pseudonyms(
            reading, source.address, self._pseudonym
        )


def _name_in(address: str) -> str:
    """The username in an address or path: ``/s/NAME``, ``/NAME`` or ``/NAME/ID``."""
    return urlsplit(address).path.strip("/").removeprefix("s/").split("/")[0]


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
        exchange=response.exchange,
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
