"""The ledger of deliveries: planned once, claimed by one process, sent at least once and never forgotten.

    due -> sending -> sent | due again, later | failed

Whoever takes a delivery up says so first, until when; who dies meanwhile leaves it ``sending``, and it is taken
up again after that. So one that the receiver took a moment before the death is sent once more: that is the
only window, and its id is the same. The other way round a summary could be lost without anybody knowing.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pymongo import UpdateOne

from evidence.delivery import TAKES, Delivery, State, next_attempt
from storage.mongo import Document, Store
from storage.reads import EPOCH, last_document, newest

DELIVERIES, DAYS = "deliveries", "delivery_days"
AT_ONCE = 50
LAST_VERSION = 10_000
SET_BACK = timedelta(days=400)
"""So far a clock may be set back, and no day is planned twice."""


async def plan(store: Store, deliveries: Sequence[Delivery]) -> None:
    """Write deliveries down; those that were planned before stay as they are."""
    writes = [UpdateOne({"_id": one.id}, {"$setOnInsert": _document(one)}, upsert=True) for one in deliveries]
    if writes:
        await store[DELIVERIES].bulk_write(writes, ordered=False)


async def claim(store: Store, at: datetime) -> Delivery | None:
    """Take up the delivery that is due longest; None where nothing is. Nobody else has it until ``TAKES`` later."""
    for document in await _ready(store, at):
        free = {"_id": document["_id"], "state": document["state"], "next_at": document["next_at"]}
        mine = {"$set": {"state": State.SENDING.value, "next_at": at + TAKES}, "$inc": {"attempts": 1}}
        if (await store[DELIVERIES].update_one(free, mine)).matched_count:
            taken = {"state": State.SENDING.value, "next_at": at + TAKES, "attempts": document["attempts"] + 1}
            return _read({**document, **taken})
    return None


async def _ready(store: Store, at: datetime) -> list[Document]:
    found: list[Document] = []
    for state in (State.DUE, State.SENDING):
        asked = {"state": state.value, "next_at": {"$gte": EPOCH, "$lte": at}}
        found += [document async for document in store[DELIVERIES].find(asked).limit(AT_ONCE)]
    return sorted(found, key=lambda document: (document["next_at"], document["_id"]))


async def note_sent(store: Store, delivery: Delivery, at: datetime) -> None:
    """The receiver said yes."""
    await _note(store, delivery, {"state": State.SENT.value, "sent_at": at, "problem": None})


async def note_problem(store: Store, delivery: Delivery, problem: str, at: datetime, *, is_final: bool) -> State:
    """The receiver did not take it; gives whether it is due again or has failed."""
    again = None if is_final else next_attempt(delivery, at)
    state = State.FAILED if again is None else State.DUE
    await _note(store, delivery, {"state": state.value, "next_at": again or at, "problem": problem[:300]})
    return state


async def _note(store: Store, delivery: Delivery, change: Document) -> None:
    mine = {"_id": delivery.id, "state": State.SENDING.value, "next_at": delivery.next_at}
    await store[DELIVERIES].update_one(mine, {"$set": change})


async def ask_again(store: Store, what: str, at: datetime) -> None:
    """Let what failed of one thing be tried anew: a person asks for it."""
    for one in await deliveries_of(store, what):
        if one.state is State.FAILED:
            change = {"$set": {"state": State.DUE.value, "next_at": at, "attempts": 0}}
            await store[DELIVERIES].update_one({"_id": one.id, "state": State.FAILED.value}, change)


async def deliveries_of(store: Store, what: str) -> tuple[Delivery, ...]:
    """Of one thing, all versions and receivers, oldest version first."""
    found = store[DELIVERIES].find({"what": what, "version": {"$gte": 1, "$lt": LAST_VERSION}})
    read = [_read(document) async for document in found]
    return tuple(sorted(read, key=lambda one: (one.version, one.to, one.form)))


async def all_deliveries(store: Store, since: datetime | None, at: datetime) -> tuple[Delivery, ...]:
    """What was due from a moment on, newest first."""
    found = newest(store, DELIVERIES, since=since, until=at + timedelta(days=1))
    return tuple([_read(document) async for document in found])


# ------------------------------------------------------------------ days


async def note_day(store: Store, day: date, at: datetime) -> None:
    """All deliveries of a day's summary are written down."""
    document = {"_id": day.isoformat(), "at": at}
    await store[DAYS].replace_one({"_id": day.isoformat()}, document, upsert=True)


async def last_day(store: Store, at: datetime) -> date | None:
    """The latest day of which they are; None before the first one."""
    document = await last_document(store, DAYS, until=at + SET_BACK)
    return None if document is None else date.fromisoformat(document["_id"])


def _document(delivery: Delivery) -> Document:
    return {
        "what": delivery.what,
        "version": delivery.version,
        "to": delivery.to,
        "form": delivery.form,
        "state": delivery.state.value,
        "at": delivery.due_at,
        "next_at": delivery.next_at,
        "attempts": 0,
        "sent_at": None,
        "problem": None,
        "about": list(delivery.about),
    }


def _read(document: Mapping[str, Any]) -> Delivery:
    return Delivery(
        id=document["_id"],
        what=document["what"],
        version=document["version"],
        to=document["to"],
        form=document["form"],
        state=State(document["state"]),
        due_at=document["at"],
        next_at=document["next_at"],
        attempts=document["attempts"],
        sent_at=document["sent_at"],
        problem=document["problem"],
        about=tuple(document["about"]),
    )
