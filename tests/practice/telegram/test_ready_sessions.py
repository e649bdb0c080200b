"""Tests of ready-made session files."""

import stat
from pathlib import Path

from telethon import TelegramClient

from practice.telegram.server import TelegramServer
from practice.telegram.sessions import new_auth_key, read_auth_key, write_session


async def test_a_session_file_is_all_that_a_client_needs(server: TelegramServer, tmp_path: Path) -> None:
    """A client given nothing but the file is signed in, and only the file's owner may read it."""
    path = tmp_path / "ready.session"
    server.register(write_session(path, server.port))
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    client = TelegramClient(str(path), 1, "hash")
    await client.connect()
    assert await client.is_user_authorized()
    await client.disconnect()


def test_a_session_keeps_its_key_on_another_port(tmp_path: Path) -> None:
    """Written again for another port, a session keeps key and cache; a given key replaces its own."""
    path = tmp_path / "moved"
    first = write_session(path, 1111)
    assert first.key == write_session(path, 2222).key
    other = new_auth_key()
    assert other.key == write_session(path, 2222, other).key
    read = read_auth_key(path)
    assert read is not None
    assert other.key == read.key


def test_no_file_no_key(tmp_path: Path) -> None:
    """Where there is no session there is no key, and none is made by asking."""
    assert read_auth_key(tmp_path / "none.session") is None
    assert [] == list(tmp_path.iterdir())
