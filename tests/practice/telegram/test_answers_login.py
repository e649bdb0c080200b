"""Tests of signing in and out."""

from pathlib import Path

import pytest
from telethon import TelegramClient, errors

from practice.telegram.server import TelegramServer
from practice.telegram.sessions import read_auth_key, write_fresh_session
from practice.telegram.world import TelegramWorld
from tests.practice.telegram.serving import CODE, PHONE, open_stranger


async def test_login_with_a_code(server: TelegramServer) -> None:
    """A wrong code is refused, the right one lets in, and logging out ends it."""
    async with open_stranger(server) as client:
        await client.send_code_request(PHONE)
        with pytest.raises(errors.PhoneCodeInvalidError):
            await client.sign_in(PHONE, "00000")
        assert 1_000_001 == (await client.sign_in(PHONE, CODE)).id
        assert await client.is_user_authorized()
        await client.log_out()


@pytest.mark.slow
async def test_login_with_a_password(server: TelegramServer, telegram: TelegramWorld) -> None:
    """Where a password is set, the code alone does not let in, nor does a wrong password."""
    telegram.login["password"] = "correct horse"
    async with open_stranger(server) as client:
        await client.send_code_request(PHONE)
        with pytest.raises(errors.SessionPasswordNeededError):
            await client.sign_in(PHONE, CODE)
        with pytest.raises(errors.PasswordHashInvalidError):
            await client.sign_in(password="wrong")
        assert 1_000_001 == (await client.sign_in(password="correct horse")).id


async def test_login_from_a_fresh_session_file(server: TelegramServer, tmp_path: Path) -> None:
    """A session file that knows only the address is enough to log in, and holds the key afterwards."""
    path = tmp_path / "fresh.session"
    write_fresh_session(path, server.port)
    assert read_auth_key(path) is None
    client = TelegramClient(str(path), 1, "hash")
    await client.connect()
    await client.send_code_request(PHONE)
    await client.sign_in(PHONE, CODE)
    await client.disconnect()
    key = read_auth_key(path)
    assert key is not None
    assert server.keys[key.key_id].user_id == 1_000_001


@pytest.mark.parametrize(
    ("phone", "error"),
    [("12", errors.PhoneNumberInvalidError), (PHONE, errors.PhoneNumberBannedError)],
)
async def test_numbers_that_get_no_code(
    server: TelegramServer, telegram: TelegramWorld, phone: str, error: type[Exception]
) -> None:
    """A number that is none, and one that is banned, are refused."""
    telegram.login["banned"] = True
    async with open_stranger(server) as client:
        with pytest.raises(error):
            await client.send_code_request(phone)
