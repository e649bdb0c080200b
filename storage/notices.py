"""Notices in the store: each kept once, what comes again is added to it; one person acknowledges for all."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from evidence.case import Staff
from evidence.errors import ConfigError
from evidence.notice import Kind, Notice, acknowledge_act, check_notice_id, concerns
from storage.custody import Custody
from storage.mongo import Document, Store
from storage.reads import by_id, newest

NOTICES = "notices"
MOST_ABOUT = 200
"""Ids that a notice holds; more are known to be more."""


async def keep_notices(store: Store, notices: Sequence[Notice]) -> tuple[Notice, ...]:
    """Keep notices, several of one id as one; gives those that are new."""
    together: dict[str, list[Notice]] = {}
    for notice in notices:
        together.setdefault(notice.id, []).append(notice)
    known = await by_id(store, NOTICES, together, ("about",))
    fresh: list[Notice] = []
    for name, same in together.items():
        before = known.get(name, {}).get("about", ())
        about = list(dict.fromkeys(one for notice in same for one in notice.about if one not in before))
        if name in known and (not about or len(before) >= MOST_ABOUT):
            continue
        first = _document(same[0])
        del first["about"]
        change: Document = {"$setOnInsert": first}
        if about:
            change["$addToSet"] = {"about": {"$each": about[: MOST_ABOUT - len(before)]}}
        else:
            first["about"] = []
        done = await store[NOTICES].update_one({"_id": name}, change, upsert=True)
        if done.upserted_id is not None:
            fresh.append(same[0])
    return tuple(fresh)


async def read_notices(store: Store, since: datetime | None, until: datetime) -> tuple[Notice, ...]:
    """All between two moments, newest first."""
    found = newest(store, NOTICES, since=since, until=until)
    return tuple([_read(document) async for document in found])


async def read_notices_by_id(store: Store, names: Sequence[str]) -> tuple[Notice, ...]:
    """Those of some ids that are there, oldest first."""
    read = [_read(document) for document in (await by_id(store, NOTICES, names)).values()]
    return tuple(sorted(read, key=lambda notice: (notice.at, notice.id)))


async def notices_for(store: Store, staff: Staff, since: datetime, at: datetime) -> tuple[Notice, ...]:
    """Those that somebody may know of, newest first."""
    found = await read_notices(store, since, at + timedelta(days=1))
    return tuple(notice for notice in found if concerns(notice, staff))


async def find_notice(store: Store, staff: Staff, name: str) -> Notice:
    """A notice that concerns somebody.

    Raises:
        ConfigError: there is none.
    """
    document = await store[NOTICES].find_one({"_id": check_notice_id(name)})
    if document is None or not concerns(_read(document), staff):
        raise ConfigError(f"{name}: there is no such notice")
    return _read(document)


async def acknowledge(store: Store, custody: Custody, staff: Staff, name: str, at: datetime) -> Notice:
    """Somebody saw to it; the first one counts.

    Raises:
        ConfigError: there is none that concerns them.
        StorageError: the log did not take it.
    """
    found = await find_notice(store, staff, name)
    if found.acknowledged_at is None:
        await custody.record(acknowledge_act(staff, name))
        change = {"$set": {"acknowledged_at": at, "acknowledged_by": staff.actor}}
        await store[NOTICES].update_one({"_id": name, "acknowledged_at": None}, change)
    return await find_notice(store, staff, name)


def _document(notice: Notice) -> Document:
    return {
        "kind": str(notice.kind),
        "place": notice.place,
        "code": notice.code,
        "at": notice.at,
        "is_grave": notice.is_grave,
        "offices": None if notice.offices is None else sorted(notice.offices),
        "numbers": dict(notice.numbers),
        "about": list(notice.about),
        "owner": notice.owner,
        "acknowledged_at": None,
        "acknowledged_by": None,
    }


def _read(document: Mapping[str, Any]) -> Notice:
    offices = document["offices"]
    same = ("place", "code", "at", "is_grave", "owner", "acknowledged_at", "acknowledged_by")
    return Notice(
        id=document["_id"],
        kind=Kind(document["kind"]),
        offices=None if offices is None else frozenset(offices),
        numbers=document["numbers"],
        about=tuple(document["about"]),
        **{name: document[name] for name in same},
    )
