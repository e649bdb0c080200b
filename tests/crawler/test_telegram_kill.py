"""Killed at any moment while it reads Telegram: real processes, a real practice Telegram beside them."""

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from crawler.assemble import evidence_store
from storage.embedded import _holder, embedded_server
from storage.forms import read_post
from storage.index import known_posts
from storage.keep import load_cursor
from storage.mongo import Store
from tests.crawler.conftest import SCHOOLS_FILE
from tests.crawler.serving import finish, start
from tests.crawler.telegram_making import naming, write_history
from tests.storage.making import everything

ROOMS = {"kill_a": 1_910_000_000, "kill_b": 1_910_000_001, "kill_c": 1_910_000_002}
POSTS, KILLS = 900, 6
PATIENCE_S = 8.0
HISTORY = "messages.getHistory"


class Practice:
    """A practice Telegram in a process of its own, its control port, and what its rooms say now."""

    def __init__(self, home: Path) -> None:
        """Start it; three rooms, each answer a little slow, so that a pass lasts."""
        self.chance = random.Random(20261121)
        self.posts = {name: {one["id"]: one["text"] for one in self._history(name)} for name in ROOMS}
        self.ever = {name: set(posts) for name, posts in self.posts.items()}
        channels = [
            {"id": ROOMS[name], "username": name, "title": name, "messages": self._history(name)} for name in ROOMS
        ]
        slow = {"method": "*", "delay": 0.04, "times": -1}
        (home / "world.json").write_text(json.dumps({"channels": channels, "faults": [slow]}), encoding="utf-8")
        ready, session = home / "ready.json", home / "loop.session"
        options = ["--world", home / "world.json", "--control", "0", "--session", session, "--ready", ready]
        command = [sys.executable, "-m", "practice.telegram", *map(str, options), "--log", str(home / "log.json")]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        wait_for(ready.exists, 30)
        self._port = json.loads(ready.read_text(encoding="utf-8"))["control"]

    def _history(self, name: str) -> list[dict[str, Any]]:
        return [dict(one) for one in write_history(POSTS, 1_795_000_000 + ROOMS[name] % 10, 60)]

    def do(self, kind: str, **more: Any) -> Any:
        """One operation on the control port."""
        with socket.create_connection(("127.0.0.1", self._port), 10) as line:
            line.sendall(json.dumps({"type": kind, **more}).encode() + b"\n")
            told = json.loads(line.makefile().readline())
        assert told["ok"], told
        return told["result"]

    def change(self, turn: int) -> None:
        """New posts, an edit and a removal among the newest ones of each room."""
        for name, posts in self.posts.items():
            for number in range(self.chance.choice([0, 1, 5])):
                text = naming(turn) if number % 2 else f"새 글 {turn} {number}"
                native_id = self.do("post", channel=name, message={"text": text})
                posts[native_id] = text
                self.ever[name].add(native_id)
            edited, removed = self.chance.sample(sorted(posts)[-12:], 2)
            posts[edited] = naming(10_000 + turn) if "해솔빛고" in posts[edited] else f"고친 글 {turn}"
            self.do("edit", channel=name, id=edited, text=posts[edited])
            self.do("delete", channel=name, ids=[removed])
            del posts[removed]

    def asked(self) -> int:
        """How many pages of history were asked for."""
        return int(self.do("counts").get(HISTORY, 0))

    def end(self) -> None:
        """Stop it."""
        self.process.terminate()
        self.process.wait(10)


def wait_for(is_so: Any, timeout_s: float) -> None:
    """Wait until something is so, or for so long."""
    end = time.monotonic() + timeout_s
    while not is_so() and time.monotonic() < end:
        time.sleep(0.01)


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    """The rooms."""
    opened = Practice(tmp_path)
    yield opened
    opened.end()


@pytest.fixture
def env(tmp_path: Path, practice: Practice) -> Iterator[dict[str, str]]:
    """Settings of commands that read them into a data directory of their own."""
    rooms = "\n".join(f"  - {{address: '@{name}', backfill: all, via: telegram}}" for name in ROOMS)
    (tmp_path / "rooms.yaml").write_text(f"version: 1\nsources:\n{rooms}\n", encoding="utf-8")
    yield {
        "HAECHI_DATA_DIR": str(tmp_path / "home"),
        "HAECHI_WEB_BASE": "http://127.0.0.1:9",
        "HAECHI_ALLOW_LOOPBACK": "1",
        "HAECHI_PACE_S": "0",
        "HAECHI_SCHOOLS": str(SCHOOLS_FILE),
        "HAECHI_TELEGRAM_SESSION": str(tmp_path / "loop.session"),
        "HAECHI_TELEGRAM_API_ID": "1",
        "HAECHI_TELEGRAM_API_HASH": "hash",
        "HAECHI_LEGAL_BASIS": "practice",
    }
    holder = _holder(tmp_path / "home") if (tmp_path / "home").is_dir() else None
    if holder is not None:
        os.kill(holder[0], signal.SIGKILL)


def kill_a_pass(env: dict[str, str], practice: Practice, rooms: Path) -> bool:
    """Begin a pass and kill it between any two steps; whether it was still there."""
    begun, pages = practice.asked(), practice.chance.randint(0, 9)
    process = start("once", "-w", str(rooms), "--json", env=env)
    wait_for(lambda: practice.asked() >= begun + pages or process.poll() is not None, PATIENCE_S)
    time.sleep(practice.chance.random() * (0.15 if pages else 1.5))
    was_there = process.poll() is None
    holder = _holder(Path(env["HAECHI_DATA_DIR"])) if practice.chance.random() < 0.3 else None
    process.kill()
    if holder is not None:
        os.kill(holder[0], signal.SIGKILL)
    finish(process)
    return was_there


async def hold_against(practice: Practice, home: Path, uri: str) -> None:
    """The store says what the rooms say, no more and no less."""
    stored = everything(uri.replace("/?", "/haechi?"))
    kept = [post["_id"] for post in stored["posts"]]
    assert len(set(kept)) == len(kept)
    assert sorted(kept) == sorted(flag["_id"] for flag in stored["flags"])
    async with evidence_store(Settings(data_dir=home), uri) as store:
        for name, posts in practice.posts.items():
            documents = [post for post in stored["posts"] if post["source"] == f"https://t.me/{name}"]
            await _hold_room(store, name, posts, practice.ever[name])
            texts = {
                post["native_id"]: read_post(post, store.cipher).post.text
                for post in documents
                if post["removed_at"] is None
            }
            assert {native_id: text for native_id, text in posts.items() if "해솔빛고" in text} == texts


async def _hold_room(store: Store, name: str, posts: dict[int, str], ever: set[int]) -> None:
    cursor = await load_cursor(store, f"https://t.me/{name}")
    assert cursor is not None
    assert (None, str(ROOMS[name])) == (cursor.gap_high, cursor.peer)
    known = await known_posts(store, cursor.peer, [1], spans=[(1, max(ever))])
    assert set(posts) == {native_id for native_id, seen in known.items() if not seen.is_removed}
    assert set(known) <= ever


@pytest.mark.slow
def test_killed_six_times(practice: Practice, env: dict[str, str], tmp_path: Path) -> None:
    """One clean pass afterwards, and nothing is missing, nothing is there twice; nor was anything else asked."""
    rooms, home = tmp_path / "rooms.yaml", tmp_path / "home"
    killed = 0
    for turn in range(40):
        killed += kill_a_pass(env, practice, rooms)
        practice.change(turn)
        if killed == KILLS:
            break
    assert KILLS == killed
    clean = finish(start("once", "-w", str(rooms), "--json", env=env), timeout_s=240)
    assert (0, {"watched"}) == (clean.code, {row["outcome"] for row in clean.rows})
    again = finish(start("once", "-w", str(rooms), "--json", env=env), timeout_s=240)
    assert {(0, 0, 0)} == {(row["new"], row["edited"], row["removed"]) for row in again.rows}
    with embedded_server(home) as uri:
        asyncio.run(hold_against(practice, home, uri))
    report = practice.do("report")
    assert (0, 0, 0, []) == tuple(report[name] for name in ("joins", "writes", "media", "flood_wait_violations"))
    assert {1} == set(report["most_in_flight"].values())
