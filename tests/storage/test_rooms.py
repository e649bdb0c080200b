"""What is known of rooms: where they were seen, how often, and what became of them."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from evidence.records import Change, Directory, Finding, Post
from evidence.rooms import Found, Sight, Standing
from storage.mongo import Document, Store
from storage.rooms import (
    CANDIDATE_KEPT,
    INVITES,
    all_rooms,
    auto_watched,
    dismiss,
    rooms_before,
    sight_writes,
    standing,
    take_up,
)
from tests.conftest import NOW
from tests.storage.making import SOURCE, everything, keep, page, post

NEXT = "https://t.me/next_room"
LIST = "https://example.org/list"
SOON = NOW + timedelta(days=1)


def finding(*rooms: str | None, change: Change = Change.NEW) -> Finding:
    """A post that links to rooms; None stands for an invite link."""
    sights = tuple(Sight(found=Found.LINK, address=room) for room in rooms)
    return Finding(post=post(1), change=change, rooms=sights)


async def note(store: Store, *findings: Finding, source: str = SOURCE) -> None:
    """Write what posts name."""
    await store["rooms"].bulk_write(sight_writes(findings, source, NOW))


async def room(store: Store, key: str = NEXT) -> Document:
    """What is stored of a room."""
    return (await rooms_before(store, [key]))[key]


# ------------------------------------------------------------------ sights


async def test_sights_count_how_often_and_where(store: Store) -> None:
    """Each new post counts once; the moment of the first stays."""
    await note(store, finding(NEXT), finding(NEXT, None))
    await note(store, finding(NEXT), source="https://t.me/other")
    found = await room(store)
    assert {"link:room": 2, "link:other": 1} == {where: seen["times"] for where, seen in found["found"].items()}
    assert (NOW, NOW, ["link"]) == (found["at"], found["last_at"], found["reasons"])
    invites = await room(store, INVITES)
    assert (1, "invite links to private rooms are counted and not kept") == (
        invites["found"]["link:room"]["times"],
        invites["refused"],
    )


async def test_an_edit_counts_only_where_nothing_did(store: Store) -> None:
    """What the post named before it was edited is not known; a room that an edit brings in is found all the same."""
    await note(store, finding(NEXT, change=Change.EDITED), finding(NEXT, change=Change.EDITED))
    assert 1 == (await room(store))["found"]["link:room"]["times"]
    await note(store, finding(NEXT), finding(NEXT), finding(NEXT, change=Change.EDITED))
    assert 3 == (await room(store))["found"]["link:room"]["times"]


async def test_a_page_that_comes_again_counts_once(store: Store, own_database: str) -> None:
    """Posts that are known already name nothing new: after a crash a page is read again."""
    links = ("https://t.me/next_room/5", "https://t.me/+PracticeInvite")
    shown = [_with_links(native_id, links) for native_id in (1, 2)]
    for _ in range(3):
        await keep(store, page(*shown))
    times = {found["_id"]: found["found"]["link:room"]["times"] for found in everything(own_database)["rooms"]}
    assert {NEXT: 2, INVITES: 2} == times


async def test_nothing_of_an_invite_link_is_kept(store: Store, own_database: str) -> None:
    """Its hash is the key to the room: no collection but the sealed page has it."""
    await keep(store, page(_with_links(1, ("https://t.me/+PracticeInvite", "https://t.me/joinchat/PracticeInvite"))))
    assert [INVITES] == [found["_id"] for found in everything(own_database)["rooms"]]
    assert "PracticeInvite" not in str(everything(own_database))


def _with_links(native_id: int, links: Sequence[str]) -> Post:
    return replace(post(native_id), links=tuple(links))


# ------------------------------------------------------------------ standing

CANDIDATE = {"_id": NEXT, "reasons": ["link"], "last_at": NOW}


@pytest.mark.parametrize(
    ("known", "watched", "result"),
    [
        ({}, (), Standing.CANDIDATE),
        ({"reasons": []}, (), None),
        ({"refused": "is a bot, not a room"}, (), Standing.REFUSED),
        ({"outcome": "refused"}, (), Standing.REFUSED),
        ({"outcome": "watched"}, (), Standing.CANDIDATE),
        ({"dismissed_at": NOW}, (), Standing.DISMISSED),
        ({"dismissed_at": None}, (), Standing.CANDIDATE),
        ({"dismissed_at": NOW, "refused": "is a bot, not a room"}, (), Standing.REFUSED),
        ({"dismissed_at": NOW}, (NEXT,), Standing.WATCHED),
        ({"outcome": "refused"}, (NEXT,), Standing.WATCHED),
        ({"reasons": []}, (NEXT,), Standing.WATCHED),
        ({"auto": LIST}, (), Standing.CANDIDATE),
        ({"auto": LIST, "dismissed_at": NOW}, (), Standing.DISMISSED),
        ({"last_at": NOW - CANDIDATE_KEPT}, (), None),
        ({"last_at": NOW - CANDIDATE_KEPT + timedelta(seconds=1)}, (), Standing.CANDIDATE),
        ({"last_at": NOW - CANDIDATE_KEPT, "dismissed_at": NOW}, (), Standing.DISMISSED),
        ({"last_at": None}, (), None),
    ],
)
def test_standing(known: dict[str, object], watched: tuple[str, ...], result: Standing | None) -> None:
    """The watchlist comes first, then what cannot be watched, then a person's act, then what was found lately."""
    assert result is standing({**CANDIDATE, **known}, watched, NOW)


async def test_a_person_decides_and_decides_again(store: Store) -> None:
    """Dismissed with who, when and why; what is seen afterwards changes nothing; taking it up undoes it."""
    await note(store, finding(NEXT))
    assert await dismiss(store, NEXT, "a shop", NOW, "staff-a")
    await note(store, finding(NEXT))
    found = await room(store)
    assert (NOW, "a shop", Standing.DISMISSED) == (
        found["dismissed_at"],
        found["dismissed_for"],
        standing(found, (), NOW),
    )
    assert "staff-a" == found["dismissed_by"]
    await take_up(store, NEXT, NOW, "staff-a")
    assert Standing.CANDIDATE is standing(await room(store), (), NOW)


async def test_only_a_room_that_is_known_can_be_dismissed(store: Store) -> None:
    """A slip of the pen makes no room; one that is taken up may be new."""
    assert not await dismiss(store, "https://t.me/slip", "", NOW, "staff-a")
    await take_up(store, NEXT, NOW, "staff-a")
    assert [NEXT] == [found["_id"] async for found in all_rooms(store, None, SOON)]


# ------------------------------------------------------------------ rooms that a rule took up


def directory(auto_watch: int, address: str = LIST) -> Directory:
    """With a rule."""
    return Directory(site="generic", address=address, every_s=60, auto_watch=auto_watch)


@pytest.mark.parametrize(
    ("directories", "listed", "result"),
    [
        ([directory(9)], (), ["a", "b", "c"]),
        ([directory(2)], (), ["a", "b"]),
        ([directory(2)], ("a",), ["b", "c"]),
        ([directory(0)], (), []),
        ([directory(9, "https://example.org/other")], (), ["z"]),
        ([directory(1), directory(1, "https://example.org/other")], (), ["a", "z"]),
        ([], (), []),
    ],
)
async def test_what_rules_took_up(
    store: Store, directories: list[Directory], listed: tuple[str, ...], result: list[str]
) -> None:
    """The oldest first, as many as the rule allows today; without the rule none; never one that was dismissed."""
    rooms = [("a", LIST), ("b", LIST), ("gone", LIST), ("c", LIST), ("z", "https://example.org/other"), ("plain", None)]
    for number, (name, auto) in enumerate(rooms):
        dismissed = NOW if name == "gone" else None
        at = NOW + timedelta(minutes=number)
        await store["rooms"].insert_one({"_id": name, "at": at, "auto": auto, "dismissed_at": dismissed})
    assert result == list(await auto_watched(store, directories, listed, SOON))
