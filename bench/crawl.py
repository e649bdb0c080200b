"""The crawl loop end to end, beside raw writes of the very documents that it wrote: as transactions, as bare inserts.

Pages come from memory: cleaned, read, examined against the packaged terms and a register, and kept
durably on the embedded server. The network is left out, since its pace is ours to choose.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from time import perf_counter

from pymongo import ReplaceOne

from bench.table import print_only_tables, print_speeds
from channels.collector import Collector
from channels.pages import read_page
from channels.sanitize import sanitize
from config.register import load_schools
from config.watchlist import packaged_defaults
from crawler.crawl import Crawler, crawl_source
from evidence.cipher import Cipher
from evidence.item import Setting
from evidence.records import Capture, Cursor, Page, PageKind, Source, Via
from pipelines import compile_criteria
from pipelines.schools import compile_register
from practice.pages import draw_preview
from practice.paging import read_page as page_of
from practice.story import build_world
from practice.world import Draft
from storage.embedded import embedded_server
from storage.mongo import Document, Session, Store, open_store

SETTING = Setting(collector="haechi test", configuration_sha256="0" * 64, watchlist_version=1)

POSTS = 6_000
AT_ONCE = 1_000
"""Documents of one ``insert_many``."""
COLLECTIONS = ("captures", "index", "posts", "flags", "cursors")
NOW = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
"""Not in the past: the database lets go of Captures by its own clock."""


def main() -> None:
    """Print posts a second of the whole loop and of the bare writes."""
    print_only_tables()
    pages = draw_pages(practice_texts())
    with tempfile.TemporaryDirectory() as folder, embedded_server(Path(folder)) as uri:
        speeds = asyncio.run(measure(uri, pages))
    print_speeds(f"{POSTS:,} posts in {len(pages)} pages, durable", "posts", speeds, "raw transactions, a page each")


def practice_texts() -> list[str]:
    """What is said in the practice rooms, over and over."""
    texts = [post.text for room in build_world(NOW).rooms.values() for post in room.posts.values()]
    return [texts[number % len(texts)] for number in range(POSTS)]


def draw_pages(texts: Sequence[str]) -> list[str]:
    """Preview pages of a large practice room in which these are posted, oldest first."""
    world = build_world(NOW)
    for number, text in enumerate(texts):
        world.post("practice_talk", NOW + timedelta(seconds=number), Draft(text=text, views=number))
    room, drawn, before = world.rooms["practice_talk"], [], None
    while True:
        page = page_of(room, before)
        drawn.append(draw_preview(room, page, "http://127.0.0.1", NOW))
        if not page.has_older:
            return drawn[::-1]
        before = page.first_id


@dataclass(frozen=True, slots=True, kw_only=True)
class FromMemory(Collector):
    """A collector whose pages are already there."""

    pages: Sequence[str]

    async def collect(self, source: Source, cursor: Cursor | None, now: datetime) -> AsyncGenerator[Page, None]:
        """Read each page as it would come from the web."""
        for number, html in enumerate(self.pages):
            kept = sanitize(html)
            reading = read_page(kept)
            newest = max(max(post.native_ids) for post in reading.posts)
            yield Page(
                capture=_capture(source, html, kept, NOW + timedelta(seconds=number)),
                reading=reading,
                cursor=Cursor(source=source.address, peer="1", newest_id=newest),
            )

    async def confirm_removed(self, source: Source, suspects: Sequence[int], witness: int | None) -> tuple[Page, ...]:
        """Nothing is removed here."""
        return ()


def _capture(source: Source, html: str, kept: str, at: datetime) -> Capture:
    return Capture(
        source=source.address,
        url=source.address,
        kind=PageKind.PREVIEW,
        fetched_at=at,
        status=200,
        received_sha256=hashlib.sha256(html.encode()).hexdigest(),
        received_bytes=len(html),
        kept=kept.encode(),
        kept_sha256=hashlib.sha256(kept.encode()).hexdigest(),
    )


async def measure(uri: str, pages: Sequence[str]) -> dict[str, float]:
    """Posts a second: the loop, then its documents again without it."""
    cipher = Cipher(bytes(32))
    async with open_store(uri.replace("/?", "/bench?"), cipher) as store:
        begin = perf_counter()
        run = await crawl_source(Source(address="https://t.me/practice_talk"), crawler_of(store, pages, cipher))
        loop_s = perf_counter() - begin
        documents = {
            name: [document async for document in store[name].find({"_id": {"$gt": ""}})] for name in COLLECTIONS
        }
    async with open_store(uri.replace("/?", "/raw?"), cipher) as store:
        begin = perf_counter()
        await _write_raw(store, documents, len(pages))
        raw_s = perf_counter() - begin
    async with open_store(uri.replace("/?", "/many?"), cipher) as store:
        begin = perf_counter()
        await _insert_raw(store, documents)
        many_s = perf_counter() - begin
    return {
        "haechi: clean, read, examine, keep": run.posts_seen / loop_s,
        "raw transactions, a page each": run.posts_seen / raw_s,
        f"raw insert_many, {AT_ONCE:,} at once": run.posts_seen / many_s,
    }


def crawler_of(store: Store, pages: Sequence[str], cipher: Cipher) -> Crawler:
    """Reads these pages as one room, with the packaged terms and the schools of practice."""
    schools = load_schools(Path(str(files("practice") / "schools.csv")))
    terms, rules = packaged_defaults()
    criteria = compile_criteria(compile_register(schools), terms, rules, cipher.purpose_key("bench"))
    return Crawler(
        setting=Setting(collector="haechi test", configuration_sha256="0" * 64, watchlist_version=1),
        store=store,
        collectors={Via.TELEGRAM_WEB: FromMemory(pages=pages)},
        criteria=criteria,
        clock=lambda: NOW,
    )


async def _write_raw(store: Store, documents: dict[str, list[Document]], pages: int) -> None:
    """The same documents, spread over as many transactions as there were pages; the last ones are rewritten."""
    for number in range(pages):
        shares = {
            name: found[number * len(found) // pages : (number + 1) * len(found) // pages]
            for name, found in documents.items()
        }
        shares = {name: share or documents[name][-1:] for name, share in shares.items()}

        async def work(session: Session, shares: dict[str, list[Document]] = shares) -> None:
            for name, share in shares.items():
                writes = [ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in share]
                if writes:
                    await store[name].bulk_write(writes, session=session)

        await store.in_transaction(work)


async def _insert_raw(store: Store, documents: dict[str, list[Document]]) -> None:
    """The same documents as fast as they go in: no transaction, each once, in the collections as they are indexed."""
    for name, found in documents.items():
        for start in range(0, len(found), AT_ONCE):
            await store[name].insert_many(found[start : start + AT_ONCE], ordered=False)
