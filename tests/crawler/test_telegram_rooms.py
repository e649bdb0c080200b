"""Rooms that change: closed, renamed, replaced, migrated, linked. What is watched is a room, not a name."""

from dataclasses import replace

import pytest

from crawler.crawl import crawl_source
from evidence.records import Outcome, Via
from storage.keep import load_cursor
from tests.crawler.serving import changes
from tests.crawler.telegram_making import DENSE_S, PEER, ROOM, SPARSE_S, Loopback, check, check_manners, naming
from tests.storage.making import everything

OTHER = 1_900_000_901


@pytest.mark.parametrize("step_s", [DENSE_S, SPARSE_S], ids=["changes", "history"])
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"access": "private", "username": None}, "it was turned private or closed (ChannelPrivateError)"),
        ({"access": "deleted", "username": None}, "it was turned private or closed (ChannelPrivateError)"),
        ({"access": "banned"}, "it was turned private or closed (ChannelPrivateError)"),
        ({"username": None}, "has no public name any more: private rooms are not read"),
        ({"access": "private", "username": None, "member": True}, "has no public name any more"),
    ],
)
async def test_a_room_that_is_closed_is_gone(
    loopback: Loopback, change: dict[str, object], reason: str, step_s: int
) -> None:
    """Nothing of it is read any more, nothing is concluded of its posts; when it is back it is read on."""
    room = loopback.open_room(60, step_s)
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
        before = everything(loopback.uri)
        loopback.world.set(room, **change)
        secret = loopback.world.post(room, {"text": naming(1)})
        runs = [await crawl_source(ROOM, crawler) for _ in range(2)]
        assert {(Outcome.GONE, (0, 0, 0), True)} == {
            (run.outcome, changes(run), reason in (run.reason or "")) for run in runs
        }
        after = everything(loopback.uri)
        assert [before[name] for name in ("posts", "index", "flags")] == [
            after[name] for name in ("posts", "index", "flags")
        ]
        loopback.world.delete(room, secret)
        loopback.world.set(room, access="public", username=ROOM.name)
        assert Outcome.WATCHED is (await crawl_source(ROOM, crawler)).outcome
    await check(loopback)


@pytest.mark.parametrize(
    "step_s",
    [
        DENSE_S,
        SPARSE_S,
    ],
    ids=["changes", "history"],
)
async def test_a_renamed_room_is_read_on(loopback: Loopback, step_s: int) -> None:
    """By its id, without another look-up, and with a note."""
    room = loopback.open_room(60, step_s)
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
        loopback.world.set(room, username="loop_elsewhere")
        loopback.world.post(room, {"text": naming(1)})
        run = await crawl_source(ROOM, crawler)
        note = "the room was renamed to @loop_elsewhere; @loop_room is not its name any more"
        assert (Outcome.WATCHED, (1, 0, 0), note) == (run.outcome, changes(run), run.reason)
    assert 1 == loopback.world.count("contacts.resolveUsername")
    await check(loopback)


async def test_a_second_name_is_no_renaming(loopback: Loopback) -> None:
    """A room may have several."""
    room = loopback.open_room(30)
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
        loopback.world.set(room, username="loop_elsewhere", usernames=["Loop_Room"])
        run = await crawl_source(ROOM, crawler)
        assert (Outcome.WATCHED, None) == (run.outcome, run.reason)
    await check(loopback)


@pytest.mark.parametrize("own", [None, "loop_elsewhere"])
@pytest.mark.parametrize("step_s", [DENSE_S, SPARSE_S], ids=["changes", "history"])
async def test_another_room_under_the_name_is_never_read(loopback: Loopback, own: str | None, step_s: int) -> None:
    """The one that was watched is, as long as it is public; not even a new process looks the name up again."""
    room = loopback.open_room(60, step_s)
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
    other = {"id": OTHER, "username": ROOM.name, "title": "Another", "messages": [{"text": naming(77)}]}
    loopback.world.set(room, username=own)
    loopback.world.add_channel(other)
    async with loopback.crawler() as crawler:
        run = await crawl_source(ROOM, crawler)
        assert (Outcome.WATCHED if own else Outcome.GONE, 0) == (run.outcome, run.new)
    assert [] == [call for call in loopback.world.calls if call.get("about") == str(OTHER)]
    assert [str(PEER)] == [index["_id"].split(":")[0] for index in everything(loopback.uri)["index"]]
    await check(loopback)


async def test_a_name_that_nobody_has(loopback: Loopback) -> None:
    """It is gone; for a day it is not looked up again, then once more."""
    async with loopback.crawler() as crawler:
        runs = [await crawl_source(ROOM, crawler) for _ in range(2)]
        assert {(Outcome.GONE, "there is no public room named @loop_room")} == {
            (run.outcome, run.reason) for run in runs
        }
        assert 1 == loopback.world.count("contacts.resolveUsername")
    check_manners(loopback.world)


@pytest.mark.parametrize("is_bot", [True, False])
async def test_people_and_bots_are_refused(loopback: Loopback, is_bot: bool) -> None:
    """No history of theirs is asked for."""
    loopback.world.add_user({"id": 4_001, "first_name": "Nobody", "username": ROOM.name, "bot": is_bot})
    async with loopback.crawler() as crawler:
        run = await crawl_source(ROOM, crawler)
    assert (Outcome.REFUSED, "https://t.me/loop_room is a person or a bot, not a public room") == (
        run.outcome,
        run.reason,
    )
    assert ["help.getConfig", "contacts.resolveUsername"] == [call["method"] for call in loopback.world.calls]
    check_manners(loopback.world)


async def test_an_access_hash_that_is_not_valid_any_more(loopback: Loopback) -> None:
    """The name is looked up once more, and the same room is read on."""
    loopback.open_room(60)
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
        await loopback.store["peers"].update_one({"_id": ROOM.address}, {"$set": {"access_hash": 1}})
        first = await crawl_source(ROOM, crawler)
        assert Outcome.BLIND is first.outcome
        assert "Telegram does not know the room by its stored id: the next pass looks its name up" == first.reason
        second = await crawl_source(ROOM, crawler)
        assert (Outcome.WATCHED, (0, 0, 0)) == (second.outcome, changes(second))
    await check(loopback)


async def test_another_room_found_by_a_second_look_up_is_not_read(loopback: Loopback) -> None:
    """The stored id is what is watched: a name that leads elsewhere is for a person to decide."""
    room = loopback.open_room(60)
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
        loopback.world.set(room, access="deleted", username=None)
        loopback.world.add_channel(
            {"id": OTHER, "username": ROOM.name, "title": "Another", "messages": [{"text": naming(77)}]}
        )
        await loopback.store["peers"].update_one({"_id": ROOM.address}, {"$set": {"access_hash": 1}})
        runs = [await crawl_source(ROOM, crawler) for _ in range(3)]
    assert [Outcome.BLIND, Outcome.GONE, Outcome.GONE] == [run.outcome for run in runs]
    assert f"now shows another room (id {OTHER}, watched was {PEER})" in (runs[-1].reason or "")
    assert {(0, 0, 0)} == {changes(run) for run in runs}
    check_manners(loopback.world)


async def test_a_group_that_was_migrated(loopback: Loopback) -> None:
    """The supergroup that a basic group became says where it comes from, and its capture keeps that."""
    world = loopback.world
    old = world.add_channel({"id": 6_001, "kind": "chat", "title": "Old", "messages": [{"text": "옛날"}]})
    room = loopback.open_room(30, kind="megagroup")
    world.migrate(old, room)
    async with loopback.crawler() as crawler:
        run = await crawl_source(ROOM, crawler)
        assert (Outcome.WATCHED, 31) == (run.outcome, run.new)
        pages = [page async for page in crawler.collectors[Via.TELEGRAM].collect(ROOM, None, loopback.clock())]
        (place,) = [page.reading.place for page in pages if page.count and page.reading.place]
        assert 6_001 == place.migrated_from
    await check(loopback)


async def test_a_linked_group_and_hidden_members(loopback: Loopback) -> None:
    """The linked group is known by its id; where the number of members is hidden, the pass says so."""
    loopback.world.add_channel({"id": OTHER, "username": "loop_talk", "title": "Talk", "kind": "megagroup"})
    room = loopback.open_room(30, linked="loop_talk")
    async with loopback.crawler() as crawler:
        assert 321 == (await crawl_source(ROOM, crawler)).members
        loopback.world.set(room, participants_hidden_count=True)
        loopback.clock.forward(hours=1)
        run = await crawl_source(ROOM, crawler)
        note = "members not counted: the room hides their number"
        assert (Outcome.WATCHED, None, note) == (run.outcome, run.members, run.reason)
        pages = [page async for page in crawler.collectors[Via.TELEGRAM].collect(ROOM, None, loopback.clock())]
        (linked,) = {page.reading.place.linked_id for page in pages if page.reading.place} - {None}
        assert OTHER == linked
    await check(loopback)


async def test_rooms_do_not_mix(loopback: Loopback) -> None:
    """Two rooms with the same ids: what happens in one is never taken for the other's."""
    loopback.open_room(60)
    talk = replace(ROOM, address="https://t.me/loop_talk")
    other = loopback.world.add_channel({"id": OTHER, "username": "loop_talk", "title": "Talk"})
    for turn in range(30):
        at = int(loopback.clock.seconds()) - SPARSE_S * (30 - turn)
        loopback.world.post(other, {"text": naming(turn), "date": at})
    async with loopback.crawler(ROOM, talk) as crawler:
        assert (60, 30) == tuple([(await crawl_source(source, crawler)).new for source in (ROOM, talk)])
        loopback.world.delete(other, 25)
        assert (0, 1) == tuple([(await crawl_source(source, crawler)).removed for source in (ROOM, talk)])
        cursor = await load_cursor(loopback.store, talk.address)
        assert cursor is not None
        assert str(OTHER) == cursor.peer
    await check(loopback, ROOM, talk)
