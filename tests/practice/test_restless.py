"""Tests of the world that does not rest."""

from datetime import UTC, datetime

from practice.restless import SIGN, Restless

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ROOMS = ("rest_a", "rest_b")


def make(posts: int = 30) -> Restless:
    """Two rooms."""
    return Restless(7, ROOMS, posts, lambda: NOW)


def test_it_remembers_what_every_post_said() -> None:
    """Texts of each post in their order, those of removed posts too."""
    restless = make()
    for turn in range(3):
        restless.change(turn)
    for room in ROOMS:
        posts = restless.world.rooms[room].posts
        assert {one: post.text for one, post in posts.items()} == {one: restless.said[room, one][-1] for one in posts}
        assert len([one for name, one in restless.said if name == room]) == len(posts) + 3


def test_a_post_names_a_school_always_or_never() -> None:
    """What is expected of the store does not depend on when it read a post."""
    restless = make()
    for turn in range(5):
        restless.change(turn)
    assert all(len({SIGN in text for text in said}) == 1 for said in restless.said.values())
    assert all(restless.naming(room) for room in ROOMS)


def test_some_rooms_can_change_alone() -> None:
    """A thousand rooms need not all change."""
    restless = make()
    before = {name: room.next_id for name, room in restless.world.rooms.items()}
    restless.change(1, rooms=1)
    assert 1 == sum(room.next_id != before[name] for name, room in restless.world.rooms.items())


def test_one_seed_gives_one_world() -> None:
    """A run that fails today fails tomorrow."""
    one, other = make(), make()
    for turn in range(3):
        one.change(turn)
        other.change(turn)
    assert one.said == other.said
