"""Schedulers and workers as real processes over one database and one broker; and what became of their slots."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pymongo import MongoClient

from storage.mongo import Document
from tests.crawler.conftest import SCHOOLS_FILE
from tests.crawler.serving import HAECHI

END_S, TICK_S = 60.0, 0.2


def watchlist_of(names: Sequence[str], every_s: int) -> str:
    """Rooms that are read whole."""
    rooms = "\n".join(f"  - {{address: '@{name}', backfill: all, every: {every_s}s}}" for name in names)
    return f"version: 1\nsources:\n{rooms}\n"


@dataclass(slots=True)
class Fleet:
    """Processes of one installation, each with its output in a file."""

    folder: Path
    client: "MongoClient[Document]"
    uri: str
    env: Mapping[str, str]
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str, *arguments: str, **env: str) -> "subprocess.Popen[bytes]":
        """Start a command under a name."""
        with open(self.folder / f"{name}.out", "ab") as out, open(self.folder / f"{name}.err", "ab") as err:
            process = subprocess.Popen(
                [HAECHI, *arguments],
                env={**_without_settings(), **self.env, **env},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        self.running[name] = process
        return process

    def scheduler(self, name: str, watchlist: Path) -> "subprocess.Popen[bytes]":
        """A service without console."""
        return self.start(name, "run", "-w", str(watchlist), "--no-console")

    def kill(self, name: str) -> None:
        """As a power cut does."""
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def end(self) -> dict[str, int]:
        """Tell all of them to end and wait; their exit codes by name."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        codes = {name: process.wait(END_S) for name, process in self.running.items()}
        self.running.clear()
        return codes

    def said(self, name: str) -> str:
        """What it logged."""
        return (self.folder / f"{name}.err").read_text(encoding="utf-8", errors="replace")

    def documents(self, collection: str) -> list[Document]:
        """All of a collection."""
        return list(self.client.get_default_database()[collection].find({}))

    def passes(self) -> list[Document]:
        """Slots of passes, the oldest first."""
        return sorted((slot for slot in self.documents("slots") if slot["kind"] == "pass"), key=lambda slot: slot["at"])

    def wait_until(self, is_so: Callable[[], bool], timeout_s: float, tick_s: float = TICK_S) -> None:
        """Wait, and fail with what was said where it takes too long or a process has ended by itself."""
        deadline = time.monotonic() + timeout_s
        while not is_so():
            ended = [name for name, process in self.running.items() if process.poll() is not None]
            assert not ended, (ended, self.said(ended[0])[-2_000:])
            assert time.monotonic() < deadline, {name: self.said(name)[-600:] for name in self.running}
            time.sleep(tick_s)


@contextmanager
def fleet(folder: Path, uri: str, broker: str, web_base: str, **more: str) -> Iterator[Fleet]:
    """Processes that read one web, until the end at the latest."""
    env = {
        "HAECHI_DATA_DIR": str(folder / "home"),
        "HAECHI_MONGODB_URI": uri,
        "HAECHI_BROKER_URL": broker,
        "HAECHI_WEB_BASE": web_base,
        "HAECHI_ALLOW_LOOPBACK": "1",
        "HAECHI_PACE_S": "0",
        "HAECHI_SCHOOLS": str(SCHOOLS_FILE),
        **more,
    }
    with MongoClient[Document](uri, tz_aware=True) as client:
        ours = Fleet(folder, client, uri, env)
        try:
            yield ours
        finally:
            for process in ours.running.values():
                process.kill()
                process.wait()


def _without_settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("HAECHI_")}
