"""Tests of the world's model and of its story."""

import csv
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import practice
from evidence.records import Media, PlaceKind
from practice.script import SCRIPT
from practice.story import SPEAKERS, SPECIAL, build_world
from practice.world import Change, Draft, World

REGISTER = Path(practice.__file__).with_name("schools.csv")


def test_equal_moments_give_equal_worlds(now: datetime) -> None:
    """Building and playing the story twice gives the same rooms."""
    first, second = build_world(now), build_world(now)
    for world in (first, second):
        while world.steps_left:
            world.advance(now)
    assert first.rooms == second.rooms


def test_building_again_is_not_touched_by_what_happened(now: datetime) -> None:
    """A world that was played to its end leaves nothing behind in the next one."""
    untouched = build_world(now).rooms
    played = build_world(now)
    while played.steps_left:
        played.advance(now)
    assert untouched == build_world(now).rooms


def test_posts_lie_before_the_moment_in_order(world: World, now: datetime) -> None:
    """Posts are in the past, whole seconds, and newer ids are later."""
    for room in world.rooms.values():
        times = [post.at for post in room.posts.values()]
        assert sorted(times) == times
        assert all(at < now and at.microsecond == 0 for at in times)


def test_kinds_of_rooms(world: World) -> None:
    """There are seven channels, one of them hidden, and a group, a user and a bot."""
    kinds = Counter(room.kind for room in world.rooms.values())
    expected = {PlaceKind.CHANNEL: 7, PlaceKind.GROUP: 1, PlaceKind.USER: 1, PlaceKind.BOT: 1}
    assert expected == kinds
    assert 6 == sum(room.is_readable for room in world.rooms.values())


def test_most_posts_are_ordinary(world: World) -> None:
    """About four posts in five are ordinary talk."""
    posts = sum(len(room.posts) for room in world.rooms.values())
    special = sum(len(texts) for name, texts in SPECIAL.items() if name != "telegram")
    assert 0.1 < special / posts < 0.25


def test_album_takes_consecutive_ids(world: World, now: datetime) -> None:
    """An album is one post that takes as many ids as it has items."""
    room = world.rooms["practice_talk"]
    start = room.next_id
    media = (Media(kind="photo", number=2), Media(kind="video", number=1))
    album = world.post("practice_talk", now, Draft(media=media))
    assert [start, start + 1, start + 2] == list(album.ids)
    assert album is room.find_post(start + 2)
    assert start + 3 == room.next_id


def test_removed_id_is_not_used_again(world: World, now: datetime) -> None:
    """A post after a removal gets the next id."""
    last = world.post("practice_talk", now, Draft(text="하나"))
    world.remove("practice_talk", last.id)
    assert last.id + 1 == world.post("practice_talk", now, Draft(text="둘")).id
    assert world.rooms["practice_talk"].find_post(last.id) is None


def test_edit_changes_text_and_says_so(world: World, now: datetime) -> None:
    """An edited post keeps id and time and is marked as edited."""
    before = world.rooms["practice_talk"].posts[5]
    world.edit("practice_talk", 5, now, "고친 글")
    after = world.rooms["practice_talk"].posts[5]
    assert ("고친 글", True, before.at) == (after.text, after.is_edited, after.at)


def test_contents_follow_every_change(world: World, now: datetime) -> None:
    """What a room holds is counted again when posts are added, edited and removed."""
    room = world.rooms["practice_talk"]
    before = dict(room.contents)
    photo = Media(kind="photo", number=2)
    album = world.post("practice_talk", now, Draft(text="https://a.example/1", media=(photo,)))
    assert (before["photo"] + 2, before["link"] + 1) == (room.contents["photo"], room.contents["link"])
    world.edit("practice_talk", album.id, now, "주소를 뺐어요")
    assert (before["photo"] + 2, before["link"]) == (room.contents["photo"], room.contents["link"])
    world.remove("practice_talk", album.id)
    assert before == room.contents


def test_rename_makes_the_old_name_absent(world: World) -> None:
    """A renamed room is found under the new name only, whatever the case."""
    world.rename("practice_talk", "Practice_Hall")
    assert world.find("practice_talk") is None
    assert world.find("PRACTICE_hall") is world.rooms["practice_hall"]


def test_every_change_is_told(world: World, now: datetime) -> None:
    """Whoever listens is told of each change, with the room and post as they are after it."""
    told: list[Change] = []
    world.on_change.append(told.append)
    post = world.post("practice_talk", now, Draft(text="하나"))
    world.edit("practice_talk", post.id, now, "둘")
    world.remove("practice_talk", post.id)
    world.set_members("practice_talk", 5)
    world.rename("practice_talk", "practice_hall")
    world.close("practice_hall")
    assert ["post", "edit", "remove", "members", "rename", "close"] == [change.kind for change in told]
    assert ["하나", "둘", "둘"] == [change.post.text for change in told if change.post]
    assert {1_900_000_101} == {change.room.peer_id for change in told}


def test_a_step_tells_of_views_first(world: World, now: datetime) -> None:
    """Before a step of the script changes anything, views of every room have risen."""
    told: list[Change] = []
    world.on_change.append(told.append)
    world.advance(now)
    rooms = len(world.rooms)
    assert {"views"} == {change.kind for change in told[:rooms]}
    assert ["post", "post", "post", "post", "members"] == [change.kind for change in told[rooms:]]


def test_group_is_talk_of_several(world: World) -> None:
    """Everything that a group says has a speaker, one of them a user of the World."""
    posts = [post for post in world.rooms["practice_group"].posts.values() if not post.is_service]
    assert set(SPEAKERS) == {post.author for post in posts}
    assert world.rooms["practice_person"].title in SPEAKERS


def test_unknown_room_is_refused(world: World) -> None:
    """Changing a room that does not exist raises KeyError with its name."""
    with pytest.raises(KeyError, match="nobody"):
        world.set_members("nobody", 3)


def test_script_names_edits_removes_and_grows(world: World, now: datetime) -> None:
    """Step by step schools are named, a name changes, posts vanish, a room surges, rooms move."""
    rumours, pictures = world.rooms["practice_rumours"], world.rooms["practice_pictures"]
    members = []
    while world.steps_left:
        world.advance(now + timedelta(hours=1))
        members.append(pictures.members)
    assert len(SCRIPT) == len(members)
    assert "푸른결내초등학교" in rumours.posts[14].text
    assert rumours.find_post(10) is None
    assert members[-1] > 7 * members[0]
    assert world.find("practice_rumours") is None
    assert world.find("practice_games") is None
    assert world.find("practice_play") is not None


def test_advance_after_the_end_changes_nothing(world: World, now: datetime) -> None:
    """When no step is left, not even views change."""
    while world.steps_left:
        world.advance(now)
    before = dict(world.rooms["practice_talk"].posts)
    world.advance(now)
    assert before == world.rooms["practice_talk"].posts


def test_replies_refer_to_posts_that_exist(world: World) -> None:
    """Every reply of the story answers an earlier post of its room."""
    for room in world.rooms.values():
        for post in room.posts.values():
            if post.reply_to is not None:
                assert room.find_post(post.reply_to) is not None
                assert post.reply_to < post.id


def test_register_of_invented_schools() -> None:
    """Codes are unique and begin with 99, universities have none, two schools share one name."""
    with REGISTER.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    codes = [row["code"] for row in rows if row["level"] != "university"]
    assert len(set(codes)) == len(codes)
    assert all(len(code) == 7 and code.startswith("99") for code in codes)
    assert {""} == {row["code"] for row in rows if row["level"] == "university"}
    shared = [name for name, times in Counter(row["name"] for row in rows).items() if times > 1]
    assert ["볕뉘울초등학교"] == shared
    assert 2 == len({row["province"] for row in rows if row["name"] in shared})
