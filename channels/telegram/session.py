"""Session files: the credential of an account. Read once, held by one process, written only at sign-in.

Telethon would write everything it meets into the file, people's names and numbers too. Here the file
gives address and key to a session in memory, and stays as it is.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from telethon.crypto import AuthKey
from telethon.sessions import MemorySession, SQLiteSession

from evidence.errors import ConfigError

OWNER_ONLY = 0o600


class Credential(MemorySession):  # type: ignore[misc]  # telethon has no types
    """Address and key of an account, in memory."""

    def process_entities(self, tlo: object) -> None:
        """Whom an answer mentions is not kept: people are not profiled, and memory stays flat."""


def label_of(path: Path) -> str:
    """The account's name in everything that people read: the file's, without its ending."""
    return path.name.removesuffix(".session")


def read_session(path: Path) -> Credential:
    """The credential in a Telethon session file.

    Raises:
        ConfigError: there is no such file, or it is not a signed-in session.
    """
    if not path.is_file():
        raise _refused(path, "there is no such file: `haechi telegram login` makes it")
    if path.stat().st_mode & 0o077:
        path.chmod(OWNER_ONLY)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            row = file.execute("select dc_id, server_address, port, auth_key from sessions").fetchone()
    except sqlite3.Error:
        raise _refused(path, "it is not a session file of Telethon") from None
    if row is None or not row[3]:
        raise _refused(path, "nobody is signed in with it: run `haechi telegram login`")
    session = empty_session(row[0], row[1], row[2])
    session.auth_key = AuthKey(row[3])
    return session


def empty_session(dc_id: int, host: str, port: int) -> Credential:
    """A session in memory that knows no more than where to connect to."""
    session = Credential()
    session.set_dc(dc_id, host, port)
    return session


def write_session(path: Path, session: Credential) -> None:
    """Write a signed-in session's credential, for its owner alone; whole or not at all."""
    new = path.with_name(f"{label_of(path)}.new.session")
    new.unlink(missing_ok=True)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
    file = SQLiteSession(str(new))
    try:
        file.set_dc(session.dc_id, session.server_address, session.port)
        file.auth_key = session.auth_key
        file.save()
    finally:
        file.close()
    new.replace(path)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep other processes away from a session: Telegram burns a key that comes from two places.

    Raises:
        ConfigError: another process holds it, or its directory cannot be written to.
    """
    try:
        lock = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR, OWNER_ONLY)
    except OSError as problem:
        raise _refused(path, f"its lock cannot be made beside it ({type(problem).__name__})") from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _refused(
                path, "another process uses it: end that one, or give this one a session of its own"
            ) from None
        yield
    finally:
        os.close(lock)


def is_held(path: Path) -> bool:
    """Whether some process uses a session just now."""
    try:
        with held(path):
            return False
    except ConfigError:
        return True


def _refused(path: Path, why: str) -> ConfigError:
    return ConfigError(f"HAECHI_TELEGRAM_SESSION: {path}: {why}")
