"""A collector run against the practice world: what is read in a pass, and where the next one goes on."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import web as server

from channels.fetch import Fetcher
from channels.telegram_web import TelegramWeb
from evidence.errors import UnreadableCapture
from evidence.records import Cursor, Media, Page, Source
from practice.faults import Faults
from practice.web import PracticeWeb
from practice.world import Draft, PracticeRoom, World
from tests.channels.conftest import NOW, Serve, answering
from tests.channels.markup import block, older, preview, text

DAY_S = 86_400
ROOM = "a_room"


@pytest_asyncio.fixture
async def collector(fetcher: Fetcher, web: PracticeWeb) -> AsyncIterator[TelegramWeb]:
    """Reads the practice world."""
    yield TelegramWeb(fetcher, web.base)


@pytest.fixture
def room(world: World) -> PracticeRoom:
    """A room with 70 posts, one an hour; the newest is an hour old."""
    opened = world.open(PracticeRoom(username=ROOM, title="방", peer_id=1_900_009_999, members=1_234))
    for hours in range(70, 0, -1):
        world.post(ROOM, NOW - timedelta(hours=hours), Draft(text=f"글 {hours}"))
    return opened


def source(backfill_s: int | None = None, name: str = ROOM) -> Source:
    """What is watched; without a number all of it."""
    return Source(address=f"https://t.me/{name}", backfill_s=backfill_s)


async def collect(collector: TelegramWeb, watched: Source, cursor: Cursor | None = None) -> list[Page]:
    """All pages of one pass."""
    return [page async for page in collector.collect(watched, cursor, NOW)]


def ids(pages: list[Page]) -> list[int]:
    """Ids of all posts, newest page first, each page oldest first."""
    return [post.native_id for page in pages for post in page.reading.posts]


def last_cursor(pages: list[Page]) -> Cursor:
    """Where the next pass goes on."""
    return [page.cursor for page in pages if page.cursor is not None][-1]


def paths(web: PracticeWeb) -> dict[str, int]:
    """What was asked for, robots.txt aside."""
    return {path: number for path, number in web.requests.items() if path != "/robots.txt"}


# ------------------------------------------------------------------ first pass


@pytest.mark.usefixtures("room")
async def test_first_pass_of_only_what_is_new(collector: TelegramWeb, web: PracticeWeb) -> None:
    """Backfill 0: the newest page is remembered and not examined; nothing older is asked for."""
    pages = await collect(collector, source(0))
    assert [*range(51, 71)] == ids(pages)
    assert [True, False] == [page.is_baseline for page in pages]
    assert Cursor(
        source=f"https://t.me/{ROOM}", peer="1900009999", newest_id=70, oldest_id=51, since=NOW, passes=1
    ) == last_cursor(pages)
    assert {f"/s/{ROOM}": 1, f"/{ROOM}": 1} == paths(web)


@pytest.mark.usefixtures("room")
async def test_first_pass_of_a_day(collector: TelegramWeb) -> None:
    """Backfill 1d: pages are read until one reaches back beyond it."""
    pages = await collect(collector, source(DAY_S))
    assert [*range(51, 71), *range(31, 51)] == ids(pages)
    cursor = last_cursor(pages)
    assert (70, 31, None) == (cursor.newest_id, cursor.oldest_id, cursor.gap_high)
    assert NOW - timedelta(days=1) == cursor.since


@pytest.mark.usefixtures("room")
async def test_first_pass_of_all(collector: TelegramWeb) -> None:
    """Everything down to the first post, each once, and no page more."""
    pages = await collect(collector, source())
    assert [*range(51, 71), *range(31, 51), *range(11, 31), *range(1, 11)] == ids(pages)
    cursor = last_cursor(pages)
    assert (70, 1, None, 1) == (cursor.newest_id, cursor.oldest_id, cursor.gap_high, cursor.passes)


@pytest.mark.usefixtures("room")
async def test_pages_say_what_they_list(collector: TelegramWeb) -> None:
    """A span names the ids whose absence from a page means something; kept pages hold no signature."""
    pages = await collect(collector, source())
    assert [(51, 2**53), (31, 50), (11, 30), (1, 10), None] == [page.span for page in pages]
    captures = [page.capture for page in pages if page.capture]
    assert {200} == {capture.status for capture in captures}
    assert len(captures) == 5
    assert all(b"style=" not in capture.kept and capture.received_bytes > len(capture.kept) for capture in captures)


async def test_album_at_the_edge_of_a_page_is_read_whole_and_once(
    collector: TelegramWeb, world: World, room: PracticeRoom
) -> None:
    """A page is cut by messages: an album that lies across the edge belongs to the newer page."""
    world.post(ROOM, NOW, Draft(media=(Media(kind="photo", number=4),)))
    for _ in range(18):
        world.post(ROOM, NOW, Draft(text="글"))
    pages = await collect(collector, source())
    assert sorted(room.posts) == sorted(ids(pages))
    first = pages[0].reading.posts[0]
    assert ((71, 72, 73, 74), (71, 2**53), (51, 70)) == (first.native_ids, pages[0].span, pages[1].span)


@pytest.mark.usefixtures("room")
async def test_cut_page_is_not_taken_for_a_whole_one(fetcher: Fetcher, serve: Serve) -> None:
    """A page that ends in the middle although its body came whole is not stored."""
    whole = preview(*[block(text("글"), post=f"{ROOM}/{number}") for number in range(1, 21)])
    collector = TelegramWeb(fetcher, await serve(answering(text=whole[: len(whole) // 2])))
    with pytest.raises(UnreadableCapture, match="not a whole page"):
        await collect(collector, source())


# ------------------------------------------------------------------ later passes


async def test_nothing_new(collector: TelegramWeb, room: PracticeRoom) -> None:
    """A pass over what is known reads the newest page and the count."""
    before = last_cursor(await collect(collector, source()))
    pages = await collect(collector, source(), replace(before, passes=2))
    assert [*range(51, 71)] == ids(pages)
    assert replace(before, passes=3) == last_cursor(pages)


@pytest.mark.parametrize("new", [1, 19, 20, 21, 45])
async def test_gap_is_closed(collector: TelegramWeb, world: World, room: PracticeRoom, new: int) -> None:
    """However many posts came since, all of them are read, and known ones only on the last page."""
    cursor = last_cursor(await collect(collector, source(DAY_S)))
    for _ in range(new):
        world.post(ROOM, NOW, Draft(text="새 글"))
    pages = await collect(collector, source(DAY_S), cursor)
    assert {*range(71, 71 + new)} <= set(ids(pages))
    assert (new + 19) // 20 <= len(pages) - 1 <= (new + 20) // 20 + 1
    cursor = last_cursor(pages)
    assert (70 + new, 31, None, 2) == (cursor.newest_id, cursor.oldest_id, cursor.gap_high, cursor.passes)


async def test_gap_goes_on_where_it_was_left(fetcher: Fetcher, web: PracticeWeb, room: PracticeRoom) -> None:
    """After a stop in the middle another collector reads the rest from the cursor of the last stored page."""
    seen = []
    first = TelegramWeb(fetcher, web.base)
    async for page in first.collect(source(), None, NOW):
        seen += [post.native_id for post in page.reading.posts]
        if len(seen) == 40:
            break
    assert page.cursor is not None
    assert (70, 31) == (page.cursor.newest_id, page.cursor.gap_high)
    pages = await collect(TelegramWeb(fetcher, web.base), source(), page.cursor)
    assert [*range(51, 71), *range(11, 31), *range(1, 11)] == ids(pages)
    assert last_cursor(pages).gap_high is None


async def test_new_posts_during_an_open_gap(collector: TelegramWeb, world: World, room: PracticeRoom) -> None:
    """Where more than a page came while a gap was open, all of it is read again: never skipped."""
    pages = await collect(collector, source())
    cursor = pages[1].cursor
    for _ in range(30):
        world.post(ROOM, NOW, Draft(text="새 글"))
    pages = await collect(collector, source(), cursor)
    assert sorted(room.posts) == sorted(ids(pages))
    assert (100, None) == (last_cursor(pages).newest_id, last_cursor(pages).gap_high)


async def test_posts_before_the_watch_are_left_alone(collector: TelegramWeb, room: PracticeRoom, world: World) -> None:
    """What was there before is not listed as new when removals bring it back onto the newest page."""
    cursor = last_cursor(await collect(collector, source(0)))
    for native_id in range(61, 71):
        world.remove(ROOM, native_id)
    pages = await collect(collector, source(0), cursor)
    assert [*range(51, 61)] == ids(pages)
    assert pages[0].span == (51, 2**53)


@pytest.mark.parametrize(("number", "depth"), [(1, 0), (2, 1), (3, 0), (4, 2), (6, 1), (8, 3), (16, 3), (5, 0)])
@pytest.mark.usefixtures("room")
async def test_older_pages_are_read_again_now_and_then(collector: TelegramWeb, number: int, depth: int) -> None:
    """Every second pass re-reads one older page, every fourth two, every eighth three; here there are no more."""
    cursor = last_cursor(await collect(collector, source()))
    pages = await collect(collector, source(), replace(cursor, passes=number - 1))
    assert [number, *[None] * depth] == [page.cursor and page.cursor.passes for page in pages[1:]]
    again = pages[2:]
    assert [(31, 50), (11, 30), (1, 10)][:depth] == [page.span for page in again]


@pytest.mark.parametrize("backfill_s", [None, DAY_S])
async def test_fault_14_host_that_ignores_what_is_asked(fetcher: Fetcher, serve: Serve, backfill_s: int | None) -> None:
    """A server that always gives the same page ends no pass in a loop, and the gap stays open with a word why."""
    asked = []
    page = preview(*[block(text("글"), post=f"{ROOM}/{number}") for number in range(51, 71)], more=older(51))

    async def answer(request: server.Request) -> server.Response:
        asked.append(request.path_qs)
        return server.Response(text=page, content_type="text/html")

    collector = TelegramWeb(fetcher, await serve(answer))
    pages = await collect(collector, source(backfill_s))
    assert [f"/s/{ROOM}", f"/s/{ROOM}?before=51", f"/{ROOM}"] == asked
    assert pages[1].note == "posts older than 51 were asked for, others came: what is between is not read yet"
    cursor = last_cursor(pages)
    assert (70, 51, 1) == (cursor.newest_id, cursor.gap_high, cursor.passes)


async def test_relative_links_lead_to_telegram(collector: TelegramWeb, world: World, room: PracticeRoom) -> None:
    """Wherever a page came from, its hashtags lead to t.me."""
    world.post(ROOM, NOW, Draft(text="#안전"))
    pages = await collect(collector, source(0))
    assert pages[0].reading.posts[-1].links == (f"https://t.me/s/{ROOM}?q=%23%EC%95%88%EC%A0%84",)


@pytest.mark.parametrize(
    "fault",
    [Faults(garbage="binary"), Faults(garbage="zeros"), Faults(cut=True)],
    ids=["binary", "zeros", "cut"],
)
async def test_unreadable_page_ends_the_pass(collector: TelegramWeb, web: PracticeWeb, fault: Faults) -> None:
    """What is no page is told apart from a room that is not there."""
    web.faults = fault
    with pytest.raises(UnreadableCapture):
        await collect(collector, source(name="practice_talk"))
