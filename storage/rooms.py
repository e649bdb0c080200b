"""Rooms: those that are watched, and those that were found, with where, when and how often.

One document a room, under its canonical address. What became of it is derived when it is read: the
watchlist says what is watched, a person's act what is dismissed; a candidate that nobody saw for long
is a candidate no more.
"""

from collections.abc import AsyncGenerator, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import UpdateOne

from evidence.listing import ListedRoom
from evidence.records import Change, Count, Directory, Finding
from evidence.rooms import Found, Sight, Standing
from storage.mongo import Document, Store
from storage.reads import newest

CANDIDATE_KEPT = timedelta(days=60)
"""A candidate that was not seen again for so long is none any more."""
WEEK = timedelta(days=7)
SAME_COUNT_KEPT = timedelta(days=1)
"""A listed count that has not changed is stored again after that."""
INVITES = "invite links"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A room on a directory's page, and why somebody might want to look at it."""

    room: ListedRoom
    reasons: tuple[str, ...] = ()
    auto: str | None = None
    """Address of the directory whose rule asks for it to be watched."""


def room_key(room: ListedRoom) -> str:
    """The id of a listed room: its address, its channel id where it has none, else what the site calls it."""
    return room.address or (f"id:{room.native_id}" if room.native_id else f"{room.listed_by}:{room.title}")


async def rooms_before(store: Store, keys: Collection[str]) -> dict[str, Document]:
    """What is known of some rooms, by key; those never seen are left out."""
    found = store["rooms"].find({"_id": {"$in": sorted(set(keys))}})
    return {document["_id"]: document async for document in found}


async def known_addresses(store: Store, native_ids: Collection[int]) -> dict[int, str]:
    """Under which address a room of this channel id is known; a room keeps its id when it changes its name."""
    if not native_ids:
        return {}
    found = store["room_ids"].find({"_id": {"$in": sorted(set(native_ids))}})
    return {document["_id"]: document["room"] async for document in found if document["room"].startswith("https:")}


def base_count(before: Document | None, listed_by: str) -> int | None:
    """How many members a directory gave a week ago, or first; None where it never gave any."""
    seen = (before or {}).get("found", {}).get(f"{Found.DIRECTORY}:{listed_by}", {})
    return None if seen.get("base") is None else int(seen["base"])


def listing_writes(listing: Listing, key: str, before: Document | None, at: datetime) -> list[UpdateOne]:
    """What a directory's page says of a room, added to what is known of it."""
    room = listing.room
    where = f"found.{Found.DIRECTORY}:{room.listed_by}"
    seen = (before or {}).get("found", {}).get(f"{Found.DIRECTORY}:{room.listed_by}", {})
    now: Document = {f"{where}.at": at, "last_at": at}
    if room.count is not None:
        now |= {f"{where}.value": room.count.value, f"{where}.low": room.count.low, f"{where}.high": room.count.high}
        if "base" not in seen or at - seen["base_at"] > WEEK:
            now |= {f"{where}.base": seen.get("value", room.count.value), f"{where}.base_at": at}
    known = {"native_id": room.native_id, "kind": str(room.kind) if room.kind else None}
    if room.address != key:  # known by its id: under another name, or a site that does not show the name
        known |= {"renamed_to": room.address} if room.address else {}
    if key == room_key(room):
        known["refused"] = room.refused
    now |= {name: value for name, value in known.items() if value is not None}
    now |= {"auto": listing.auto} if listing.auto else {}
    if before is None or "watched_at" not in before:
        now["title"] = room.title
    change: Document = {
        "$set": now,
        "$setOnInsert": {"at": at},
        "$inc": {f"{where}.times": 1},
        "$addToSet": {"reasons": {"$each": list(listing.reasons)}},
    }
    return [UpdateOne({"_id": key}, change, upsert=True)]


def sight_writes(findings: Iterable[Finding], source: str, at: datetime) -> list[UpdateOne]:
    """Rooms that new and edited posts of a watched room name; invite links only as a number."""
    name = source.rsplit("/", 1)[-1]
    return [_sight_write(sight, name, finding.change, at) for finding in findings for sight in finding.rooms]


def _sight_write(sight: Sight, name: str, how: Change, at: datetime) -> UpdateOne:
    where = f"found.{sight.found}:{name}"
    change: Document = {
        "$set": {"last_at": at, f"{where}.at": at, **_refusal(sight)},
        "$setOnInsert": {"at": at},
        # What an edited post named before is not known: it counts where nothing else names the room.
        "$inc" if how is Change.NEW else "$max": {f"{where}.times": 1},
        "$addToSet": {"reasons": str(sight.found)},
    }
    return UpdateOne({"_id": sight.address or INVITES}, change, upsert=True)


def _refusal(sight: Sight) -> Document:
    return {} if sight.address else {"refused": "invite links to private rooms are counted and not kept"}


def listed_count(listing: Listing, key: str, before: Document | None, at: datetime) -> Count | None:
    """The count that a directory shows, unless it said the same a moment ago."""
    room = listing.room
    if room.count is None:
        return None
    seen = (before or {}).get("found", {}).get(f"{Found.DIRECTORY}:{room.listed_by}", {})
    if seen.get("value") == room.count.value and at - seen["at"] < SAME_COUNT_KEPT:
        return None
    figure = room.count
    origin = f"{Found.DIRECTORY}:{room.listed_by}"
    return Count(source=key, at=at, value=figure.value, low=figure.low, high=figure.high, online=None, origin=origin)


def standing(room: Mapping[str, object], watched: Collection[str], now: datetime) -> Standing | None:
    """What became of a room; None where it is only listed, or was a candidate once.

    Args:
        room: as stored.
        watched: addresses that the watchlist watches, by name or by rule.
        now: the moment.
    """
    if room["_id"] in watched:
        return Standing.WATCHED
    if room.get("refused") or room.get("outcome") == "refused":
        return Standing.REFUSED
    if room.get("dismissed_at"):
        return Standing.DISMISSED
    last_at = room.get("last_at")
    is_fresh = isinstance(last_at, datetime) and now - last_at < CANDIDATE_KEPT
    return Standing.CANDIDATE if room.get("reasons") and is_fresh else None


async def all_rooms(store: Store, since: datetime | None, until: datetime) -> AsyncGenerator[Document, None]:
    """Every room that was found or watched, newest first by when it was first seen."""
    async for room in newest(store, "rooms", since=since, until=until):
        yield room


async def dismiss(store: Store, address: str, reason: str, at: datetime, by: str) -> bool:
    """A person, known by a pseudonym, decides against a room; returns whether it was known."""
    change: Document = {"$set": {"dismissed_at": at, "dismissed_by": by, "dismissed_for": reason}}
    return bool((await store["rooms"].update_one({"_id": address}, change)).matched_count)


async def undismiss(store: Store, address: str) -> bool:
    """A person takes back that they decided against a room; returns whether anybody had."""
    change = {"$set": {"dismissed_at": None, "dismissed_by": None, "dismissed_for": None}}
    return bool((await store["rooms"].update_one({"_id": address}, change)).modified_count)


async def take_up(store: Store, address: str, at: datetime, by: str) -> None:
    """A person decides to watch a room: an earlier dismissal no longer counts."""
    change: Document = {
        "$set": {"taken_up_at": at, "taken_up_by": by, "dismissed_at": None},
        "$setOnInsert": {"at": at},
    }
    await store["rooms"].update_one({"_id": address}, change, upsert=True)


async def auto_watched(
    store: Store, directories: Iterable[Directory], listed: Collection[str], until: datetime
) -> tuple[str, ...]:
    """Rooms that rules of the watchlist took up, oldest first.

    Args:
        store: open.
        directories: whose rules; of each no more rooms than it may take up now.
        listed: addresses on the watchlist, which no rule is needed for.
        until: now.
    """
    free = {directory.address: directory.auto_watch for directory in directories}
    found = [room async for room in newest(store, "rooms", until=until, only=("auto", "dismissed_at"))]
    taken = []
    for room in reversed(found):
        if free.get(room.get("auto") or "", 0) and not room.get("dismissed_at") and room["_id"] not in listed:
            free[room["auto"]] -= 1
            taken.append(room["_id"])
    return tuple(taken)
