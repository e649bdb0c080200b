"""Pages that show less than there is: no gap is closed on their word, and no pass is lost to them."""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from aiohttp import web as server

from channels.fetch import Fetcher
from channels.telegram_web import TelegramWeb
from evidence.errors import UnreadableCapture
from evidence.records import Cursor, Page, Source
from tests.channels.conftest import NOW, Serve
from tests.channels.markup import block, footer, landing, older, preview, text

ROOM = "/s/room"
SINCE = NOW - timedelta(hours=20)
"""When a room was first looked at: post 20 of the posts below is the first after it."""


class Host:
    """Gives each address its pages in turn, the last one for good; it remembers what was asked for."""

    def __init__(self) -> None:
        self.pages: defaultdict[str, list[str]] = defaultdict(list)
        self.pages["/room"] = [landing("1 234 subscribers")]
        self.asked: list[str] = []

    async def answer(self, request: server.Request) -> server.Response:
        """The next page of the address, or a redirect where a path is written instead of a page."""
        self.asked.append(request.path_qs)
        pages = self.pages[request.path_qs]
        page = pages.pop(0) if len(pages) > 1 else pages[0]
        if page.startswith("/"):
            return server.Response(status=302, headers={"Location": page})
        return server.Response(text=page, content_type="text/html")


@pytest.fixture
def host() -> Host:
    """Pages that the test sets."""
    return Host()


@pytest_asyncio.fixture
async def collector(fetcher: Fetcher, serve: Serve, host: Host) -> AsyncIterator[TelegramWeb]:
    """Reads them."""
    yield TelegramWeb(fetcher, await serve(host.answer))


def shown(low: int, high: int, has_older: bool = True) -> str:
    """A page with the posts ``low`` to ``high``, one an hour; post 40 was posted now."""
    times = {number: (NOW - timedelta(hours=40 - number)).isoformat() for number in range(low, high + 1)}
    posts = [block(text("글"), post=f"room/{number}", foot=footer(time=time)) for number, time in times.items()]
    return preview(*posts, more=older(low) if has_older else "")


def stored(**position: int | datetime | None) -> Cursor:
    """Everything up to post 10 is stored."""
    cursor = Cursor(source="https://t.me/room", peer="1000123456", newest_id=10, oldest_id=1, passes=2)
    return replace(cursor, **position)  # type: ignore[arg-type]


async def collect(collector: TelegramWeb, cursor: Cursor | None, backfill_s: int | None = None) -> list[Page]:
    """All pages of one pass."""
    watched = Source(address="https://t.me/room", backfill_s=backfill_s)
    return [page async for page in collector.collect(watched, cursor, NOW)]


def ids(pages: list[Page], is_baseline: bool = False) -> list[int]:
    """Ids of all posts that are examined, or only remembered."""
    return sorted(post.native_id for page in pages for post in page.reading.posts if page.is_baseline == is_baseline)


def last_cursor(pages: list[Page]) -> Cursor:
    """Where the next pass goes on."""
    return [page.cursor for page in pages if page.cursor is not None][-1]


def notes(pages: list[Page]) -> list[str]:
    """What could not be seen."""
    return [page.note for page in pages if page.note]


# ------------------------------------------------------------------ gaps


async def test_empty_page_is_asked_for_again(collector: TelegramWeb, host: Host) -> None:
    """One that comes once does no harm."""
    host.pages = host.pages | {ROOM: [shown(21, 40)], f"{ROOM}?before=21": [preview(), shown(5, 20)]}
    pages = await collect(collector, stored())
    assert [*range(5, 41)] == ids(pages)
    assert ([], None, 3) == (notes(pages), last_cursor(pages).gap_high, last_cursor(pages).passes)


async def test_empty_pages_leave_a_gap_open(collector: TelegramWeb, host: Host) -> None:
    """Below the gap are posts that were read: that none is older is not believed, and the next pass tries again."""
    host.pages = host.pages | {ROOM: [shown(21, 40)], f"{ROOM}?before=21": [preview()]}
    pages = await collect(collector, stored())
    assert ["no post older than 21 came although there are some: what is between is not read yet"] == notes(pages)
    assert [ROOM, f"{ROOM}?before=21", f"{ROOM}?before=21", "/room"] == host.asked
    cursor = last_cursor(pages)
    assert (40, 10, 21, 3) == (cursor.newest_id, cursor.gap_low, cursor.gap_high, cursor.passes)
    host.pages[f"{ROOM}?before=21"] = [shown(5, 20)]
    pages = await collect(collector, cursor)
    assert set(range(11, 21)) <= set(ids(pages))
    assert (0, None) == (last_cursor(pages).gap_low, last_cursor(pages).gap_high)


async def test_first_backfill_ends_where_two_empty_pages_say_so(collector: TelegramWeb, host: Host) -> None:
    """What is older is not known to exist."""
    host.pages = host.pages | {ROOM: [shown(21, 40)], f"{ROOM}?before=21": [preview()]}
    pages = await collect(collector, None)
    assert 2 == host.asked.count(f"{ROOM}?before=21")
    assert ([], 21, None) == (notes(pages), last_cursor(pages).oldest_id, last_cursor(pages).gap_high)


async def test_missing_link_to_older_posts_closes_no_gap(collector: TelegramWeb, host: Host) -> None:
    """Neither on the newest page nor in the middle: only reaching what is stored does."""
    host.pages = host.pages | {
        ROOM: [shown(31, 40, has_older=False)],
        f"{ROOM}?before=31": [shown(21, 30, has_older=False)],
        f"{ROOM}?before=21": [shown(9, 20, has_older=False)],
    }
    pages = await collect(collector, stored())
    assert [*range(9, 41)] == ids(pages)
    assert [(10, 31), (10, 21), (0, None), (0, None)] == [
        (page.cursor.gap_low, page.cursor.gap_high) for page in pages if page.cursor
    ]


async def test_date_closes_no_gap_above_stored_posts(collector: TelegramWeb, host: Host) -> None:
    """``since`` is the end of a first pass only."""
    host.pages = host.pages | {ROOM: [shown(21, 40)], f"{ROOM}?before=21": [shown(11, 20)]}
    pages = await collect(collector, stored(since=NOW))
    assert [*range(11, 41)] == ids(pages)


# ------------------------------------------------------------------ rooms that were empty at first


@pytest.mark.parametrize(("backfill_s", "since"), [(None, None), (0, NOW), (86_400, NOW - timedelta(days=1))])
async def test_empty_first_answer_keeps_since(
    collector: TelegramWeb, host: Host, backfill_s: int | None, since: datetime | None
) -> None:
    """However often it comes, and with a word why the pass shows nothing."""
    host.pages[ROOM] = [preview()]
    pages = await collect(collector, None, backfill_s)
    assert (["the newest page shows no post"], 0, since) == (
        notes(pages),
        last_cursor(pages).newest_id,
        last_cursor(pages).since,
    )
    earlier = replace(last_cursor(pages), since=since and SINCE)
    again = last_cursor(await collect(collector, earlier, backfill_s))
    assert (0, 2, since and SINCE) == (again.newest_id, again.passes, again.since)


@pytest.mark.parametrize(
    ("newest", "before", "new", "baseline"),
    [
        ((1, 19), None, [], [*range(1, 20)]),
        ((11, 30), None, [*range(20, 31)], [*range(11, 20)]),
        ((21, 40), (1, 20), [*range(20, 41)], [*range(1, 20)]),
        ((20, 40), (1, 19), [*range(20, 41)], [*range(1, 20)]),
    ],
)
async def test_only_what_is_new_since_an_empty_answer(
    collector: TelegramWeb,
    host: Host,
    newest: tuple[int, int],
    before: tuple[int, int] | None,
    new: list[int],
    baseline: list[int],
) -> None:
    """Backfill 0: what was posted before the first look is remembered, what came after it is examined."""
    host.pages[ROOM] = [shown(*newest)]
    if before is not None:
        host.pages[f"{ROOM}?before={newest[0]}"] = [shown(*before)]
    empty = Cursor(source="https://t.me/room", peer="@room", since=SINCE, passes=1)
    pages = await collect(collector, empty, 0)
    assert (new, baseline) == (ids(pages), ids(pages, is_baseline=True))
    cursors = [page.cursor for page in pages if page.cursor]
    assert {"1000123456"} == {cursor.peer for cursor in cursors}
    assert (newest[1], None, 2) == (cursors[-1].newest_id, cursors[-1].gap_high, cursors[-1].passes)
    whole = [page.capture.received_sha256 for page in pages if page.capture]
    assert len(set(whole)) == len(whole) == len(host.asked)
    for page in pages:
        shown_ids = [post.native_id for post in page.reading.posts]
        assert page.span is None or page.span[0] == min(shown_ids)


async def test_a_day_back_from_an_empty_answer(collector: TelegramWeb, host: Host) -> None:
    """Backfill 1d: pages are read until one reaches back beyond the day before the first look, all examined."""
    host.pages = host.pages | {ROOM: [shown(31, 40)], f"{ROOM}?before=31": [shown(16, 30)]}
    empty = Cursor(source="https://t.me/room", peer="@room", since=SINCE, passes=1)
    pages = await collect(collector, empty, 86_400)
    assert ([*range(16, 41)], None) == (ids(pages), last_cursor(pages).gap_high)


# ------------------------------------------------------------------ other pages than asked for


@pytest.mark.parametrize(
    ("page", "is_failed", "why"), [("{}", True, "not a whole page"), ("/missing", False, "answered 500")]
)
async def test_failed_look_at_older_posts_is_a_note(
    collector: TelegramWeb, host: Host, page: str, is_failed: bool, why: str
) -> None:
    """The pass is over by then: posts, count and cursor are there."""
    host.pages = host.pages | {ROOM: [shown(21, 40)], f"{ROOM}?before=21": [page]}
    pages = await collect(collector, stored(newest_id=40, passes=1))
    assert [None, 1_234, None] == [each.count and each.count.value for each in pages]
    assert (2, is_failed) == (last_cursor(pages).passes, pages[-1].is_failed)
    (note,) = notes(pages)
    assert note.startswith("older posts not read again: http://127.0.0.1")
    assert why in note


async def test_redirect_to_another_room_is_unreadable(collector: TelegramWeb, host: Host) -> None:
    """Its posts would be stored as those of the room that was asked for."""
    host.pages = host.pages | {ROOM: ["/s/telegram"], "/s/telegram": [shown(1, 20)]}
    with pytest.raises(UnreadableCapture, match=r"/s/room: led to the page of @telegram instead of @room$"):
        await collect(collector, None)


async def test_redirect_to_another_spelling_is_followed(collector: TelegramWeb, host: Host) -> None:
    """Names are the same in capitals."""
    host.pages = host.pages | {ROOM: ["/s/Room"], "/s/Room": [shown(1, 20, has_older=False)]}
    assert [*range(1, 21)] == ids(await collect(collector, None))


@pytest.mark.parametrize("page", ["<html>", "<html><p>foreign</p></html>"])
async def test_reason_names_the_page(collector: TelegramWeb, host: Host, page: str) -> None:
    """Cut or foreign: which of the pass's pages it was."""
    host.pages = host.pages | {ROOM: [shown(21, 40)], f"{ROOM}?before=21": [page]}
    with pytest.raises(UnreadableCapture, match=r"^http://127\.0\.0\.1:\d+/s/room\?before=21: not a"):
        await collect(collector, None)
