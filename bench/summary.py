"""The summary of a day in a month of kept posts: what counting costs at night, by the hour, and what the morning costs.

A month of days alike, all posts sealed as keeping them seals them, a tenth of them flagged, decided the next morning;
100 rooms, passed over and counted every ten minutes on the day itself, more rarely on the eight days before. Only the
set-up is by large inserts that wait for no disk. ``BENCH_POSTS`` (of the month) sizes it; a tenth and a hundredth show
the growth. A million takes ten minutes to be set up.
"""

import asyncio
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from pymongo.write_concern import WriteConcern

from bench.table import print_table
from config.register import OFFICES, load_schools
from evidence.cipher import Cipher
from evidence.day import CountPosts, Day
from evidence.records import Finding, Flag, Mention, Post, School, Severity, Source
from pipelines.digest import Digest, counter_of, make_digest, scope_for
from pipelines.digest.model import Reader
from storage.day import read_day
from storage.embedded import embedded_server
from storage.forms import post_document
from storage.mongo import Document, Store, open_store
from storage.rollups import DAYS_BEFORE, roll_days

POSTS = int(os.environ.get("BENCH_POSTS", "100000"))
DAYS, ROOMS = 30, 100
DAY, ZONE = date(2026, 11, 20), "Asia/Seoul"
MIDNIGHT = datetime(2026, 11, 19, 15, tzinfo=UTC)
"""At which the day begins."""
EVENING, NIGHT, MORNING = (MIDNIGHT + timedelta(hours=hours) for hours in (23, 25.5, 32))
FLAGGED = 0.1
BATCH, AT_ONCE = 1_000, 4
PASS_EVERY, SELDOM = timedelta(minutes=10), timedelta(hours=6)


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
        yield post_document(finding, f"https://t.me/room{room}", f"{room}{midnight:%y%m%d}", at, None, cipher)


def flag_of(post: Document, midnight: datetime) -> Document:
    """The Flag of a post; those of the day wait, older ones were decided on the morning after."""
    flag = {
        "_id": post["_id"], "source": post["source"], "at": post["seen_at"], "severity": post["flag"]["severity"],
        "reasons": ["many-schools"], "revision": 1, "state": "open", "offices": post["offices"], "delay_s": 5.0,
    }  # fmt: skip
    if midnight == MIDNIGHT:
        return flag
    decided_at = midnight + timedelta(hours=34)
    decided = {"state": "final", "disposition": "confirmed", "decided_at": decided_at}
    return {**flag, **decided, "lane": "done", "lane_at": decided_at}


def watching(midnight: datetime, every: timedelta) -> Iterator[tuple[str, Document]]:
    """Passes, hours and counts of a day."""
    for source in rooms():
        room = source.address
        for number in range(timedelta(days=1) // every):
            at = midnight + number * every
            run = {"edited": 1, "removed": 0, "failed": 0, "via": "telegram-web", "outcome": "watched"}
            yield "runs", {"_id": f"{room} {at}", "source": room, "at": at, **run}
            count = {"value": 1_000 + number, "low": 1_000 + number, "high": 1_000 + number, "online": None}
            yield "counts", {"_id": f"{room} {at}", "source": room, "at": at, "origin": "landing", **count}
        for hour in range(24):
            at = midnight + timedelta(hours=hour)
            passes = {"passes": 6, "blind_passes": 0, "is_watched": True, "reason": None}
            yield "coverage", {"_id": f"{room} {at}", "source": room, "at": at, **passes}


def documents_of(schools: tuple[School, ...], a_day: int, days: int, cipher: Cipher) -> Iterator[tuple[str, Document]]:
    """Everything of a day, so many days before the one that is summarised."""
    midnight = MIDNIGHT - timedelta(days=days)
    for post in posts(schools, a_day, midnight, cipher):
        yield "posts", post
        if post["flag"]:
            yield "flags", flag_of(post, midnight)
    if days <= DAYS_BEFORE:
        yield from watching(midnight, SELDOM if days else PASS_EVERY)


async def fill(store: Store, schools: tuple[School, ...], a_day: int) -> None:
    """The month, oldest day first; the next batches are made while a few are stored."""
    batches: dict[str, list[Document]] = {}
    free = asyncio.Semaphore(AT_ONCE)

    async def insert(name: str, documents: list[Document]) -> None:
        quickly = store[name].with_options(write_concern=WriteConcern(w=1))
        await quickly.insert_many(documents, ordered=False)
        free.release()

    async with asyncio.TaskGroup() as group:
        for days in reversed(range(DAYS)):
            for name, document in documents_of(schools, a_day, days, store.cipher):
                batches.setdefault(name, []).append(document)
                if len(batches[name]) == BATCH:
                    await free.acquire()
                    group.create_task(insert(name, batches.pop(name)))
        for name, documents in batches.items():
            await free.acquire()
            group.create_task(insert(name, documents))


async def measure(a_day: int) -> tuple[str, ...]:
    """Seconds for one size, as the days go by."""
    schools = load_schools(Path(str(files("practice") / "schools.csv")))
    with tempfile.TemporaryDirectory() as folder, embedded_server(Path(folder)) as uri:
        async with open_store(uri, Cipher(bytes(range(32)))) as store:
            await fill(store, schools, a_day)
            made, took = await _measured(store, counter_of({school.code: school for school in schools}))
    assert made.posts == a_day
    return (f"{a_day * DAYS:,}", f"{made.posts:,}", *(f"{seconds:.1f}" for seconds in took))


async def _measured(store: Store, count_posts: CountPosts) -> tuple[Digest, list[float]]:
    async def counted(day: date, at: datetime) -> None:
        await roll_days(store, day, ZONE, at, count_posts)

    async def summarised() -> Day:
        return await read_day(store, DAY, ZONE, rooms(), MORNING, count_posts, recount=True)

    took = [
        await _seconds(counted(DAY - timedelta(days=1), EVENING)),
        await _seconds(counted(DAY, NIGHT)),
        await _seconds(counted(DAY, MORNING - timedelta(minutes=20))),
        await _seconds(summarised()),
    ]
    day = await summarised()
    began = time.perf_counter()
    made = make_digest(day, scope_for(Reader.STAFF))
    for office in OFFICES.values():
        make_digest(day, scope_for(Reader.OFFICE, office))
    assert made.adds_up
    return made, [*took, time.perf_counter() - began]


async def _seconds(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


def main() -> None:
    """Print a row a size."""
    rows = [asyncio.run(measure(POSTS // share // DAYS)) for share in (100, 10, 1)]
    columns = (
        *("posts of the month", "of the day", "nine days at once, s", "a day at night, s", "by the hour, s"),
        *("the morning, s", "staff and 17 offices, s"),
    )
    print_table("The summary of a day", columns, rows)


if __name__ == "__main__":
    main()
