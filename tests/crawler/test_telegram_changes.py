"""Rooms watched closely: Telegram's own list of what changed, in parts, with holes, and where it is too long."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from crawler.crawl import Crawler, crawl_source
from evidence.records import Outcome
from practice.telegram.channel import Channel
from storage.keep import load_cursor
from tests.crawler.serving import changes
from tests.crawler.telegram_making import DENSE_S, ROOM, Loopback, check, naming, posts_of
from tests.practice.telegram.serving import until

DIFFERENCE, HISTORY = "updates.getChannelDifference", "messages.getHistory"


@pytest.fixture
def room(loopback: Loopback) -> Channel:
    """A room that is worth watching closely."""
    return loopback.open_room(60, DENSE_S, album_every=13)


@pytest_asyncio.fixture
async def crawler(loopback: Loopback, room: Channel) -> AsyncIterator[Crawler]:
    """A crawler after its first pass, which read the history."""
    async with loopback.crawler() as opened:
        assert (len(posts_of(room)), 0, 0) == changes(await crawl_source(ROOM, opened))
        assert 1 == loopback.world.count(HISTORY)
        yield opened


async def test_nothing_changed(loopback: Loopback, crawler: Crawler) -> None:
    """One request says so; the history is not asked for."""
    assert (0, 0, 0) == changes(await crawl_source(ROOM, crawler))
    assert (1, 1) == (loopback.world.count(HISTORY), loopback.world.count(DIFFERENCE))
    await check(loopback)


async def test_posts_edits_and_removals(loopback: Loopback, room: Channel, crawler: Crawler) -> None:
    """Each is found at the next pass, however old the post is."""
    world = loopback.world
    for turn in range(20):
        world.post(room, {"text": naming(turn) if turn % 5 == 0 else f"새 글 {turn}"})
    world.edit(room, 4, text="고친 옛 글")
    world.edit(room, 25, text=naming(1_025))
    world.delete(room, [7, 50, 66])
    assert (19, 2, 2) == changes(await crawl_source(ROOM, crawler))
    assert 1 == world.count(HISTORY)
    await check(loopback)


async def test_a_post_that_was_edited_and_removed_between_two_passes(
    loopback: Loopback, room: Channel, crawler: Crawler
) -> None:
    """What is gone is gone, and what nobody read is no post."""
    world = loopback.world
    passing = world.post(room, {"text": naming(1)})
    world.edit(room, passing, text=naming(2))
    world.edit(room, 25, text=naming(3))
    world.delete(room, [passing, 25])
    assert (0, 0, 1) == changes(await crawl_source(ROOM, crawler))
    await check(loopback)


@pytest.mark.parametrize("diff_limit", [1, 2, 3, 7])
async def test_a_list_in_slices(loopback: Loopback, room: Channel, crawler: Crawler, diff_limit: int) -> None:
    """However short the slices are, an album whose parts come in different ones is one post."""
    world = loopback.world
    world.toolong_after, world.diff_limit = 1_000, diff_limit
    world.post(room, {"text": naming(1)})
    album = world.album(room, [{"text": naming(2), "photo": True}, *({"photo": True} for _ in range(4))])
    world.edit(room, album[0], text=naming(3))
    world.post(room, {"text": "새 글"})
    world.delete(room, 25)
    assert 3 == (await crawl_source(ROOM, crawler)).new
    assert 1 == world.count(HISTORY)
    await check(loopback)


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_an_edited_part_of_an_album(loopback: Loopback, room: Channel, crawler: Crawler, part: int) -> None:
    """The whole album is looked at, whichever of its parts was edited."""
    loopback.world.edit(room, 26 + part, text=naming(part))
    assert (0, 1, 0) == changes(await crawl_source(ROOM, crawler))
    await check(loopback)


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_a_removed_part_of_an_album(loopback: Loopback, room: Channel, crawler: Crawler, part: int) -> None:
    """What is left of it is the album; without its first part it goes by the next one's id."""
    loopback.world.delete(room, 26 + part)
    assert (int(part == 0), int(part > 0), int(part == 0)) == changes(await crawl_source(ROOM, crawler))
    await check(loopback)


async def test_an_album_that_is_removed(loopback: Loopback, room: Channel, crawler: Crawler) -> None:
    """It was one post, so one is removed."""
    loopback.world.delete(room, [26, 27, 28])
    assert (0, 0, 1) == changes(await crawl_source(ROOM, crawler))
    await check(loopback)


async def test_updates_that_were_lost_on_their_way(loopback: Loopback, room: Channel, crawler: Crawler) -> None:
    """No push told of them; our own count of changes has the hole filled."""
    world = loopback.world
    await crawl_source(ROOM, crawler)
    lost = world.post(room, {"text": naming(1)}, deliver=False)
    world.edit(room, 25, text=naming(2), deliver=False)
    world.delete(room, 50, deliver=False)
    world.post(room, {"text": naming(3)})
    assert (2, 1, 1) == changes(await crawl_source(ROOM, crawler))
    assert lost in posts_of(room)
    await check(loopback)


async def test_too_far_behind(loopback: Loopback, room: Channel, crawler: Crawler) -> None:
    """The history is read instead, and every kept post of the last days is looked at; then the list goes on."""
    world = loopback.world
    for turn in range(230):
        world.post(room, {"text": naming(turn) if turn % 30 == 0 else f"새 글 {turn}"})
    world.edit(room, 25, text=naming(1_025))
    world.delete(room, 50)
    run = await crawl_source(ROOM, crawler)
    assert ((230, 1, 1), Outcome.WATCHED) == (changes(run), run.outcome)
    assert "more had changed than Telegram tells at once: history and kept posts were read again" == run.reason
    read = world.count(HISTORY)
    world.post(room, {"text": naming(999)})
    after = await crawl_source(ROOM, crawler)
    assert ((1, 0, 0), None, read) == (changes(after), after.reason, world.count(HISTORY))
    await check(loopback)


async def test_too_far_behind_in_the_middle_of_the_list(loopback: Loopback, room: Channel, crawler: Crawler) -> None:
    """What was told before stays, and nothing comes twice."""
    world = loopback.world
    world.toolong_after, world.diff_limit = 50, 10
    for turn in range(45):
        world.post(room, {"text": naming(turn) if turn % 10 == 0 else f"새 글 {turn}"})
    world.fault(DIFFERENCE, delay=0.05, skip=1, times=1)
    later = loopback.server.spawn(_post_meanwhile(loopback, room))
    run = await crawl_source(ROOM, crawler)
    await later
    assert (Outcome.WATCHED, 0, 0) == (run.outcome, run.edited, run.removed)
    await crawl_source(ROOM, crawler)
    await check(loopback)


async def _post_meanwhile(loopback: Loopback, room: Channel) -> None:
    """So much at once that the rest of the list becomes too long."""
    await until(lambda: loopback.world.count(DIFFERENCE) > 1)
    for turn in range(80):
        loopback.world.post(room, {"text": f"더 새 글 {turn}"})


async def test_the_count_of_changes_outlives_the_process(loopback: Loopback, room: Channel, crawler: Crawler) -> None:
    """The Cursor holds it, so that the list goes on where the last pass ended."""
    before = await load_cursor(loopback.store, ROOM.address)
    loopback.world.post(room, {"text": naming(1)})
    await crawl_source(ROOM, crawler)
    after = await load_cursor(loopback.store, ROOM.address)
    assert before is not None
    assert after is not None
    assert (room.pts - 1, room.pts) == (before.pts, after.pts)


async def test_a_first_pass_that_was_cut_is_finished(loopback: Loopback) -> None:
    """A room that is worth watching closely has its history read to the end before."""
    loopback.open_room(330, DENSE_S)
    loopback.world.fault(HISTORY, error="CHANNEL_RANGE_INVALID", code=400, skip=1)
    async with loopback.crawler() as crawler:
        first = await crawl_source(ROOM, crawler)
        assert Outcome.BLIND is first.outcome
        second = await crawl_source(ROOM, crawler)
        assert Outcome.WATCHED is second.outcome
        assert (0, 0, 0) == changes(await crawl_source(ROOM, crawler))
        assert loopback.world.count(DIFFERENCE)
    await check(loopback)
