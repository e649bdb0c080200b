"""Proof of who somebody is: password, code, recovery code. Slowed down by person and address, never locked."""

import secrets

from aiohttp import web

from console.codes import matching_step
from console.rates import TRIES, TRIES_ANYWHERE
from console.visit import Console
from evidence.case import Staff
from evidence.errors import ConfigError
from evidence.people import Person, person_act
from storage.people import person_id, read_person, read_secret, set_secret, spend_code, spend_recovery

UNKNOWN = "staff-unknown"


async def check_password(console: Console, name: str, password: str, ip: str) -> Person | None:
    """Whoever has this name and password and may sign in; None after the same work for anybody else.

    Raises:
        HTTPTooManyRequests: too many wrong ones of this name from this address.
        StorageError: the log did not take a failure.
    """
    try:
        person = person_id(console.store.cipher, name)
    except ConfigError:
        person = UNKNOWN
    _slow_down(console, "password", person, ip)
    found = await read_person(console.store, person)
    kept = await read_secret(console.store, person, "password")
    is_right = await console.passwords.is_right(kept, password)
    if not is_right or kept is None or found is None or found.disabled_at is not None:
        await _note_failure(console, person, "password", ip)
        return None
    console.rates.forget("password", person, ip)
    if console.passwords.is_stale(kept):
        await set_secret(console.store, person, "password", await console.passwords.hash(password))
    return found


async def check_code(console: Console, person: Person, code: str, ip: str) -> bool:
    """Whether a code, or a recovery code, is right and was never used; it is used up by that.

    Raises:
        HTTPTooManyRequests: too many wrong ones.
        StorageError: the log did not take a failure.
    """
    _slow_down(console, "code", person.id, ip)
    if console.rates.take(TRIES_ANYWHERE, "code", person.id):
        raise web.HTTPTooManyRequests(headers={"Retry-After": "120"})
    seed = await read_secret(console.store, person.id, "code")
    step = matching_step(seed, code, console.clock()) if seed else None
    is_right = await spend_code(console.store, person.id, step) if step is not None else False
    if not is_right and len(code) > len("123456789"):
        is_right = await spend_recovery(console.store, person.id, code)
    if is_right:
        console.rates.forget("code", person.id, ip)
    else:
        await _note_failure(console, person.id, "code", ip)
    return is_right


async def _note_failure(console: Console, person: str, what: str, ip: str) -> None:
    nobody = Staff(actor="nobody", role="nobody", session_id=f"none@{ip}")
    request = f"sign-in-failed:{secrets.token_hex(8)}"
    await console.custody.record(person_act(nobody, request, "sign-in-failed", person, what))


def _slow_down(console: Console, what: str, person: str, ip: str) -> None:
    wait_s = console.rates.take(TRIES, what, person, ip)
    if wait_s:
        raise web.HTTPTooManyRequests(headers={"Retry-After": str(int(wait_s) + 1)})
