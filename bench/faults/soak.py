"""A thousand rooms, watched by the service for ``SOAK_S`` seconds while they change.

Every room has its pass in every interval, nothing is lost or there twice, and the service never holds more than after
its first round, however often it begins anew because the embedded server has grown. Five times as many passes as the
default interval of ten minutes would make.
"""

import asyncio
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import quantiles

from bench.faults.ground import Ground, Setup
from bench.faults.holding import hold
from bench.faults.service import await_until
from bench.table import print_table
from storage.embedded import _holder
from storage.mongo import Document
from tests.storage.making import everything

LENGTH_S = float(os.environ.get("SOAK_S", "60"))
ROOMS, TELEGRAM_ROOMS, EVERY_S = int(os.environ.get("SOAK_ROOMS", "1000")), 40, 120
SETUP = Setup(name="soak", rooms=ROOMS, posts=20, every_s=EVERY_S, other_way=TELEGRAM_ROOMS)
CHANGED, CHANGE_EVERY_S = 10, 1.0
"""Rooms that change together, and how often."""
LONGEST_S = EVERY_S * 1.1
"""Between the beginnings of two passes of a room: the jitter is a tenth."""
PATIENCE_S = 600.0
MOST_BYTES, MOST_DESCRIPTORS = 24_000_000, 8
"""What the service may hold more than after its first round: caches fill, connections come and go."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a process holds."""

    size_bytes: int
    descriptors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Soaked:
    """How it went."""

    passes: int
    late_s: Sequence[float]
    """Of each pass but the first of a room, beyond the longest interval; 0 for one in time."""
    missed: int
    """Intervals without a pass."""
    before: Held
    most: Held
    """Each at its most afterwards."""
    servers: Mapping[int, int]
    """Embedded servers, by process id, and the bytes that each held at its most."""
    share: float
    """Of one core, by the service."""
    problems: tuple[str, ...]
    """What is lost, doubled or claimed."""

    @property
    def is_flat(self) -> bool:
        """Whether the service never held more than after its first round."""
        more = self.most.size_bytes - self.before.size_bytes, self.most.descriptors - self.before.descriptors
        return more[0] < MOST_BYTES and more[1] <= MOST_DESCRIPTORS


def soak(length_s: float = LENGTH_S) -> Soaked:
    """Run it."""
    with Ground(SETUP, seed=20261122) as ground:
        ground.web.faults.delay_s = 0.0
        ground.service.await_passes(ground.rooms, 1, PATIENCE_S)
        before, begun, begun_at = _held(ground.service.pid), time.monotonic(), datetime.now(UTC)
        most, servers, used_s = before, dict[int, int](), _used_s(ground.service.pid)
        while time.monotonic() - begun < length_s:
            ground.change(CHANGED)
            time.sleep(CHANGE_EVERY_S)
            most = _at_most(most, _held(ground.service.pid))
            if (holder := _holder(ground.home)) is not None:  # none while it begins anew
                pid, _ = holder
                servers[pid] = max(servers.get(pid, 0), _held(pid).size_bytes)
        share = (_used_s(ground.service.pid) - used_s) / (time.monotonic() - begun)
        _await_round(ground)
        with ground.store_uri() as uri:
            held = asyncio.run(hold(uri, ground.home / "master.key", ground.restless))
            runs = everything(uri.replace("/?", "/haechi?"))["runs"]
        late = list(_late_s(runs, begun_at))
        problems = (
            *held.lost,
            *held.doubled,
            *held.claimed,
            *(f"ended with {code}" for code in ground.service.endings),
        )
    return Soaked(
        passes=sum(run["started_at"] >= begun_at for run in runs),
        late_s=late,
        missed=sum(int(one // EVERY_S) for one in late),
        before=before,
        most=most,
        servers=servers,
        share=share,
        problems=problems,
    )


def main() -> int:
    """Print how it went; returns 1 if anything is lost, doubled, missed, or grew."""
    soaked = soak()
    p50, p95, p99 = (quantiles(soaked.late_s, n=100)[place - 1] for place in (50, 95, 99))
    rows = [
        ("rooms, of them via Telegram", f"{ROOMS:,}", f"{TELEGRAM_ROOMS}"),
        ("passes, intervals missed", f"{soaked.passes:,}", f"{soaked.missed}"),
        ("late by, p50 / p95 / p99 (s)", f"{p50:.1f}", f"{p95:.1f} / {p99:.1f}"),
        ("memory at first, at most (MB)", *(f"{one.size_bytes / 1e6:.0f}" for one in (soaked.before, soaked.most))),
        ("descriptors at first, at most", *(str(one.descriptors) for one in (soaked.before, soaked.most))),
        (
            "embedded server at most (MB), begun anew",
            f"{max(soaked.servers.values(), default=0) / 1e6:,.0f}",
            f"{len(soaked.servers) - 1}",
        ),
        ("share of one core", f"{soaked.share:.0%}", ""),
        ("lost, doubled or claimed", str(len(soaked.problems)), ""),
    ]
    print_table(f"{LENGTH_S:.0f} s of {ROOMS:,} rooms, every {EVERY_S} s", ("", "", ""), rows)
    for problem in soaked.problems[:20]:
        print(problem, file=sys.stderr)
    return int(bool(soaked.problems or soaked.missed) or not soaked.is_flat)


def _await_round(ground: Ground) -> None:
    """Until every room had a watched pass that began after the last change."""
    changed_at = datetime.now(UTC).isoformat(timespec="seconds")

    def is_round() -> bool:
        rows = [row for row in ground.service.passes[-4 * ROOMS :] if row["started_at"][:19] > changed_at[:19]]
        return {row["source"] for row in rows if row["outcome"] == "watched"} >= set(ground.rooms)

    await_until(is_round, PATIENCE_S, "a pass of every room")


def _late_s(runs: Iterable[Document], since: datetime) -> Iterable[float]:
    begun = defaultdict[str, list[datetime]](list)
    for run in runs:
        begun[run["source"]].append(run["started_at"])
    for moments in begun.values():
        for before, after in pairwise(sorted(moments)):
            if after >= since:
                yield max(0.0, (after - before).total_seconds() - LONGEST_S)


def _held(pid: int) -> Held:
    place = Path(f"/proc/{pid}")
    return Held(
        size_bytes=int((place / "statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE"),
        descriptors=len(list((place / "fd").iterdir())),
    )


def _at_most(one: Held, other: Held) -> Held:
    return Held(size_bytes=max(one.size_bytes, other.size_bytes), descriptors=max(one.descriptors, other.descriptors))


def _used_s(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    sys.exit(main())
