"""Killed before any of its commands to the database, an erasure is not begun, or it is ended by the next look."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pymongo import MongoClient

from evidence.checkpoint import Files
from evidence.verdict import State
from storage.custody import open_custody
from storage.erasure import finish_erasures
from storage.erasure_ledger import LEDGER, read_ledger
from storage.index import known_posts
from storage.mongo import Document, Store
from tests.conftest import Clock
from tests.storage.custody import verdict_of
from tests.storage.erasing import agreed, eraser, fill
from tests.storage.making import everything
from tests.storage.sealing import PEER

ROOT = Path(__file__).parents[2]
MOST = 90
"""More commands than an erasure sends."""


def run_and_die(uri: str, folder: Path, proposal: str, last: int) -> int:
    """Carry the erasure out in a process that dies before its n-th command; 0 where it came to its end before."""
    program = [sys.executable, "-m", "tests.storage.erase_and_die"]
    ended = subprocess.run(
        [*program, uri, str(folder), proposal, str(last)], cwd=ROOT, capture_output=True, check=False
    )
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr.decode()
    with MongoClient[Document](uri) as client:
        client.admin.command("killAllSessions", [])  # as the next command does that finds itself alone with the server
    return ended.returncode


@pytest.mark.slow
async def test_killed_before_each_command(store: Store, own_database: str, clock: Clock, tmp_path: Path) -> None:
    """A post for each place to die; at the end each is whole or wholly gone, and the log has its entry first."""
    files = Files(folder=tmp_path)
    for last in range(1, MOST):
        await fill(store, last)
        post = f"{PEER}:{last}"
        async with open_custody(store, clock, files) as custody:
            proposal = await agreed(store, custody, clock, post)
        code = await asyncio.to_thread(run_and_die, own_database, tmp_path, proposal, last)
        is_in_ledger = any(line.gone.post == post for line in read_ledger(tmp_path / LEDGER).lines)
        stored = everything(own_database)
        if not any(one["_id"] == post for one in stored["posts"]):
            assert is_in_ledger
        is_begun = any(one["_id"] == post for one in stored["erasures"])
        async with open_custody(store, clock, files) as custody:
            _, left = await finish_erasures(store, eraser(custody, tmp_path, clock))
        stored = everything(own_database)
        item = next(one for one in stored["evidence"] if one["post"] == post)
        is_there = any(one["_id"] == post for one in stored["posts"])
        assert ((), is_begun, is_begun) == (left, not is_there, "key" not in item)
        assert is_begun == (await known_posts(store, PEER, [last]))[last].is_erased
        if code == 0:
            break
    assert (0, True) == (code, last > 20)
    assert State.NOT_ANCHORED == (await verdict_of(store)).state
