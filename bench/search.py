"""Search of kept posts on the embedded server, as they grow from 10,000 to 100,000: what somebody waits for.

"First" is until the first row is there, or until it is certain that there is none; "page" is until 50 rows
are, or all. The posts are made of invented words whose frequencies fall as those of a language do.
``HAECHI_BENCH_POSTS`` sets another largest number of posts.
"""

import asyncio
import os
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from time import perf_counter

from bench.table import print_table
from evidence.cipher import Cipher
from evidence.query import Query
from evidence.records import Finding, Flag, Mention, Post, Severity
from pipelines.normalize import searched_form
from storage.embedded import embedded_server
from storage.forms import post_document
from storage.mongo import Document, Session, Store, open_store
from storage.search import search
from storage.search_gather import gather
from storage.search_tail import TAIL, tail_writes

SIZES = (10_000, 100_000)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SPAN = timedelta(days=365)
WORDS, SCHOOLS, ROOMS = 4_000, 2_000, 200
WORDS_A_POST = 12
PAGE, KEPT_TOGETHER = 50, 100
"""Rows of a page that somebody looks at; posts of a page that is read."""
GATHERED_EVERY = 10
"""Pages."""
EACH = 15
"""Queries of each kind."""
GOAL_MS = 150
OFFICES = tuple(f"{letter}10" for letter in "BCDEFGHIJKMNPQRST")


def main() -> None:
    """Print what writing costs, then the waits by kind of query and size."""
    largest = int(os.environ.get("HAECHI_BENCH_POSTS") or SIZES[-1])
    sizes = sorted({min(size, largest) for size in SIZES} | {largest})
    with tempfile.TemporaryDirectory() as folder, embedded_server(Path(folder)) as uri:
        asyncio.run(measure(uri, sizes))


async def measure(uri: str, sizes: list[int]) -> None:
    """Fill one store up to each size in turn, and ask it the same queries."""
    made = make_posts(sizes[-1])
    rows: list[tuple[str, ...]] = []
    waits: dict[int, dict[str, list[tuple[float, float]]]] = {}
    async with open_store(uri.replace("/?", "/bench_search?"), Cipher(bytes(32))) as store:
        filled = 0
        for size in sizes:
            cost_ms, search_ms = await fill(store, made, size - filled)
            filled = size
            waits[size] = await ask(store)
            print(f"{size:,} kept posts: {cost_ms:.2f} ms each to write, {search_ms:.2f} of it for search")
        whole_s, found = await _whole(store, Query(text=word(0)))
    for size, by_kind in waits.items():
        everything = [wait for kind in by_kind.values() for wait in kind]
        for kind, found_waits in [*by_kind.items(), ("all", everything)]:
            firsts, pages = zip(*found_waits, strict=True)
            rows.append((f"{size:,}", kind, *(f"{p95(times):.0f} ms" for times in (firsts, pages))))
    print_table(f"search, p95 (goal: first under {GOAL_MS} ms)", ("posts", "looked for", "first", "page"), rows)
    print(f"the whole range of the commonest word: {found:,} posts in {whole_s:.1f} s")


def word(rank: int) -> str:
    """An invented word of two to three syllables, by how frequent it is; neighbours share none of their pairs."""
    chance = random.Random(rank)
    return "".join(chr(0xAC00 + 28 * chance.randrange(399)) for _ in range(2 + rank % 2))


def make_posts(number: int) -> Iterator[Finding]:
    """Posts in no order of time: later ones fall between earlier ones, as rooms are added."""
    chance = random.Random(7)
    words, weights = [word(rank) for rank in range(WORDS)], list(accumulate(1 / (rank + 3) for rank in range(WORDS)))
    school_weights = list(accumulate(1 / (rank + 10) for rank in range(SCHOOLS)))
    for native_id in range(1, number + 1):
        text = " ".join(chance.choices(words, cum_weights=weights, k=WORDS_A_POST))
        (school,) = chance.choices(range(SCHOOLS), cum_weights=school_weights)
        yield _finding(native_id, text, school, NOW - SPAN * chance.random(), chance.random())


def _finding(native_id: int, text: str, school: int, posted_at: datetime, luck: float) -> Finding:
    code = f"99{school:05}"
    mention = Mention(
        start=0, end=2, surface=text[:2], school=code, candidates=(code,), level="high", rule="H", confidence=0.9
    )
    severity = Severity.CRITICAL if luck < 0.01 else Severity.HIGH if luck < 0.2 else None
    return Finding(
        post=Post(native_id=native_id, native_ids=(native_id,), address=None, posted_at=posted_at, text=text),
        mentions=(mention,),
        flag=Flag(severity=severity, reasons=("rule",)) if severity else None,
        searched=searched_form(text),
        offices=(OFFICES[school % len(OFFICES)],),
        levels=("high",),
    )


async def fill(store: Store, made: Iterator[Finding], number: int) -> tuple[float, float]:
    """Add posts, a page in each transaction, and gather the index; milliseconds a post, whole and for search alone."""
    whole_s = search_s = 0.0
    for page, start in enumerate(range(0, number, KEPT_TOGETHER), 1):
        findings = [next(made) for _ in range(min(KEPT_TOGETHER, number - start))]
        documents = [_document(store, finding) for finding in findings]
        begin = perf_counter()
        search_s += await _keep(store, documents)
        if page % GATHERED_EVERY == 0:
            gathering = perf_counter()
            await gather(store, NOW)
            search_s += perf_counter() - gathering
        whole_s += perf_counter() - begin
    return whole_s / number * 1000, search_s / number * 1000


async def _keep(store: Store, documents: list[Document]) -> float:
    """Seconds that the tail took of it."""
    spent_s = 0.0

    async def work(session: Session) -> None:
        nonlocal spent_s
        await store["posts"].insert_many(documents, ordered=False, session=session)
        begin = perf_counter()
        await store[TAIL].bulk_write(tail_writes(documents), session=session)
        spent_s += perf_counter() - begin

    await store.in_transaction(work)
    return spent_s


def _document(store: Store, finding: Finding) -> Document:
    room = f"https://t.me/bench_{finding.post.native_id % ROOMS}"
    return post_document(finding, room, "19", NOW, None, store.cipher)


async def ask(store: Store) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds to the first row and to a page, by kind of query."""
    waits: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for number in range(EACH):
        for kind, query in queries(number).items():
            waits[kind].append(await _wait(store, query))
    return waits


def queries(number: int) -> dict[str, Query]:
    """One of each kind."""
    return {
        "a common word": Query(text=word(number)),
        "a word of the middle": Query(text=word(200 + 7 * number)),
        "a rare word": Query(text=word(WORDS - 1 - number)),
        "two common words in a row": Query(text=f"{word(number)} {word(number + 1)}"),
        "a word that is nowhere": Query(text=f"뷁{word(number)}"),
        "common pairs, nowhere together": Query(text=word(number)[-2:] + word(number + 1)[:2] + word(number + 2)),
        "a school": Query(schools=frozenset({f"99{number * 100:05}"})),
        "a school and a word": Query(text=word(number), schools=frozenset({f"99{number * 20:05}"})),
        "an office": Query(offices=frozenset({OFFICES[number]})),
        "a word in a room": Query(text=word(number), source=f"https://t.me/bench_{number}"),
        "critical ones": Query(severities=frozenset({"critical"})),
        "a word in critical ones": Query(text=word(number), severities=frozenset({"critical"})),
    }


async def _wait(store: Store, query: Query) -> tuple[float, float]:
    begin = perf_counter()
    first_ms, rows = None, 0
    async with aclosing(search(store, query, searched_form, NOW)) as found:
        async for _ in found:
            rows += 1
            first_ms = first_ms or (perf_counter() - begin) * 1000
            if rows == PAGE:
                break
    page_ms = (perf_counter() - begin) * 1000
    return first_ms or page_ms, page_ms


async def _whole(store: Store, query: Query) -> tuple[float, int]:
    begin, rows = perf_counter(), 0
    async for _ in search(store, query, searched_form, NOW):
        rows += 1
    return perf_counter() - begin, rows


def p95(times: tuple[float, ...]) -> float:
    """What 95 of 100 stay under."""
    return sorted(times)[max(0, round(0.95 * len(times)) - 1)]
