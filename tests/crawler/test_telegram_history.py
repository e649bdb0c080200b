"""Rooms read by their history: backfill, passes that find nothing, and what happened while nobody looked."""

from dataclasses import replace

import pytest

from crawler.crawl import crawl_source
from evidence.records import Outcome
from storage.keep import load_cursor
from tests.crawler.serving import changes
from tests.crawler.telegram_making import ROOM, SPARSE_S, Loopback, check, naming, posts_of


async def test_a_first_pass_reads_the_whole_room(loopback: Loopback) -> None:
    """All posts, the parts of an album as one; the second pass finds nothing new."""
    room = loopback.open_room(330, album_every=33)
    async with loopback.crawler() as crawler:
        first = await crawl_source(ROOM, crawler)
        assert (Outcome.WATCHED, None, 321) == (first.outcome, first.reason, first.members)
        assert (len(posts_of(room)), 0, 0) == changes(first)
        assert (0, 0, 0) == changes(await crawl_source(ROOM, crawler))
    await check(loopback)


@pytest.mark.parametrize("album_every", [11, 14, 17])
async def test_albums_across_the_border_of_pages_stay_whole(loopback: Loopback, album_every: int) -> None:
    """Wherever a page ends: passes that read older messages again see the same posts."""
    loopback.world.page_limit = 20
    room = loopback.open_room(60, album_every=album_every)
    async with loopback.crawler() as crawler:
        assert (len(posts_of(room)), 0, 0) == changes(await crawl_source(ROOM, crawler))
        for native_id in range(61, 86):
            loopback.world.post(room, {"text": f"새 글 {native_id}"})
        assert (25, 0, 0) == changes(await crawl_source(ROOM, crawler))
    await check(loopback)


async def test_an_album_between_which_others_speak_is_one_post(loopback: Loopback) -> None:
    """In a group its parts need not follow each other; however it is read, it is the same post."""
    room = loopback.open_room(30, kind="megagroup")
    world = loopback.world
    for album in range(9):
        world.post(room, {"text": naming(album), "photo": True, "grouped_id": 77 + album})
        world.post(room, {"text": "그 사이에 한 말"})
        world.post(room, {"text": "", "photo": True, "grouped_id": 77 + album})
    world.page_limit = 25
    async with loopback.crawler() as crawler:
        assert (len(posts_of(room)), 0, 0) == changes(await crawl_source(ROOM, crawler))
        for _ in range(3):
            assert (0, 0, 0) == changes(await crawl_source(ROOM, crawler))
    await check(loopback)


@pytest.mark.slow
@pytest.mark.parametrize(("backfill_s", "least"), [(None, 4_945), (7 * 86_400, 84), (0, 90)])
async def test_five_thousand_posts(loopback: Loopback, backfill_s: int | None, least: int) -> None:
    """The whole of it, seven days, or only what comes from now on; the second pass finds nothing new."""
    source = replace(ROOM, backfill_s=backfill_s)
    room = loopback.open_room(5_000)
    async with loopback.crawler(source) as crawler:
        first = await crawl_source(source, crawler)
        assert (Outcome.WATCHED, None) == (first.outcome, first.reason)
        assert least <= first.new <= max(least + 100, len(posts_of(room)) * (backfill_s is None))
        assert (0, 0, 0) == changes(await crawl_source(source, crawler))
    await check(loopback, source, examined_from=5_001 if backfill_s == 0 else 0)


async def test_what_was_there_before_the_watch_is_not_examined(loopback: Loopback) -> None:
    """It is remembered; a post that comes later is kept."""
    source = replace(ROOM, backfill_s=0)
    room = loopback.open_room(140)
    async with loopback.crawler(source) as crawler:
        assert 0 == (await crawl_source(source, crawler)).flags
        loopback.world.post(room, {"text": naming(1)})
        second = await crawl_source(source, crawler)
        assert ((1, 0, 0), 1) == (changes(second), second.flags)
    await check(loopback, source, examined_from=141)


@pytest.mark.slow
async def test_while_away(loopback: Loopback) -> None:
    """150 posts, edits and removals among them and before them: what the next two passes read is all found."""
    room = loopback.open_room(160)
    world = loopback.world
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
    for native_id in range(161, 311):
        world.post(room, {"text": naming(native_id) if native_id % 20 == 0 else f"새 글 {native_id}"})
    world.edit(room, 300, text="고친 새 글")
    world.edit(room, 50, text=naming(1_000))
    world.edit(room, 155, text="고쳐서 더는 아무 이름도 없다")
    world.edit(room, 158, text=naming(158))
    world.delete(room, [75, 125, 159, 220, 221, 280])
    async with loopback.crawler() as crawler:
        first = await crawl_source(ROOM, crawler)
        second = await crawl_source(ROOM, crawler)
    found = tuple(map(sum, zip(changes(first), changes(second), strict=True)))
    assert (147, (147, 3, 3)) == (first.new, found)
    await check(loopback)


@pytest.mark.slow
async def test_older_messages_are_read_again_now_and_then(loopback: Loopback) -> None:
    """An ordinary post that was edited, one that was removed: found within sixteen passes."""
    room = loopback.open_room(180)
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
        loopback.world.edit(room, 41, text="고친 잡담")
        loopback.world.delete(room, 42)
        runs = [await crawl_source(ROOM, crawler) for _ in range(16)]
    assert (0, 1, 1) == tuple(sum(counts) for counts in zip(*map(changes, runs), strict=True))
    await check(loopback)


async def test_an_emptied_room(loopback: Loopback) -> None:
    """Its history was cleared: every post is removed, and what is posted afterwards is new."""
    room = loopback.open_room(250)
    async with loopback.crawler() as crawler:
        first = await crawl_source(ROOM, crawler)
        loopback.world.delete(room, list(room.ids))
        second = await crawl_source(ROOM, crawler)
        assert (0, 0, first.new) == changes(second)
        await check(loopback)
        for turn in range(3):
            loopback.world.post(room, {"text": naming(turn)})
        assert (3, 0, 0) == changes(await crawl_source(ROOM, crawler))
    await check(loopback)


async def test_a_room_of_service_messages_only(loopback: Loopback) -> None:
    """They are posts that say what happened, never to whom."""
    kinds = (
        {"service": "channel_create", "value": "Loop"},
        {"service": "pin"},
        {"service": "edit_title", "value": "L"},
    )
    room = loopback.open_room(0)
    for turn, message in enumerate(kinds):
        loopback.world.post(room, {**message, "date": int(loopback.clock.seconds()) - SPARSE_S * (3 - turn)})
    async with loopback.crawler() as crawler:
        assert (3, 0, 0) == changes(await crawl_source(ROOM, crawler))
        assert (0, 0, 0) == changes(await crawl_source(ROOM, crawler))
    await check(loopback)


async def test_an_empty_room(loopback: Loopback) -> None:
    """There is nothing to lose in it, and its first post is new."""
    room = loopback.open_room(0)
    async with loopback.crawler() as crawler:
        first = await crawl_source(ROOM, crawler)
        assert (Outcome.WATCHED, (0, 0, 0)) == (first.outcome, changes(first))
        loopback.world.post(room, {"text": naming(1)})
        assert (1, 0, 0) == changes(await crawl_source(ROOM, crawler))
        cursor = await load_cursor(loopback.store, ROOM.address)
        assert cursor is not None
        assert 1 == cursor.newest_id
    await check(loopback)
