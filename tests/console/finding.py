"""Posts to be searched for in the console, kept as a pass would keep them."""

from datetime import timedelta
from html import escape

from evidence.records import Finding, Post
from pipelines import examine
from storage.index import known_posts
from storage.keep import Examined, Stored, keep_pages
from storage.leases import leased
from storage.mongo import Store
from tests.conftest import NOW
from tests.storage.making import PEER, SETTING, SOURCE, criteria, page

SEOUL = "해솔빛고 딥페이크 합성물이 돈다는 말이 있습니다. 010-9999-0000 김하늘"
"""Names a school of practice, flagged; with a telephone number that nobody has."""


def said(native_id: int, text: str, hours_ago: float = 1) -> Post:
    """A post of the room of tests."""
    return Post(
        native_id=native_id,
        native_ids=(native_id,),
        address=f"{SOURCE}/{native_id}",
        posted_at=NOW - timedelta(hours=hours_ago),
        text=text,
    )


async def put_posts(store: Store, *posts: Post) -> tuple[Finding, ...]:
    """Examine and keep posts; again with another text for a revision."""
    async with leased(store, SOURCE, NOW) as lease:
        known = await known_posts(store, PEER, [post.native_id for post in posts])
        made = page(*posts)
        findings = examine(made, known, criteria())
        fragments = {post.native_id: f"<div>{escape(post.text)}</div>" for post in posts}
        examined = Examined(page=made, findings=findings, fragments=fragments)
        await keep_pages(store, [examined], lease, Stored(peer=PEER, known=known), NOW, SETTING)
        return findings
