"""The list of those who get summaries and notices. Addresses are sealed; two persons put one on, one takes it off."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from evidence.case import Staff
from evidence.cipher import Cipher, Sealed, fingerprint
from evidence.delivery import RECIPIENT, Recipient, recipient_act, recipient_code
from evidence.errors import ConfigError
from storage.approvals import find_proposal, take
from storage.custody import Custody
from storage.mongo import Document, Store
from storage.reads import newest

RECIPIENTS = "recipients"


def recipient_id(cipher: Cipher, address: str, scope: str) -> str:
    """The id of an address in a scope; nobody can tell the address from it."""
    key = cipher.purpose_key("ids of recipients")
    return f"recipient-{fingerprint(key, f'{address.lower()} {scope}').hex()[:12]}"


async def write_down(
    store: Store, address: str, scope: str, lang: str, at: datetime, *, gets_notices: bool
) -> Recipient:
    """Write somebody down who gets nothing before two persons agreed; again, with other wishes, in place of the first.

    Raises:
        ConfigError: they are on the list already.
    """
    name = recipient_id(store.cipher, address, scope)
    found = await store[RECIPIENTS].find_one({"_id": name})
    if found is not None and found["is_active"]:
        raise ConfigError(f"{name} is on the list already: drop it first")
    sealed = store.cipher.seal(address.encode(), f"{RECIPIENTS} {name}")
    document: Document = {
        "_id": name,
        "at": at,
        "key": sealed.key,
        "sealed": sealed.text,
        "scope": scope,
        "lang": lang,
        "gets_notices": gets_notices,
        "proposal": "",
        "is_active": False,
    }
    await store[RECIPIENTS].replace_one({"_id": name}, document, upsert=True)
    return _read(store.cipher, document)


async def put_on(store: Store, custody: Custody, staff: Staff, proposal: str, at: datetime) -> Recipient:
    """Put on the list what was proposed and approved.

    Raises:
        ConfigError: it was not approved, or the line was written anew since.
        StorageError: the log did not take it.
    """
    about = (await find_proposal(store, proposal)).about
    name = about.partition("/")[0]
    found = await find_recipient(store, name)
    if recipient_code(found.id, found.scope, found.lang, gets_notices=found.gets_notices) != about:
        raise ConfigError(f"{name} was written down anew since: propose it anew")
    await take(store, proposal, RECIPIENT, about, at)
    await custody.record(recipient_act(staff, "recipient-add", name, f"{proposal}/{found.scope}", at))
    await store[RECIPIENTS].update_one({"_id": name}, {"$set": {"is_active": True, "proposal": proposal}})
    return await find_recipient(store, name)


async def drop(store: Store, custody: Custody, staff: Staff, name: str, at: datetime) -> Recipient:
    """Take somebody off the list; what is due to them is not sent any more. Their address is destroyed.

    Raises:
        ConfigError: nobody has this id.
        StorageError: the log did not take it; they stay.
    """
    found = await find_recipient(store, name)
    await custody.record(recipient_act(staff, "recipient-drop", name, found.scope, at))
    await store[RECIPIENTS].delete_one({"_id": name})
    return found


async def find_recipient(store: Store, name: str) -> Recipient:
    """Somebody by their id.

    Raises:
        ConfigError: there is none.
    """
    document = await store[RECIPIENTS].find_one({"_id": name})
    if document is None:
        raise ConfigError(f"{name}: nobody on the list has this id: `haechi recipients list` shows them")
    return _read(store.cipher, document)


async def all_recipients(store: Store, at: datetime) -> tuple[Recipient, ...]:
    """Everybody who was written down, newest first."""
    found = newest(store, RECIPIENTS, until=at + timedelta(days=1))
    return tuple([_read(store.cipher, document) async for document in found])


async def on_the_list(store: Store, at: datetime) -> tuple[Recipient, ...]:
    """Those that two persons agreed to."""
    return tuple(one for one in await all_recipients(store, at) if one.is_active)


def _read(cipher: Cipher, document: Mapping[str, Any]) -> Recipient:
    name = document["_id"]
    opened = cipher.open(Sealed(key=document["key"], text=document["sealed"]), f"{RECIPIENTS} {name}")
    return Recipient(
        id=name,
        address=opened.decode(),
        scope=document["scope"],
        lang=document["lang"],
        gets_notices=document["gets_notices"],
        added_at=document["at"],
        proposal=document["proposal"],
        is_active=document["is_active"],
    )
