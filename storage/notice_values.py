"""What notices are made from: new flags, rooms as they stand, and what was remembered of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pymongo import UpdateOne

from evidence.cipher import fingerprint
from evidence.records import Count, Severity
from storage.forms import read_count
from storage.mongo import Document, Store
from storage.reads import EPOCH, by_id
from storage.review_lanes import END

ROOMS = "notice_rooms"
MOST_FLAGS = 2_000
"""Looked at together; the next look takes up the others."""
SEEN = ("title", "outcome", "renamed_to", "migrated_from", "watched_at", "begun_at", "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """A Flag without its text."""

    id: str
    source: str
    leader: str
    at: datetime
    revision: int
    severity: Severity
    offices: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSeen:
    """A room as its last pass left it."""

    address: str
    title_mark: str | None
    led_to: str | None
    is_gone: bool
    read_at: datetime | None
    """Watched last, else first tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What was known of a room when notices were made last."""

    title_mark: str | None
    led_to: str | None
    is_gone: bool
    hours: tuple[tuple[datetime, int, int], ...]
    """Hour, and bounds of its members."""


def room_code(store: Store, address: str) -> str:
    """What stands for a room where its name is not shown; as in summaries."""
    key = store.cipher.purpose_key("codes of sources in summaries")
    return f"R-{fingerprint(key, address).hex()[:8]}"


async def untold_flags(store: Store) -> tuple[Raised, ...]:
    """Flags that were raised or changed and of which no notice was made yet, each with the post that leads its kind."""
    asked = {"untold": 1, "at": {"$gte": EPOCH, "$lt": END}}
    fields = ("source", "at", "revision", "severity", "offices", "unplaced")
    found = store["flags"].find(asked, fields).limit(MOST_FLAGS)
    flags = [flag async for flag in found if "unplaced" not in flag]  # it changed again, and is marked again
    near = await by_id(store, "near", [flag["_id"] for flag in flags], ("leader",))
    return tuple(
        Raised(
            id=flag["_id"],
            source=flag["source"],
            leader=near.get(flag["_id"], {}).get("leader") or flag["_id"],
            at=flag["at"],
            revision=flag["revision"],
            severity=Severity(flag["severity"]),
            offices=frozenset(flag.get("offices") or ()),
        )
        for flag in flags
    )


async def note_told(store: Store, flags: Iterable[Raised]) -> None:
    """Notices of these Flags are kept; one that changed meanwhile comes again."""
    told = [UpdateOne({"_id": flag.id, "revision": flag.revision}, {"$unset": {"untold": ""}}) for flag in flags]
    if told:
        await store["flags"].bulk_write(told, ordered=False)


async def rooms_seen(store: Store, addresses: Iterable[str]) -> tuple[RoomSeen, ...]:
    """Rooms that were passed over; titles only as keyed hashes."""
    key = store.cipher.purpose_key("titles of rooms in notices")
    found = await by_id(store, "rooms", addresses, SEEN)
    return tuple(_room(address, room, key) for address, room in found.items())


def _room(address: str, room: Document, key: bytes) -> RoomSeen:
    led_to = room.get("renamed_to") or room.get("migrated_from")
    return RoomSeen(
        address=address,
        title_mark=fingerprint(key, room["title"]).hex() if room.get("title") else None,
        led_to=str(led_to) if led_to else None,
        is_gone=room.get("outcome") == "gone",
        read_at=room.get("watched_at") or room.get("begun_at"),
    )


async def fresh_counts(store: Store, since: datetime, until: datetime) -> dict[str, Count]:
    """The newest Count by Telegram itself of each room that was counted in a short while."""
    found: dict[str, Count] = {}
    async for document in store["counts"].find({"at": {"$gte": since, "$lt": until}}):
        count = read_count(document)
        if not count.is_listed and (count.source not in found or found[count.source].at < count.at):
            found[count.source] = count
    return found


async def remembered_rooms(store: Store, addresses: Iterable[str]) -> dict[str, Remembered]:
    """What was noted of rooms the last time."""
    found = await by_id(store, ROOMS, addresses)
    return {
        address: Remembered(
            title_mark=room["title_mark"],
            led_to=room["led_to"],
            is_gone=room["is_gone"],
            hours=tuple((hour["at"], hour["low"], hour["high"]) for hour in room["hours"]),
        )
        for address, room in found.items()
    }


async def remember_rooms(store: Store, rooms: Mapping[str, Remembered]) -> None:
    """Note rooms for the next time; called after their notices were kept."""
    for address, room in rooms.items():
        document: Document = {
            "_id": address,
            "title_mark": room.title_mark,
            "led_to": room.led_to,
            "is_gone": room.is_gone,
            "hours": [{"at": at, "low": low, "high": high} for at, low, high in room.hours],
        }
        await store[ROOMS].replace_one({"_id": address}, document, upsert=True)


async def overdue_flags(store: Store, lanes: Sequence[str], at: datetime) -> dict[str, tuple[int, datetime]]:
    """By lane, how many Flags wait longer than they may, and since when the oldest does."""
    overdue: dict[str, tuple[int, datetime]] = {}
    for lane in lanes:
        asked = {"lane": lane, "lane_at": {"$gte": EPOCH, "$lte": END}, "due_at": {"$lt": at}}
        late = {"_id": None, "flags": {"$sum": 1}, "oldest": {"$min": "$due_at"}}
        async for found in await store["flags"].aggregate([{"$match": asked}, {"$group": late}]):
            overdue[lane] = (found["flags"], found["oldest"])
    return overdue
