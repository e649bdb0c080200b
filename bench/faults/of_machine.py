"""The machine: a full disk, a clock that jumps, memory that is short while a page asks for much of it."""

import os
import random
import resource
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from bench.faults.ground import PATIENCE_S, Ground, Setup
from bench.faults.of_processes import FAILED
from bench.faults.trial import Fault

DISK_MB = 64
PIECE_MS = 10_000
FULL_S = 30.0
"""The longest that it stays so."""
DAY_S = 86_400
SPARE_BYTES = 300_000_000
"""Of address space, beyond what the process has taken already."""

NO_MOUNT = "" if os.geteuid() == 0 and shutil.which("unshare") else "root, to mount"

DISK = Setup(name="disk", disk_mb=DISK_MB)
CLOCK = Setup(name="clock", has_own_clock=True)
MEMORY = Setup(name="memory")


@contextmanager
def full_disk(ground: Ground) -> Iterator[None]:
    """Not a byte is left where the data directory is."""
    filler = ground.home / "filler"
    with open(filler, "wb", buffering=0) as file:
        piece = bytes(1 << 20)
        while piece:
            try:
                file.write(piece)
            except OSError:
                piece = piece[: len(piece) // 2]
    with ground.store_uri() as uri:
        _use_up(uri)
    ended, deadline = len(ground.service.endings), time.monotonic() + FULL_S
    while len(ground.service.endings) == ended and time.monotonic() < deadline:
        ground.change()
        time.sleep(1.0)
    yield
    filler.unlink()


def _use_up(uri: str) -> None:
    """Write to the database until it refuses: it sets room aside beforehand, which would last it for a while."""
    with MongoClient[dict[str, Any]](uri, socketTimeoutMS=PIECE_MS) as client, suppress(PyMongoError):
        for _ in range(DISK_MB):
            client["bench"]["filler"].insert_one({"piece": random.randbytes(1 << 20)})


@contextmanager
def jumping_clock(ground: Ground) -> Iterator[None]:
    """Two days forward, one back, and right again at the end; passes are made at each."""
    try:
        for ahead_s in (2 * DAY_S, DAY_S):
            ground.clock.write_text(str(ahead_s), encoding="ascii")
            ground.change()
            ground.service.await_passes(ground.rooms, 2, PATIENCE_S, outcome="watched")
        yield
    finally:
        ground.clock.write_text("0", encoding="ascii")


@contextmanager
def hostile_page(ground: Ground, kind: Literal["zeros", "nested", "deep", "crowd"]) -> Iterator[None]:
    """Every page is made to take all memory, of which there is little."""
    pid = ground.service.pid
    taken = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    _, hard = resource.prlimit(pid, resource.RLIMIT_AS)
    resource.prlimit(pid, resource.RLIMIT_AS, (taken + SPARE_BYTES, hard))
    ground.web.faults.garbage = kind
    try:
        yield
    finally:
        ground.web.faults.garbage = None
        resource.prlimit(pid, resource.RLIMIT_AS, (hard, hard))


FAULTS = (
    Fault(name="disk full", setup=DISK, begin=full_disk, ends=frozenset({FAILED}), needs=NO_MOUNT),
    Fault(name="clock two days ahead, then one back", setup=CLOCK, begin=jumping_clock),
    Fault(
        name="200 MB from a small gzip",
        setup=MEMORY,
        begin=lambda ground: hostile_page(ground, "zeros"),
        says="larger than",
    ),
    Fault(
        name="100 MB of nested markup",
        setup=MEMORY,
        begin=lambda ground: hostile_page(ground, "nested"),
        says="larger than",
    ),
    Fault(
        name="4 MB of nested markup",
        setup=MEMORY,
        begin=lambda ground: hostile_page(ground, "deep"),
        says="page",
    ),
    Fault(
        name="a million tiny posts",
        setup=MEMORY,
        begin=lambda ground: hostile_page(ground, "crowd"),
        says="larger than",
    ),
)
