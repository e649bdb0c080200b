"""Keeping a page: raw first, findings next, the cursor last, all in one transaction.

After a crash the page is either stored whole or not at all; then it is read again and gives the
same documents under the same ids.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from pymongo import UpdateOne

from evidence.item import Setting
from evidence.records import Change, Cursor, Finding, Page, Seen
from storage.custody_blocks import PENDING
from storage.evidence import Sealing, evidence_writes, recent_counts
from storage.forms import (
    capture_document,
    count_document,
    cursor_document,
    post_document,
    post_id,
    read_cursor,
)
from storage.index import bucket_writes, erased_among, merge_seen, shows_any
from storage.leases import Adding, Lease, Write, replacing, write_leased
from storage.mongo import Document, Store
from storage.rooms import sight_writes
from storage.search_tail import TAIL, tail_writes
from storage.search_tokens import FOUND_BY

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is stored of the room that a page belongs to, read before the page is examined."""

    peer: str
    known: Mapping[int, Seen]
    """Whole buckets of the index around the page's ids."""
    newest_id: int = 0
    """Newest post before this pass; later ones came while the Source was watched. 0 at the first pass."""
    members: int | None = None
    """Of the last pass; a landing page that says the same is no news."""


async def load_cursor(store: Store, source: str) -> Cursor | None:
    """Where a Source stands; None before its first page was stored."""
    document = await store["cursors"].find_one({"_id": source})
    return read_cursor(document) if document else None


async def load_members(store: Store, source: str) -> int | None:
    """Members of a Source at its last pass; None where they were never seen."""
    room = await store["rooms"].find_one({"_id": source})
    return room.get("members") if room else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A page with what was found in it."""

    page: Page
    findings: Sequence[Finding]
    fragments: Mapping[int, str] = field(default_factory=dict)
    """By id, the own part of the Capture of each post that may have to be sealed."""
    changed: Sequence[Finding] = field(init=False)
    """Findings of posts that are new or say something else now."""

    def __post_init__(self) -> None:
        changed = tuple(finding for finding in self.findings if finding.change is not Change.UNCHANGED)
        object.__setattr__(self, "changed", changed)


def is_quiet(pages: Sequence[Examined], stored: Stored) -> bool:
    """Whether pages say nothing that is not stored already; their Cursor can wait for the end of the pass."""
    return not any(
        examined.changed or newly_removed(examined.page, stored) or examined.page.count for examined in pages
    )


async def keep_pages(
    store: Store, pages: Sequence[Examined], lease: Lease, stored: Stored, now: datetime, setting: Setting
) -> tuple[bool, ...]:
    """Store pages of the leased Source with what was found in them, all or none.

    Args:
        store: open.
        pages: in order; no post is on two of them.
        lease: of their Source.
        stored: what was known of their ids.
        now: the moment.
        setting: under which flagged posts are sealed.

    Returns:
        For each page whether its Capture was kept; one that says nothing new is not stored again.

    Raises:
        SourceTaken: the lease was lost; nothing is stored.
    """
    erased = erased_among(stored.known)
    news = tuple(_is_news(examined, stored, erased) for examined in pages)
    changed = [finding for examined in pages for finding in examined.changed]
    removed = [native_id for examined in pages for native_id in newly_removed(examined.page, stored)]
    after = merge_seen(stored.known, changed, removed)
    captures: list[Write] = []
    kept_posts: list[tuple[Document, Finding]] = []
    for examined, is_news in zip(pages, news, strict=True):
        if is_news and examined.page.capture:
            captures.append(Adding(capture_document(examined.page.capture, store.cipher)))
        kept_posts += await _posts_of(store, examined, lease, stored, now)
        await asyncio.sleep(0)  # the next pages are being read meanwhile
    posts = [document for document, _ in kept_posts]
    sealings = _sealings(pages, kept_posts)
    counts = await recent_counts(store, lease.source, now) if sealings else ()
    items, entries = evidence_writes(store, sealings, counts, setting)
    cursors = [examined.page.cursor for examined in pages if examined.page.cursor]
    writes: dict[str, Sequence[Write]] = {
        "captures": captures,
        "index": bucket_writes(stored.peer, stored.known, after),
        "posts": [*map(_post_write, posts), *_presence_of(pages, stored, now)],
        TAIL: tail_writes(posts),
        "flags": [_flag_write(post, stored) for post in posts if post["flag"]],
        "evidence": items,
        PENDING: entries,
        "rooms": sight_writes(changed, lease.source, now),
        "counts": [replacing(count_document(examined.page.count)) for examined in pages if examined.page.count],
        "cursors": [replacing(cursor_document(cursor)) for cursor in cursors[-1:]],
    }
    await write_leased(store, lease, now, writes)
    return news


def _is_news(examined: Examined, stored: Stored, erased: Collection[int]) -> bool:
    count = examined.page.count
    is_news = examined.changed or newly_removed(examined.page, stored) or (count and count.value != stored.members)
    if is_news and shows_any(examined.page, erased):
        log.info("capture left out: it shows an erased post", peer=stored.peer)
        return False
    return bool(is_news)


async def _posts_of(
    store: Store, examined: Examined, lease: Lease, stored: Stored, now: datetime
) -> list[tuple[Document, Finding]]:
    """Documents of a page's posts that are worth keeping and say something else than before."""
    kept = [finding for finding in examined.changed if finding.is_worth_keeping and not _is_back(finding, stored)]
    documents = await _post_documents(store, kept, lease.source, stored.peer, _seen_at(examined.page, now))
    return list(zip(documents, kept, strict=True))


def _sealings(pages: Sequence[Examined], kept: Sequence[tuple[Document, Finding]]) -> list[Sealing]:
    """Every revision of a post that is or was flagged."""
    shown = {
        native_id: (examined.page.capture, fragment)
        for examined in pages
        for native_id, fragment in examined.fragments.items()
    }
    sealings = []
    for document, finding in kept:
        capture, fragment = shown.get(finding.post.native_id, (None, ""))
        if document["flag"] and capture is not None:
            sealings.append(Sealing(document=document, finding=finding, capture=capture, fragment=fragment))
    return sealings


def _presence_of(pages: Sequence[Examined], stored: Stored, now: datetime) -> list[UpdateOne]:
    return [write for examined in pages for write in _presence(examined, stored, now)]


def _presence(examined: Examined, stored: Stored, now: datetime) -> list[UpdateOne]:
    """Kept posts that are gone, and those that are back unchanged."""
    back = [finding.post.native_id for finding in examined.changed if _is_back(finding, stored)]
    gone = _presence_writes(stored, newly_removed(examined.page, stored), _seen_at(examined.page, now))
    return [*gone, *_presence_writes(stored, back, None)]


def _seen_at(page: Page, now: datetime) -> datetime:
    return page.capture.fetched_at if page.capture else now


def newly_removed(page: Page, stored: Stored) -> tuple[int, ...]:
    """Ids of posts that were read before and of which the page says that they are no more."""
    known = ((native_id, stored.known.get(native_id)) for native_id in page.missing)
    return tuple(native_id for native_id, seen in known if seen is not None and not seen.is_removed)


async def _post_documents(
    store: Store, findings: Sequence[Finding], source: str, peer: str, seen_at: datetime
) -> list[Document]:
    """Documents of the posts worth keeping, beside what was kept of them before."""
    names = [post_id(peer, finding.post.native_id) for finding in findings if finding.was_kept]
    found = store["posts"].find({"_id": {"$in": names}})
    before = {document["_id"]: document async for document in found} if names else {}
    return [
        post_document(finding, source, peer, seen_at, before.get(post_id(peer, finding.post.native_id)), store.cipher)
        for finding in findings
    ]


def _post_write(post: Document) -> Write:
    return Adding(post) if post["revision"] == 1 else replacing(post)


def _flag_write(post: Document, stored: Stored) -> UpdateOne:
    """One Flag a post; a later revision may change its reasons, never when it was first raised."""
    at = post["changed_at"] or post["seen_at"]
    is_live = 0 < stored.newest_id < post["native_id"] and post["posted_at"] is not None
    delay_s = max(0.0, (at - post["posted_at"]).total_seconds()) if is_live else None
    return flag_write(post, {"at": at, "delay_s": delay_s}, is_changed=post["changed_at"] is not None)


def flag_write(post: Document, raised: Document, *, is_changed: bool) -> UpdateOne:
    """The write of a post's Flag.

    Args:
        post: its document, with the Flag.
        raised: fields that say how it was raised; they stay as they were where it was raised before.
        is_changed: whether there is something that nobody who decided, or put it off, saw.
    """
    always = {"severity": post["flag"]["severity"], "reasons": post["flag"]["reasons"]}
    always |= {name: post[name] for name in ("revision", *FOUND_BY)}
    always["unplaced"] = 1  # its like is not looked for yet
    if is_changed:
        always["unread"] = 1
    once = {
        "source": post["source"],
        "address": post["address"],
        "posted_at": post["posted_at"],
        "state": "open",
        **raised,
    }
    return UpdateOne({"_id": post["_id"]}, {"$set": always, "$setOnInsert": once}, upsert=True)


def _is_back(finding: Finding, stored: Stored) -> bool:
    """Whether a kept post is shown again after its removal and says what it said: no new revision."""
    seen = stored.known.get(finding.post.native_id)
    return seen is not None and seen.is_kept and seen.is_removed and seen.fingerprint == finding.fingerprint


def _presence_writes(stored: Stored, ids: Sequence[int], removed_at: datetime | None) -> list[UpdateOne]:
    kept = [native_id for native_id in ids if stored.known[native_id].is_kept]
    return [
        UpdateOne({"_id": post_id(stored.peer, native_id)}, {"$set": {"removed_at": removed_at}}) for native_id in kept
    ]
