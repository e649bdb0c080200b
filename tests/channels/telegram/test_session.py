"""Session files: read once, held by one process, for their owner alone, and never written to while reading."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from channels.telegram.session import (
    empty_session,
    held,
    is_held,
    label_of,
    read_session,
    write_session,
)
from evidence.errors import ConfigError
from practice.telegram import sessions as ready
from practice.telegram.server import TelegramServer
from tests.channels.telegram.serving import CHAT, NEWS, Notebook, make_collector, one_pass, open_account
from tests.practice.telegram.serving import Stopwatch

ROOT = Path(__file__).parents[3]
BUSY = "another process uses it: end that one, or give this one a session of its own"
LOCKS = "import fcntl,sys; f=open(sys.argv[1],'w'); fcntl.flock(f,fcntl.LOCK_EX); print(1,flush=True); sys.stdin.read()"
HOLDS = (
    "import sys, pathlib; from channels.telegram.session import held\n"
    "with held(pathlib.Path(sys.argv[1])):\n    print(1, flush=True); sys.stdin.read()"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the session file is, or would be."""
    return tmp_path / "monitor.session"


@contextmanager
def other_process(program: str, argument: Path) -> Iterator[None]:
    """Another Python that has done its part when it prints, and goes on until the end."""
    command = [sys.executable, "-S", "-c", program, str(argument)]
    if program == HOLDS:
        command.remove("-S")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert b"1\n" == process.stdout.readline()
        yield
        process.communicate()


def names_beside(path: Path) -> list[str]:
    """Names of all files in its directory."""
    return sorted(file.name for file in path.parent.iterdir())


def state_of(path: Path) -> tuple[bytes, int]:
    """What is in a file, and when it was written to."""
    return path.read_bytes(), path.stat().st_mtime_ns


def mode_of(path: Path) -> int:
    """Who may do what with a file."""
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize(
    ("name", "label"), [("monitor-2.session", "monitor-2"), ("old", "old"), ("a.b.session", "a.b")]
)
def test_an_account_is_called_as_its_file(name: str, label: str) -> None:
    """Its label is the file's name without the ending."""
    assert label == label_of(Path("/somewhere") / name)


@pytest.mark.parametrize("name", ["monitor.session", "a b?c#d%41.session", "모니터.session"])
def test_a_session_gives_address_and_key(tmp_path: Path, name: str) -> None:
    """What signing in wrote is read back, whatever the file is called."""
    key = ready.new_auth_key()
    ready.write_session(tmp_path / name, 4433, key)
    session = read_session(tmp_path / name)
    assert ("127.0.0.1", 4433, 2) == (session.server_address, session.port, session.dc_id)
    assert key.key == session.auth_key.key


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604])
def test_a_session_is_for_its_owner_alone(path: Path, mode: int) -> None:
    """A file that others may read is closed to them as soon as it is seen."""
    ready.write_session(path, 4433)
    path.chmod(mode)
    read_session(path)
    assert 0o600 == mode_of(path)


def test_a_missing_session(path: Path) -> None:
    """The message names the file and the command that makes it."""
    with pytest.raises(ConfigError) as caught:
        read_session(path)
    expected = f"HAECHI_TELEGRAM_SESSION: {path}: there is no such file: `haechi telegram login` makes it"
    assert expected == str(caught.value)


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be taken for one" * 9, b""])
def test_a_file_that_is_no_session(path: Path, content: bytes) -> None:
    """Another file, an empty one or another database is named as such."""
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_session(path)
    assert f"HAECHI_TELEGRAM_SESSION: {path}: it is not a session file of Telethon" == str(caught.value)
    assert content == path.read_bytes()


@pytest.mark.parametrize("is_fresh", [True, False])
def test_a_session_that_nobody_signed_in(path: Path, is_fresh: bool) -> None:
    """A file without a key says that nobody is signed in."""
    if is_fresh:
        ready.write_fresh_session(path, 4433)
    else:
        with sqlite3.connect(path) as file:
            file.execute("create table sessions (dc_id, server_address, port, auth_key)")
        file.close()
    with pytest.raises(ConfigError) as caught:
        read_session(path)
    expected = f"HAECHI_TELEGRAM_SESSION: {path}: nobody is signed in with it: run `haechi telegram login`"
    assert expected == str(caught.value)


def test_a_session_is_written_for_its_owner_alone(path: Path) -> None:
    """Nobody else may read it from its first byte on, whatever the umask, and only the credential is in it."""
    session = empty_session(2, "127.0.0.1", 4433)
    session.auth_key = ready.new_auth_key()
    mask = os.umask(0)
    try:
        write_session(path, session)
    finally:
        os.umask(mask)
    assert (0o600, [path.name]) == (mode_of(path), names_beside(path))
    assert session.auth_key.key == read_session(path).auth_key.key


def test_a_session_is_written_whole_or_not_at_all(path: Path) -> None:
    """What an earlier try left behind is no hindrance; a file that cannot be replaced stays as it is."""
    path.with_name("monitor.new.session").write_bytes(b"left by a crash")
    session = empty_session(2, "127.0.0.1", 4433)
    session.auth_key = ready.new_auth_key()
    write_session(path, session)
    before = path.read_bytes()
    with pytest.raises(AttributeError):
        write_session(path, None)  # type: ignore[arg-type]
    assert before == path.read_bytes()


def test_a_session_is_held_by_one_process(path: Path) -> None:
    """While another process has it, it is refused by name; afterwards it is free."""
    with other_process(LOCKS, path.with_name("monitor.session.lock")):
        with pytest.raises(ConfigError) as caught, held(path):
            pass
        assert is_held(path)
    assert f"HAECHI_TELEGRAM_SESSION: {path}: {BUSY}" == str(caught.value)
    assert not is_held(path)
    with held(path):
        assert is_held(path)


@pytest.mark.slow
def test_a_session_is_held_against_another_haechi(path: Path) -> None:
    """The same with the code itself at both ends; its end frees the session."""
    with other_process(HOLDS, path), pytest.raises(ConfigError, match=BUSY), held(path):
        pass
    with held(path):
        pass


def test_a_lock_is_for_its_owner_alone(path: Path) -> None:
    """Nobody else can hold a session, so as to keep us from it."""
    with held(path):
        assert 0o600 == mode_of(path.with_name("monitor.session.lock"))


def test_a_session_in_no_directory(tmp_path: Path) -> None:
    """A mistaken path is the operator's to correct, not a surprise."""
    path = tmp_path / "absent" / "monitor.session"
    with pytest.raises(ConfigError) as caught, held(path):
        pass
    why = "its lock cannot be made beside it (FileNotFoundError)"
    assert f"HAECHI_TELEGRAM_SESSION: {path}: {why}" == str(caught.value)


async def test_reading_writes_nothing_into_the_session(
    server: TelegramServer, stopwatch: Stopwatch, memory: Notebook, path: Path
) -> None:
    """After whole passes over a channel and a group, no byte of the file has changed, and nothing lies beside it."""
    server.register(ready.write_session(path, server.port))
    before = state_of(path)
    async with open_account(server, stopwatch, memory, session=read_session(path)) as account:
        collector = make_collector(stopwatch, memory, account)
        for source in (NEWS, CHAT):
            assert await one_pass(collector, source, stopwatch)
    assert before == state_of(path)
    assert [path.name] == names_beside(path)
