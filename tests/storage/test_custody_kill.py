"""Appenders that are killed in the middle of writing."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.checkpoint import Files, read_notes
from evidence.custody import Act, request_hash
from evidence.verdict import State
from storage.custody import open_custody
from storage.custody_blocks import find_requests
from storage.mongo import Store
from tests.conftest import Clock
from tests.storage.custody import act, verdict_of

WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from evidence.checkpoint import Files
from evidence.cipher import Cipher
from storage.custody import open_custody
from storage.mongo import open_store
from tests.storage.custody import act

async def main(uri, folder, name):
    async with open_store(uri, Cipher(bytes(range(32)))) as store:
        async with open_custody(store, lambda: datetime.now(UTC), Files(folder=Path(folder))) as custody:
            async def write(writer):
                for number in range(100_000):
                    (seq,) = await custody.record(act(f"{name}-{writer}-{number}"))
                    print(f"{seq} {name}-{writer}-{number}", flush=True)
            await asyncio.gather(*(write(writer) for writer in range(8)))

asyncio.run(main(*sys.argv[1:]))
"""


def start(command: list[str]) -> "subprocess.Popen[str]":
    """A process that prints what was acknowledged."""
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


@pytest.mark.slow
async def test_nothing_acknowledged_is_lost_or_doubled_by_kill_9(
    store: Store, own_database: str, clock: Clock, tmp_path: Path
) -> None:
    """Three writers are killed in the middle; the next one takes over at once, and repeats are recognised."""
    files, acknowledged = Files(folder=tmp_path), dict[str, int]()
    for name in ("a", "b", "c"):
        command = [sys.executable, "-c", WRITER, own_database, str(files.folder), name]
        writer = start(command)
        assert writer.stdout
        lines = [await asyncio.to_thread(writer.stdout.readline) for _ in range(120)]
        os.kill(writer.pid, signal.SIGKILL)
        lines += (await asyncio.to_thread(writer.communicate))[0].splitlines()
        acknowledged |= {line.split()[1]: int(line.split()[0]) for line in lines if len(line.split()) == 2}
    asked: list[Act] = [act(name) for name in acknowledged]
    async with open_custody(store, clock, files) as custody:
        assert tuple(acknowledged.values()) == await custody.record(*asked)
    found = await find_requests(store, [request_hash(one.request) for one in asked])
    assert list(acknowledged.values()) == [found[request_hash(one.request)] for one in asked]
    assert (await verdict_of(store, *read_notes(files.notes).notes)).state is State.INTACT
