"""The embedded database: a server of its own on loopback, started when no MongoDB is configured.

All commands of one data directory share one server. The first to come starts it, the last to leave
stops it; after a ``kill -9`` the next one finds it running and takes over. It is a separate program
(``secantusd-py``, GPL-2.0), never imported.
"""

import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote_plus

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from evidence.errors import StorageError

PROGRAM = "secantusd-py"
USER = "haechi"
START_S, STOP_S, LOCK_S = 30.0, 60.0, 90.0
OPTIONS = "authSource=admin&directConnection=true&w=majority&journal=true&retryWrites=false&maxIdleTimeMS=240000"
"""``retryWrites=false``: its retryable writes slow down as they add up. It drops idle connections at 300 s."""


@contextmanager
def embedded_server(data_dir: Path) -> Iterator[str]:
    """Keep the data directory's server up and yield its URI.

    Raises:
        StorageError: it is not installed, or did not start; the message says where its log is.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(data_dir / "users.lock", "w") as users:
        with _mutex(data_dir):
            fcntl.flock(users, fcntl.LOCK_SH)
            running = _find_running(data_dir) or _start(data_dir)
        try:
            yield _uri(running)
        finally:
            with _mutex(data_dir):
                fcntl.flock(users, fcntl.LOCK_UN)
                if _is_last(users):
                    _stop(data_dir, int(running["pid"]))


@contextmanager
def _mutex(data_dir: Path) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    with open(data_dir / "start.lock", "w") as lock:
        deadline = time.monotonic() + LOCK_S
        while not _try_lock(lock):
            if time.monotonic() > deadline:
                raise StorageError(f"{data_dir}: another command is starting or stopping the database for too long")
            time.sleep(0.05)
        yield


def _try_lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_last(users: IO[str]) -> bool:
    return _try_lock(users)


def _find_running(data_dir: Path) -> dict[str, Any] | None:
    """What ``server.json`` describes, if it answers."""
    try:
        running: dict[str, Any] = json.loads((data_dir / "server.json").read_text())
    except (FileNotFoundError, ValueError):
        return None
    return running if _answers(_uri(running), 3.0) else None


def _start(data_dir: Path) -> dict[str, Any]:
    password = _password(data_dir)
    process, port = _launch(data_dir, "--auth")
    running = {"port": port, "password": password, "pid": process.pid, "user": USER}
    _write_private(data_dir / "server.json", json.dumps(running))
    return running


def _password(data_dir: Path) -> str:
    """The server's password; on the first run the user is made while the server asks for none."""
    file = data_dir / "server.password"
    if file.exists():
        return file.read_text()
    password = secrets.token_urlsafe(32)
    process, port = _launch(data_dir)
    with MongoClient[dict[str, Any]](f"mongodb://127.0.0.1:{port}/?directConnection=true") as client:
        with suppress(OperationFailure):
            client.admin.command("dropUser", USER)
        client.admin.command("createUser", USER, pwd=password, roles=["root"])
    _terminate(process.pid)
    process.wait()
    _write_private(file, password)
    return password


def _launch(data_dir: Path, *options: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server on a free port of loopback and wait until it answers."""
    program = shutil.which(
        PROGRAM, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    )
    if program is None:
        raise StorageError("no database: set HAECHI_MONGODB_URI, or install the embedded one (`make install`)")
    settings, log_file = data_dir / "server.toml", data_dir / "server.log"
    settings.touch()
    for _ in range(5):
        port = _free_port()
        command = [program, "--config", str(settings), "--host", "127.0.0.1", "--port", str(port)]
        command += ["--storage-path", str(data_dir / "db"), "--cache-size", "256M", "--log-level", "WARNING", *options]
        with open(log_file, "ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        if _wait_until_up(process, f"mongodb://127.0.0.1:{port}/?directConnection=true"):
            return process, port
        _terminate(process.pid)
        process.wait()
    raise StorageError(f"the embedded database does not start; its log is {log_file}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(process: subprocess.Popen[bytes], uri: str) -> bool:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(uri, 0.25, command="hello"):
            return True
        time.sleep(0.02)
    return False


def _answers(uri: str, timeout_s: float, command: str = "ping") -> bool:
    wait_ms = int(timeout_s * 1000)
    try:
        with MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=wait_ms, connectTimeoutMS=wait_ms) as client:
            client.admin.command(command)
    except PyMongoError:
        return False
    return True


def _stop(data_dir: Path, pid: int) -> None:
    _terminate(pid)
    deadline = time.monotonic() + STOP_S
    while _is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    if _is_alive(pid):
        os.kill(pid, signal.SIGKILL)  # safe: every write was journalled before it was acknowledged
    (data_dir / "server.json").unlink(missing_ok=True)


def _terminate(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def _is_alive(pid: int) -> bool:
    with suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _write_private(path: Path, text: str) -> None:
    """Written whole and readable by its owner alone, or not at all."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    new.replace(path)


def _uri(running: dict[str, Any]) -> str:
    return f"mongodb://{USER}:{quote_plus(running['password'])}@127.0.0.1:{running['port']}/?{OPTIONS}"
