"""The rescan loop: Captures that are kept, oldest first, through the words, rules and register of today.

It is the crawl loop without a network: the same stages, the same transaction, the same lease. A place is
held for a partition at a time, and a partition that was cut short is read again: repeated, never skipped.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from channels.fragments import WEB
from channels.reread import reread
from channels.signatures import as_pseudonyms
from crawler.examined import examine_page
from crawler.trying import Place
from evidence.errors import StorageError, UnreadableCapture
from evidence.records import Page, Post, Rule, Seen, Term
from pipelines import Criteria
from storage.captures import KeptCapture, captures_named
from storage.erasure_destroy import lease_when_free
from storage.forms import post_id
from storage.index import known_posts
from storage.keep import load_cursor
from storage.leases import Lease
from storage.mongo import Store
from storage.rescans import Rescan, Share, Tally, Walk, advance_share, end_share, read_share
from storage.retro import Gathered, Manner, keep_found

AT_ONCE = 10
"""Captures opened and stored together."""
WAIT_S, LAST_WAIT_S = 2.0, 30.0
"""How long a pass over a place is waited for; the second time, when all others are done."""
NOTHING = bytes(8)
"""The fingerprint of no wording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescanner:
    """All that a rescan needs besides its places."""

    store: Store
    criteria: Criteria
    manner: Manner
    pseudonym: Callable[[str, str], str]
    """Of a poster, from the Source's address and the signature."""
    clock: Callable[[], datetime]


@dataclass(slots=True)
class _Partition:
    """A partition under way."""

    place: Place
    peer: str
    wordings: dict[int, bytes] = field(default_factory=dict)
    """By id the fingerprint of what was examined last: the same on the next page says nothing more."""
    read: Tally = field(default_factory=Tally)
    found: Tally = field(default_factory=Tally)


def what_decides(terms: Sequence[Term], rules: Sequence[Rule], places: Sequence[Place], *of_the_code: str) -> str:
    """16 hexadecimal digits that change with all that decides what a rescan finds.

    Args:
        terms: of today.
        rules: of today.
        places: whose office helps to tell schools apart.
        of_the_code: hash of the register and of the code that reads it, version of the program.
    """
    offices = [(place.source, place.office) for place in places if place.office]
    said = "\0".join((repr(tuple(terms)), repr(tuple(rules)), repr(offices), *of_the_code))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


async def rescan_place(
    place: Place,
    rescan: Rescan,
    rescanner: Rescanner,
    wait_s: float,
    is_stopped: Callable[[], bool] = lambda: False,
    tell: Callable[[Tally], None] = lambda _: None,
) -> Share:
    """Read the Captures of a place from where the rescan stands to its end.

    Args:
        place: whose.
        rescan: begun.
        rescanner: what it needs.
        wait_s: how long a pass over the place is waited for.
        is_stopped: asked between partitions.
        tell: told what a partition brought.

    Returns:
        How far it is; ``is_done`` unless it was stopped.

    Raises:
        SourceTaken: a pass holds the place for longer; what was read before is stored.
    """
    store = rescanner.store
    share = await read_share(store, rescan, place.source)
    walk = Walk(store, place.source, rescan.until)
    while not share.is_done and not is_stopped():
        async with lease_when_free(store, place.source, rescanner.clock, wait_s) as lease:
            names = await walk.following(share)
            if not names:
                await end_share(store, rescan, lease, rescanner.clock())
                return replace(share, is_done=True)
            partition = await _read_partition(place, rescan, rescanner, lease, names)
            share = await read_share(store, rescan, place.source)
        tell(partition.read + partition.found)
    return share


async def _read_partition(
    place: Place, rescan: Rescan, rescanner: Rescanner, lease: Lease, names: Sequence[tuple[datetime, str]]
) -> _Partition:
    """All Captures of a partition; what they bring is stored with each few, that they were read at the end."""
    store = rescanner.store
    cursor = await load_cursor(store, place.source)
    partition = _Partition(place=place, peer=cursor.peer if cursor else place.source)
    for start in range(0, len(names), AT_ONCE):
        gathered = await _gather(partition, rescanner, [name for _, name in names[start : start + AT_ONCE]])
        await keep_found(gathered, lease, rescan)
        partition.found += gathered.tally
    await advance_share(store, rescan, lease, names[-1], partition.read, rescanner.clock())
    return partition


async def _gather(partition: _Partition, rescanner: Rescanner, names: Sequence[str]) -> Gathered:
    """What some Captures bring."""
    store, peer = rescanner.store, partition.peer
    captures = await captures_named(store, names)
    pages = await asyncio.to_thread(_open, captures, rescanner)
    partition.read += Tally(captures=len(captures), unreadable=len(captures) - len(pages))
    ids = {native_id for page in pages for post in page.reading.posts for native_id in post.native_ids}
    known = await known_posts(store, peer, ids) if ids else {}
    kept = [post_id(peer, native_id) for native_id in sorted(ids) if native_id in known and known[native_id].is_kept]
    found = store["posts"].find({"_id": {"$in": kept}})
    gathered = Gathered(
        store=store,
        peer=peer,
        known=known,
        documents={document["_id"]: document async for document in found} if kept else {},
        manner=rescanner.manner,
        now=rescanner.clock(),
    )
    await asyncio.to_thread(_examine, pages, gathered, partition, rescanner.criteria)
    return gathered


def _open(captures: Sequence[KeptCapture], rescanner: Rescanner) -> list[Page]:
    """The pages that can be read."""
    pages = []
    for kept in captures:
        with suppress(UnreadableCapture, StorageError):
            capture = kept.whole(rescanner.store)
            reading = reread(capture.kind, capture.kept, capture.url, capture.source)
            if capture.kind in WEB:
                reading = as_pseudonyms(reading, capture.source, rescanner.pseudonym)
            pages.append(Page(capture=capture, reading=reading))
    return pages


def _examine(pages: Sequence[Page], gathered: Gathered, partition: _Partition, criteria: Criteria) -> None:
    """Pages in their order: what one brings is known to the next."""
    for page in pages:
        known = {post.native_id: _stands(post, page, gathered, partition) for post in page.reading.posts}
        examined = examine_page(page, known, criteria, partition.place.office)
        partition.wordings |= {finding.post.native_id: finding.fingerprint for finding in examined.changed}
        partition.read += Tally(posts=len(examined.changed))
        gathered.take(examined)


def _stands(post: Post, page: Page, gathered: Gathered, partition: _Partition) -> Seen:
    """What is said to be known of a post, so that all is examined that may bring something, and nothing else."""
    since, native_id = partition.place.posts_since, post.native_id
    is_old = since is not None and post.posted_at is not None and post.posted_at < since
    if is_old or page.capture is None or gathered.is_left_alone(post, page.capture.fetched_at):
        return Seen(native_id=native_id, fingerprint=NOTHING, is_closed=True)
    wording = partition.wordings.get(native_id, NOTHING)
    return Seen(native_id=native_id, fingerprint=wording, is_kept=gathered.is_ours(native_id))
