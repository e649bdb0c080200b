"""The people who use the console. Names, passwords' hashes and second factors are sealed; ids are pseudonyms.

What is written here was recorded in the log by the caller before.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from evidence.cipher import Cipher, Sealed, pseudonym
from evidence.errors import ConfigError
from evidence.people import Lang, Person, checked_name
from evidence.roles import Role
from storage.mongo import Document, Store
from storage.reads import newest

PEOPLE = "people"
SECRETS = "password", "code", "next_code"
"""Each sealed under a key of its own: the hash of the password, the seeds of the second factor."""


def person_id(cipher: Cipher, name: str) -> str:
    """The id that belongs to a name, whoever has it or nobody."""
    key = cipher.purpose_key("pseudonyms of staff")
    return f"staff-{pseudonym(key, 'console', checked_name(name).casefold()).removeprefix('p-')}"


async def add_person(
    store: Store, name: str, role: Role, offices: frozenset[str] | None, lang: Lang, at: datetime
) -> Person:
    """Add somebody, who cannot sign in before a link was made for them.

    Raises:
        ConfigError: the name is refused or taken.
    """
    name, person = checked_name(name), person_id(store.cipher, name)
    document = {
        "_id": person,
        "at": at,
        "role": str(role),
        "offices": None if offices is None else sorted(offices),
        "lang": lang,
        "zone": "Asia/Seoul",
        "last_code": 0,
        "recovery": [],
        "signed_in_at": None,
        "disabled_at": None,
        "name": _seal(store.cipher, person, "name", name),
        **dict.fromkeys(SECRETS),
    }
    try:
        await store[PEOPLE].insert_one(document)
    except DuplicateKeyError:
        raise ConfigError(f"{name}: somebody has this name already: expected another one") from None
    return _read(store.cipher, document)


async def read_person(store: Store, person: str) -> Person | None:
    """Somebody by id; None where there is nobody."""
    document = await store[PEOPLE].find_one({"_id": person})
    return _read(store.cipher, document) if document else None


async def all_people(store: Store, now: datetime) -> list[Person]:
    """Everybody, newest first."""
    found = newest(store, PEOPLE, until=now + timedelta(days=1))
    return [_read(store.cipher, document) async for document in found]


async def read_secret(store: Store, person: str, secret: str) -> str | None:
    """One of ``SECRETS``; None where there is none, or nobody of this id."""
    document = await store[PEOPLE].find_one({"_id": person}, [secret])
    return _open(store.cipher, person, secret, document[secret]) if document and document[secret] else None


async def set_secret(store: Store, person: str, secret: str, value: str | None) -> None:
    """Keep one of ``SECRETS``, sealed, in place of the one before; None to have none."""
    sealed = _seal(store.cipher, person, secret, value) if value is not None else None
    await store[PEOPLE].update_one({"_id": person}, {"$set": {secret: sealed}})


async def set_up_code(store: Store, person: str, seed: str, recovery: Sequence[str]) -> None:
    """Let a second factor be in force from now on, with new recovery codes; the codes are kept as keyed hashes."""
    hashes = [_recovery_hash(store.cipher, person, code) for code in recovery]
    values = {"code": _seal(store.cipher, person, "code", seed), "next_code": None, "recovery": hashes}
    await store[PEOPLE].update_one({"_id": person}, {"$set": values})


async def spend_code(store: Store, person: str, step: int) -> bool:
    """Note that the code of a time step was used; False where it, or a later one, was used before."""
    written = await store[PEOPLE].update_one({"_id": person, "last_code": {"$lt": step}}, {"$set": {"last_code": step}})
    return written.modified_count == 1


async def spend_recovery(store: Store, person: str, code: str) -> bool:
    """Use a recovery code up; False where it is none, or was used before."""
    found = _recovery_hash(store.cipher, person, code)
    written = await store[PEOPLE].update_one({"_id": person, "recovery": found}, {"$pull": {"recovery": found}})
    return written.modified_count == 1


async def set_preferences(store: Store, person: str, lang: Lang, zone: str) -> None:
    """Keep language and time zone."""
    await store[PEOPLE].update_one({"_id": person}, {"$set": {"lang": lang, "zone": zone}})


async def set_role(store: Store, person: str, role: Role, offices: frozenset[str] | None) -> None:
    """Give another role; the caller ends the sessions."""
    values = {"role": str(role), "offices": None if offices is None else sorted(offices)}
    await store[PEOPLE].update_one({"_id": person}, {"$set": values})


async def note_sign_in(store: Store, person: str, at: datetime) -> None:
    """Note when somebody signed in."""
    await store[PEOPLE].update_one({"_id": person}, {"$set": {"signed_in_at": at}})


async def disable(store: Store, person: str, at: datetime | None) -> None:
    """Let somebody not sign in any more, or (None) again; the caller ends the sessions."""
    await store[PEOPLE].update_one({"_id": person}, {"$set": {"disabled_at": at}})


def _recovery_hash(cipher: Cipher, person: str, code: str) -> bytes:
    plain = "".join(code.split()).replace("-", "").casefold()
    return hmac.digest(cipher.purpose_key("recovery codes"), f"{person} {plain}".encode(), hashlib.sha256)


def _seal(cipher: Cipher, person: str, what: str, value: str) -> Document:
    sealed = cipher.seal(value.encode(), f"{person} {what}")
    return {"key": sealed.key, "sealed": sealed.text}


def _open(cipher: Cipher, person: str, what: str, document: Document) -> str:
    return cipher.open(Sealed(key=document["key"], text=document["sealed"]), f"{person} {what}").decode()


def _read(cipher: Cipher, document: Document) -> Person:
    offices = document["offices"]
    return Person(
        id=document["_id"],
        name=_open(cipher, document["_id"], "name", document["name"]),
        role=Role(document["role"]),
        offices=None if offices is None else frozenset(offices),
        lang=document["lang"],
        zone=document["zone"],
        added_at=document["at"],
        has_password=document["password"] is not None,
        has_code=document["code"] is not None,
        codes_left=len(document["recovery"]),
        signed_in_at=document["signed_in_at"],
        disabled_at=document["disabled_at"],
    )
