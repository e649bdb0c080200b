"""A batch of pages examined against what is stored, and against the batch before it, which may still be on its way."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crawler.examined import examine_page
from evidence.records import Finding, Page, Seen
from pipelines import Criteria
from pipelines.revise import find_suspects
from storage.index import bucket_of, known_posts, merge_seen
from storage.keep import Examined, Stored, newly_removed
from storage.mongo import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Pages that were examined together and are stored together."""

    examined: Sequence[Examined]
    stored: Stored
    """What was known of their ids, the batch before counted in."""

    @property
    def suspects(self) -> list[int]:
        """Ids that are missing from them."""
        return [gone for one in self.examined for gone in find_suspects(one.page, self.stored.known)]

    @property
    def changed(self) -> list[Finding]:
        """Findings of posts that are new or say something else now."""
        return [finding for one in self.examined for finding in one.changed]

    @property
    def removed(self) -> list[int]:
        """Ids of which they say that they are no more."""
        return [gone for one in self.examined for gone in newly_removed(one.page, self.stored)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a pass knew of its Source when it began."""

    peer: str
    newest_id: int
    """Newest post before this pass."""
    reached_id: int
    """Newest post by now."""
    members: int | None
    office: str | None


async def examine_batch(
    pages: Sequence[Page], room: Room, before: Batch | None, store: Store, criteria: Criteria
) -> Batch:
    """Examine pages; the batch ``before`` may not be stored yet, the one before that is."""
    known = await _load_known(pages, room, before, store)
    examined = []
    for page in pages:
        examined.append(examine_page(page, known, criteria, room.office))
        await asyncio.sleep(0)  # the next pages are being read meanwhile
    stored = Stored(peer=room.peer, known=known, newest_id=room.newest_id, members=room.members)
    return Batch(examined=examined, stored=stored)


async def _load_known(pages: Sequence[Page], room: Room, before: Batch | None, store: Store) -> Mapping[int, Seen]:
    """What is known of the ids that the pages show or should show."""
    ids = [native_id for page in pages for native_id in (*(post.native_id for post in page.reading.posts), *page.asked)]
    newest = max([*ids, room.reached_id])
    spans = [(page.span[0], min(page.span[1], newest)) for page in pages if page.span]
    known = await known_posts(store, room.peer, ids, spans) if ids or spans else {}
    if before is None or before.stored.peer != room.peer:
        return known
    buckets = {bucket_of(native_id) for native_id in ids}
    findings = [finding for finding in before.changed if bucket_of(finding.post.native_id) in buckets]
    removed = [native_id for native_id in before.removed if bucket_of(native_id) in buckets]
    return merge_seen(known, findings, removed) if findings or removed else known
