"""A large import: killed again and again, in flat memory, with a bar for who waits."""

import os
import pty
import random
import subprocess
import time
from pathlib import Path

import pytest
from pymongo import MongoClient

from evidence.cipher import Cipher
from storage.embedded import embedded_server
from storage.index import known_posts
from storage.mongo import Document, open_store
from tests.crawler.import_making import export_of, installation, talk, write_large
from tests.crawler.serving import HAECHI, call, finish, start
from tests.storage.making import everything

MESSAGES, KILLS = 4_000, 1
SIZE_MB, PEAK_MB = 60, 200
"""The whole process: Python with all that it imports has about 125."""


def position(client: MongoClient[Document]) -> int:
    """Up to which message the only import is stored."""
    cursor = client.get_default_database()["cursors"].find_one({})
    return cursor["newest_id"] if cursor else 0


def kill_an_import(file: str, env: dict[str, str], client: MongoClient[Document], chance: random.Random) -> bool:
    """Begin or go on, and kill it some time after it stored something; whether it was still there."""
    before, deadline = position(client), time.monotonic() + 120
    process = start("import", file, "--json", env=env)
    while position(client) == before and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(chance.random() * 0.2)
    was_there = process.poll() is None
    process.kill()
    finish(process)
    return was_there


@pytest.mark.slow
async def test_killed_and_gone_on_with(tmp_path: Path, own_database: str) -> None:
    """Nothing is lost, nothing is there twice, and the counts are those of an import that was left alone."""
    env, chance = installation(tmp_path, own_database), random.Random(5)
    file = export_of(tmp_path, talk(MESSAGES))
    with MongoClient[Document](own_database) as client:
        killed = sum(kill_an_import(file, env, client, chance) for _ in range(KILLS))
        stood_at = position(client)
    assert killed
    ended = finish(start("import", file, "--json", env=env), timeout_s=300)
    (row,) = ended.rows
    assert (0, MESSAGES - stood_at) == (ended.code, row["new"])
    naming = MESSAGES // 10
    assert [MESSAGES, naming, naming] == [row[name] for name in ("posts", "mentions", "flags")]
    stored = everything(own_database)
    expected = {f"{row['source']}:{turn}" for turn in range(10, MESSAGES + 1, 10)}
    assert expected == {post["_id"] for post in stored["posts"]} == {flag["_id"] for flag in stored["flags"]}
    assert {1} == {post["revision"] for post in stored["posts"]}
    assert MESSAGES // 100 == len(stored["captures"])
    cipher = Cipher((tmp_path / "home" / "master.key").read_bytes())
    async with open_store(own_database, cipher) as store:
        assert set(range(1, MESSAGES + 1)) == set(await known_posts(store, row["source"], range(1, MESSAGES + 1)))


@pytest.mark.slow
def test_memory_is_flat(tmp_path: Path) -> None:
    """60 MB are imported by a process that never holds more than a small one would."""
    env = installation(tmp_path)
    number = write_large(tmp_path / "large.json", SIZE_MB * 1_000_000)
    with embedded_server(tmp_path / "home"):
        process = start("import", str(tmp_path / "large.json"), "--json", env=env)
        peak_mb = 0
        while process.poll() is None:
            peak_mb = max(peak_mb, peak_of(process.pid))
            time.sleep(0.5)
        ended = finish(process)
    assert (0, number) == (ended.code, ended.rows[0]["posts"])
    assert 0 < peak_mb < PEAK_MB


def peak_of(pid: int) -> int:
    """Most memory that a process ever held, in MB; 0 where it is gone."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next((int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


@pytest.mark.slow
def test_a_bar_on_a_terminal(tmp_path: Path, own_database: str) -> None:
    """It counts bytes, on stderr."""
    file = export_of(tmp_path, talk(3_000))
    ours, theirs = pty.openpty()
    env = {**os.environ, **installation(tmp_path, own_database), "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen([HAECHI, "import", file, "--json"], env=env, stderr=theirs, stdout=subprocess.PIPE)
    os.close(theirs)
    shown = b""
    while (part := _read(ours)) != b"":
        shown += part
    process.communicate(timeout=60)
    os.close(ours)
    assert 0 == process.returncode
    assert b"result.json" in shown
    assert b" MB" in shown or b" kB" in shown


def _read(terminal: int) -> bytes:
    """The end of a terminal whose other side is closed is an error."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


def test_it_says_how_far_it_is_elsewhere(tmp_path: Path, own_database: str) -> None:
    """Without a terminal there is no bar, only log lines."""
    ended = call("import", export_of(tmp_path, talk(3)), "--json", env=installation(tmp_path, own_database))
    assert 2 == len(ended.err.splitlines())
