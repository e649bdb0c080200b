"""What a collector says of a room whose posts are not shown, and of posts that are not listed any more."""

from collections.abc import AsyncIterator
from typing import Literal

import pytest
import pytest_asyncio
from aiohttp import web as server

from channels.fetch import Fetcher
from channels.telegram_web import TelegramWeb
from evidence.errors import RateLimited, SourceError, SourceGone, SourceRefused, SourceUnavailable, UnreadableCapture
from evidence.records import Cursor, Media, Page, PlaceKind, Source
from practice.web import PracticeWeb
from practice.world import Draft, PracticeRoom, World
from tests.channels.conftest import NOW, Serve
from tests.channels.markup import block as shown_post
from tests.channels.markup import counter, landing, preview, single, text

TALK = "practice_talk"


@pytest_asyncio.fixture
async def collector(fetcher: Fetcher, web: PracticeWeb) -> AsyncIterator[TelegramWeb]:
    """Reads the practice world."""
    yield TelegramWeb(fetcher, web.base)


def source(name: str = TALK) -> Source:
    """What is watched, only what is new."""
    return Source(address=f"https://t.me/{name.lower()}", backfill_s=0)


async def attempt(
    collector: TelegramWeb, watched: Source, cursor: Cursor | None = None
) -> tuple[list[Page], SourceError | None]:
    """The pages of a pass, and how it failed."""
    pages = []
    try:
        async for page in collector.collect(watched, cursor, NOW):
            pages.append(page)
    except SourceError as problem:
        return pages, problem
    return pages, None


async def cursor_of(collector: TelegramWeb, watched: Source) -> Cursor:
    """Where a first pass ends."""
    return [page.cursor async for page in collector.collect(watched, None, NOW) if page.cursor][-1]


# ------------------------------------------------------------------ members


async def test_count_is_that_of_the_landing_page(collector: TelegramWeb) -> None:
    """The exact number, with origin and time; the preview's rounded one is not used beside it."""
    pages = [page async for page in collector.collect(source("practice_news"), None, NOW)]
    counts = [page.count for page in pages if page.count]
    assert [(826_120, 826_120, 826_120, "landing")] == [(one.value, one.low, one.high, one.origin) for one in counts]
    assert pages[-1].note is None


@pytest.mark.parametrize("way", ["status", "words", "garbage"])
async def test_count_falls_back_to_the_preview(fetcher: Fetcher, serve: Serve, way: str) -> None:
    """Where the landing page gives no number, the rounded one is taken, with a note; the pass goes on."""
    page = preview(shown_post(text("글")), counters=counter("82.9K", "subscribers"))
    other = {"status": (500, ""), "words": (200, landing("Many subscribers")), "garbage": (200, "{}")}[way]

    async def answer(request: server.Request) -> server.Response:
        status, body = (200, page) if request.path.startswith("/s/") else other
        return server.Response(status=status, text=body, content_type="text/html")

    pages = [page async for page in TelegramWeb(fetcher, await serve(answer)).collect(source("room"), None, NOW)]
    last = pages[-1]
    assert last.count is not None
    assert (82_900, 82_850, 82_950, "preview") == (last.count.value, last.count.low, last.count.high, last.count.origin)
    assert (way == "garbage", None, 1) == (last.is_failed, last.capture, last.cursor and last.cursor.passes)
    why = {"status": "answered 500", "words": "it shows no number", "garbage": "not a whole page"}[way]
    assert last.note is not None
    assert last.note.startswith("members not exact, landing page: ")
    assert why in last.note


# ------------------------------------------------------------------ fault 3: no preview, no room, or a limit


@pytest.mark.parametrize(
    ("name", "kind", "members", "online"),
    [("practice_group", "group", 14_035, 791), ("practice_closed", "channel", 1, None)],
)
async def test_room_without_preview_is_counted_and_blind(
    collector: TelegramWeb, name: str, kind: str, members: int, online: int | None
) -> None:
    """Its members are known, its posts are not: never gone, and the way out is named."""
    pages, problem = await attempt(collector, source(name))
    assert [(members, online)] == [(page.count.value, page.count.online) for page in pages if page.count]
    assert isinstance(problem, SourceUnavailable)
    assert f"https://t.me/{name} is a {kind} without public preview: members are counted, posts are not seen" in str(
        problem
    )


@pytest.mark.parametrize(("name", "kind"), [("practice_person", "user"), ("practice_bot", "bot")])
async def test_people_and_bots_are_refused(collector: TelegramWeb, name: str, kind: str) -> None:
    """They are no rooms: nothing of their page is kept."""
    pages, problem = await attempt(collector, source(name))
    assert ([], SourceRefused) == (pages, type(problem))
    assert str(problem) == f"https://t.me/{name} is a {kind}, not a public room"


async def test_absent_room_is_gone_beside_a_control_page(collector: TelegramWeb, web: PracticeWeb) -> None:
    """It was asked for twice, and a page that is always there was seen between."""
    pages, problem = await attempt(collector, source("nobody_here"))
    assert [PlaceKind.ABSENT] == [page.reading.place.kind for page in pages if page.reading.place]
    assert isinstance(problem, SourceGone)
    assert str(problem).endswith("a control page was there at the same time")
    assert {"/s/nobody_here": 1, "/nobody_here": 2, "/s/telegram": 1} == {
        path: number for path, number in web.requests.items() if path != "/robots.txt"
    }


@pytest.mark.parametrize("answered", [0, 1])
async def test_limit_that_looks_like_absence_is_blind(collector: TelegramWeb, web: PracticeWeb, answered: int) -> None:
    """Where the control page looks absent too, nothing is gone, and the host is left alone for a while."""
    web.faults.absence_after = answered
    pages, problem = await attempt(collector, source("nobody_here"))
    assert (1, RateLimited) == (len(pages), type(problem))
    assert str(problem).endswith("looks absent, and so does @telegram: rate limiting")
    web.faults.absence_after = None
    asked = web.requests.total()
    _, problem = await attempt(collector, source())
    assert "asked us to wait" in str(problem)
    assert asked == web.requests.total()


@pytest.mark.parametrize("answered", range(4))
async def test_limit_in_the_middle_is_never_gone(collector: TelegramWeb, web: PracticeWeb, answered: int) -> None:
    """Wherever in a pass the limit begins, a watched room is not called gone, and what was read before stays."""
    cursor = await cursor_of(collector, source())
    web.faults.absence_after = answered
    pages, problem = await attempt(collector, source(), cursor)
    expected = [(1, RateLimited), (2, None), (2, None), (2, None)][answered]
    assert expected == (len(pages), type(problem) if problem else None)
    notes = [page.note for page in pages if page.note]
    why = "it looks absent while posts are shown: rate limiting"
    assert ([f"members not exact, landing page: {why}"] if answered == 1 else []) == notes
    if answered == 1:
        web.faults.absence_after = None
        assert "asked us to wait" in str((await attempt(collector, source(), cursor))[1])


async def test_room_that_comes_back_is_not_gone(fetcher: Fetcher, serve: Serve) -> None:
    """A sporadic absence that the second look does not confirm is left to the next pass."""
    asked = []

    async def answer(request: server.Request) -> server.Response:
        asked.append(request.path)
        if request.path == "/s/telegram":
            return server.Response(text=preview(shown_post()), content_type="text/html")
        is_absent = asked.count(request.path) == 1
        page = landing(title=None, button="Send Message") if is_absent else landing("5 subscribers")
        return server.Response(text=page, content_type="text/html")

    base = await serve(answer)
    asked.append("/room")
    _, problem = await attempt(TelegramWeb(fetcher, base), source("room"))
    assert str(problem) == "https://t.me/room looked absent once, then not: the next pass tells"


async def test_broken_control_page_proves_nothing(fetcher: Fetcher, serve: Serve) -> None:
    """A control page that cannot be read does not make an absence certain."""

    async def answer(request: server.Request) -> server.Response:
        if request.path.startswith("/s/room"):
            return server.Response(text=landing(title=None, button="Send Message"), content_type="text/html")
        return server.Response(status=500)

    _, problem = await attempt(TelegramWeb(fetcher, await serve(answer)), source("room"))
    assert isinstance(problem, RateLimited)


@pytest.mark.parametrize("status", [500, 503, 404])
async def test_outage_is_no_absence(collector: TelegramWeb, web: PracticeWeb, status: int) -> None:
    """Fault 15: an error of the host says nothing of the room."""
    web.faults.status = status
    pages, problem = await attempt(collector, source())
    assert ([], SourceUnavailable) == (pages, type(problem))


async def test_name_taken_by_another_room(collector: TelegramWeb, world: World) -> None:
    """Posts of a room that took over the name are not stored as the watched one's."""
    cursor = await cursor_of(collector, source())
    world.open(PracticeRoom(username=TALK, title="다른 방", peer_id=1_900_777_777))
    world.post(TALK, NOW, Draft(text="안녕"))
    pages, problem = await attempt(collector, source(), cursor)
    assert ([], SourceGone) == (pages, type(problem))
    assert "now shows another room (id 1900777777, watched was 1900000101): a person decides" in str(problem)


async def test_closed_room_is_gone_and_renamed_one_too(collector: TelegramWeb, world: World) -> None:
    """Both leave an absent name behind, which is told only after the control."""
    cursor = await cursor_of(collector, source())
    world.rename(TALK, "practice_elsewhere")
    _, problem = await attempt(collector, source(), cursor)
    assert isinstance(problem, SourceGone)


# ------------------------------------------------------------------ removed posts


async def test_removal_is_confirmed_by_its_own_page(collector: TelegramWeb, world: World, web: PracticeWeb) -> None:
    """Each post is asked for by its id; those that are there are shown, an album by any of its ids."""
    album = world.post(TALK, NOW, Draft(media=(Media(kind="photo", number=3),)))
    world.remove(TALK, 60)
    world.remove(TALK, 61)
    pages = await collector.confirm_removed(source(), (61, 60, 59, album.id + 1), witness=70)
    assert [(61, True), (60, True), (59, False), (album.id + 1, False)] == [
        (page.asked[0], page.reading.is_missing) for page in pages
    ]
    assert pages[3].reading.posts[0].native_ids == tuple(album.ids)
    assert all(page.capture and page.cursor is None and page.span is None for page in pages)
    assert web.requests[f"/{TALK}/70"] == 1


async def test_removal_without_witness_asks_a_control_page(
    collector: TelegramWeb, world: World, web: PracticeWeb
) -> None:
    """Where no post is left to compare with, a channel that is always there is looked at."""
    world.remove(TALK, 60)
    (page,) = await collector.confirm_removed(source(), (60,), witness=None)
    assert page.reading.is_missing
    assert web.requests["/s/telegram"] == 1


@pytest.mark.parametrize("witness", [70, None])
@pytest.mark.parametrize("answered", [0, 1])
async def test_limit_during_confirmation_proves_nothing(
    collector: TelegramWeb, world: World, web: PracticeWeb, witness: int | None, answered: int
) -> None:
    """An absent page where a post should show is no removal, at the first post as at the witness."""
    world.remove(TALK, 60)
    web.faults.absence_after = answered
    with pytest.raises((UnreadableCapture, RateLimited)):
        await collector.confirm_removed(source(), (60,), witness)


async def test_witness_that_looks_missing_is_a_limit(fetcher: Fetcher, serve: Serve) -> None:
    """Where a listed post shows as missing, missing means nothing; the host is left alone."""

    async def answer(_: server.Request) -> server.Response:
        error = '<div class="tgme_widget_message"><div class="tgme_widget_message_error">Post not found</div></div>'
        return server.Response(text=single(error), content_type="text/html")

    collector = TelegramWeb(fetcher, await serve(answer))
    with pytest.raises(RateLimited, match="posts that are listed show as missing: rate limiting"):
        await collector.confirm_removed(source(), (60,), witness=70)


async def test_witness_that_is_removed_meanwhile_is_no_limit(collector: TelegramWeb, world: World) -> None:
    """Nothing is concluded now, and the host, which all rooms share, is not left alone for it."""
    world.remove(TALK, 60)
    world.remove(TALK, 70)
    with pytest.raises(SourceUnavailable, match="more posts went meanwhile, the next pass tells"):
        await collector.confirm_removed(source(), (60,), witness=70)
    (page,) = await collector.confirm_removed(source(), (60,), witness=69)
    assert page.reading.is_missing


@pytest.mark.parametrize("fault", ["status", "cut", "garbage"])
async def test_error_during_confirmation_proves_nothing(
    collector: TelegramWeb, web: PracticeWeb, fault: Literal["status", "cut", "garbage"]
) -> None:
    """Nothing is concluded from a page that could not be had."""
    setattr(web.faults, fault, {"status": 500, "cut": True, "garbage": "binary"}[fault])
    with pytest.raises((SourceUnavailable, UnreadableCapture)):
        await collector.confirm_removed(source(), (60,), witness=70)


async def test_controls_leave_the_room_itself_out(fetcher: Fetcher, web: PracticeWeb, world: World) -> None:
    """A room cannot vouch for its own absence; other sources stand in."""
    world.close("telegram")
    collector = TelegramWeb(fetcher, web.base, controls=(TALK,))
    _, problem = await attempt(collector, source("telegram"))
    assert isinstance(problem, SourceGone)
    assert web.requests[f"/s/{TALK}"] == 1
