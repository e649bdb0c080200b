"""A database server that does not belong to Haechi: at a port that stays, stopped and started by others."""

import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from bench.faults.service import await_until
from storage.embedded import PROGRAM

START_S, STOP_S, TELL_EVERY_S = 60.0, 30.0, 1.0
OPTIONS = "directConnection=true&w=majority&journal=true&retryWrites=false"


class OwnDatabase:
    """The embedded server's program, as somebody else would run it."""

    def __init__(self, folder: Path) -> None:
        """Choose a port.

        Args:
            folder: for its files.
        """
        folder.mkdir()
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self.uri = f"mongodb://127.0.0.1:{self._port}/haechi?{OPTIONS}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        settings = self._folder / "server.toml"
        settings.touch()
        command = [str(Path(sys.executable).with_name(PROGRAM)), "--config", str(settings), "--host", "127.0.0.1"]
        command += ["--port", str(self._port), "--storage-path", str(self._folder / "db"), "--sync-on-commit"]
        with open(self._folder / "log", "ab") as log:
            self._process = subprocess.Popen([*command, "--cache-size", "256M"], stdout=log, stderr=log)
        await_until(self._listens, START_S, "the database listens")

    def stop(self) -> None:
        """End it in order and wait for that; told again where it did not hear, killed where it does not end."""
        deadline = time.monotonic() + STOP_S
        while self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL)
            self._listens()  # it waits for one more connection before it ends: give it one
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(TELL_EVERY_S)

    def roll_back(self) -> None:
        """End what killed clients left open: MongoDB does so by itself after a minute, this program never does."""
        with MongoClient[dict[str, Any]](self.uri) as client:
            client.admin.command("killAllSessions", [])

    def signal(self, sign: signal.Signals) -> None:
        """Send it a signal and do not wait."""
        if self._process is not None:
            self._process.send_signal(sign)

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port), timeout=1.0).close()
        except OSError:
            return False
        return True
