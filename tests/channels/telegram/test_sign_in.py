"""Signing in: code, password, refusals; a credential afterwards, and nothing else asked of Telegram."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from channels.telegram.session import Credential, read_session, write_session
from channels.telegram.sign_in import new_session, sign_in
from evidence.errors import ConfigError, SourceUnavailable
from practice.telegram.server import TelegramServer
from practice.telegram.world import TelegramWorld
from tests.channels.telegram.serving import APPLICATION, history_of, open_account
from tests.practice.telegram.serving import CODE, PHONE, Stopwatch

PASSWORD = "correct horse"


@dataclass
class Typing:
    """A person who types what is on a list, each once."""

    codes: list[str] = field(default_factory=lambda: [CODE])
    passwords: list[str] = field(default_factory=list)
    number: str = PHONE

    def phone(self) -> str:
        """The number."""
        return self.number

    def code(self) -> str:
        """The next code."""
        return self.codes.pop(0)

    def password(self) -> str:
        """The next password."""
        return self.passwords.pop(0)


@pytest.fixture
def session(server: TelegramServer, tmp_path: Path) -> Credential:
    """A session that knows the practice server and its key, and nobody."""
    pem = tmp_path / "key.pem"
    pem.write_text(server.public_pem, encoding="ascii")
    return new_session(f"127.0.0.1:{server.port}", pem)


async def test_a_code_signs_in(
    session: Credential, server: TelegramServer, telegram: TelegramWorld, stopwatch: Stopwatch, tmp_path: Path
) -> None:
    """The session reads afterwards, from its file too; the account's own messages were not asked for."""
    person = Typing()
    await sign_in(session, APPLICATION, person)
    assert {"help.getConfig", "auth.sendCode", "auth.signIn"} == set(telegram.report()["counts"])
    assert ([], 1_000_001) == (person.codes, server.keys[session.auth_key.key_id].user_id)
    write_session(tmp_path / "monitor.session", session)
    async with open_account(server, stopwatch, session=read_session(tmp_path / "monitor.session")) as account:
        assert (await account.send(history_of())).result.messages


async def test_a_mistyped_code_may_be_typed_again(session: Credential, telegram: TelegramWorld) -> None:
    """The code stays the same: Telegram is not asked for another one."""
    await sign_in(session, APPLICATION, Typing(codes=["00000", "11111", CODE]))
    assert (1, 3) == (telegram.count("auth.sendCode"), telegram.count("auth.signIn"))


async def test_three_wrong_codes_are_the_end(session: Credential, telegram: TelegramWorld) -> None:
    """Before Telegram makes the account wait."""
    with pytest.raises(ConfigError) as caught:
        await sign_in(session, APPLICATION, Typing(codes=["00000"] * 9))
    assert ("3 wrong codes: run this command again", 3) == (str(caught.value), telegram.count("auth.signIn"))


@pytest.mark.slow
@pytest.mark.parametrize(("wrong", "is_in"), [(0, True), (2, True), (3, False)])
async def test_a_password(session: Credential, telegram: TelegramWorld, wrong: int, is_in: bool) -> None:
    """Where a password is set it is asked for, three times at most; it is never sent itself."""
    telegram.login["password"] = PASSWORD
    person = Typing(passwords=["wrong"] * wrong + [PASSWORD])
    if is_in:
        await sign_in(session, APPLICATION, person)
    else:
        with pytest.raises(ConfigError) as caught:
            await sign_in(session, APPLICATION, person)
        expected = "3 wrong passwords: run this command again, or reset it in Telegram's own app"
        assert expected == str(caught.value)
    assert PASSWORD not in str(telegram.report())


@pytest.mark.parametrize(
    ("person", "error", "message"),
    [
        (Typing(number="12"), None, "this is not a phone number with its country code, such as +82 10 0000 0000"),
        (
            Typing(number="+82100000000"),
            None,
            "there is no account for this number: make one with Telegram's own app first",
        ),
        (Typing(), "PHONE_NUMBER_BANNED", "this phone number is banned by Telegram"),
        (Typing(), "FLOOD_WAIT_86400", "Telegram asks this number to wait 86400 s before it signs in again"),
        (Typing(), "API_ID_INVALID", "HAECHI_TELEGRAM_API_ID, _API_HASH: Telegram does not know this application"),
        (Typing(), "API_ID_PUBLISHED_FLOOD", "Telegram refused: ApiIdPublishedFlood"),
    ],
    ids=["no number", "no account", "banned", "wait", "application", "other"],
)
async def test_what_telegram_refuses(
    session: Credential, telegram: TelegramWorld, person: Typing, error: str | None, message: str
) -> None:
    """Each refusal in words that say what to do."""
    if error:
        telegram.fault("auth.sendCode", error=error)
    with pytest.raises(ConfigError) as caught:
        await sign_in(session, APPLICATION, person)
    assert message == str(caught.value)


async def test_a_code_that_came_too_late(session: Credential, telegram: TelegramWorld) -> None:
    """An expired code is no wrong one."""
    telegram.fault("auth.signIn", error="PHONE_CODE_EXPIRED")
    with pytest.raises(ConfigError, match=r"^the code has expired: run this command again$"):
        await sign_in(session, APPLICATION, Typing())


@pytest.mark.slow
async def test_an_account_of_another_data_centre(session: Credential, telegram: TelegramWorld) -> None:
    """Telegram says where an account belongs; the sign-in goes on there, with a key of that place."""
    telegram.fault("auth.sendCode", error="PHONE_MIGRATE_2", code=303)
    await sign_in(session, APPLICATION, Typing())
    assert 2 == telegram.count("auth.sendCode")
    assert {"help.getConfig", "auth.sendCode", "auth.signIn"} == set(telegram.report()["counts"])
    assert 2 == len({call["key"] for call in telegram.calls})


async def test_a_server_that_goes_away(session: Credential, telegram: TelegramWorld) -> None:
    """A lost connection is nobody's fault here."""
    telegram.fault("auth.sendCode", action="drop", times=-1)
    with pytest.raises(SourceUnavailable, match=r"^Telegram cannot be reached: ConnectionResetError$"):
        await sign_in(session, APPLICATION, Typing())


async def test_nothing_secret_is_logged(
    session: Credential, telegram: TelegramWorld, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither number, code, hash nor key is in any line, whatever the level."""
    caplog.set_level(logging.DEBUG)
    await sign_in(session, APPLICATION, Typing(codes=["00000", CODE]))
    out, err = capsys.readouterr()
    secrets = (PHONE.lstrip("+"), CODE, APPLICATION.api_hash, session.auth_key.key.hex())
    assert ("", "", []) == (out, err, [line for line in caplog.messages if any(one in line for one in secrets)])
    assert APPLICATION.api_hash not in repr(APPLICATION)


def test_a_key_file_that_is_none(tmp_path: Path) -> None:
    """The message names the setting and the file."""
    for name, content in (("absent.pem", None), ("other.pem", "words")):
        path = tmp_path / name
        if content:
            path.write_text(content, encoding="ascii")
        with pytest.raises(ConfigError) as caught:
            new_session("127.0.0.1:1", path)
        assert f"HAECHI_TELEGRAM_KEY: {path} is not a public key file (PEM)" == str(caught.value)


def test_telegram_itself_is_where_one_signs_in() -> None:
    """Without a practice server, nothing is set: Telethon knows where Telegram is."""
    session = new_session(None, None)
    assert (None, None) == (session.server_address, session.auth_key)
