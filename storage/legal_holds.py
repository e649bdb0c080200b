"""Legal holds in the store: set and lifted by two persons, each time in the log before it counts.

What is held follows from the cases: items that are put into a held case are held with it. Field ``hold`` of an
item says for which, so that destroying it can be refused in its own transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pymongo import UpdateOne

from evidence.approval import HOLD, RELEASE
from evidence.case import Staff, check_case_id
from evidence.errors import ConfigError
from evidence.legal_hold import LegalHold, hold_act, hold_code, read_hold_code
from storage.approvals import find_proposal, take
from storage.custody import Custody
from storage.mongo import Document, Store
from storage.reads import EPOCH

HOLDS = "legal_holds"
SOON = timedelta(days=1)
MOST_WRITES = 1_000


async def check_holdable(store: Store, case: str) -> None:
    """See that a case could be held.

    Raises:
        ConfigError: there is no such case, or it is held already.
    """
    await _check_case(store, case)
    if (await _find(store, case)) is not None:
        raise ConfigError(f"{case} is held already: release it first, then hold it anew")


async def hold_case(store: Store, custody: Custody, staff: Staff, proposal: str, at: datetime) -> LegalHold:
    """Hold a case as it was proposed and approved.

    Raises:
        ConfigError: it was not approved, there is no such case, or it is held already.
        StorageError: the log did not take it; nothing is held.
    """
    case, until = read_hold_code((await find_proposal(store, proposal)).about)
    await check_holdable(store, case)
    agreed = await take(store, proposal, HOLD, hold_code(case, until), at)
    await custody.record(hold_act(staff, "case-hold", case, proposal, until.isoformat()))
    document: Document = {
        "_id": case,
        "at": at,
        "until": until.isoformat(),
        "proposal": proposal,
        "proposed_by": agreed.proposed_by,
        "approved_by": agreed.approved_by,
        "is_alone": agreed.is_alone,
        "released_at": None,
    }
    await store[HOLDS].replace_one({"_id": case}, document, upsert=True)
    await spread_holds(store, at)
    return _read(document)


async def release_case(store: Store, custody: Custody, staff: Staff, proposal: str, at: datetime) -> LegalHold:
    """Lift the hold of a case as it was proposed and approved.

    Raises:
        ConfigError: it was not approved, or the case is not held.
        StorageError: the log did not take it; the hold stays.
    """
    case = check_case_id((await find_proposal(store, proposal)).about)
    await check_held(store, case)
    await take(store, proposal, RELEASE, case, at)
    await custody.record(hold_act(staff, "case-release", case, proposal, "released"))
    await store[HOLDS].update_one({"_id": case}, {"$set": {"released_at": at, "released_by": staff.actor}})
    await spread_holds(store, at)
    return _read(await store[HOLDS].find_one({"_id": case}) or {})


async def check_held(store: Store, case: str) -> LegalHold:
    """The hold of a case.

    Raises:
        ConfigError: it is not held.
    """
    document = await _find(store, case)
    if document is None:
        raise ConfigError(f"{case} is not held: `haechi evidence holds` shows which cases are")
    return _read(document)


async def all_holds(store: Store, at: datetime) -> tuple[LegalHold, ...]:
    """Every hold that was not lifted, newest first."""
    return tuple(hold for hold in await _ever_held(store, at) if hold.released_at is None)


async def held_items(store: Store, at: datetime) -> dict[str, str]:
    """Ids of all items that are held, each with a case that holds it; marks them so."""
    return {item: cases[0] for item, cases in (await spread_holds(store, at)).items()}


async def spread_holds(store: Store, at: datetime) -> dict[str, list[str]]:
    """Write into items for which cases they are held: also those put into a case later, and those released.

    Returns:
        Ids of the items that are held, each with its cases.

    Raises:
        StorageError: the database cannot be used.
    """
    wanted: dict[str, list[str]] = {}
    touched: set[str] = set()
    for hold in sorted(await _ever_held(store, at), key=lambda hold: hold.case):
        items = await _items_of(store, hold.case)
        touched.update(items)
        for item in items if hold.released_at is None else ():
            wanted.setdefault(item, []).append(hold.case)
    if touched:
        await _write_holds(store, sorted(touched), wanted)
    return wanted


async def _write_holds(store: Store, items: Sequence[str], wanted: Mapping[str, list[str]]) -> None:
    found = store["evidence"].find({"_id": {"$in": list(items)}}, {"hold": 1, "erased_at": 1})
    writes = [
        UpdateOne({"_id": item["_id"], "erased_at": None}, {"$set": {"hold": wanted.get(item["_id"])}})
        async for item in found
        if item.get("erased_at") is None and item.get("hold") != wanted.get(item["_id"])
    ]
    for start in range(0, len(writes), MOST_WRITES):
        await store["evidence"].bulk_write(writes[start : start + MOST_WRITES], ordered=False)


async def _ever_held(store: Store, at: datetime) -> list[LegalHold]:
    """Also those that were lifted; there are few. Newest first."""
    found = store[HOLDS].find({"at": {"$gte": EPOCH, "$lt": at + SOON}})
    return sorted([_read(document) async for document in found], key=lambda hold: hold.held_at, reverse=True)


async def _items_of(store: Store, case: str) -> list[str]:
    document = await store["cases"].find_one({"_id": case}, {"items": 1}) or {"items": []}
    return [item["id"] for item in document["items"]]


async def _check_case(store: Store, case: str) -> None:
    if await store["cases"].find_one({"_id": check_case_id(case)}, {"_id": 1}) is None:
        raise ConfigError(f"{case}: there is no such case: `haechi case list` shows those that are")


async def _find(store: Store, case: str) -> Document | None:
    document = await store[HOLDS].find_one({"_id": check_case_id(case)})
    return document if document is not None and document["released_at"] is None else None


def _read(document: Mapping[str, Any]) -> LegalHold:
    return LegalHold(
        case=document["_id"],
        held_at=document["at"],
        until=date.fromisoformat(document["until"]),
        proposal=document["proposal"],
        proposed_by=document["proposed_by"],
        approved_by=document["approved_by"],
        is_alone=document["is_alone"],
        released_at=document["released_at"],
    )
