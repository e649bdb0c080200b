"""Tests of which posts a preview page holds."""

from datetime import datetime

import pytest

from evidence.records import Media
from practice.paging import read_page
from practice.world import Draft, PracticeRoom, World

SINGLE = Draft(text="하나")
ALBUM = Draft(media=(Media(kind="photo", number=3),))


def make_room(now: datetime, *drafts: Draft) -> PracticeRoom:
    """A room with these posts, ids from 1."""
    world = World()
    room = world.open(PracticeRoom(username="hall", title="방", peer_id=1_900_000_001))
    for draft in drafts:
        world.post("hall", now, draft)
    return room


def test_newest_page_holds_twenty_messages(now: datetime) -> None:
    """Without albums a page has twenty blocks, oldest first."""
    page = read_page(make_room(now, *[SINGLE] * 25))
    assert (list(range(6, 26)), True, False) == ([p.id for p in page.posts], page.has_older, page.has_newer)


def test_album_counts_as_many_messages_as_it_has_items(now: datetime) -> None:
    """An album inside a page makes the blocks fewer than twenty."""
    page = read_page(make_room(now, *[SINGLE] * 10, ALBUM, *[SINGLE] * 12))
    assert (18, 6, 25) == (len(page.posts), page.first_id, page.last_id)


def test_album_at_the_edge_is_made_whole(now: datetime) -> None:
    """An album of which only the last item falls on the page is shown with all of them."""
    page = read_page(make_room(now, SINGLE, ALBUM, *[SINGLE] * 19))
    assert (20, 2, 23) == (len(page.posts), page.first_id, page.last_id)


@pytest.mark.parametrize(
    ("before", "after", "ids"),
    [
        (4, None, [1, 2, 3]),
        (1, None, []),
        (None, 23, [24, 25]),
        (None, 0, list(range(1, 21))),
        (None, 25, []),
        (3, 20, [1, 2]),
    ],
)
def test_bounds_are_strict(now: datetime, before: int | None, after: int | None, ids: list[int]) -> None:
    """``before`` is strictly older, ``after`` strictly newer and not used beside ``before``."""
    page = read_page(make_room(now, *[SINGLE] * 25), before, after)
    assert ids == [post.id for post in page.posts]


@pytest.mark.parametrize("is_upward", [False, True])
def test_walk_over_a_room_meets_every_id_once(world: World, is_upward: bool) -> None:
    """Paging by the ids returned reads the whole room, whichever way it goes."""
    room = world.rooms["practice_talk"]
    page = read_page(room, after=0) if is_upward else read_page(room)
    seen = [native_id for post in page.posts for native_id in post.ids]
    pages = 1
    while page.has_newer if is_upward else page.has_older:
        page = read_page(room, after=page.last_id) if is_upward else read_page(room, page.first_id)
        seen += [native_id for post in page.posts for native_id in post.ids]
        pages += 1
    assert (list(range(1, room.next_id)), 4) == (sorted(seen), pages)
