"""Many workers: passes and posts a second against their number, beside one process over the same rooms.

Schedule, workers, broker, database and the practice web share one machine, so the gain ends where its cores do; the
processor time of a pass says how many passes a core carries, which is what a larger installation is reckoned from.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.table import print_table
from crawler.assemble import now
from practice.restless import Restless
from practice.web import PracticeWeb
from storage.embedded import embedded_server
from tests.crawler.fleet import Fleet, fleet, watchlist_of
from tests.crawler.serving import Beside
from tests.rabbitmq import RabbitMq, program, rabbitmq

ROOMS, POSTS = int(os.environ.get("BENCH_ROOMS", "100")), 60
WORKERS = (1, 2, 3)
EVERY_S = 3_600
"""Each room is due once in a run."""
LONGEST_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run over all rooms."""

    passes: int
    posts: int
    took_s: float
    processor_s: float
    """Of the processes that made the passes."""


def main() -> None:
    """Print a row for one process and for each number of workers."""
    if program() is None:
        print("workers: rabbitmq-server is not installed: nothing measured")
        return
    with tempfile.TemporaryDirectory() as place, _practised() as web:
        folder = Path(place)
        watchlist = folder / "rooms.yaml"
        watchlist.write_text(watchlist_of(_names(), EVERY_S), encoding="utf-8")
        with rabbitmq(folder / "rabbitmq") as broker, embedded_server(folder / "server") as uri:
            measured = {"one process (8 at once)": _alone(_place(folder, "alone"), uri, web, watchlist)}
            for number in WORKERS:
                name = f"{number} worker{'s' if number > 1 else ''} (1 at once each)"
                measured[name] = _together(_place(folder, f"w{number}"), uri, web, watchlist, broker, number)
    _print(measured)


def _names() -> list[str]:
    return [f"room_{number}" for number in range(ROOMS)]


@contextmanager
def _practised() -> Iterator[PracticeWeb]:
    """The rooms' pages, from a thread beside us."""
    beside, web = Beside(), PracticeWeb(Restless(1, _names(), POSTS, now).world, now)
    beside.run(web.start())
    try:
        yield web
    finally:
        beside.run(web.stop())
        beside.close()


def _place(folder: Path, name: str) -> Path:
    place = folder / name
    place.mkdir()
    return place


def _own(uri: str, place: Path) -> str:
    return urlsplit(uri)._replace(path=f"/bench_{place.name}").geturl()


def _alone(place: Path, uri: str, web: PracticeWeb, watchlist: Path) -> Measured:
    with fleet(place, _own(uri, place), "", web.base) as ours:
        process = ours.start("once", "once", "-w", str(watchlist))
        before_s = processor_s = 0.0
        while process.poll() is None:
            processor_s = _processor_s(process.pid) or processor_s
            before_s = before_s if web.requests else processor_s  # until it asks for its first page
            time.sleep(0.05)
        return _measured(ours, processor_s - before_s)


def _together(place: Path, uri: str, web: PracticeWeb, watchlist: Path, broker: RabbitMq, number: int) -> Measured:
    names = [f"worker-{order}" for order in range(number)]
    with fleet(place, _own(uri, place), broker.url, web.base) as ours:
        for name in names:
            ours.start(name, "worker", "--queue", "web")
        ours.wait_until(lambda: all("serving" in ours.said(name) for name in names), LONGEST_S)
        before_s = sum(_processor_s(ours.running[name].pid) for name in names)
        ours.scheduler("schedule", watchlist)
        ours.wait_until(lambda: len(ours.documents("runs")) >= ROOMS, LONGEST_S)
        processor_s = sum(_processor_s(ours.running[name].pid) for name in names) - before_s
        ours.end()
        return _measured(ours, processor_s)


def _processor_s(pid: int) -> float:
    """Processor time of a process so far; 0 where it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _measured(ours: Fleet, processor_s: float) -> Measured:
    runs = ours.documents("runs")
    took_s = (max(run["ended_at"] for run in runs) - min(run["started_at"] for run in runs)).total_seconds()
    return Measured(passes=len(runs), posts=sum(run["new"] for run in runs), took_s=took_s, processor_s=processor_s)


def _print(measured: dict[str, Measured]) -> None:
    first = next(iter(measured.values()))
    rows = [
        (
            name,
            f"{one.passes:,}",
            f"{one.took_s:.1f}",
            f"{one.passes / one.took_s:.1f}",
            f"{one.posts / one.took_s:,.0f}",
            f"{one.passes / one.took_s / (first.passes / first.took_s):.2f}",
            f"{one.processor_s / one.passes * 1000:.0f}",
        )
        for name, one in measured.items()
    ]
    head = ("", "passes", "s", "passes/s", "posts/s", "against one process", "processor ms a pass")
    title = f"workers: first passes over {ROOMS} rooms of {POSTS} posts, all on {os.cpu_count()} cores, without pauses"
    print_table(title, head, rows)
