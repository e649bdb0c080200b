"""Keeping a page: raw first, findings next, the cursor last, all in one transaction.

After a crash the page is either stored whole or not at all; then it is read again and gives the
same documents under the same ids.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pymongo import ReplaceOne, UpdateOne

from evidence.records import Change, Cursor, Finding, Page, Seen
from storage.forms import capture_document, count_document, cursor_document, post_document, post_id, read_cursor
from storage.index import bucket_writes, merge_seen
from storage.leases import Lease, renew
from storage.mongo import Document, Session, Store

Write = ReplaceOne[Document] | UpdateOne


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is stored of the room that a page belongs to, read before the page is examined."""

    peer: str
    known: Mapping[int, Seen]
    """Whole buckets of the index around the page's ids."""
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


async def keep_page(
    store: Store, page: Page, lease: Lease, stored: Stored, findings: Sequence[Finding], now: datetime
) -> bool:
    """Store a page of the leased Source with what was found in it.

    Returns:
        Whether its Capture was kept; one that says nothing new is not stored again.

    Raises:
        SourceTaken: the lease was lost; nothing of the page is stored.
    """
    changed = [finding for finding in findings if finding.change is not Change.UNCHANGED]
    removed = newly_removed(page, stored)
    is_news = bool(changed or removed or (page.count and page.count.value != stored.members))
    after = merge_seen(stored.known, changed, removed)
    back = [finding.post.native_id for finding in changed if _is_back(finding, stored)]
    kept = [finding for finding in changed if finding.is_worth_keeping and finding.post.native_id not in back]
    seen_at = page.capture.fetched_at if page.capture else now
    posts = await _post_documents(store, kept, lease.source, stored.peer, seen_at)
    await _write(
        store,
        lease,
        now,
        {
            "captures": [_replace(capture_document(page.capture, store.cipher))] if page.capture and is_news else [],
            "index": bucket_writes(stored.peer, stored.known, after),
            "posts": [
                *map(_replace, posts),
                *_presence_writes(stored, removed, seen_at),
                *_presence_writes(stored, back, None),
            ],
            "flags": [_flag_write(post, seen_at) for post in posts if post["flag"]],
            "counts": [_replace(count_document(page.count))] if page.count else [],
            "cursors": [_replace(cursor_document(page.cursor))] if page.cursor else [],
        },
    )
    return is_news


def newly_removed(page: Page, stored: Stored) -> tuple[int, ...]:
    """Ids of posts that were read before and of which the page says that they are no more."""
    known = ((native_id, stored.known.get(native_id)) for native_id in page.missing)
    return tuple(native_id for native_id, seen in known if seen is not None and not seen.is_removed)


async def _write(store: Store, lease: Lease, now: datetime, writes: Mapping[str, Sequence[Write]]) -> None:
    """All collections in the order given, or none; none without the lease."""
    steps = {name: list(batch) for name, batch in writes.items() if batch}

    async def work(session: Session) -> None:
        await renew(store, lease, now, session)
        for name, batch in steps.items():
            await store[name].bulk_write(batch, ordered=True, session=session)

    if steps:
        await store.in_transaction(work)


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


def _flag_write(post: Document, at: datetime) -> UpdateOne:
    """One Flag a post; a later revision may change its reasons, never when it was first raised."""
    always = {"severity": post["flag"]["severity"], "reasons": post["flag"]["reasons"]}
    always |= {"revision": post["revision"], "schools": post["schools"]}
    once = {
        "source": post["source"],
        "address": post["address"],
        "posted_at": post["posted_at"],
        "at": at,
        "state": "open",
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


def _replace(document: Document) -> ReplaceOne[Document]:
    return ReplaceOne({"_id": document["_id"]}, document, upsert=True)
