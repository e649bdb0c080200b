"""The embedded database: a server of its own on loopback, started when no MongoDB is configured.

All commands of one data directory share one server. The first to come starts it, the last to leave
stops it; after a ``kill -9`` the next one takes over what it finds. It is a separate program
(``secantusd-py``, GPL-2.0), never imported. Its directory has three locks, each let go by the
operating system when its holder ends, however it ends:

    start.lock     of the one command that starts or stops the server just now
    users.lock     shared by the commands that use it
    server.lock    of the server itself, which inherits it; its process id and port are written in it
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
START_S, ANSWER_S, STOP_S, LOCK_S, TICK_S = 30.0, 3.0, 60.0, 90.0, 0.02
HEARD_S = 0.25
"""A server that was told to end and still takes connections after this time has not heard."""
OPTIONS = "authSource=admin&directConnection=true&w=majority&journal=true"
OPTIONS += "&retryWrites=false&maxPoolSize=16&maxIdleTimeMS=240000"
"""``retryWrites=false``: its retryable writes slow down as they add up. It takes a thread for each connection, and
drops idle ones at 300 s."""
IN_BACKGROUND = 'place=$1 port=$2; shift 2; "$@" & echo $! $port >"$place"'
"""The server is nobody's child: whoever starts it may end before it does."""


@contextmanager
def embedded_server(data_dir: Path) -> Iterator[str]:
    """Keep the data directory's server up and yield its URI.

    Raises:
        StorageError: it is not installed, or did not start; the message says where its log is.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(data_dir / "users.lock", "w") as users:
        try:
            with _mutex(data_dir):
                is_alone = _try_lock(users)
                running = _find_running(data_dir, is_alone) or _start(data_dir)
                fcntl.flock(users, fcntl.LOCK_SH)
            yield _uri(running)
        finally:
            with _mutex(data_dir):
                fcntl.flock(users, fcntl.LOCK_UN)
                if _try_lock(users):
                    _stop(data_dir)


@contextmanager
def _mutex(data_dir: Path) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    with open(data_dir / "start.lock", "w") as lock:
        deadline = time.monotonic() + LOCK_S
        while not _try_lock(lock):
            if time.monotonic() > deadline:
                raise StorageError(f"{data_dir}: another command is starting or stopping the database for too long")
            time.sleep(TICK_S)
        yield


def _try_lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _find_running(data_dir: Path, is_alone: bool) -> dict[str, Any] | None:
    """What ``server.json`` describes, if that server is up and answers.

    Args:
        data_dir: where it is.
        is_alone: no other command uses it: what a killed one left open in it is rolled back.
    """
    try:
        running: dict[str, Any] = json.loads((data_dir / "server.json").read_text())
    except (FileNotFoundError, ValueError):
        return None
    command, deadline = "killAllSessions" if is_alone else "ping", time.monotonic() + START_S
    while _holder(data_dir) is not None and time.monotonic() < deadline:
        if _answers(_uri(running), command):
            return running
    return None


def _holder(data_dir: Path) -> tuple[int, int] | None:
    """Process id and port of the server that is up; None where none is."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with open(data_dir / "server.lock", "a+") as lock:
            if _try_lock(lock):
                return None
            lock.seek(0)
            numbers = lock.read().split()
        if len(numbers) == 2:
            return int(numbers[0]), int(numbers[1])
        time.sleep(TICK_S)  # it is being started: the lock is taken first
    raise StorageError(f"{data_dir / 'server.lock'} is held by an unknown program: end it, then try again")


def _start(data_dir: Path) -> dict[str, Any]:
    _stop(data_dir)  # a command that was killed may have left one half started
    password = _password(data_dir)
    pid, port = _launch(data_dir, "--auth")
    running = {"port": port, "password": password, "pid": pid, "user": USER}
    _write_private(data_dir / "server.json", json.dumps(running))
    return running


def _password(data_dir: Path) -> str:
    """The server's password; on the first run the user is made while the server asks for none."""
    file = data_dir / "server.password"
    if file.exists():
        return file.read_text()
    password = secrets.token_urlsafe(32)
    _, port = _launch(data_dir)
    with MongoClient[dict[str, Any]](_bare_uri(port)) as client:
        with suppress(OperationFailure):
            client.admin.command("dropUser", USER)
        client.admin.command("createUser", USER, pwd=password, roles=["root"])
    _stop(data_dir)
    _write_private(file, password)
    return password


def _launch(data_dir: Path, *options: str) -> tuple[int, int]:
    """Start the server on a free port of loopback, wait until it answers; its process id and port."""
    program = shutil.which(
        PROGRAM, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    )
    if program is None:
        raise StorageError("no database: set HAECHI_MONGODB_URI, or install the embedded one (`make install`)")
    settings = data_dir / "server.toml"
    settings.touch()
    for _ in range(5):
        port = _free_port()
        command = [program, "--config", str(settings), "--host", "127.0.0.1", "--port", str(port)]
        command += ["--storage-path", str(data_dir / "db"), "--cache-size", "256M", "--log-level", "WARNING"]
        command += ["--sync-on-commit", *options]  # without it a commit with j:true is not journalled: measured
        _run_in_background(data_dir, port, command)
        if _wait_until_up(data_dir, port) and (holder := _holder(data_dir)):
            return holder
        _stop(data_dir)
    raise StorageError(f"the embedded database does not start; its log is {data_dir / 'server.log'}")


def _run_in_background(data_dir: Path, port: int, command: list[str]) -> None:
    """Start the server with its lock in hand."""
    place = data_dir / "server.lock"
    with open(place, "w") as lock, open(data_dir / "server.log", "ab") as log:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(
            ["sh", "-c", IN_BACKGROUND, "sh", str(place), str(port), *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock.fileno()],
            start_new_session=True,
            check=True,
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(data_dir: Path, port: int) -> bool:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and _holder(data_dir) is not None:
        if _knock(port):
            return _answers(_bare_uri(port), "hello")
        time.sleep(TICK_S)
    return False


def _knock(port: int) -> bool:
    """Whether anything listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
    except OSError:
        return False
    return True


def _answers(uri: str, command: str) -> bool:
    wait_ms = int(ANSWER_S * 1000)
    try:
        with MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=wait_ms) as client:
            client.admin.command(command, [])
    except PyMongoError:
        return False
    return True


def _stop(data_dir: Path) -> None:
    """End the server, if one is up, and wait until it has let go of the directory."""
    deadline, tell_at = time.monotonic() + STOP_S, 0.0
    while (holder := _holder(data_dir)) is not None:
        pid, port = holder
        if time.monotonic() > deadline:
            _signal(pid, signal.SIGKILL)  # safe: every write was journalled before it was acknowledged
        elif not tell_at or (time.monotonic() > tell_at and _knock(port)):
            _signal(pid, signal.SIGTERM)  # again where it was missed: measured, one in twenty
            tell_at = time.monotonic() + HEARD_S
        _knock(port)  # it waits 2 s for one more connection before it closes: give it one
        time.sleep(TICK_S)
    (data_dir / "server.json").unlink(missing_ok=True)


def _signal(pid: int, sign: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, sign)


def _write_private(path: Path, text: str) -> None:
    """Written whole and readable by its owner alone, or not at all."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    new.replace(path)


def _uri(running: dict[str, Any]) -> str:
    return f"mongodb://{USER}:{quote_plus(running['password'])}@127.0.0.1:{running['port']}/?{OPTIONS}"


def _bare_uri(port: int) -> str:
    return f"mongodb://127.0.0.1:{port}/?directConnection=true"
