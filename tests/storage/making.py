"""Pages as a collector would hand them over, and what the crawl loop does with one."""

import hashlib
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from pymongo import MongoClient

from config.register import load_schools
from config.watchlist import packaged_defaults
from evidence.item import Setting
from evidence.records import Capture, Count, CrawlRun, Cursor, Finding, Outcome, Page, PageKind, Post, Reading
from pipelines import Criteria, compile_criteria, examine
from pipelines.schools import compile_register
from storage.index import known_posts
from storage.keep import Examined, Stored, keep_pages
from storage.leases import leased
from storage.mongo import Document, Store
from tests.conftest import NOW

SOURCE, PEER = "https://t.me/room", "1900000001"
NAMING = "해솔빛고 딥페이크 합성물이 돈다는 말이 있습니다"
"""Names a school of practice and raises a Flag."""
ORDINARY = "오늘 비 온다더니 해가 쨍쨍하네요"

SETTING = Setting(collector="haechi test", configuration_sha256="0" * 64, watchlist_version=1)


@lru_cache(maxsize=1)
def criteria() -> Criteria:
    """The packaged terms and rules over the schools of practice."""
    schools = load_schools(Path(str(files("practice") / "schools.csv")))
    return compile_criteria(compile_register(schools), *packaged_defaults(), b"key" * 11)


def post(native_id: int, text: str = ORDINARY) -> Post:
    """A plain post."""
    return Post(
        native_id=native_id,
        native_ids=(native_id,),
        address=f"{SOURCE}/{native_id}",
        posted_at=NOW.replace(hour=0, minute=native_id % 60),
        text=text,
    )


def capture(body: str = "<html></html>", at: datetime = NOW) -> Capture:
    """A response of preview kind."""
    kept = body.encode()
    return Capture(
        source=SOURCE,
        url="https://t.me/s/room",
        kind=PageKind.PREVIEW,
        fetched_at=at,
        status=200,
        received_sha256=hashlib.sha256(kept).hexdigest(),
        received_bytes=len(kept),
        kept=kept,
        kept_sha256=hashlib.sha256(kept).hexdigest(),
    )


def page(*posts: Post, at: datetime = NOW, count: Count | None = None, is_baseline: bool = False) -> Page:
    """A preview page with a Cursor to its newest post."""
    newest = max((post.native_id for post in posts), default=0)
    return Page(
        capture=capture(" ".join(post.words for post in posts), at),
        reading=Reading(kind=PageKind.PREVIEW, posts=posts),
        cursor=Cursor(source=SOURCE, peer=PEER, newest_id=newest),
        span=(min((post.native_id for post in posts), default=0), 2**53),
        count=count,
        is_baseline=is_baseline,
    )


def missing_page(native_id: int, at: datetime = NOW) -> Page:
    """The page of a single post that says that there is none."""
    reading = Reading(kind=PageKind.POST, is_missing=True)
    return Page(capture=capture(f"missing {native_id}", at), reading=reading, asked=(native_id,))


def member_count(value: int, at: datetime = NOW) -> Count:
    """An exact count."""
    return Count(source=SOURCE, at=at, value=value, low=value, high=value, origin="landing")


def crawl_run(outcome: Outcome, at: datetime, reason: str | None = None, source: str = SOURCE) -> CrawlRun:
    """A pass that ended when it began."""
    return CrawlRun(
        source=source, via="telegram-web", outcome=outcome, reason=reason, started_at=at, ended_at=at, captures=1
    )


async def keep(store: Store, page: Page, members: int | None = None) -> tuple[bool, tuple[Finding, ...]]:
    """Examine and keep a page as the crawl loop does."""
    ids = [post.native_id for post in page.reading.posts] + list(page.asked)
    async with leased(store, SOURCE, NOW) as lease:
        known = await known_posts(store, PEER, ids) if ids else {}
        findings = examine(page, known, criteria())
        stored = Stored(peer=PEER, known=known, members=members)
        (is_kept,) = await keep_pages(store, [Examined(page=page, findings=findings)], lease, stored, NOW, SETTING)
        return is_kept, findings


def everything(uri: str) -> dict[str, list[Document]]:
    """All documents of a database by collection, read past the store and its rules."""
    with MongoClient[Document](uri, tz_aware=True) as client:
        db = client.get_default_database()
        return {name: list(db[name].find()) for name in sorted(db.list_collection_names())}
