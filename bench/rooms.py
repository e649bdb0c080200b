"""500 rooms on one account for ten hours of made-up time: what Telegram is asked, and how late posts are seen.

Telethon, the practice Telegram and the embedded store are real, and so are collector, pace and intervals; only the
clock is made to run. Passes are planned as ``crawler/schedule.py`` does, as many under way as are due; whatever waits
for its turn waits in that clock, and work on sockets and in the database takes no time in it.
``BENCH_ROOMS`` and ``BENCH_HOURS`` make it shorter.
"""

import asyncio
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench.fast_time import FastTime, WatchedDatabase, WatchedLoop
from bench.room_talk import Talk, addresses, school_names
from bench.table import print_table
from bench.watching import Watch, know_names, watch
from crawler.output import set_up_logging
from evidence.cipher import Cipher
from evidence.records import Source, Via
from practice.telegram.faults import Limit
from practice.telegram.server import TelegramServer
from practice.telegram.world import TelegramWorld
from storage.embedded import embedded_server
from storage.mongo import Document, Store, open_store
from storage.reads import newest

ROOMS, HOURS = int(os.environ.get("BENCH_ROOMS", "500")), int(os.environ.get("BENCH_HOURS", "10"))
STARTS_AT = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
"""Not in the past: the database forgets look-ups after two days of its own clock."""
EVERY_S = 600
HOUR_S = 3_600
LIMITS = (
    Limit(method="messages.getHistory", max=40, per=30),
    Limit(method="contacts.resolveUsername", max=20, per=60),
    Limit(method="contacts.resolveUsername", max=200, per=86_400, wait=50_000),
    Limit(method="channels.getFullChannel", max=60, per=60),
    Limit(method="updates.getChannelDifference", max=60, per=30),
)
"""Telegram publishes none; these are as strict as what people report."""


@dataclass(slots=True, kw_only=True)
class Figures:
    """What a run showed."""

    hours: int
    rooms: int
    posted: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    """By method, how often Telegram asked to wait."""
    broken: set[tuple[str, float]] = field(default_factory=set)
    """Method and moment of requests that came while Telegram still wanted to be left alone."""
    kept_calls: int = 0
    """Of the book of calls, those that were counted and stay."""
    forbidden: int = 0
    """Joins, writes and fetched media."""
    most_polled: int = 0
    failed_answers: int = 0
    passes: int = 0
    close: int = 0
    """Rooms that were watched closely at some time."""
    delays: dict[bool, list[float]] = field(default_factory=dict)
    unseen: list[float] = field(default_factory=list)
    """Seconds for which posts wait that are not stored at the end."""
    flag_delays: dict[bool, list[float]] = field(default_factory=dict)
    watched_hours: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """Room-hours that were not watched, by reason."""
    memory_mb: list[float] = field(default_factory=list)
    """At the end of each hour, with the practice server in the same process."""
    took_s: float = 0.0

    @property
    def coverage(self) -> float:
        """Share of the room-hours that were watched."""
        return self.watched_hours / (self.rooms * self.hours)


def main() -> None:
    """Print the figures of both runs."""
    for title, is_known in (("all names known", True), ("no name known yet", False)):
        print_figures(f"{ROOMS} rooms, one account, {HOURS} hours, {title}", run_rooms(ROOMS, HOURS, is_known))


def run_rooms(rooms: int, hours: int, is_known: bool = True) -> Figures:
    """Watch rooms with an embedded store of its own."""
    with tempfile.TemporaryDirectory() as folder, embedded_server(Path(folder)) as uri:
        return run_in_fast_time(uri, rooms, hours, is_known)


def run_in_fast_time(
    uri: str, rooms: int, hours: int, is_known: bool = True, every_nth: int = 1, timeout_s: int = 30
) -> Figures:
    """Watch rooms.

    Args:
        uri: of an empty database.
        rooms: how many.
        hours: of made-up time.
        is_known: whether their names were looked up before; else that comes first.
        every_nth: of the rooms by how busy they are, one in so many.
        timeout_s: what Telegram asks for between two looks at what changed.
    """
    set_up_logging()
    with asyncio.Runner(loop_factory=WatchedLoop) as runner:
        return runner.run(_run(uri, rooms, hours, is_known, every_nth, timeout_s))


async def _run(uri: str, rooms: int, hours: int, is_known: bool, every_nth: int, timeout_s: int) -> Figures:
    began, fast = time.monotonic(), FastTime(STARTS_AT)
    world = TelegramWorld({"channel_diff_timeout": timeout_s}, clock=fast.seconds)
    world.limits += [Limit(method=limit.method, max=limit.max, per=limit.per, wait=limit.wait) for limit in LIMITS]
    talk = Talk(world=world, time=fast, chance=random.Random(1), names=school_names())
    sources = [Source(address=address, via=Via.TELEGRAM, every_s=EVERY_S) for address in addresses(rooms, every_nth)]
    figures = Figures(hours=hours, rooms=rooms)
    WatchedLoop.time_of_all = fast
    try:
        async with (
            open_store(uri, Cipher(bytes(32)), [WatchedDatabase(fast)]) as store,
            TelegramServer(world) as server,
            watch(store, server, talk, fast, seed=2) as watching,
        ):
            talk.start(rooms, every_nth)
            if is_known:
                await know_names(store, talk, sources, fast)
            watching.start(sources)
            for hour in range(hours):
                await fast.run_until(STARTS_AT.timestamp() + (hour + 1) * HOUR_S)
                _count_calls(world, figures)
                figures.memory_mb.append(_memory_mb())
            await _count_rest(store, watching, figures)
            await watching.end()
    finally:
        WatchedLoop.time_of_all = None
    figures.took_s = time.monotonic() - began
    return figures


def _count_calls(world: TelegramWorld, figures: Figures) -> None:
    """Add the calls since the last time; of the book only what asked to wait stays, so that it does not grow."""
    book = world.book
    figures.broken |= {(early["method"], early["t"]) for early in book.list_violations()}
    figures.forbidden += len(world.joins()) + len(world.writes()) + len(world.media())
    for call in book.calls[figures.kept_calls :]:
        figures.requests[call["method"]] += 1
        figures.waits[call["method"]] += call.get("error", "").startswith("FLOOD_WAIT")
    figures.most_polled = book.most_polled
    figures.failed_answers = sum(note["event"] in ("answer_failed", "task_failed") for note in book.net)
    book.calls[:] = [call for call in book.calls if call.get("error", "").startswith("FLOOD_WAIT")]
    figures.kept_calls = len(book.calls)


async def _count_rest(store: Store, watching: Watch, figures: Figures) -> None:
    now = watching.time.seconds()
    figures.posted, figures.passes, figures.close = watching.talk.posted, watching.passes, len(watching.close_since)
    figures.delays = watching.delays
    waiting = watching.talk.waiting.values()
    figures.unseen = [now - at for room in waiting for at in room.values()]
    until = watching.time.moment() + timedelta(seconds=1)
    figures.flag_delays = {True: [], False: []}
    async for flag in newest(store, "flags", since=STARTS_AT, until=until):
        if flag["posted_at"] >= STARTS_AT:
            late_s = (flag["at"] - flag["posted_at"]).total_seconds()
            close_since = watching.close_since.get(flag["source"], float("inf"))
            figures.flag_delays[flag["at"].timestamp() >= close_since].append(late_s)
    hours: dict[str, Document] = {}
    async for hour in newest(store, "coverage", since=STARTS_AT, until=until):
        hours[hour["_id"]] = hour
    figures.watched_hours = sum(hour["is_watched"] for hour in hours.values())
    figures.reasons = Counter(hour["reason"] for hour in hours.values() if not hour["is_watched"])
    missing = figures.rooms * figures.hours - len(hours)
    figures.reasons += Counter({"no pass began": missing}) if missing > 0 else Counter()


def _memory_mb() -> float:
    """What this process holds now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def print_figures(title: str, figures: Figures) -> None:
    """As tables."""
    requests = [
        (method, f"{number:,}", f"{number / figures.hours:,.0f}", str(figures.waits[method]))
        for method, number in sorted(figures.requests.items())
    ]
    print_table(title, ("method", "requests", "an hour", "waits asked for"), requests)
    delays = [
        (name, str(len(found)), _of(found, median), _of(found, max))
        for name, found in (
            ("post to stored, closely watched", figures.delays[True]),
            ("post to stored, others", figures.delays[False]),
            ("flagged post to flag, closely watched", figures.flag_delays[True]),
            ("flagged post to flag, others", figures.flag_delays[False]),
            ("not stored at the end", figures.unseen),
        )
    ]
    print_table("Delays", ("", "posts", "median", "longest"), delays)
    _print_rest(figures)


def _of(found: Sequence[float], figure: Any) -> str:
    return f"{figure(found):,.1f} s" if found else "-"


def _print_rest(figures: Figures) -> None:
    reasons: Mapping[str, int] = dict(figures.reasons.most_common(6))
    print(
        f"{figures.posted:,} posts, {figures.passes:,} passes, {figures.close} rooms watched closely at some time\n"
        f"flood waits broken: {len(figures.broken)}; joins, writes, media: {figures.forbidden};"
        f" most rooms polled within a minute: {figures.most_polled}\n"
        f"room-hours watched: {figures.coverage:.1%}; the others: {reasons or 'none'}\n"
        f"memory after hour 1: {figures.memory_mb[0]:.0f} MB, at the end: {figures.memory_mb[-1]:.0f} MB;"
        f" took {figures.took_s:.0f} s\n"
    )


if __name__ == "__main__":
    main()
