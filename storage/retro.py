"""What a Capture of some days ago brings today: kept posts, Mentions and Flags, beside what was kept of them.

What was found when it was read is never taken away, and no older wording comes over a newer one. A post
that is kept only now goes through its wordings in the order in which they were seen, as it would have then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace
from pymongo import UpdateOne

from evidence.item import Setting
from evidence.records import Capture, Finding, Post, Seen, Severity
from storage.custody_blocks import PENDING
from storage.evidence import Sealing, evidence_writes, recent_counts
from storage.forms import extended_document, post_document, post_id
from storage.index import bucket_writes
from storage.keep import Examined, flag_write
from storage.leases import Lease, Write, replacing, write_leased
from storage.mongo import Document, Store
from storage.rescans import RESCANS, Rescan, Tally, found_write
from storage.search_tail import TAIL, tail_writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How what is found later is kept."""

    setting: Setting
    """Under which flagged posts are sealed."""
    mentioned_kept: timedelta
    """How long a post is kept that only names a school: one whose time ran out stays gone."""


@dataclass(slots=True)
class Gathered:
    """What some Captures of a place bring, before any of it is written."""

    store: Store
    peer: str
    known: Mapping[int, Seen]
    """Whole buckets of the index, as stored."""
    documents: dict[str, Document]
    """Kept posts by id, as they will be."""
    manner: Manner
    now: datetime
    after: dict[int, Seen] = field(default_factory=dict)
    sealings: list[Sealing] = field(default_factory=list)
    changed: dict[str, bool] = field(default_factory=dict)
    """Ids of posts that change; whether whoever decided about their Flag saw something milder, or else."""
    raised: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.after = dict(self.known)

    @property
    def tally(self) -> Tally:
        """Posts that are kept, extended and flagged."""
        return Tally(kept=len(self.kept), extended=len(self.changed.keys() - self.kept), flagged=len(self.raised))

    def is_ours(self, native_id: int) -> bool:
        """Whether it is kept by a rescan alone so far."""
        return "retro" in self.documents.get(post_id(self.peer, native_id), ())

    def is_left_alone(self, post: Post, fetched_at: datetime) -> bool:
        """Whether a page can bring nothing of a post.

        It was never read by the watch; its time ran out or it was erased; or what was kept of it is newer.
        """
        seen = [self.known[native_id] for native_id in post.native_ids if native_id in self.known]
        kept = self.documents.get(post_id(self.peer, post.native_id))
        if post.native_id not in self.known or any(one.is_closed or one.is_erased for one in seen):
            return True
        return _stored(fetched_at) < (kept["changed_at"] or kept["seen_at"]) if kept else False

    def take(self, examined: Examined) -> None:
        """Take what a page brings. Pages come in the order in which they were received."""
        capture = examined.page.capture
        for finding in examined.changed if capture else ():
            if capture and not self.is_left_alone(finding.post, capture.fetched_at):
                self._take(finding, capture, examined.fragments.get(finding.post.native_id, ""))

    def _take(self, finding: Finding, capture: Capture, fragment: str) -> None:
        before = self.documents.get(post_id(self.peer, finding.post.native_id))
        document = self._document(finding, capture, before)
        if document is None:
            return
        name, had_flag = document["_id"], before is not None and before["flag"] is not None
        is_new_wording = before is None or document["revision"] != before["revision"]
        self.documents[name] = document
        is_news = before is not None and had_flag and (is_new_wording or _rank(document) > _rank(before))
        self.changed[name] = self.changed.get(name, False) or is_news
        if before is None:
            self.kept.add(name)
        if document["flag"] and not had_flag:
            self.raised.add(name)
        if document["flag"] and (is_new_wording or not had_flag):  # each revision is sealed once
            self.sealings.append(Sealing(document=document, finding=finding, capture=capture, fragment=fragment))
        seen = self.after[finding.post.native_id]
        self.after[finding.post.native_id] = replace(seen, fingerprint=finding.fingerprint, is_kept=True)

    def _document(self, finding: Finding, capture: Capture, before: Document | None) -> Document | None:
        """The post's document after this page; None where the page brings nothing."""
        seen = self.after[finding.post.native_id]
        if before is None:
            return None if seen.is_kept or not self._is_due(finding, capture) else self._first(finding, capture, seen)
        if finding.fingerprint == seen.fingerprint:
            return extended_document(finding, before, self.store.cipher)
        fetched_at = _stored(capture.fetched_at)
        if "retro" not in before or fetched_at == (before["changed_at"] or before["seen_at"]):
            return None  # the watch kept the newest wording: this is how another version of the program reads it
        again = post_document(finding, before["source"], self.peer, fetched_at, before, self.store.cipher)
        return {**again, "removed_at": before["removed_at"], "retro": True}

    def _is_due(self, finding: Finding, capture: Capture) -> bool:
        """Whether a post is to be kept that was not."""
        if finding.flag is not None:
            return True
        return bool(finding.mentions) and capture.fetched_at > self.now - self.manner.mentioned_kept

    def _first(self, finding: Finding, capture: Capture, seen: Seen) -> Document:
        """A post that is gone by now is kept as one that was gone when it was looked for."""
        seen_at = _stored(capture.fetched_at)
        document = post_document(finding, capture.source, self.peer, seen_at, None, self.store.cipher)
        return {**document, "removed_at": self.now if seen.is_removed else None, "retro": True}


def _rank(post: Document) -> int:
    return Severity(post["flag"]["severity"]).rank


def _stored(at: datetime) -> datetime:
    """A moment as MongoDB keeps it."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


async def keep_found(gathered: Gathered, lease: Lease, rescan: Rescan) -> None:
    """Store what some Captures of the leased place brought, and count it, all or none.

    Raises:
        SourceTaken: the lease was lost; nothing is stored.
    """
    if gathered.changed:
        writes = await _writes(gathered, lease)
        writes[RESCANS] = [found_write(rescan, lease.source, gathered.tally, gathered.now)]
        await write_leased(gathered.store, lease, gathered.now, writes)


async def _writes(gathered: Gathered, lease: Lease) -> dict[str, Sequence[Write]]:
    items: list[Write] = []
    entries: list[UpdateOne] = []
    for sealing in gathered.sealings:
        counts = await recent_counts(gathered.store, lease.source, sealing.capture.fetched_at)
        its_items, its_entries = evidence_writes(gathered.store, [sealing], counts, gathered.manner.setting)
        items += its_items
        entries += its_entries
    posts = [gathered.documents[name] for name in gathered.changed]
    return {
        "index": bucket_writes(gathered.peer, gathered.known, gathered.after),
        "posts": [replacing(post) for post in posts],
        TAIL: tail_writes(posts),
        "flags": [_flag_write(post, gathered) for post in posts if post["flag"]],
        "evidence": items,
        PENDING: entries,
    }


def _flag_write(post: Document, gathered: Gathered) -> UpdateOne:
    raised: Document = {"at": gathered.now, "delay_s": None, "retro": True}
    return flag_write(post, raised, is_changed=gathered.changed[post["_id"]] and post["_id"] not in gathered.raised)
