"""The crawl loop over the practice world: what a pass finds, counts and leaves behind."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.crawl import Crawler, crawl_source
from evidence.records import Outcome, Watchlist
from practice.web import PracticeWeb
from storage.index import known_posts
from storage.keep import load_cursor
from tests.conftest import Clock
from tests.crawler.serving import TALK, changes, passes
from tests.storage.making import everything

MakeCrawler = Callable[[], "asyncio.Task[Crawler]"]


async def test_a_first_pass_finds_the_whole_world(
    watchlist: Watchlist, crawler: Crawler, practice_web: PracticeWeb, own_database: str
) -> None:
    """Every post of every channel is seen once; what is stored adds up to what is counted."""
    runs = await passes(watchlist, crawler)
    closed, group = runs.pop("practice_closed"), runs.pop("practice_group")
    assert (Outcome.BLIND, 1) == (closed.outcome, closed.members)
    assert (Outcome.BLIND, None) == (group.outcome, group.members)
    for name, run in runs.items():
        room = practice_web.world.rooms[name]
        assert (Outcome.WATCHED, None, room.members) == (run.outcome, run.reason, run.members)
        assert (len(room.posts), (len(room.posts), 0, 0)) == (run.posts_seen, changes(run))
        assert (
            run.captures
            == run.kept + run.unchanged + run.failed
            == len(room.posts) // 20 + 1 + (len(room.posts) % 20 > 0)
        )
        cursor = await load_cursor(crawler.store, run.source)
        assert cursor is not None
        assert (max(room.posts), min(room.posts), None) == (cursor.newest_id, cursor.oldest_id, cursor.gap_high)
    stored = everything(own_database)
    assert sum(run.flags for run in runs.values()) == len(stored["flags"]) > 5
    assert sum(run.mentions for run in runs.values()) == sum(post["mentions"] for post in stored["posts"]) > 15
    assert len(runs) + 2 == len(stored["runs"]) == len(stored["coverage"]) == len(stored["counts"]) + 1
    assert 0 == practice_web.media_requests


async def test_the_index_knows_every_post(watchlist: Watchlist, crawler: Crawler, practice_web: PracticeWeb) -> None:
    """Also those whose text is not kept."""
    await passes(watchlist, crawler)
    room = practice_web.world.rooms["practice_talk"]
    known = await known_posts(crawler.store, str(room.peer_id), [1], spans=[(1, room.next_id)])
    assert set(room.posts) == set(known)
    assert 4 == sum(seen.is_kept for seen in known.values())


async def test_a_second_pass_finds_nothing_new(watchlist: Watchlist, crawler: Crawler, own_database: str) -> None:
    """Nothing but runs, counts and cursors moves."""
    fewer = replace(watchlist, sources=watchlist.sources[3:])
    await passes(fewer, crawler)
    before = everything(own_database)
    runs = await passes(fewer, crawler)
    after = everything(own_database)
    assert {(0, 0, 0)} == {changes(run) for run in runs.values()}
    assert all(run.captures == run.unchanged for run in runs.values())
    still = {"captures", "posts", "flags", "index"}
    assert {name: before[name] for name in still} == {name: after[name] for name in still}


async def test_changes_are_found(
    watchlist: Watchlist, crawler: Crawler, practice_web: PracticeWeb, clock: Clock
) -> None:
    """New posts, an edit that names another school, removals and members, each counted where it happened."""
    await passes(watchlist, crawler)
    for _ in range(4):
        practice_web.world.advance(clock.forward(minutes=5))
    runs = await passes(watchlist, crawler)
    assert {
        "practice_talk": (2, 0, 1),
        "practice_rumours": (1, 1, 1),
        "practice_news": (1, 0, 0),
        "practice_games": (0, 0, 1),
        "practice_pictures": (2, 0, 0),
        "practice_group": (0, 0, 0),
        "practice_closed": (0, 0, 0),
    } == {name: changes(run) for name, run in runs.items()}
    assert 3_512 == runs["practice_pictures"].members
    store = crawler.store
    edited = await store["posts"].find_one({"_id": "1900000202:14"})
    removed = await store["posts"].find_one({"_id": "1900000202:10"})
    assert edited is not None
    assert removed is not None
    assert (2, None) == (edited["revision"], edited["removed_at"])
    assert (1, False) == (removed["revision"], removed["removed_at"] is None)


async def test_edits_further_back_are_found_by_later_passes(crawler: Crawler, practice_web: PracticeWeb) -> None:
    """Older pages are read again, thinning out: every second pass one, every fourth two."""
    await crawl_source(TALK, crawler)
    edited_at = crawler.clock() + timedelta(minutes=1)
    practice_web.world.edit("practice_talk", 35, edited_at, "고쳐 쓴 잡담")
    runs = [await crawl_source(TALK, crawler) for _ in range(3)]
    assert [(0, 1, 0), (0, 0, 0), (0, 0, 0)] == [changes(run) for run in runs]


@pytest.mark.parametrize("change", ["edit", "remove"])
async def test_kept_posts_are_looked_at_one_by_one(crawler: Crawler, practice_web: PracticeWeb, change: str) -> None:
    """A post that names a school and is on no page that is read is asked for in turn."""
    await crawl_source(TALK, crawler)
    if change == "edit":
        edited_at = crawler.clock() + timedelta(minutes=1)
        practice_web.world.edit("practice_talk", 13, edited_at, "새벽별터고라고 고쳐 썼습니다")
    else:
        practice_web.world.remove("practice_talk", 13)
    runs = [await crawl_source(TALK, crawler) for _ in range(4)]
    expected = (1, 0) if change == "edit" else (0, 1)
    assert expected == (sum(run.edited for run in runs), sum(run.removed for run in runs))
    post = await crawler.store["posts"].find_one({"_id": "1900000101:13"})
    assert post is not None
    assert (1 + (change == "edit"), change == "remove") == (post["revision"], post["removed_at"] is not None)


async def test_looking_again_invents_no_change(crawler: Crawler) -> None:
    """A single post's page reads as its channel's page does: kinds of media, forwards and replies included."""
    source = replace(TALK, address="https://t.me/practice_rumours")
    await crawl_source(source, crawler)
    runs = [await crawl_source(source, crawler) for _ in range(6)]
    assert {(0, 0, 0)} == {changes(run) for run in runs}


async def test_a_gap_is_closed(crawler: Crawler, practice_web: PracticeWeb, clock: Clock) -> None:
    """More new posts than a page holds: all of them are read, none twice."""
    from practice.world import Draft

    await crawl_source(TALK, crawler)
    for number in range(50):
        practice_web.world.post("practice_talk", clock.forward(seconds=1), Draft(text=f"새 글 {number}"))
    run = await crawl_source(TALK, crawler)
    assert (50, 0, 0) == changes(run)
    cursor = await load_cursor(crawler.store, TALK.address)
    assert cursor is not None
    assert (practice_web.world.rooms["practice_talk"].next_id - 1, None) == (cursor.newest_id, cursor.gap_high)


@pytest.mark.parametrize(("backfill_s", "seen"), [(None, 70), (7 * 86_400, 70), (3_600, 20), (8 * 3_600, 38), (0, 20)])
async def test_backfill(crawler: Crawler, practice_web: PracticeWeb, backfill_s: int | None, seen: int) -> None:
    """Whole pages until one reaches back far enough; every post on them is seen for the first time."""
    run = await crawl_source(replace(TALK, backfill_s=backfill_s), crawler)
    assert (seen, seen) == (run.posts_seen, run.new)
    second = await crawl_source(replace(TALK, backfill_s=backfill_s), crawler)
    assert (0, 0, 0) == changes(second)


async def test_without_backfill_only_later_posts_are_examined(
    crawler: Crawler, practice_web: PracticeWeb, clock: Clock
) -> None:
    """What was there before the watch began is remembered; what comes after it is kept."""
    source = replace(TALK, backfill_s=0)
    first = await crawl_source(source, crawler)
    assert (0, 0) == (first.mentions, first.flags)
    for _ in range(2):
        practice_web.world.advance(clock.forward(minutes=5))
    second = await crawl_source(source, crawler)
    assert ((2, 0, 0), 1) == (changes(second), second.flags)
