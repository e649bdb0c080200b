"""The summary of a day in a month with a million kept posts: what it costs the first time, again, and for an office.

Posts are sealed as keeping them seals them. The day has its thirtieth of the month, with the passes, hours and counts
of 100 rooms. The eight days before, which it is compared with, have a twentieth of the posts: they are read from
roll-ups, whose number does not depend on posts. ``BENCH_POSTS`` (of the month) sizes it; a third and a tenth show
the growth.
"""

import asyncio
import os
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from bench.table import print_table
from config.register import load_schools
from evidence.cipher import Cipher
from evidence.day import Day
from evidence.records import Finding, Flag, Mention, Post, School, Severity, Source
from pipelines.digest import Digest, counter_of, make_digest, scope_for
from pipelines.digest.model import Reader
from storage.day import read_day
from storage.embedded import embedded_server
from storage.forms import post_document
from storage.mongo import Document, Store, open_store

POSTS = int(os.environ.get("BENCH_POSTS", "1000000"))
DAYS, ROOMS, LESS = 30, 100, 20
DAY = date(2026, 11, 20)
MIDNIGHT = datetime(2026, 11, 19, 15, tzinfo=UTC)
MORNING = MIDNIGHT + timedelta(hours=31)
FLAGGED = 0.1
BATCH = 1_000
PASS_EVERY = timedelta(minutes=10)


def rooms() -> list[Source]:
    """Those that are watched."""
    return [Source(address=f"https://t.me/room{number}") for number in range(ROOMS)]


def posts(schools: tuple[School, ...], number: int, midnight: datetime, cipher: Cipher) -> Iterator[Document]:
    """Kept posts of a day that name a school each."""
    chance = random.Random(str(midnight))
    for native_id in range(number):
        school = chance.choice(schools)
        named = Mention(
            start=0, end=4, surface="", school=school.code, candidates=(school.code,), level=school.level,
            rule="official", confidence=0.9,
        )  # fmt: skip
        at = midnight + timedelta(seconds=86_399 * native_id / number)
        said = Post(
            native_id=native_id + 1,
            native_ids=(native_id + 1,),
            address=f"https://t.me/room/{native_id + 1}",
            text=school.name + " 이야기 " * 20,
            posted_at=at,
        )
        flag = Flag(severity=Severity.HIGH, reasons=("many-schools",)) if chance.random() < FLAGGED else None
        terms = (chance.choice(("threat", "trade", "synthetic-media")),)
        finding = Finding(post=said, mentions=(named,), terms=terms, flag=flag, offices=(school.office or "",))
        room = chance.randrange(ROOMS)
        yield post_document(finding, f"https://t.me/room{room}", f"{room}{midnight:%d}", at, None, cipher)


def flags_of(kept: list[Document]) -> list[Document]:
    """Flags of some posts."""
    return [
        {
            "_id": post["_id"], "source": post["source"], "at": post["seen_at"], "severity": post["flag"]["severity"],
            "reasons": ["many-schools"], "revision": 1, "state": "open", "offices": post["offices"], "delay_s": 5.0,
        }
        for post in kept
        if post["flag"]
    ]  # fmt: skip


def watching(midnight: datetime) -> Iterator[tuple[str, Document]]:
    """Passes, hours and counts of a day."""
    for source in rooms():
        room = source.address
        for number in range(144):
            at = midnight + number * PASS_EVERY
            run = {"edited": 1, "removed": 0, "failed": 0, "via": "telegram-web", "outcome": "watched"}
            yield "runs", {"_id": f"{room} {at}", "source": room, "at": at, **run}
            count = {"value": 1_000 + number, "low": 1_000 + number, "high": 1_000 + number, "online": None}
            yield "counts", {"_id": f"{room} {at}", "source": room, "at": at, "origin": "landing", **count}
        for hour in range(24):
            at = midnight + timedelta(hours=hour)
            passes = {"passes": 6, "blind_passes": 0, "is_watched": True, "reason": None}
            yield "coverage", {"_id": f"{room} {at}", "source": room, "at": at, **passes}


async def fill(store: Store, schools: tuple[School, ...], a_day: int) -> None:
    """The day, and eight smaller ones before it."""
    for days in range(9):
        midnight = MIDNIGHT - timedelta(days=days)
        kept = list(posts(schools, a_day // (LESS if days else 1), midnight, store.cipher))
        batches: dict[str, list[Document]] = {"posts": kept, "flags": flags_of(kept)}
        for name, document in watching(midnight) if days == 0 else ():
            batches.setdefault(name, []).append(document)
        for name, documents in batches.items():
            for start in range(0, len(documents), BATCH):
                await store[name].insert_many(documents[start : start + BATCH], ordered=False)


async def measure(a_day: int) -> tuple[str, ...]:
    """Seconds for one size."""
    schools = load_schools(Path(str(files("practice") / "schools.csv")))
    count_posts = counter_of({school.code: school for school in schools})
    with tempfile.TemporaryDirectory() as folder, embedded_server(Path(folder)) as uri:
        async with open_store(uri, Cipher(bytes(range(32)))) as store:
            await fill(store, schools, a_day)
            took: list[float] = []
            for hours in (0, 0, 24 * 4):
                began = time.perf_counter()
                day = await read_day(store, DAY, "Asia/Seoul", rooms(), MORNING + timedelta(hours=hours), count_posts)
                made = _made(day)
                took.append(time.perf_counter() - began)
            began = time.perf_counter()
            make_digest(day, scope_for(Reader.OFFICE, "B10"))
            took.append(time.perf_counter() - began)
    assert isinstance(made.posts, int)
    return (f"{a_day * DAYS:,}", f"{made.posts:,}", *(f"{seconds:.1f}" for seconds in took))


def _made(day: Day) -> Digest:
    made = make_digest(day, scope_for(Reader.STAFF))
    assert made.adds_up
    return made


def main() -> None:
    """Print a row a size."""
    rows = [asyncio.run(measure(POSTS // share // DAYS)) for share in (10, 3, 1)]
    columns = ("posts of the month", "of the day", "first, s", "again, s", "four days later, s", "an office more, s")
    print_table("The summary of a day", columns, rows)


if __name__ == "__main__":
    main()
