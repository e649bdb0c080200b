"""The embedded server as many commands share it: real processes, real kills."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient, WriteConcern
from pymongo.errors import OperationFailure

from evidence.errors import StorageError
from storage.embedded import _holder, embedded_server

USE = """
import sys
from pathlib import Path
from pymongo import MongoClient
from storage.embedded import embedded_server
with embedded_server(Path(sys.argv[1])) as uri:
    with MongoClient(uri) as client:
        client.test.c.insert_one({"by": sys.argv[2]})
    print(uri, flush=True)
    sys.stdin.read()
"""
"""A command that uses the server until its standard input closes."""


class Command:
    """A process with the server in use."""

    def __init__(self, data_dir: Path, name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE, str(data_dir), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def uri(self) -> str:
        """Wait until the server is in use."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> int:
        """End it as it wants to."""
        self.process.communicate()
        return self.process.returncode

    def kill(self) -> None:
        """End it as nobody wants to."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data directory whose server is gone at the end, whatever happened."""
    yield tmp_path
    holder = _holder(tmp_path)
    if holder is not None:
        os.kill(holder[0], signal.SIGKILL)


def names(uri: str) -> set[str]:
    """What the commands wrote."""
    with MongoClient[dict[str, Any]](uri) as client:
        return {document["by"] for document in client.test.c.find()}


def is_up(data_dir: Path) -> bool:
    """Whether a server runs on the directory."""
    return _holder(data_dir) is not None


def mode(path: Path) -> int:
    """Permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.slow
def test_first_start_and_end(data_dir: Path) -> None:
    """The server answers with a password only; its secrets are private, and ``server.json`` goes with it."""
    home = data_dir / "new"
    with embedded_server(home) as uri:
        described = json.loads((home / "server.json").read_text())
        assert {"port", "password", "pid", "user"} == set(described)
        assert described["password"] in uri
        assert [0o600, 0o600, 0o700] == [mode(home / "server.json"), mode(home / "server.password"), mode(home)]
        assert set() == names(uri)
        bare = f"mongodb://127.0.0.1:{described['port']}/?directConnection=true"
        with pytest.raises(OperationFailure) as caught:
            names(bare)
        assert 13 == caught.value.code
        with pytest.raises(OperationFailure):
            names(uri.replace(described["password"], "guessed"))
    assert not (home / "server.json").exists()
    assert not is_up(home)


@pytest.mark.slow
def test_the_last_one_out_stops_it(data_dir: Path) -> None:
    """A second command shares the server, stays when the first leaves, and ends it; the next start finds all."""
    first, second = Command(data_dir, "first"), None
    uri = first.uri()
    second = Command(data_dir, "second")
    assert uri == second.uri()
    assert 0 == first.leave()
    assert is_up(data_dir)
    assert {"first", "second"} == names(uri)
    assert 0 == second.leave()
    assert not is_up(data_dir)
    with embedded_server(data_dir) as again:
        assert {"first", "second"} == names(again)


@pytest.mark.slow
def test_starting_at_the_same_moment(data_dir: Path) -> None:
    """Four commands on an empty directory get one server."""
    commands = [Command(data_dir, f"{number}") for number in range(4)]
    uris = {command.uri() for command in commands}
    assert 1 == len(uris)
    assert {"0", "1", "2", "3"} == names(uris.pop())
    assert [0, 0, 0, 0] == [command.leave() for command in commands]
    assert not is_up(data_dir)


@pytest.mark.slow
def test_taken_over_where_the_server_survived(data_dir: Path) -> None:
    """After a kill of its only user the next command goes on with the running server and ends it."""
    killed = Command(data_dir, "killed")
    uri = killed.uri()
    killed.kill()
    assert is_up(data_dir)
    with embedded_server(data_dir) as again:
        assert uri == again
        assert {"killed"} == names(again)
    assert not is_up(data_dir)


@pytest.mark.slow
def test_taken_over_where_the_server_died_too(data_dir: Path) -> None:
    """``server.json`` describes a server that is gone: another one is started over the same data."""
    killed = Command(data_dir, "killed")
    killed.uri()
    holder = _holder(data_dir)
    assert holder is not None
    killed.kill()
    os.kill(holder[0], signal.SIGKILL)
    assert (data_dir / "server.json").exists()
    with embedded_server(data_dir) as again:
        assert {"killed"} == names(again)
    assert not is_up(data_dir)


@pytest.mark.slow
@pytest.mark.parametrize("after_s", [0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9])
def test_killed_while_starting(data_dir: Path, after_s: float) -> None:
    """A server that was left half started, perhaps without a password yet, is in nobody's way."""
    killed = Command(data_dir, "killed")
    time.sleep(after_s)
    killed.kill()
    begin = time.monotonic()
    with embedded_server(data_dir) as uri:
        assert names(uri) <= {"killed"}
    assert not is_up(data_dir)
    assert time.monotonic() - begin < 10


@pytest.mark.slow
def test_a_server_that_died_under_its_users_is_replaced(data_dir: Path) -> None:
    """The next command starts another one; who leaves last ends that one, whoever began with the first."""
    first = Command(data_dir, "first")
    first.uri()
    holder = _holder(data_dir)
    assert holder is not None
    os.kill(holder[0], signal.SIGKILL)
    second = Command(data_dir, "second")
    assert {"first", "second"} == names(second.uri())
    second.leave()
    assert is_up(data_dir)
    first.leave()
    assert not is_up(data_dir)


@pytest.mark.slow
def test_what_a_killed_command_left_open_is_rolled_back(data_dir: Path) -> None:
    """Its transaction would keep others from writing for a minute."""
    killed = Command(data_dir, "killed")
    uri = killed.uri()
    with MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=10) as left, left.start_session() as session:
        session.start_transaction()
        left.test.c.update_one({"_id": "x"}, {"$set": {"by": "open"}}, upsert=True, session=session)
        killed.kill()
        begin = time.monotonic()
        with embedded_server(data_dir) as again, MongoClient[dict[str, Any]](again) as client:
            client.test.c.update_one({"_id": "x"}, {"$set": {"by": "next"}}, upsert=True)
            assert {"killed", "next"} == names(again)
        assert time.monotonic() - begin < 5


@pytest.mark.slow
@pytest.mark.parametrize("is_transaction", [False, True])
def test_what_was_acknowledged_survives_a_kill_of_the_server(data_dir: Path, is_transaction: bool) -> None:
    """Each write with ``j: true``, and each commit: the server keeps the latter in memory unless it is told not to."""
    durable = WriteConcern(w="majority", j=True)
    with embedded_server(data_dir) as uri, MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=10) as client:
        written = client.get_database("test", write_concern=durable).c
        written.insert_one({"_id": 0})
        end = time.monotonic() + 0.5
        number = 0
        while time.monotonic() < end:
            number += 1
            if is_transaction:
                with client.start_session() as session, session.start_transaction(write_concern=durable):
                    written.insert_one({"_id": number}, session=session)
            else:
                written.insert_one({"_id": number})
        holder = _holder(data_dir)
        assert holder is not None
        os.kill(holder[0], signal.SIGKILL)
    with embedded_server(data_dir) as uri, MongoClient[dict[str, Any]](uri) as client:
        assert set(range(number + 1)) == {document["_id"] for document in client.test.c.find()}


@pytest.mark.slow
def test_it_stops_soon(data_dir: Path) -> None:
    """Most starts take under three seconds, and most stops, which were two by themselves, under one."""
    starts, stops = [], []
    for _ in range(5):
        begin = time.monotonic()
        with embedded_server(data_dir):
            started = time.monotonic()
        starts.append(started - begin)
        stops.append(time.monotonic() - started)
    assert (True, True) == (sorted(starts)[2] < 3, sorted(stops)[2] < 1)


def test_a_missing_program_is_said(tmp_path: Path) -> None:
    """Without the embedded extra the message names both ways out."""
    lonely = tmp_path / "bin" / "python"
    lonely.parent.mkdir()
    code = "from storage.embedded import embedded_server; from pathlib import Path; import sys\n"
    code += f"sys.executable = {str(lonely)!r}\nwith embedded_server(Path({str(tmp_path)!r})): pass"
    ended = subprocess.run(
        [sys.executable, "-c", code], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    assert ended.stderr.splitlines()[-1] == (
        "evidence.errors.StorageError: no database:"
        " set HAECHI_MONGODB_URI, or install the embedded one (`make install`)"
    )


@pytest.mark.slow
def test_a_server_that_does_not_start_leads_to_its_log(data_dir: Path) -> None:
    """A directory that is no store: the message names the log."""
    (data_dir / "db").write_text("no directory")
    with pytest.raises(StorageError) as caught, embedded_server(data_dir):
        pass
    assert f"the embedded database does not start; its log is {data_dir / 'server.log'}" == str(caught.value)
    assert (data_dir / "server.log").read_text()
    assert not is_up(data_dir)


@pytest.mark.slow
def test_threads_of_one_process_share_it_too(data_dir: Path) -> None:
    """Two uses in one process count as two users."""
    uris: list[str] = []

    def use() -> None:
        with embedded_server(data_dir) as uri:
            uris.append(uri)
            time.sleep(0.3)

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 == len(set(uris))
    assert not is_up(data_dir)
