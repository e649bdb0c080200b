"""Passes and what they say of a Source: runs, coverage by hour, and the room as it was last seen."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pymongo import ReplaceOne, UpdateOne

from evidence.records import CrawlRun, Cursor, Outcome, Place
from storage.forms import cursor_document, run_document
from storage.leases import Lease, renew
from storage.mongo import Document, Session, Store
from storage.reads import EPOCH

HOUR = timedelta(hours=1)
GRACE = 1.5
"""Times the interval: a pass this long after the last one still joins up with it."""


async def end_pass(
    store: Store,
    run: CrawlRun,
    every_s: int,
    place: Place | None,
    lease: Lease | None = None,
    cursor: Cursor | None = None,
) -> None:
    """Store a finished pass with the hours that it covers, in one transaction.

    Args:
        store: open.
        run: the pass.
        every_s: interval of its Source.
        place: what its pages said of the room, if they did.
        lease: of the Source; needed with a cursor.
        cursor: where the Source stands, if that is not stored yet.

    Raises:
        SourceTaken: the lease was lost; nothing is stored.
    """
    room = await store["rooms"].find_one({"_id": run.source})
    watched_at = room.get("watched_at") if room else None
    hours = [_coverage_write(run, hour) for hour in _hours(run, every_s, watched_at)]

    async def work(session: Session) -> None:
        if lease is not None and (cursor is not None or lease.fence is not None):
            await renew(store, lease, run.ended_at, session)
        if cursor is not None:
            document = cursor_document(cursor)
            await store["cursors"].replace_one({"_id": document["_id"]}, document, upsert=True, session=session)
        document = run_document(run)
        await store["runs"].bulk_write([ReplaceOne({"_id": document["_id"]}, document, upsert=True)], session=session)
        await store["coverage"].bulk_write(hours, session=session)
        await store["rooms"].bulk_write([_room_write(run, place)], session=session)

    await store.in_transaction(work)


def _hours(run: CrawlRun, every_s: int, watched_at: datetime | None) -> Iterator[datetime]:
    """The hour of the pass; if it was watched, also those since the last watched pass that it joins up with."""
    last = _hour_of(run.started_at)
    first = last
    if run.outcome is Outcome.WATCHED and watched_at is not None:
        is_joined = run.started_at - watched_at <= timedelta(seconds=every_s * GRACE)
        first = _hour_of(watched_at) + HOUR if is_joined else last
    while first < last:
        yield first
        first += HOUR
    yield last


def _hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _coverage_write(run: CrawlRun, hour: datetime) -> UpdateOne:
    """One watched pass makes an hour watched; a blind one is counted and leaves its reason whatever follows."""
    is_watched = run.outcome is Outcome.WATCHED
    seen: Document = {"is_watched": True} if is_watched else {"reason": run.reason}
    unseen: Document = {"reason": None} if is_watched else {"is_watched": False}
    passes = {"passes": int(hour == _hour_of(run.started_at)), "blind_passes": int(not is_watched)}
    return UpdateOne(
        {"_id": f"{run.source} {hour.isoformat()}"},
        {"$set": seen, "$setOnInsert": {"source": run.source, "at": hour, **unseen}, "$inc": passes},
        upsert=True,
    )


def _room_write(run: CrawlRun, place: Place | None) -> UpdateOne:
    seen: Document = {"outcome": str(run.outcome), "passed_at": run.started_at, "via": run.via}
    if run.outcome is Outcome.WATCHED:
        seen["watched_at"] = run.started_at
    if place is not None:
        seen |= {"title": place.title, "kind": str(place.kind)}
        known = {"native_id": place.native_id, "username": place.username}
        known |= {"linked_id": place.linked_id, "migrated_from": place.migrated_from}
        seen |= {name: value for name, value in known.items() if value is not None}
    if run.members is not None:
        seen["members"] = run.members
    first: Document = {"$setOnInsert": {"at": run.started_at}, "$min": {"begun_at": run.started_at}}
    return UpdateOne({"_id": run.source}, {"$set": seen, **first}, upsert=True)


async def first_gone(store: Store, source: str, watched_at: datetime | None, at: datetime) -> datetime | None:
    """When a room was first seen to be gone, of the passes since it was watched last; None where no pass said so.

    Args:
        store: open.
        source: the room.
        watched_at: of its last watched pass; None where there was none.
        at: nothing later is read.
    """
    asked = {"source": source, "at": {"$gte": watched_at or EPOCH, "$lt": at}}
    runs = await store["runs"].find(asked, ("outcome", "at")).to_list(None)
    return min((run["at"] for run in runs if run["outcome"] == Outcome.GONE), default=None)
