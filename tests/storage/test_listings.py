"""A directory's page is kept: rooms, their listed members as series of their own, nothing twice."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from evidence.errors import SourceTaken
from evidence.listing import ListedRoom
from evidence.records import Figure, PlaceKind
from evidence.rooms import Standing
from storage.leases import leased
from storage.listings import keep_listing
from storage.mongo import Store
from storage.rooms import Listing, base_count, known_addresses, room_key, rooms_before, standing
from tests.conftest import NOW
from tests.storage.making import capture, everything

LIST = "https://example.org/list"
NEXT = "https://t.me/next_room"
ROOM = ListedRoom(address=NEXT, listed_by="telemetrio", native_id=1_900_000_777, title="햇살", kind=PlaceKind.CHANNEL)


def with_count(value: int, low: int | None = None, room: ListedRoom = ROOM) -> ListedRoom:
    """Listed with so many members, rounded where ``low`` is given."""
    low = value if low is None else low
    return replace(room, count=Figure(value=value, low=low, high=2 * value - low))


async def keep(store: Store, *rooms: ListedRoom, at: datetime = NOW, reasons: tuple[str, ...] = ("name",)) -> bool:
    """Keep a page as the crawl loop does."""
    ids = [room.native_id for room in rooms if room.native_id is not None]
    names = await known_addresses(store, ids)
    listings = {names.get(room.native_id or 0, room_key(room)): Listing(room=room, reasons=reasons) for room in rooms}
    return await _keep(store, listings, at)


async def _keep(store: Store, listings: Mapping[str, Listing], at: datetime) -> bool:
    before = await rooms_before(store, listings)
    async with leased(store, LIST, NOW) as lease:
        received = replace(capture(str(at), at), source=LIST)
        return await keep_listing(store, received, listings, before, lease, NOW)


async def test_the_same_page_again_adds_nothing(store: Store, own_database: str) -> None:
    """Neither rooms nor counts nor a Capture; how often it was seen counts on."""
    page = [with_count(1_800), with_count(42_000, 41_500, replace(ROOM, address="https://t.me/other", native_id=None))]
    assert await keep(store, *page)
    before = everything(own_database)
    assert not await keep(store, *page, at=NOW + timedelta(minutes=1))
    after = everything(own_database)
    for name in ("counts", "captures", "room_ids"):
        assert before[name] == after[name]
    assert {2} == {room["found"]["directory:telemetrio"]["times"] for room in after["rooms"]}
    assert {NOW} == {room["at"] for room in after["rooms"]}
    assert {NOW + timedelta(minutes=1)} == {room["last_at"] for room in after["rooms"]}


async def test_counts_are_series_of_their_own(store: Store, own_database: str) -> None:
    """Under the site's name and with its precision; no number is no count, and never 0."""
    other = replace(with_count(1_850), listed_by="tgviewer")
    await keep(store, with_count(42_000, 41_500))
    await keep(store, other, at=NOW + timedelta(minutes=1))
    await keep(store, ROOM, at=NOW + timedelta(minutes=2))
    assert [
        (NEXT, 42_000, 41_500, 42_500, None, "directory:telemetrio"),
        (NEXT, 1_850, 1_850, 1_850, None, "directory:tgviewer"),
    ] == [
        tuple(count[name] for name in ("source", "value", "low", "high", "online", "origin"))
        for count in sorted(everything(own_database)["counts"], key=lambda count: count["at"])
    ]


async def test_a_count_is_stored_when_it_changes_and_once_a_day(store: Store, own_database: str) -> None:
    """So that a flat line is known to be one."""
    for hours, value in ((0, 10), (6, 10), (12, 11), (18, 11), (24, 10), (47, 10), (48, 10), (71, 10), (96, 10)):
        await keep(store, with_count(value), at=NOW + timedelta(hours=hours))
    stored = sorted(
        ((count["at"] - NOW) / timedelta(hours=1), count["value"]) for count in everything(own_database)["counts"]
    )
    assert [(0, 10), (12, 11), (24, 10)] == stored[:3]
    assert 96 - stored[-1][0] <= 24


async def test_the_base_is_that_of_a_week_ago(store: Store) -> None:
    """Growth is told against it; each directory has its own."""
    bases = []
    for days, value in ((0, 100), (3, 200), (7, 300), (8, 400), (14, 500), (16, 600)):
        at = NOW + timedelta(days=days)
        known = (await rooms_before(store, [NEXT])).get(NEXT)
        bases.append(base_count(known, "telemetrio"))
        await keep(store, with_count(value), at=at)
    assert [None, 100, 100, 100, 300, 300] == bases
    assert None is base_count((await rooms_before(store, [NEXT]))[NEXT], "tgviewer")


# ------------------------------------------------------------------ one room, several names


async def test_a_room_keeps_its_place_when_it_changes_its_name(store: Store, own_database: str) -> None:
    """Its channel id tells; the new name is noted, and what a person decided still holds."""
    await keep(store, ROOM)
    await store["rooms"].update_one({"_id": NEXT}, {"$set": {"dismissed_at": NOW}})
    await keep(store, replace(ROOM, address="https://t.me/newer_name"), at=NOW + timedelta(days=1))
    (room,) = everything(own_database)["rooms"]
    assert (NEXT, "https://t.me/newer_name", 2) == (
        room["_id"],
        room["renamed_to"],
        room["found"]["directory:telemetrio"]["times"],
    )
    assert Standing.DISMISSED is standing(room, (), NOW)
    assert [(1_900_000_777, NEXT)] == [(known["_id"], known["room"]) for known in everything(own_database)["room_ids"]]


async def test_a_site_that_does_not_show_the_name_refuses_nothing(store: Store) -> None:
    """The room is public, as another site says, whichever of the two is read first."""
    nameless = replace(ROOM, address=None, listed_by="combot", refused="is listed without a public name")
    await keep(store, nameless, reasons=())
    await keep(store, ROOM)
    await keep(store, nameless, reasons=(), at=NOW + timedelta(minutes=1))
    room = (await rooms_before(store, [NEXT]))[NEXT]
    assert Standing.CANDIDATE is standing(room, (), NOW)
    assert {"directory:telemetrio", "directory:combot"} == set(room["found"])


async def test_rooms_without_a_name_are_refused(store: Store, own_database: str) -> None:
    """Under their id where there is one; a bot under its name."""
    refused = replace(ROOM, address=None, refused="is listed without a public name: a private room")
    bot = replace(ROOM, address="https://t.me/x_bot", native_id=None, refused="is a bot, not a room")
    await keep(store, refused, replace(refused, native_id=None, title="비밀"), bot, reasons=())
    rooms = everything(own_database)["rooms"]
    assert {"id:1900000777", "telemetrio:비밀", "https://t.me/x_bot"} == {room["_id"] for room in rooms}
    assert {Standing.REFUSED} == {standing(room, (), NOW) for room in rooms}


async def test_what_telegram_says_of_a_room_comes_first(store: Store) -> None:
    """The title of a room that is watched is not a directory's."""
    await store["rooms"].insert_one({"_id": NEXT, "at": NOW, "watched_at": NOW, "title": "참된 이름"})
    await keep(store, ROOM)
    assert "참된 이름" == (await rooms_before(store, [NEXT]))[NEXT]["title"]


async def test_without_the_lease_nothing_is_kept(store: Store, own_database: str) -> None:
    """Another command reads the directory meanwhile."""
    listings = {NEXT: Listing(room=with_count(5))}
    async with leased(store, LIST, NOW) as lease:
        await store["leases"].update_one({"_id": LIST}, {"$set": {"holder": "another"}})
        with pytest.raises(SourceTaken):
            await keep_listing(store, capture(), listings, {}, lease, NOW)
    stored = everything(own_database)
    assert [[]] * 4 == [stored[name] for name in ("rooms", "counts", "captures", "room_ids")]
