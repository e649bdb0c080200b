"""Where faults are tried: a practice world that does not rest, its servers, and a service that watches it."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Coroutine
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from bench.faults.database import OwnDatabase
from bench.faults.service import HAECHI, Service
from practice.certificates import Authority
from practice.front import Front
from practice.restless import Restless
from practice.telegram.mirror import mirror
from practice.telegram.server import TelegramServer
from practice.telegram.sessions import write_session
from practice.web import PracticeWeb
from storage.embedded import embedded_server
from tests.rabbitmq import rabbitmq

T = TypeVar("T")
PATIENCE_S = 240.0
"""For what should come within seconds: others may use this machine too."""
START_S = 0.02
"""Before each page: passes last a little, so that faults fall into their middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a ground has besides the usual; faults of the same setup share one."""

    name: str = "web"
    rooms: int = 3
    posts: int = 60
    """Of each room at first."""
    every_s: int = 1
    via: str = "telegram-web"
    other_way: int = 0
    """So many rooms of these are read ``via: telegram``."""
    is_tls: bool = False
    has_own_names: bool = False
    """Names of hosts are looked up in a file of its own."""
    has_own_database: bool = False
    """A server that does not belong to Haechi, at a port that stays."""
    disk_mb: int = 0
    """Size of a file system for the data directory; 0: none of its own."""
    has_own_clock: bool = False
    has_broker: bool = False
    """The service hands its passes to a worker."""


class Ground:
    """One installation over one world; use it with ``with``."""

    def __init__(self, setup: Setup, seed: int) -> None:
        """Prepare.

        Args:
            setup: what it has.
            seed: of the world's chances.
        """
        self.setup, self.turn = setup, 0
        self.folder = Path(tempfile.mkdtemp(prefix="haechi-faults-"))
        self.home = self.folder / "home"
        names = [f"restless_{number}" for number in range(setup.rooms)]
        self.rooms = [f"https://t.me/{name}" for name in names]
        self.restless = Restless(seed, names, setup.posts, lambda: datetime.now(UTC))
        self.web = PracticeWeb(self.restless.world, lambda: datetime.now(UTC))
        self.web.faults.delay_s = START_S
        self.telegram = TelegramServer(mirror(self.restless.world))
        self.authority = Authority(self.folder / "authority")
        self.hosts, self.clock = self.folder / "hosts", self.folder / "clock"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.front = self.run(self._serve())
        self.hosts.write_text("127.0.0.1 localhost\n", encoding="ascii")
        self.clock.write_text("0", encoding="ascii")
        self.home.mkdir(mode=0o700)
        if self.setup.disk_mb:
            subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={self.setup.disk_mb}m", "tmpfs", self.home], check=True
            )
        self.database = OwnDatabase(self.folder / "database") if self.setup.has_own_database else None
        if self.database:
            self.database.start()
        self.stack = ExitStack()
        self.broker = self.stack.enter_context(rabbitmq(self.folder / "broker")) if self.setup.has_broker else None
        self.service = Service(self._command(), self._environment(), self.folder / "service.log")
        self.service.start()
        if self.broker:  # passes are made and told by the worker from here on
            self.stack.callback(self.service.stop)
            self.service = Service([HAECHI, "worker", "--json"], self._environment(), self.folder / "worker.log")
            self.service.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.service.stop()
        self.stack.close()
        if self.database:
            self.database.stop()
        self.run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if self.setup.disk_mb:
            subprocess.run(["umount", self.home], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine beside the servers and wait for its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    def change(self, rooms: int | None = None) -> None:
        """Posts, edits and removals in so many rooms; None: in all."""

        async def change() -> None:
            self.restless.change(self.turn, rooms)

        self.run(change())
        self.turn += 1

    def store_uri(self) -> AbstractContextManager[str]:
        """The database's URI, for whoever reads beside the service."""
        return nullcontext(self.database.uri) if self.database else embedded_server(self.home)

    def environment(self) -> dict[str, str]:
        """Of any other command over the same store."""
        return self._environment()

    async def _serve(self) -> Front:
        await self.web.start()
        await self.telegram.listen()
        self.telegram.register(write_session(self.folder / "practice.session", self.telegram.port))
        front = Front(int(self.web.base.rpartition(":")[2]))
        await front.start(self.authority.shown("right") if self.setup.is_tls else None)
        return front

    async def _end(self) -> None:
        await self.front.stop()
        await self.web.stop()
        await self.telegram.__aexit__(None, None, None)

    def _command(self) -> list[str]:
        """The service; for rooms of Telegram alone one command after the other: it would read these less often."""
        entries = "\n".join(
            f"  - {{address: '{room}', backfill: all, every: {self.setup.every_s}s, via: {self._via(number)}}}"
            for number, room in enumerate(self.rooms)
        )
        watchlist = self.folder / "rooms.yaml"
        watchlist.write_text(f"version: 1\nsources:\n{entries}\n", encoding="utf-8")
        command = ["run", "--no-console"] if self.setup.via == "telegram-web" else ["once"]
        clocked = [sys.executable, "-m", "bench.faults.clocked", str(self.clock)]
        program = clocked if self.setup.has_own_clock else [HAECHI]
        return [*self._names(), *program, *command, "--json", "-w", str(watchlist)]

    def _via(self, number: int) -> str:
        return "telegram" if number < self.setup.other_way else self.setup.via

    def _names(self) -> list[str]:
        """What comes before a command whose names of hosts are looked up in our file, and nowhere else."""
        if not self.setup.has_own_names:
            return []
        nowhere = self.folder / "resolv.conf"
        nowhere.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n", encoding="ascii")
        bind = f"mount --bind {self.hosts} /etc/hosts && mount --bind {nowhere} /etc/resolv.conf"
        return ["unshare", "--mount", "sh", "-c", f'{bind} && exec "$@"', "sh"]

    def _environment(self) -> dict[str, str]:
        named = self.setup.is_tls or self.setup.has_own_names
        base = f"http{'s' if self.setup.is_tls else ''}://{'localhost' if named else '127.0.0.1'}:{self.front.port}"
        own = {
            "HAECHI_DATA_DIR": str(self.home),
            "HAECHI_WEB_BASE": base,
            "HAECHI_ALLOW_LOOPBACK": "1",
            "HAECHI_PACE_S": "0",
            "HAECHI_SCHOOLS": str(files("practice") / "schools.csv"),
            "HAECHI_TELEGRAM_SESSION": str(self.folder / "practice.session"),
            "HAECHI_TELEGRAM_API_ID": "1",
            "HAECHI_TELEGRAM_API_HASH": "practice",
            "HAECHI_LEGAL_BASIS": "practice",
            "SSL_CERT_FILE": str(self.authority.root),
        }
        if self.database:
            own["HAECHI_MONGODB_URI"] = self.database.uri
        if self.broker:
            own["HAECHI_BROKER_URL"] = self.broker.url
        return {name: value for name, value in os.environ.items() if not name.startswith("HAECHI_")} | own
