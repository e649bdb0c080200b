"""The crawl loop: collect, examine, keep, advance; one Source, one pass, one CrawlRun.

Whatever goes wrong with one Source ends its pass and no other. What was stored before stays, the
Cursor says where the next pass goes on, and the pass is reported as what it was.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo

import structlog

from channels.collector import Collector
from crawler.batches import in_batches, one_behind
from crawler.metrics import note_delay, note_pass, note_residents
from crawler.taking import Batch, Examiner, Room, put_together
from evidence.errors import SourceError, SourceGone, SourceRefused, SourceTaken, UnreadableCapture
from evidence.item import Setting
from evidence.listing import DirectoryPage
from evidence.records import Change, CrawlRun, Cursor, Directory, Outcome, Page, Place, Source, Via
from pipelines import Criteria
from storage.keep import (
    Examined,
    Stored,
    is_quiet,
    keep_pages,
    load_cursor,
    load_members,
    newly_removed,
)
from storage.kept import kept_ids
from storage.leases import Fence, Lease, leased
from storage.mongo import Store
from storage.passes import end_pass
from storage.pauses import check_pause

MOST_PAGES = 20
"""Kept together in one transaction."""

LOOKED_AFTER = timedelta(days=30)
"""How long kept posts are looked at again one by one once they are off the pages that are read."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawler:
    """All that a pass needs besides its Source."""

    store: Store
    collectors: Mapping[Via, Collector]
    criteria: Criteria
    clock: Callable[[], datetime]
    setting: Setting
    """Under which flagged posts are sealed."""
    zone: tzinfo = UTC
    """Of the watchlist: ``until`` is a day there."""
    unset: Mapping[Via, str] = field(default_factory=dict)
    """Why there is no collector for a way of reading."""
    read_directory: Callable[[Directory], AsyncGenerator[DirectoryPage, None]] | None = None
    """Reads a directory page by page."""
    listed: frozenset[str] = frozenset()
    """Addresses of the watchlist's Sources: no rule needs to take them up."""
    due: asyncio.Queue[str] | None = None
    """Addresses of Sources in which something happened just now."""
    save_holds: Callable[[], Awaitable[None]] | None = None
    """Stores what hosts asked for, so that it outlives this process."""
    fence: Fence | None = None
    """What must hold besides the lease of a Source wherever a pass writes."""
    is_waiting: bool = False
    """Whether a Source that another command reads is tried again by the caller, and not left out."""


@dataclass(slots=True)
class Pass:
    """A pass under way: its counts, and what it saw of the room."""

    run: CrawlRun
    lease: Lease
    members_before: int | None = None
    newest_before: int = 0
    """Newest post before this pass; later ones came while the Source was watched."""
    place: Place | None = None
    cursor: Cursor | None = None
    """Where the Source stands, if that is not stored yet: nothing else was new."""

    def count(self, **numbers: int) -> None:
        """Add to the counts of the run."""
        self.run = replace(self.run, **{name: getattr(self.run, name) + number for name, number in numbers.items()})

    def note(self, reason: str) -> None:
        """Say what could not be seen although the pass went on."""
        self.run = replace(self.run, reason="; ".join(filter(None, (self.run.reason, reason))))


async def crawl_source(source: Source, crawler: Crawler) -> CrawlRun:
    """Make one pass over a Source and store how it ended; see ``make_pass``."""

    async def read(under_way: Pass) -> tuple[Outcome, str | None]:
        if source.until is not None and crawler.clock().astimezone(crawler.zone).date() > source.until:
            return Outcome.REFUSED, f"watched until {source.until}: take it off the watchlist or set a later day"
        collector = crawler.collectors.get(source.via)
        if collector is None:
            return Outcome.BLIND, crawler.unset.get(source.via, f"no collector for via: {source.via} is set up")
        await _read_source(source, collector, crawler, under_way)
        return Outcome.WATCHED, under_way.run.reason

    return await make_pass(source.address, str(source.via), source.every_s, crawler, read)


Read = Callable[[Pass], Awaitable[tuple[Outcome, str | None]]]


async def make_pass(address: str, via: str, every_s: int, crawler: Crawler, read: Read) -> CrawlRun:
    """Make one pass over a place that is ours alone meanwhile, and store how it ended.

    Args:
        address: of a Source or a Directory.
        via: which way it is read.
        every_s: its interval.
        crawler: what a pass needs.
        read: reads and keeps its pages, and says how that ended.

    Returns:
        The finished pass; every failure of the place is its outcome, never an exception. Where another
        command reads it just now, the pass is blind and leaves no trace: the other one's counts.

    Raises:
        SourceTaken: another command reads it just now, where the Crawler ``is_waiting`` for it.
        StorageError: the database cannot be used; nothing is known of the pass.
    """
    started_at = crawler.clock()
    begun = _begin(address, via, started_at)
    try:
        async with leased(crawler.store, address, started_at, crawler.fence) as lease:
            return await _finish(Pass(begun, lease), every_s, crawler, read)
    except SourceTaken as problem:
        if crawler.is_waiting:
            raise
        log.info("pass left out", source=address, reason=str(problem))
        return replace(begun, reason=str(problem))


async def _finish(under_way: Pass, every_s: int, crawler: Crawler, read: Read) -> CrawlRun:
    """The pass from its first page to its stored end."""
    surprise: Exception | None = None
    try:
        outcome, reason = await _try_pass(under_way, crawler, read)
    except SourceTaken:
        raise
    except Exception as problem:  # one Source's surprise must not end the others
        outcome, reason, surprise = Outcome.BLIND, f"unexpected {type(problem).__name__}; see the log", problem
    ended = replace(under_way.run, outcome=outcome, reason=reason, ended_at=crawler.clock())
    await end_pass(crawler.store, ended, every_s, under_way.place, under_way.lease, under_way.cursor)
    if surprise is not None:  # told only here: without a database all passes fail, and that is one line
        log.error("pass failed", source=ended.source, exc_info=surprise)
    note_pass(ended)
    log.info("pass ended", source=ended.source, outcome=str(outcome), new=ended.new, flags=ended.flags)
    return ended


async def _try_pass(under_way: Pass, crawler: Crawler, read: Read) -> tuple[Outcome, str | None]:
    try:
        await check_pause(crawler.store, under_way.run.source, crawler.clock())
        return await read(under_way)
    except SourceGone as problem:
        return Outcome.GONE, str(problem)
    except SourceRefused as problem:
        return Outcome.REFUSED, str(problem)
    except SourceError as problem:
        if isinstance(problem, UnreadableCapture):
            under_way.count(captures=1, failed=1)
        if crawler.save_holds is not None:
            await crawler.save_holds()
        return Outcome.BLIND, str(problem)


async def _read_source(source: Source, collector: Collector, crawler: Crawler, under_way: Pass) -> None:
    """All pages of one pass, then the posts that are missing from them."""
    cursor = await load_cursor(crawler.store, source.address)
    under_way.members_before = await load_members(crawler.store, source.address)
    under_way.newest_before = cursor.newest_id if cursor else 0
    suspects: list[int] = []
    read: set[int] = set()
    examiner = Examiner(_room_of(source, under_way), cursor, crawler.store, crawler.criteria)
    steps = examiner.examine_all(collector.collect(source, cursor, under_way.run.started_at))
    async with aclosing(in_batches(steps, MOST_PAGES)) as batches, one_behind() as hand_over:
        async for pages in batches:
            batch = put_together(pages)
            suspects += batch.suspects
            await hand_over(_take(batch, crawler, under_way))
            examiner.note_stored(batch)
            await check_pause(crawler.store, source.address, crawler.clock())
            read.update(finding.post.native_id for one in batch.examined if one.page.span for finding in one.findings)
    witness = max(read, default=None)
    looks = await _due_for_a_look(source, examiner.cursor, read, crawler, collector.looks)
    suspects = [*suspects[: collector.most_suspects], *looks]
    if suspects and examiner.cursor is not None:
        async for page in _confirm(source, collector, suspects, witness, under_way):
            await _take(put_together([await examiner.examine(page)]), crawler, under_way)


def _room_of(source: Source, under_way: Pass) -> Room:
    return Room(
        name=f"@{source.name}",
        newest_id=under_way.newest_before,
        members=under_way.members_before,
        office=source.office,
    )


async def _due_for_a_look(
    source: Source, cursor: Cursor | None, read: Collection[int], crawler: Crawler, number: int
) -> tuple[int, ...]:
    """Some kept posts that no page showed, in turn, on the passes that re-read no page: edited or removed?"""
    if cursor is None or not read or cursor.passes % 2 == 0:
        return ()
    now = crawler.clock()
    kept = await kept_ids(crawler.store, source.address, now - LOOKED_AFTER, now)
    older = [native_id for native_id in kept if native_id < min(read)]
    turn = cursor.passes // 2 * number % len(older) if older else 0
    return tuple((older[turn:] + older[:turn])[:number])


async def _confirm(
    source: Source, collector: Collector, suspects: Sequence[int], witness: int | None, under_way: Pass
) -> AsyncIterator[Page]:
    """Pages of missing posts; where they cannot be had now, nothing is concluded."""
    try:
        pages = await collector.confirm_removed(source, suspects, witness)
    except SourceError as problem:
        under_way.note(f"removals not confirmed: {problem}")
        return
    for page in pages:
        yield page


async def _take(batch: Batch, crawler: Crawler, under_way: Pass) -> None:
    """Keep pages together, and count what was in them."""
    kept = await _keep(batch.examined, batch.stored, crawler, under_way)
    for one, is_kept in zip(batch.examined, kept, strict=True):
        _count_page(one, len(newly_removed(one.page, batch.stored)), is_kept, under_way)
    for finding in batch.changed:
        note_residents(under_way.run.via, under_way.run.source, finding)
        if 0 < under_way.newest_before < finding.post.native_id:
            note_delay(under_way.run.via, finding, crawler.clock())


async def _keep(examined: Sequence[Examined], stored: Stored, crawler: Crawler, under_way: Pass) -> tuple[bool, ...]:
    """Store pages; where they say nothing new, their Cursor is stored with the end of the pass."""
    moved = next((one.page.cursor for one in reversed(examined) if one.page.cursor), None)
    if is_quiet(examined, stored):
        under_way.cursor = moved or under_way.cursor
        return (False,) * len(examined)
    under_way.cursor = None if moved else under_way.cursor
    return await keep_pages(crawler.store, examined, under_way.lease, stored, crawler.clock(), crawler.setting)


def _count_page(examined: Examined, removed: int, is_kept: bool, under_way: Pass) -> None:
    """Each Capture ends in exactly one outcome; each post is counted once."""
    page, changed = examined.page, examined.changed
    new = sum(finding.change is Change.NEW for finding in changed)
    under_way.count(
        captures=int(page.capture is not None or page.is_failed),
        kept=int(page.capture is not None and is_kept),
        unchanged=int(page.capture is not None and not is_kept),
        failed=int(page.is_failed),
        posts_seen=0 if page.asked else len(examined.findings),
        new=new,
        edited=len(changed) - new,
        removed=removed,
        mentions=sum(len(finding.mentions) for finding in changed),
        flags=sum(finding.flag is not None for finding in changed),
    )
    if page.note:
        under_way.note(page.note)
    if page.count is not None:
        under_way.run = replace(under_way.run, members=page.count.value)
    place = page.reading.place
    if place is not None and place.title and (place.members or not (under_way.place and under_way.place.members)):
        under_way.place = place  # the one that says most


def _begin(address: str, via: str, started_at: datetime) -> CrawlRun:
    return CrawlRun(
        source=address, via=via, outcome=Outcome.BLIND, reason=None, started_at=started_at, ended_at=started_at
    )
