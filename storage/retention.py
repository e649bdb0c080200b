"""The retention run: what ran out goes, each class with its record and its entry in the log.

A record is written first, then its entry, then the ledger, then the texts go, some at a time. A run that was
killed is ended by the next one: each record says what it covers until all of that is gone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from evidence.canonical import commitment, new_salt
from evidence.custody import moment
from evidence.erasure import Basis, Gone, LedgerLine, Requester
from evidence.errors import ItemHeld, SourceTaken
from evidence.retention import RULES, Kept, Periods, destroy_act
from storage.approvals import PROPOSALS
from storage.erasure import BEGUN, DONE, Eraser, gone_fields
from storage.erasure_destroy import destroy, lease_when_free
from storage.erasure_ledger import append_lines
from storage.legal_holds import held_items
from storage.mongo import Document, Store
from storage.reads import EPOCH
from storage.retention_due import Due, posts_due

DESTRUCTIONS = "destructions"
MOST_POSTS, MOST_OF_A_RECORD = 200, 20_000
"""Destroyed in one transaction; named in one record."""
SOON = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a run did in one class, or would do."""

    kept: Kept
    days: int | None
    due: int
    destroyed: int = 0
    held: int = 0
    left: int = 0
    """Ran out and could not be destroyed now: a pass reads the room, or somebody began to hold it."""
    long_open: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()
    """Numbers of the entries in the log."""


Tell = Callable[[int, int], None]
"""Called with how many are done of how many."""


async def survey(store: Store, periods: Periods, now: datetime) -> tuple[Row, ...]:
    """What a run at this moment would do; nothing is changed but the marks of what is held."""
    due = await _due(store, periods, now)
    counts = {
        Kept.CAPTURES: len(await _old_captures(store, now)),
        Kept.ACCESS: await _old_access(store, periods, now),
        Kept.PASSES: await store["runs"].count_documents(_before(now - periods[Kept.PASSES])),
    }
    return tuple(_row(kept, periods, due.get(kept), counts.get(kept, 0)) for kept in Kept)


async def run_retention(store: Store, eraser: Eraser, periods: Periods, tell: Tell) -> tuple[Row, ...]:
    """End what an earlier run began, then destroy what ran out.

    Args:
        store: open.
        eraser: log, ledger and clock.
        periods: how long each class is kept.
        tell: hears of the progress.

    Raises:
        StorageError: the log did not take an entry; nothing of that class is gone.
    """
    await _end_begun(store, eraser)
    now = eraser.clock()
    due = await _due(store, periods, now)
    whole, done = sum(len(one.gone) for one in due.values()), 0
    rows = []
    for kept in Kept:
        row = _row(kept, periods, due.get(kept), 0)
        for share in _shares(due[kept].gone, MOST_OF_A_RECORD) if kept in due else ():
            record = await _begin(store, kept, periods[kept], share, now)
            entry, left = await _carry_out(store, eraser, record, _telling(tell, done, whole))
            done += len(share)
            row = _with(row, destroyed=row.destroyed + len(share) - left, left=row.left + left, entry=entry)
        rows.append(row)
    return tuple([await _expire(store, eraser, row, periods, now) for row in rows])


def _telling(tell: Tell, before: int, whole: int) -> Callable[[int], None]:
    return lambda number: tell(before + number, whole)


async def _due(store: Store, periods: Periods, now: datetime) -> dict[Kept, Due]:
    return await posts_due(store, periods, await held_items(store, now), now)


def _row(kept: Kept, periods: Periods, due: Due | None, count: int) -> Row:
    days = periods[kept].days if kept in periods else None
    if due is None:
        return Row(kept=kept, days=days, due=count)
    return Row(kept=kept, days=days, due=len(due.gone), held=due.held, long_open=tuple(sorted(due.long_open)))


def _with(row: Row, *, destroyed: int, left: int = 0, entry: int | None = None) -> Row:
    entries = row.entries if entry is None else (*row.entries, entry)
    return Row(
        kept=row.kept,
        days=row.days,
        due=max(row.due, destroyed + left),
        destroyed=destroyed,
        held=row.held,
        left=left,
        long_open=row.long_open,
        entries=entries,
    )


# ------------------------------------------------------------------ posts and what was sealed of them


async def _begin(store: Store, kept: Kept, period: timedelta, gones: Sequence[Gone], now: datetime) -> Document:
    """The record, before anything of it happens."""
    names = sorted(gone.post for gone in gones)
    salt, name = new_salt(), f"{moment(now)}/{kept}/{names[0]}"
    record: Document = {
        "_id": name,
        "at": now,
        "state": BEGUN,
        "class": str(kept),
        "rule": f"{period.days} days from {RULES[kept].counts_from}",
        "days": period.days,
        "count": len(names),
        "items": sum(len(gone.items) for gone in gones),
        "commit": commitment(salt, "\n".join(names).encode()),
        "salt": salt,
        "posts": [{"_id": gone.post, **gone_fields(gone)} for gone in gones],
    }
    await store[DESTRUCTIONS].replace_one({"_id": name}, record, upsert=True)
    return record


async def _end_begun(store: Store, eraser: Eraser) -> None:
    found = store[DESTRUCTIONS].find({"state": BEGUN, "at": {"$gte": EPOCH, "$lt": eraser.clock() + SOON}})
    for record in [one async for one in found]:
        await _carry_out(store, eraser, record, lambda number: None)


async def _carry_out(
    store: Store, eraser: Eraser, record: Mapping[str, Any], tell: Callable[[int], None]
) -> tuple[int, int]:
    """The entry of a record, and how many of its posts could not be destroyed now."""
    act = destroy_act(record["_id"], Kept(record["class"]), record["days"], record["commit"])
    (entry,) = await eraser.custody.record(act)
    gones, left, done = [_read_gone(row) for row in record["posts"]], list[Gone](), 0
    for share in _by_source(gones):
        if not await _destroy(store, eraser, share, entry, record):
            left += share
        done += len(share)
        tell(done)
    await _note(store, eraser, record, entry, left)
    return entry, len(left)


async def _destroy(store: Store, eraser: Eraser, gones: Sequence[Gone], entry: int, record: Mapping[str, Any]) -> bool:
    """Whether they are gone now. Only what was sealed is in the ledger: the rest would run out again by itself."""
    lines = [
        LedgerLine(gone=gone, at=record["at"], seq=entry, basis=Basis.PURPOSE, requester=Requester.RETENTION)
        for gone in gones
        if gone.items
    ]
    try:
        async with lease_when_free(store, gones[0].source, eraser.clock, eraser.wait_s) as lease:
            append_lines(eraser.ledger, lines)
            await destroy(store, lease, gones, eraser.clock(), is_request=False)
    except (SourceTaken, ItemHeld):
        return False
    return True


async def _note(store: Store, eraser: Eraser, record: Mapping[str, Any], entry: int, left: Sequence[Gone]) -> None:
    """What is left of a record is looked for anew by the next run: by then it may be held, or decided otherwise."""
    ended: Document = {
        "$set": {"state": DONE, "entry": entry, "done_at": eraser.clock(), "left": len(left)},
        "$unset": {"posts": ""},
    }
    await store[DESTRUCTIONS].update_one({"_id": record["_id"]}, ended)


def _by_source(gones: Sequence[Gone]) -> Iterator[list[Gone]]:
    groups: dict[str, list[Gone]] = {}
    for gone in gones:
        groups.setdefault(gone.source, []).append(gone)
    for group in groups.values():
        yield from _shares(group, MOST_POSTS)


def _shares(gones: Sequence[Gone], most: int) -> Iterator[list[Gone]]:
    return (list(gones[start : start + most]) for start in range(0, len(gones), most))


def _read_gone(row: Mapping[str, Any]) -> Gone:
    return Gone(post=row["_id"], source=row["source"], native_ids=tuple(row["native_ids"]), items=tuple(row["items"]))


# ------------------------------------------------------------------ Captures, passes, and who looked at what


async def _expire(store: Store, eraser: Eraser, row: Row, periods: Periods, now: datetime) -> Row:
    """Captures leave by the database's own clock; here only those that it has not come to."""
    if row.kept is Kept.PASSES:
        return _with(row, destroyed=await _forget_passes(store, now - periods[Kept.PASSES]))
    if row.kept is Kept.CAPTURES:
        names = await _old_captures(store, now)
        for start in range(0, len(names), MOST_POSTS):
            await store["captures"].delete_many({"_id": {"$in": names[start : start + MOST_POSTS]}})
        return _with(row, destroyed=len(names))
    if row.kept is not Kept.ACCESS or not (number := await _old_access(store, periods, now)):
        return row
    record = f"{moment(now)}/access"
    salt = new_salt()
    commit = commitment(salt, str(number).encode())
    (entry,) = await eraser.custody.record(destroy_act(record, Kept.ACCESS, periods[Kept.ACCESS].days, commit))
    for collection, bounds in _access(now - periods[Kept.ACCESS]).items():
        await store[collection].delete_many(bounds)
    counted = {"class": "access", "count": number, "items": 0, "commit": commit, "salt": salt, "entry": entry}
    rule = {"rule": f"{periods[Kept.ACCESS].days} days from {RULES[Kept.ACCESS].counts_from}", "left": 0}
    document: Document = {"_id": record, "at": now, "state": DONE, "done_at": eraser.clock(), **counted, **rule}
    await store[DESTRUCTIONS].replace_one({"_id": record}, document, upsert=True)
    return _with(row, destroyed=number, entry=entry)


async def _forget_passes(store: Store, until: datetime) -> int:
    """Those of an hour at a time; what is counted by the hour and the day stays."""
    number = 0
    while oldest := await store["runs"].find_one(_before(until), {"at": 1}, sort={"at": 1}):
        gone = await store["runs"].delete_many(_before(min(until, oldest["at"] + timedelta(hours=1))))
        number += gone.deleted_count
    return number


async def _old_captures(store: Store, now: datetime) -> list[str]:
    found = store["captures"].find({"expires_at": {"$gte": EPOCH, "$lt": now}}, {"_id": 1})
    return [document["_id"] async for document in found]


async def _old_access(store: Store, periods: Periods, now: datetime) -> int:
    number = 0
    for collection, bounds in _access(now - periods[Kept.ACCESS]).items():
        number += len([document async for document in store[collection].find(bounds, {"_id": 1})])
    return number


def _access(until: datetime) -> dict[str, Document]:
    """Which documents tell of acts before a moment; the log keeps its entries, without words."""
    return dict.fromkeys(("reveals", PROPOSALS), _before(until))


def _before(until: datetime) -> Document:
    return {"at": {"$gte": EPOCH, "$lt": until}}
