"""Ready-made Telethon sessions for a server on loopback."""

import os
from pathlib import Path

from telethon.crypto import AuthKey
from telethon.sessions import SQLiteSession, StringSession

from practice.telegram.server import HOST
from practice.telegram.switchboard import DC_ID

_SUFFIX = ".session"


def new_auth_key() -> AuthKey:
    """A key that nobody has; the server must be told of it with ``register``."""
    return AuthKey(b"\x01" + os.urandom(255))  # its first byte must not be 0: a key is always 256 bytes long


def write_session(path: Path, port: int, key: AuthKey | None = None) -> AuthKey:
    """Write a session that is signed in, once the server knows its key; readable by its owner only.

    Args:
        path: ``.session`` is added unless it is there.
        port: of the server.
        key: None keeps the file's own key, or makes one, so that its cache survives a server's restart.

    Returns:
        Its key, for ``TelegramServer.register``.
    """
    known = key or read_auth_key(path) or new_auth_key()
    _write(path, port, known)
    return known


def write_fresh_session(path: Path, port: int) -> None:
    """Write a session that knows where the server is and nothing else, as before a login."""
    _write(path, port, None)


def read_auth_key(path: Path) -> AuthKey | None:
    """The key of a session; None when there is no file or no key in it."""
    if not _whole(path).exists():
        return None
    session = SQLiteSession(str(_whole(path)))
    try:
        return AuthKey(session.auth_key.key) if session.auth_key else None
    finally:
        session.close()


def make_string_session(port: int, key: AuthKey) -> str:
    """A signed-in session as a line of text, without a cache."""
    session = StringSession()
    session.set_dc(DC_ID, HOST, port)
    session.auth_key = key
    return str(session.save())


def _write(path: Path, port: int, key: AuthKey | None) -> None:
    file = _whole(path)
    file.touch(mode=0o600)
    file.chmod(0o600)
    session = SQLiteSession(str(file))
    try:
        session.set_dc(DC_ID, HOST, port)
        if key:
            session.auth_key = key
        session.save()
    finally:
        session.close()


def _whole(path: Path) -> Path:
    return path if path.suffix == _SUFFIX else path.with_name(path.name + _SUFFIX)
