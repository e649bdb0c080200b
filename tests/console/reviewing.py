"""Posts that are kept, sealed and flagged as a pass leaves them, for the pages of the queue."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from msgspec import structs

from console.visit import Console
from evidence.records import Count
from pipelines import examine
from storage.forms import count_document
from storage.index import known_posts
from storage.keep import Examined, Stored, keep_pages
from storage.leases import leased
from storage.mongo import Store
from storage.review_desk import open_desk
from storage.review_intake import take_in
from tests.conftest import NOW
from tests.storage.making import PEER, SETTING, SOURCE, criteria, page, post

NAMING = "해솔빛고 딥페이크 합성물이 돈다는 말이 있습니다. 2학년 3반 김민수 010-1234-5678"
"""Raises a grave Flag, and tells who somebody is."""
ALIKE = "해솔빛고 딥페이크 합성물이 돈다는 말이 있습니다!! 2학년 3반 김민수 010-1234-5678"
MILD = "예방 캠페인 안내: 해솔빛고 딥페이크 예방 교육이 열립니다 (%d)"
"""Raises a mild Flag."""


async def raise_flags(store: Store, texts: Mapping[int, str], at: datetime = NOW) -> list[str]:
    """Keep posts with these texts, by native id; gives the ids of their Flags, in order."""
    made = page(*(structs.replace(post(number, text), posted_at=at) for number, text in texts.items()), at=at)
    async with leased(store, SOURCE, at) as lease:
        known = await known_posts(store, PEER, list(texts))
        findings = examine(made, known, criteria())
        fragments = {finding.post.native_id: finding.post.text for finding in findings}
        stored = Stored(peer=PEER, known=known)
        await keep_pages(
            store, [Examined(page=made, findings=findings, fragments=fragments)], lease, stored, at, SETTING
        )
    return [f"{PEER}:{number}" for number in texts]


async def count_members(store: Store, at: datetime = NOW) -> None:
    """Two weeks of a room that grows."""
    for hours in range(0, 14 * 24, 12):
        value = 1_200 + (14 * 24 - hours) * 2
        count = Count(
            source=SOURCE,
            at=at - timedelta(hours=hours + 1),
            value=value,
            low=value,
            high=value,
            online=None,
            origin="landing",
        )
        await store["counts"].insert_one(count_document(count))


async def bring_in(console: Console) -> None:
    """What was flagged longer ago than a moment, as the part beside the console brings it into the queue."""
    await take_in(open_desk(console.store, console.custody), console.clock())


def always_alone(console: Console) -> Console:
    """The same, without second reviews by chance."""
    return replace(console, review_share=0.0)
