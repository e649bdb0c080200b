"""A rescan over stored Captures, beside the bare reading and examining of the very same pages.

Captures are stored first by a pass that knows no word and no school; then today's words run over them:
once where they find what a practice room holds, once more where nothing is new. The bare figure reads
and examines the same pages from memory.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from time import perf_counter

from bench.crawl import NOW, SETTING, FromMemory, draw_pages, practice_texts
from bench.table import print_only_tables, print_speeds
from channels.pages import read_page
from channels.sanitize import sanitize
from config.register import load_schools
from config.watchlist import packaged_defaults
from crawler.crawl import Crawler, crawl_source
from crawler.rescanning import Rescanner, rescan_place
from crawler.trying import Place
from evidence.cipher import Cipher
from evidence.records import Page, Source, Via
from pipelines import Criteria, compile_criteria, examine
from pipelines.schools import compile_register
from storage.embedded import embedded_server
from storage.mongo import Store, open_store
from storage.rescans import begin_rescan, end_rescan
from storage.retro import Manner

ROOM = Source(address="https://t.me/practice_talk")
LATER = NOW + timedelta(days=1)


def main() -> None:
    """Print Captures a second."""
    print_only_tables()
    pages = draw_pages(practice_texts())
    with tempfile.TemporaryDirectory() as folder, embedded_server(Path(folder)) as uri:
        speeds = asyncio.run(measure(uri.replace("/?", "/bench?"), pages))
    print_speeds(f"{len(pages)} stored pages, durable", "captures", speeds, "bare: read and examine")


async def measure(uri: str, pages: Sequence[str]) -> dict[str, float]:
    """Captures a second: the first rescan, a second one, and the bare work."""
    async with open_store(uri, Cipher(bytes(32))) as store:
        key = store.cipher.purpose_key("fingerprints of posts")
        schools = load_schools(Path(str(files("practice") / "schools.csv")))
        criteria = compile_criteria(compile_register(schools), *packaged_defaults(), key)
        await _store(store, pages, compile_criteria(compile_register(()), (), (), key))
        first_s, second_s = [await _rescan(store, criteria, what) for what in ("first", "second")]
    return {
        "haechi rescan, much is found": len(pages) / first_s,
        "haechi rescan, nothing is new": len(pages) / second_s,
        "bare: read and examine": len(pages) / _bare(pages, criteria),
    }


async def _store(store: Store, pages: Sequence[str], criteria: Criteria) -> None:
    crawler = Crawler(
        setting=SETTING,
        store=store,
        collectors={Via.TELEGRAM_WEB: FromMemory(pages=pages)},
        criteria=criteria,
        clock=lambda: NOW,
    )
    await crawl_source(ROOM, crawler)


async def _rescan(store: Store, criteria: Criteria, what: str) -> float:
    manner = Manner(setting=replace(SETTING, collector="haechi test rescan"), mentioned_kept=timedelta(days=90))
    rescanner = Rescanner(
        store=store, criteria=criteria, manner=manner, pseudonym=lambda _, who: f"p-{who}", clock=lambda: LATER
    )
    begun = await begin_rescan(store, what, "all all", NOW, LATER, begun_at=LATER)
    begin = perf_counter()
    share = await rescan_place(Place(source=ROOM.address), begun, rescanner, 0.0)
    took_s = perf_counter() - begin
    assert share.is_done
    await end_rescan(store, begun, share.tally, LATER)
    return took_s


def _bare(pages: Sequence[str], criteria: Criteria) -> float:
    """Seconds for the same pages from memory, cleaned beforehand as they are stored."""
    cleaned = [sanitize(page) for page in pages]
    begin = perf_counter()
    for page in cleaned:
        examine(Page(capture=None, reading=read_page(page)), {}, criteria)
    return perf_counter() - begin


if __name__ == "__main__":
    main()
