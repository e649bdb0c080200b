"""A RabbitMQ of a test's own: the installed program with everything in a folder, on loopback alone.

The system's own broker, if there is one, is neither asked nor touched.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

DEBIAN = "/usr/lib/rabbitmq/bin/rabbitmq-server"
"""Debian's program of that name in the path changes to a user of its own."""
GUEST = "guest"
"""Name and password of the user that works on loopback alone."""
START_S, TICK_S = 60.0, 0.1
OFTEN_MS = 500
"""Between two looks of the broker for slots that were not acknowledged in time; it looks once a minute otherwise."""


def program() -> str | None:
    """Where RabbitMQ is; None where it is not installed."""
    return DEBIAN if Path(DEBIAN).exists() else shutil.which("rabbitmq-server")


@dataclass(slots=True)
class RabbitMq:
    """A broker that can be killed and started again; what is in its queues lies in its folder."""

    folder: Path
    settings: tuple[str, ...]
    port: int
    _names: int
    _distribution: int
    _process: "subprocess.Popen[bytes] | None" = None
    _registry: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """As HAECHI_BROKER_URL."""
        return f"amqp://{GUEST}:{GUEST}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it takes connections; its registry of names first, which it would leave behind."""
        if self._registry is None:
            command = ["epmd", "-address", "127.0.0.1", "-port", str(self._names)]
            self._registry = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        with open(self.folder / "output", "ab") as output:
            self._process = subprocess.Popen(
                [program() or ""],
                env=self._environment(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_S
        while not _answers(self.port):
            is_starting = self._process.poll() is None and time.monotonic() < deadline
            assert is_starting, (self.folder / "output").read_text()
            time.sleep(TICK_S)

    def kill(self) -> None:
        """Kill it, as a power cut does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def end(self) -> None:
        """Kill it and its registry of names."""
        self.kill()
        if self._registry is not None:
            self._registry.kill()
            self._registry.wait()

    def _environment(self) -> dict[str, str]:
        (self.folder / "rabbitmq.conf").write_text(
            "\n".join((f"listeners.tcp.1 = 127.0.0.1:{self.port}", *self.settings))
        )
        (self.folder / "plugins").write_text("[].")
        own = {
            "NODENAME": f"haechi{self.port}@localhost",
            "CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "MNESIA_BASE": str(self.folder / "queues"),
            "LOG_BASE": str(self.folder / "log"),
            "GENERATED_CONFIG_DIR": str(self.folder / "config"),
            "PID_FILE": str(self.folder / "pid"),
            "DIST_PORT": str(self._distribution),
            "SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none"
            f" -rabbit channel_tick_interval {OFTEN_MS}",
        }
        erlang = {"ERL_EPMD_ADDRESS": "127.0.0.1", "ERL_EPMD_PORT": str(self._names), "ERL_CRASH_DUMP_BYTES": "0"}
        return {
            **os.environ,
            **{f"RABBITMQ_{name}": value for name, value in own.items()},
            **erlang,
            "HOME": str(self.folder),
        }


@contextmanager
def rabbitmq(folder: Path, *settings: str) -> Iterator[RabbitMq]:
    """Keep a broker up, with lines of rabbitmq.conf; a test is skipped where RabbitMQ is not installed."""
    if program() is None:
        pytest.skip("rabbitmq-server is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as one, socket.socket() as two, socket.socket() as three:
        for probe in (one, two, three):
            probe.bind(("127.0.0.1", 0))
        port, names, distribution = (int(probe.getsockname()[1]) for probe in (one, two, three))
    broker = RabbitMq(folder, settings, port, names, distribution)
    try:
        broker.start()
        yield broker
    finally:
        broker.end()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
    except OSError:
        return False
    return True
