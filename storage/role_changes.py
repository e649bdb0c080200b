"""Changes of accounts that wait for a second person."""

import secrets
from datetime import datetime, timedelta

from evidence.cipher import Sealed
from evidence.errors import ConfigError
from evidence.people import Change, Person, RoleChange, checked_name
from evidence.roles import Role
from storage.mongo import Document, Store
from storage.people import person_id, read_person
from storage.reads import newest

ROLE_CHANGES = "role_changes"
OWN_DELAY = timedelta(hours=24)
"""Before what an admin proposes for themselves can be approved: others have the time to see it."""
LASTS = timedelta(days=14)


async def draft_role_change(
    store: Store, kind: Change, name: str, role: Role, offices: frozenset[str] | None, by: Person, now: datetime
) -> RoleChange:
    """A change as it would be proposed; nothing is written.

    Raises:
        ConfigError: the name is refused; it is taken (ADD), or nobody has it (ROLE, LINK).
    """
    name, person = checked_name(name), person_id(store.cipher, name)
    there = await read_person(store, person)
    if (there is not None) is (kind is Change.ADD):
        raise ConfigError(f"{name}: {'somebody has' if there else 'nobody has'} this name")
    return RoleChange(
        id=f"role-change-{secrets.token_hex(8)}",
        kind=kind,
        person=person,
        name=there.name if there else name,
        role=role,
        offices=offices,
        proposed_by=by.id,
        at=now,
        not_before=now + OWN_DELAY if person == by.id else now,
    )


async def keep_role_change(store: Store, change: RoleChange) -> None:
    """Put it on the list; nothing happens before another person approves it."""
    await store[ROLE_CHANGES].insert_one(_document(store, change))


async def waiting(store: Store, now: datetime) -> list[RoleChange]:
    """What waits, newest first; after 14 days nothing waits any more."""
    found = newest(store, ROLE_CHANGES, since=now - LASTS, until=now + timedelta(days=1))
    return [_read(store, document) async for document in found]


async def take_role_change(store: Store, change: str) -> RoleChange | None:
    """Take one off the list, to carry it out or to decline it; None where another person was faster."""
    document = await store[ROLE_CHANGES].find_one({"_id": change})
    if document is None or not (await store[ROLE_CHANGES].delete_one({"_id": change})).deleted_count:
        return None
    return _read(store, document)


async def read_role_change(store: Store, change: str) -> RoleChange | None:
    """One that waits; None where none of this id does."""
    document = await store[ROLE_CHANGES].find_one({"_id": change})
    return _read(store, document) if document else None


def _document(store: Store, change: RoleChange) -> Document:
    sealed = store.cipher.seal(change.name.encode(), change.id)
    return {
        "_id": change.id,
        "at": change.at,
        "kind": str(change.kind),
        "person": change.person,
        "key": sealed.key,
        "sealed": sealed.text,
        "role": str(change.role),
        "offices": None if change.offices is None else sorted(change.offices),
        "proposed_by": change.proposed_by,
        "not_before": change.not_before,
    }


def _read(store: Store, document: Document) -> RoleChange:
    offices = document["offices"]
    return RoleChange(
        id=document["_id"],
        kind=Change(document["kind"]),
        person=document["person"],
        name=store.cipher.open(Sealed(key=document["key"], text=document["sealed"]), document["_id"]).decode(),
        role=Role(document["role"]),
        offices=None if offices is None else frozenset(offices),
        proposed_by=document["proposed_by"],
        at=document["at"],
        not_before=document["not_before"],
    )
