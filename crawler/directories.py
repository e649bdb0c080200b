"""One pass over a directory: its pages, the rooms on them, and which of those a person should look at."""

from contextlib import aclosing
from datetime import datetime

from config.settings import Settings
from crawler.assemble import now, stored_watchlist
from crawler.crawl import Crawler, Pass, make_pass
from evidence.listing import DirectoryPage, ListedRoom
from evidence.records import CrawlRun, Directory, Outcome, Source, Watchlist
from pipelines.discovery import GROWTH, NAME, has_grown, reasons_to_look
from storage.listings import keep_listing
from storage.mongo import Document, Store
from storage.pauses import check_pause
from storage.rooms import Listing, auto_watched, base_count, known_addresses, room_key, rooms_before

AUTO_EVERY_S = 1_800
"""Interval of a room that a rule of the watchlist took up."""


async def crawl_directory(directory: Directory, crawler: Crawler) -> CrawlRun:
    """Make one pass over a directory; rooms stand where posts stand in a Source's pass. See ``make_pass``."""

    async def read(under_way: Pass) -> tuple[Outcome, str | None]:
        if crawler.read_directory is None:
            return Outcome.BLIND, "no reader of directories is set up"
        taken = len(await auto_watched(crawler.store, (directory,), crawler.listed, crawler.clock()))
        refused = 0
        async with aclosing(crawler.read_directory(directory)) as pages:
            async for page in pages:
                taken += await _keep_page(page, directory, crawler, under_way, directory.auto_watch - taken)
                refused += page.refused
                await check_pause(crawler.store, directory.address, crawler.clock())
        if refused:
            under_way.note(f"{refused} rooms cannot be watched: private, without a public name, or bots")
        return Outcome.WATCHED, under_way.run.reason

    return await make_pass(directory.address, f"directory:{directory.site}", directory.every_s, crawler, read)


async def auto_sources(watchlist: Watchlist, crawler: Crawler) -> tuple[Source, ...]:
    """Sources that rules of the watchlist took up, besides those on it; without the rule they are watched no more."""
    return await sources_by_rule(crawler.store, watchlist.directories, crawler.listed, crawler.clock())


async def sources_by_rule(
    store: Store, directories: tuple[Directory, ...], listed: frozenset[str], at: datetime
) -> tuple[Source, ...]:
    """Sources that rules of directories took up, without those that are ``listed`` by hand."""
    addresses = await auto_watched(store, directories, listed, at)
    return tuple(
        Source(address=address, every_s=AUTO_EVERY_S, reason="auto_watch of a directory") for address in addresses
    )


async def watched_addresses(store: Store, settings: Settings) -> frozenset[str]:
    """What the stored watchlist watches, by name or by rule."""
    watchlist = await stored_watchlist(store, settings)
    if watchlist is None:
        return frozenset()
    listed = frozenset(source.address for source in watchlist.sources)
    return listed.union(await auto_watched(store, watchlist.directories, listed, now()))


async def _keep_page(page: DirectoryPage, directory: Directory, crawler: Crawler, under_way: Pass, free: int) -> int:
    """Store a page; returns how many rooms a rule took up from it."""
    names = await known_addresses(crawler.store, [room.native_id for room in page.rooms if room.native_id is not None])
    rooms = {names.get(room.native_id or 0, room_key(room)): room for room in page.rooms}
    before = await rooms_before(crawler.store, rooms)
    listings: dict[str, Listing] = {}
    for key, room in rooms.items():
        reasons = _reasons(room, directory, crawler, before.get(key), page)
        is_new_auto = free > 0 and NAME in reasons and _may_be_auto(room, key, before.get(key), crawler)
        listings[key] = Listing(room=room, reasons=reasons, auto=directory.address if is_new_auto else None)
        free -= is_new_auto
    is_kept = await keep_listing(crawler.store, page.capture, listings, before, under_way.lease, crawler.clock())
    _count_page(page, len(rooms), len(rooms.keys() - before.keys()), is_kept, under_way)
    return sum(listing.auto is not None for listing in listings.values())


def _reasons(
    room: ListedRoom, directory: Directory, crawler: Crawler, before: Document | None, page: DirectoryPage
) -> tuple[str, ...]:
    if room.refused:
        return ()
    criteria = crawler.criteria
    reasons = reasons_to_look(room, criteria.register, criteria.terms, directory.name_matches)
    base = base_count(before, room.listed_by)
    grows = room.count is not None and has_grown(room.count.low, base)
    return (*reasons, GROWTH) if grows else reasons


def _may_be_auto(room: ListedRoom, key: str, before: Document | None, crawler: Crawler) -> bool:
    """Only a public room under its own name, that nobody watches or dismissed and no rule took up before."""
    known = before or {}
    is_decided = known.get("dismissed_at") or known.get("auto") or "via" in known or key in crawler.listed
    return room.address == key and not is_decided


def _count_page(page: DirectoryPage, rooms: int, new: int, is_kept: bool, under_way: Pass) -> None:
    under_way.count(captures=1, kept=int(is_kept), unchanged=int(not is_kept), posts_seen=rooms, new=new)
    if page.note:
        under_way.note(page.note)
