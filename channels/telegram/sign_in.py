"""Signing in: a person's phone number, code and password become a session file, once for each account."""

from pathlib import Path
from typing import Protocol

from telethon import errors
from telethon.crypto import rsa

from channels.telegram.account import Application
from channels.telegram.guard import SIGNING_IN, GuardedClient, close
from channels.telegram.session import Credential, empty_session
from evidence.errors import ConfigError, SourceUnavailable

TRIES = 3
"""Wrong codes or passwords; Telegram makes an account wait after some more."""
PRACTICE_DC = 2
REFUSALS: dict[type[Exception], str] = {
    errors.ApiIdInvalidError: "HAECHI_TELEGRAM_API_ID, _API_HASH: Telegram does not know this application",
    errors.PhoneNumberBannedError: "this phone number is banned by Telegram",
    errors.PhoneNumberInvalidError: "this is not a phone number with its country code, such as +82 10 0000 0000",
    errors.PhoneNumberUnoccupiedError: "there is no account for this number: make one with Telegram's own app first",
    errors.PhoneCodeExpiredError: "the code has expired: run this command again",
}


class Person(Protocol):
    """Whoever signs in."""

    def phone(self) -> str:
        """The account's number, with its country code."""
        ...

    def code(self) -> str:
        """The code that Telegram has sent."""
        ...

    def password(self) -> str:
        """The password of two-step verification."""
        ...


def new_session(practice_dc: str | None, practice_key: Path | None) -> Credential:
    """A session that is not signed in: at Telegram, or at a practice server ``host:port`` with its public key.

    Raises:
        ConfigError: the key file cannot be read.
    """
    if practice_dc is None:
        return Credential()
    host, _, port = practice_dc.rpartition(":")
    if practice_key is not None:
        try:
            rsa.add_key(practice_key.read_text(encoding="ascii"), old=False)
        except (OSError, ValueError):
            raise ConfigError(f"HAECHI_TELEGRAM_KEY: {practice_key} is not a public key file (PEM)") from None
    return empty_session(PRACTICE_DC, host, int(port))


async def sign_in(session: Credential, application: Application, person: Person) -> None:
    """Sign in; the session holds the credential afterwards.

    Raises:
        ConfigError: number, code, password or application are refused; or Telegram asks to wait.
        SourceUnavailable: it cannot be reached.
    """
    client = GuardedClient(session, application.api_id, application.api_hash, allowed=SIGNING_IN)
    try:
        await client.connect()
        phone = person.phone()
        sent = await client.send_code_request(phone)
        await _give_code(client, phone, sent.phone_code_hash, person)
    except tuple(REFUSALS) as refusal:
        raise ConfigError(REFUSALS[type(refusal)]) from None
    except errors.FloodWaitError as limit:
        raise ConfigError(f"Telegram asks this number to wait {limit.seconds} s before it signs in again") from None
    except errors.RPCError as refusal:
        raise ConfigError(f"Telegram refused: {type(refusal).__name__.removesuffix('Error')}") from None
    except OSError as problem:
        raise SourceUnavailable(f"Telegram cannot be reached: {type(problem).__name__}") from None
    finally:
        await close(client)


async def _give_code(client: GuardedClient, phone: str, code_hash: str, person: Person) -> None:
    for _ in range(TRIES):
        try:
            await client.sign_in(phone, person.code(), phone_code_hash=code_hash)
        except errors.PhoneCodeInvalidError:
            continue
        except errors.SessionPasswordNeededError:
            await _give_password(client, person)
        return
    raise ConfigError(f"{TRIES} wrong codes: run this command again")


async def _give_password(client: GuardedClient, person: Person) -> None:
    for _ in range(TRIES):
        try:
            await client.sign_in(password=person.password())
        except errors.PasswordHashInvalidError:
            continue
        return
    raise ConfigError(f"{TRIES} wrong passwords: run this command again, or reset it in Telegram's own app")
