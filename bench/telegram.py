"""A history of 100,000 messages through Telegram's own protocol, as whole processes.

Ours reads, examines and durably keeps it in a fresh embedded store; tg-archive keeps it in SQLite; bare requests
keep nothing. Each has a practice Telegram of its own, so that nobody finds a warm one. Then ours alone with a tenth
and ten times as many. ``BENCH_MESSAGES``, ``BENCH_ROUNDS``, ``BENCH_GROWTH`` and ``BENCH_NAMING_EVERY`` change it.
"""

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Any

from bench.archiver import archiver, sync_command
from bench.table import print_table
from practice.chatter import chat

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "100000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
GROWTH = tuple(map(int, os.environ.get("BENCH_GROWTH", "10000 100000 1000000").split()))
ROOM = "practice_history"
FIRST_AT, SPAN_S = 1_700_000_000, 30_000_000
NAMING_EVERY = int(os.environ.get("BENCH_NAMING_EVERY", "50"))
"""One message in so many names a school and is kept for good; of ordinary talk it is one in some hundreds."""
HEAD = ("messages/s", "once reading", "start-up s", "peak MB", "database MB")
OURS, ARCHIVER, BARE = "haechi once", "tg-archive", "bare getHistory"
SCHOOLS = Path(str(files("practice") / "schools.csv"))
WATCHLIST = f"""\
version: 1
sources:
  - {{address: "https://t.me/{ROOM}", via: telegram, backfill: all, reason: bench}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One contender's process."""

    messages: int
    began_at: float
    """Seconds since 1970."""
    wall_s: float
    reading_s: float
    """From its first request for history to its end."""
    peak_mb: float
    database_mb: float = 0.0
    """Peak of the embedded server beside it; 0 where there is none, or it cannot be seen."""

    @property
    def speed(self) -> float:
        """Messages a second of the whole process."""
        return self.messages / self.wall_s


def main() -> None:
    """Print messages a second, start-up and memory of each."""
    python = archiver()
    contenders = {OURS: run_ours, ARCHIVER: run_archiver(python) if python else None, BARE: run_bare}
    able = {name: contender for name, contender in contenders.items() if contender}
    with tempfile.TemporaryDirectory() as name:
        write_world(Path(name, "world.json"), MESSAGES)
        rounds = [{name: run_beside_server(able[name], Path(folder)) for name in able} for folder in [name] * ROUNDS]
    assert {MESSAGES} == {ran.messages for tried in rounds for ran in tried.values()}
    title = f"History of {MESSAGES:,} messages, one in {NAMING_EVERY} kept, median of {ROUNDS} rounds"
    print_table(title, ("", *HEAD, "ours against"), [_row(name, rounds) for name in contenders])
    print("Goals: not slower than tg-archive, at least half of bare, under 300 MB.")
    grown = []
    for messages in GROWTH:
        with tempfile.TemporaryDirectory() as name:
            write_world(Path(name, "world.json"), messages)
            grown.append(run_beside_server(run_ours, Path(name)))
            assert messages == grown[-1].messages
    print_table(
        "Ours alone, as a room grows", ("messages", *HEAD), [(f"{ran.messages:,}", *_figures([ran])) for ran in grown]
    )


def _row(name: str, rounds: list[dict[str, Ran]]) -> tuple[str, ...]:
    if name not in rounds[0]:
        return name, "cannot be installed", *[""] * len(HEAD)
    ratio = median(ran[OURS].speed / ran[name].speed for ran in rounds)
    return name, *_figures([ran[name] for ran in rounds]), f"{ratio:.2f}"


def _figures(rounds: list[Ran]) -> tuple[str, ...]:
    """The middle of each."""
    database = median(ran.database_mb for ran in rounds)
    return (
        f"{median(ran.speed for ran in rounds):,.0f}",
        f"{median(ran.messages / ran.reading_s for ran in rounds):,.0f}",
        f"{median(ran.wall_s - ran.reading_s for ran in rounds):.2f}",
        f"{median(ran.peak_mb for ran in rounds):.0f}",
        f"{database:.0f}" if database else "",
    )


# ------------------------------------------------------------------ the room and its server


def write_world(path: Path, messages: int) -> None:
    """A channel of ordinary talk, in which one message in ``NAMING_EVERY`` names a school of practice."""
    with SCHOOLS.open(encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    channel = {"id": 1_700_000_001, "username": ROOM, "title": "Practice history", "participants_count": 4_200}
    head = json.dumps({"channels": [{**channel, "messages": []}]}).removesuffix("]}]}")
    with path.open("w", encoding="utf-8") as file:  # piece by piece: a process that starts others must stay small
        file.write(head)
        for number, message in enumerate(_messages(names, messages)):
            file.write(("," if number else "") + json.dumps(message, ensure_ascii=False))
        file.write("]}]}")


def _messages(names: list[str], messages: int) -> Iterator[dict[str, Any]]:
    for number in range(messages):
        text = chat(number)
        if number % NAMING_EVERY == 0:
            text = f"{names[number // NAMING_EVERY % len(names)]} 축제 가는 사람? {text}"
        yield {"id": number + 1, "date": FIRST_AT + number * SPAN_S // messages, "text": text, "views": number % 4_000}


Contender = Callable[[Path, Path], Ran]
"""Given a folder of its own and a signed-in session."""


def run_beside_server(contender: Contender, folder: Path) -> Ran:
    """Run a contender against a server that nobody asked before."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        own = Path(name)
        with _server(folder / "world.json", own) as session:
            ran = contender(own, session)
        report = json.loads((own / "report.json").read_text(encoding="utf-8"))
    assert [0, 0, 0] == [report[kind] for kind in ("joins", "writes", "media")]
    first = next(call["t"] for call in report["calls"] if call["method"] == "messages.getHistory")
    return replace(ran, reading_s=ran.began_at + ran.wall_s - first)


@contextmanager
def _server(world: Path, folder: Path) -> Iterator[Path]:
    """A practice Telegram as a process of its own; a session for it."""
    session, ready = folder / "bench.session", folder / "ready.json"
    command = [sys.executable, "-m", "practice.telegram", "--world", str(world), "--session", str(session)]
    command += ["--ready", str(ready), "--log", str(folder / "report.json")]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while not ready.exists():
        assert process.poll() is None, "the practice Telegram does not start"
        time.sleep(0.05)
    yield session
    process.send_signal(signal.SIGTERM)
    process.wait(60)


# ------------------------------------------------------------------ the contenders


def run_ours(folder: Path, session: Path) -> Ran:
    """``haechi once`` over an empty store of its own that was set up before, as the archiver's folder was."""
    watchlist = folder / "watchlist.yaml"
    watchlist.write_text(WATCHLIST, encoding="utf-8")
    settings = {
        "DATA_DIR": str(folder / "home"),
        "WEB_BASE": "http://127.0.0.1:9",
        "ALLOW_LOOPBACK": "1",
        "PACE_S": "0",
        "SCHOOLS": str(SCHOOLS),
        "TELEGRAM_SESSION": str(session),
        "TELEGRAM_API_ID": "1",
        "TELEGRAM_API_HASH": "practice",
        "LEGAL_BASIS": "bench",
    }
    haechi = str(Path(sys.executable).with_name("haechi"))
    environment = {f"HAECHI_{name}": value for name, value in settings.items()}
    _timed([haechi, "list", "runs"], environment)  # sets the empty store up, which happens once
    ended, ran = _timed([haechi, "once", "-w", str(watchlist), "--json"], environment, folder / "home")
    passed = json.loads(ended)
    assert "watched" == passed["outcome"], passed
    return replace(ran, messages=passed["new"])


def run_archiver(python: str) -> Contender:
    """Its sync into an empty database."""

    def run(folder: Path, session: Path) -> Ran:
        _, ran = _timed(sync_command(python, folder, session, ROOM), {})
        with sqlite3.connect(folder / "data.sqlite") as database:
            assert (MESSAGES,) == database.execute("select count(*) from messages").fetchone()
        return ran

    return run


def run_bare(folder: Path, session: Path) -> Ran:
    """Every page, one after the other."""
    ended, ran = _timed([sys.executable, "-m", "bench.bare_history", str(session), ROOM], {})
    assert int(ended) == MESSAGES
    return ran


def _timed(command: list[str], env: dict[str, str], data_dir: Path | None = None) -> tuple[str, Ran]:
    """Run a process to its end: what it printed, how long it took, its own peak of memory."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("HAECHI_")}
    peaks = {"database": 0.0}
    began_at, began = time.time(), time.perf_counter()
    process = subprocess.Popen(command, env=others | env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    if data_dir is not None:
        threading.Thread(target=_watch_database, args=(process, data_dir, peaks), daemon=True).start()
    printed = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{command[0]} ended with {process.returncode}"
    unit = 1 if sys.platform == "darwin" else 1024
    peak_mb = usage.ru_maxrss * unit / 1e6
    return printed, Ran(
        messages=MESSAGES,
        began_at=began_at,
        wall_s=wall_s,
        reading_s=wall_s,
        peak_mb=peak_mb,
        database_mb=peaks["database"],
    )


def _watch_database(process: "subprocess.Popen[bytes]", data_dir: Path, peaks: dict[str, float]) -> None:
    """The embedded server is nobody's child: its peak is read where the system shows it."""
    while process.returncode is None:
        with suppress(OSError, ValueError, IndexError):
            pid = int((data_dir / "server.lock").read_text().split()[0])
            _, _, peak = Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")
            peaks["database"] = max(peaks["database"], int(peak.split()[0]) * 1024 / 1e6)
        time.sleep(0.1)


if __name__ == "__main__":
    main()
