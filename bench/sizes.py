"""What stored posts weigh: documents and index keys of each collection, for each post that is read, kept and flagged.

Practice talk is read page by page as it would come from the web, and put in its place as the service does: log, likes,
queue and index of words too. Bytes are those of BSON and of bare index keys, the same on every server, before
the database compresses them. What the server itself says of disk stands below: on MongoDB that is what counts.
``BENCH_POSTS`` sets other numbers of posts.
"""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from time import process_time
from typing import Any

import bson

from bench.crawl import NOW, crawler_of, draw_pages
from bench.room_talk import school_names
from bench.table import print_table
from crawler.crawl import crawl_source
from crawler.intake import bring_in
from crawler.output import set_up_logging
from evidence.checkpoint import Files
from evidence.cipher import Cipher
from evidence.records import Source
from practice.chatter import chat
from storage.custody import open_custody
from storage.embedded import embedded_server
from storage.forms import open_words, words_bytes
from storage.mongo import Document, Store, open_store
from storage.review_desk import open_desk
from storage.schema import INDEXES
from storage.search_gather import gather
from storage.whole import EVERY

SIZES = tuple(int(size) for size in os.environ.get("BENCH_POSTS", "10000 50000").split())
NAMING_EVERY, FLAGGED_EVERY = 5, 20
"""One post in so many names a school and is kept; one in so many is flagged, and named one too."""
LINES = 8
"""Of talk in a post: some 600 bytes, as posts on real preview pages have."""
PASSES = 60
"""Over a page that says nothing new, a minute between two."""
ROOM = Source(address="https://t.me/practice_talk")
FOR_FLAG = ("flags", "evidence", "custody", "near", "near_bands")
RECORD_BYTES = 8
"""Of the place of a document that an index key leads to."""
EMPTY_FIELD = len(bson.encode({"": None}))


@dataclass(slots=True)
class Weight:
    """A collection."""

    documents: int = 0
    bytes: int = 0
    keys: dict[str, int] = field(default_factory=dict)
    """Bytes of each index."""

    @property
    def whole(self) -> int:
        """Documents and indexes."""
        return self.bytes + sum(self.keys.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A store with so many posts read."""

    read: int
    kept: int
    flagged: int
    weights: dict[str, Weight]
    plain_bytes: int
    """Of the texts of kept posts, if they were stored as they are."""
    sealed_bytes: int
    """Of the same, encrypted, with their wrapped keys."""
    post_ms: float
    """Processor time of a new post, from its page to the store."""
    pass_ms: float
    """Processor time of a pass that finds nothing new."""
    on_disk: Document
    """What the server says."""

    def groups(self) -> list[tuple[str, tuple[str, ...], float]]:
        """For what, in which collections, how many bytes."""
        counted = {
            "a post that is read": (("index",), self.read),
            "a page with something new, for seven days": (("captures",), self._number("captures")),
            "a post that is kept": (("posts", "search_leaves", "search_segments", "search_tail"), self.kept),
            "a post that is flagged, besides": (FOR_FLAG, self.flagged),
            "a pass": (("runs",), self._number("runs")),
            "an hour of a room": (("coverage",), self._number("coverage")),
        }
        return [
            (what, names, sum(self.weights[name].whole for name in names) / max(number, 1))
            for what, (names, number) in counted.items()
        ]

    def _number(self, name: str) -> int:
        return self.weights[name].documents


def main() -> None:
    """Print the weights for each size."""
    set_up_logging()
    for posts in SIZES:
        with tempfile.TemporaryDirectory() as folder, embedded_server(Path(folder)) as uri:
            print_weighed(asyncio.run(weigh_posts(uri.replace("/?", "/bench_sizes?"), Path(folder), posts)))


async def weigh_posts(uri: str, folder: Path, posts: int, least: int = 1_000) -> Weighed:
    """Store so many posts and weigh the store.

    Args:
        uri: of an empty database.
        folder: for the key of the log.
        posts: how many.
        least: posts that are worth a segment of the index of words.
    """
    cipher = Cipher(bytes(32))
    async with open_store(uri, cipher) as store:
        pages = draw_pages(talk(posts))
        begin = process_time()
        await crawl_source(ROOM, crawler_of(store, pages, store.cipher))
        post_ms = (process_time() - begin) / posts * 1000
        async with open_custody(store, lambda: NOW, Files(folder=folder), serves=True) as custody:
            await bring_in(open_desk(store, custody), NOW + timedelta(days=1))
        await gather(store, NOW, least)
        pass_ms = await _quiet_pass_ms(store, pages[-1:])
        return await _weigh(store, posts, post_ms, pass_ms)


async def _quiet_pass_ms(store: Store, pages: Sequence[str]) -> float:
    crawler = crawler_of(store, pages, store.cipher)
    await crawl_source(ROOM, crawler)
    begin = process_time()
    for number in range(1, PASSES):
        at = NOW + timedelta(minutes=number)
        await crawl_source(ROOM, replace(crawler, clock=partial(_standing, at)))
    return (process_time() - begin) / (PASSES - 1) * 1000


def talk(posts: int) -> list[str]:
    """Ordinary talk in which some posts name a school of practice, and some of these call it part of a list."""
    names = school_names()
    return [_text(number, names[number % len(names)]) for number in range(posts)]


def _text(number: int, school: str) -> str:
    text = " ".join(chat(number * LINES + line) for line in range(LINES))
    if number % FLAGGED_EVERY == 0:
        return f"{school} 축제에 오는 학교 명단 올려요. {text}"
    return f"{school} 축제 가는 사람? {text}" if number % NAMING_EVERY == 0 else text


def _standing(at: datetime) -> datetime:
    return at


async def _weigh(store: Store, posts: int, post_ms: float, pass_ms: float) -> Weighed:
    weights: dict[str, Weight] = {}
    plain = sealed = 0
    for name, indexes in INDEXES.items():
        keys = [["_id"], *(list(index.document["key"]) for index in indexes)]
        weights[name] = weight = Weight(keys={" ".join(fields): 0 for fields in keys})
        async for document in store[name].find({"_id": EVERY}):
            weight.documents += 1
            weight.bytes += len(bson.encode(document))
            for fields in keys:
                weight.keys[" ".join(fields)] += key_bytes(document, fields)
            if name == "posts":
                plain += len(words_bytes(open_words(document, document["_id"], store.cipher)))
                sealed += len(document["sealed"]) + len(document["key"])
    return Weighed(
        read=posts,
        kept=weights["posts"].documents,
        flagged=weights["flags"].documents,
        weights=weights,
        plain_bytes=plain,
        sealed_bytes=sealed,
        post_ms=post_ms,
        pass_ms=pass_ms,
        on_disk=await store.db.command("dbStats"),
    )


def key_bytes(document: Document, fields: Sequence[str]) -> int:
    """Of the keys by which an index knows a document: one for each element of a list."""
    values = [_elements(document.get(name)) for name in fields]
    return sum(sum(map(_value_bytes, key)) + RECORD_BYTES for key in product(*values))


def _elements(value: Any) -> list[Any]:
    return (value or [None]) if isinstance(value, list) else [value]


def _value_bytes(value: Any) -> int:
    return 1 + len(bson.encode({"": value})) - EMPTY_FIELD


def print_weighed(weighed: Weighed) -> None:
    """As tables."""
    stored = {name: weight for name, weight in weighed.weights.items() if weight.documents}
    rows = [
        (
            name,
            f"{one.documents:,}",
            f"{one.bytes / one.documents:,.0f}",
            f"{_of_keys(one):,.0f}",
            f"{one.whole / 1e6:,.1f}",
        )
        for name, one in stored.items()
    ]
    read = f"{weighed.read:,} posts read, {weighed.kept:,} kept, {weighed.flagged:,} flagged"
    print_table(read, ("collection", "documents", "bytes each", "index bytes each", "MB"), rows)
    keys = [
        (name, fields, f"{size / one.documents:,.0f}")
        for name, one in stored.items()
        if one.documents > 1
        for fields, size in one.keys.items()
    ]
    print_table("Indexes", ("collection", "keys", "bytes a document"), keys)
    each = [(what, f"{size:,.0f}", ", ".join(names)) for what, names, size in weighed.groups()]
    print_table("Bytes for each, documents and indexes, before compression", ("", "bytes", "in"), each)
    share = weighed.sealed_bytes / weighed.plain_bytes
    print(f"texts of kept posts: {weighed.plain_bytes:,} bytes plain, {weighed.sealed_bytes:,} sealed (x{share:.2f})")
    print(
        f"of the processor, without network and database: {weighed.post_ms:.1f} ms for a new post,"
        f" {weighed.pass_ms:.1f} ms for a pass that finds nothing new"
    )
    disk = {name: weighed.on_disk.get(name, 0) / 1e6 for name in ("dataSize", "storageSize", "indexSize")}
    print(", ".join(f"{name} {size:,.1f} MB" for name, size in disk.items()), "as the server says\n")


def _of_keys(weight: Weight) -> float:
    return sum(weight.keys.values()) / weight.documents


if __name__ == "__main__":
    main()
