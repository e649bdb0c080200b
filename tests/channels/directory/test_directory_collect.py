"""A directory read to its end, over real sockets: pages, rooms, captures, and why it goes blind."""

import hashlib
import json

import pytest

from channels.directory.collect import TgstatKey
from channels.directory.spider import MOST_PAGES
from channels.fetch import Fetcher
from evidence.errors import RateLimited, SourceError, SourceUnavailable, UnreadableCapture
from evidence.records import PageKind
from practice.directory.web import API_KEY, PracticeDirectory
from tests.channels.conftest import Serve, answering
from tests.channels.directory.conftest import read_all, read_until_blind

PATHS = {
    "telemetrio": "/en/channels",
    "tgstat": "/education",
    "tgviewer": "/channel/page/1",
    "combot": "/api/chart/all?limit=4",
    "generic": "/links",
}
PUBLIC = [
    *("telegram", "practice_news", "practice_group", "practice_talk"),
    *("practice_rumours", "practice_games", "practice_pictures", "practice_closed"),
]
"""The practice rooms, the largest first."""


@pytest.mark.parametrize("site", sorted(PATHS))
async def test_every_room_once(fetcher: Fetcher, directory: PracticeDirectory, site: str) -> None:
    """All pages are read in order; tgstat gives its first page and says so."""
    pages = await read_all(fetcher, site, directory.base + PATHS[site])
    expected = PUBLIC[:4] if site == "tgstat" else PUBLIC
    assert [f"https://t.me/{name}" for name in expected] == [room.address for page in pages for room in page.rooms]
    assert all(site == room.listed_by for page in pages for room in page.rooms)
    assert ("the site shows more to its own page only" if site == "tgstat" else None) == pages[0].note


@pytest.mark.parametrize(
    ("site", "bounds", "unit"),
    [
        ("telemetrio", (1_799, 1_799), "subscribers"),
        ("combot", (1_799, 1_799), "members"),
        ("generic", (1_750, 1_850), "subscribers"),
        ("tgviewer", None, None),
    ],
)
async def test_counts_as_shown(
    fetcher: Fetcher, directory: PracticeDirectory, site: str, bounds: tuple[int, int] | None, unit: str | None
) -> None:
    """Exact or rounded as the site shows it, and none where it shows none."""
    pages = await read_all(fetcher, site, directory.base + PATHS[site])
    room = next(room for page in pages for room in page.rooms if room.address == "https://t.me/practice_rumours")
    assert (bounds, unit) == ((room.count.low, room.count.high) if room.count else None, room.unit)
    assert "들리는 이야기 모음" == room.title


async def test_ids_are_telegrams(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """Telemetrio's numbers are bare channel ids; a private room has nothing else."""
    directory.private.add("practice_rumours")
    directory.members["practice_talk"] = 9_999
    rooms = [
        room for page in await read_all(fetcher, "telemetrio", f"{directory.base}/en/channels") for room in page.rooms
    ]
    by_id = {room.native_id: room for room in rooms}
    assert (None, "is listed without a public name: a private room") == (
        by_id[1_900_000_202].address,
        by_id[1_900_000_202].refused,
    )
    count = by_id[1_900_000_101].count
    assert count is not None
    assert 9_999 == count.value


@pytest.mark.parametrize("site", ["tgstat", "generic"])
async def test_private_rooms_are_counted_and_not_followed(
    fetcher: Fetcher, directory: PracticeDirectory, site: str
) -> None:
    """A hash is the key to a private room: it is neither kept in what is listed nor asked for."""
    directory.private.add("practice_talk")
    page = (await read_all(fetcher, site, directory.base + PATHS[site]))[0]
    assert (1, None) == (page.refused, page.rooms[3].address)
    key = next(room for room in directory.rooms if room.is_private).hash
    assert key not in repr(page.rooms)
    assert {PATHS[site], "/robots.txt"} == set(directory.requests)


async def test_capture(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """Each page has its Capture: where it came from, and both hashes."""
    page = (await read_all(fetcher, "telemetrio", f"{directory.base}/en/channels"))[1]
    capture = page.capture
    assert (f"{directory.base}/en/channels", f"{directory.base}/en/channels?page=2") == (capture.source, capture.url)
    assert (PageKind.DIRECTORY, 200) == (capture.kind, capture.status)
    assert hashlib.sha256(capture.kept).hexdigest() == capture.kept_sha256 != capture.received_sha256
    assert len(capture.kept) < capture.received_bytes
    assert b"/media/" not in capture.kept


async def test_pages_have_an_end(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """The last page of tgviewer leads back to the first, which is not asked for again."""
    await read_all(fetcher, "tgviewer", f"{directory.base}/channel/page/2")
    assert {"/robots.txt": 1, "/channel/page/2": 1, "/channel/page/1": 1} == directory.requests


async def test_endless_list_is_cut(fetcher: Fetcher, serve: Serve) -> None:
    """A pass reads so many pages and says that there are more."""
    links = "".join(f'<a href="/?page={number}"></a>' for number in range(2, MOST_PAGES + 9))
    page = f'<html><a href="https://t.me/a_room">A</a>{links}</html>'
    pages = await read_all(fetcher, "generic", await serve(answering(text=page)))
    assert (MOST_PAGES, None) == (len(pages), pages[0].note)
    assert f"more pages than the {MOST_PAGES} that a pass reads" == pages[-1].note


async def test_endless_page_is_cut(fetcher: Fetcher, serve: Serve) -> None:
    """So are the rooms of one page; how many were left out is counted."""
    rooms = "".join(f'<a href="https://t.me/room{number}">R</a>' for number in range(1_005))
    (page,) = await read_all(fetcher, "generic", await serve(answering(text=f"<html>{rooms}</html>")))
    assert (1_000, 5, "5 rooms beyond the first 1,000 left out") == (len(page.rooms), page.left_out, page.note)


# ------------------------------------------------------------------ blind


@pytest.mark.parametrize("site", sorted(PATHS))
@pytest.mark.parametrize(
    ("wall", "kind", "message"),
    [
        ("challenge", RateLimited, "a challenge page; left alone for 60 s"),
        ("captcha", RateLimited, "a captcha; left alone for 60 s"),
        ("login", SourceUnavailable, "a login page: the list is not public"),
    ],
)
async def test_wall_is_blind(
    fetcher: Fetcher, directory: PracticeDirectory, site: str, wall: str, kind: type[SourceError], message: str
) -> None:
    """Whatever stands in front of a list is named, never taken for an empty one, and backed off from."""
    directory.faults.wall = wall  # type: ignore[assignment]  # one of its words
    with pytest.raises(kind, match=message):
        await read_all(fetcher, site, directory.base + PATHS[site])
    if kind is RateLimited:
        with pytest.raises(RateLimited, match="asked us to wait"):
            await read_all(fetcher, site, directory.base + PATHS[site])


@pytest.mark.parametrize("site", sorted(PATHS))
async def test_new_layout_is_unreadable(fetcher: Fetcher, directory: PracticeDirectory, site: str) -> None:
    """Selectors that find nothing are reported with the page's address."""
    directory.faults.new_layout = True
    with pytest.raises(UnreadableCapture, match=f"{directory.base}/.*layout changed"):
        await read_all(fetcher, site, directory.base + PATHS[site])


@pytest.mark.parametrize(("status", "kind"), [(403, RateLimited), (404, SourceUnavailable), (500, SourceUnavailable)])
async def test_refusal_is_blind(
    fetcher: Fetcher, directory: PracticeDirectory, status: int, kind: type[SourceError]
) -> None:
    """A status that is no page is its reason."""
    directory.faults.server.status = status
    with pytest.raises(kind, match=f"answered {status}"):
        await read_all(fetcher, "telemetrio", f"{directory.base}/en/channels")


async def test_limit_in_the_middle(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """What came before stays; the rest is blind."""
    directory.faults.server.too_many, directory.faults.after = True, 1
    pages, problem = await read_until_blind(fetcher, "telemetrio", f"{directory.base}/en/channels")
    assert [4] == [len(page.rooms) for page in pages]
    assert isinstance(problem, RateLimited)
    assert "answered 429" in str(problem)


# ------------------------------------------------------------------ TGStat's API


async def test_api_in_place_of_pages(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """With a key each name is asked for, pages are not; ids and numbers are exact."""
    directory.private.add("practice_closed")
    tgstat = TgstatKey(key=API_KEY, base=directory.base)
    pages = await read_all(
        fetcher, "tgstat", f"{directory.base}/education?country=kr", "이야기", "미리보기", tgstat=tgstat
    )
    assert [["practice_group", "practice_talk", "practice_rumours", "Practice_Pictures".lower()], [None]] == [
        [room.address and room.address.rpartition("/")[2] for room in page.rooms] for page in pages
    ]
    assert [1_900_000_606] == [room.native_id for room in pages[1].rooms]
    assert {"/robots.txt", "/channels/search"} == set(directory.requests)
    assert "category=education&country=kr&q=" in pages[0].capture.url


async def test_key_is_never_shown(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """Neither a Capture nor a message has the key in it, and no picture's address is kept."""
    tgstat = TgstatKey(key=API_KEY, base=directory.base)
    (page,) = await read_all(fetcher, "tgstat", f"{directory.base}/education", tgstat=tgstat)
    assert API_KEY not in repr(page)
    assert [] == [item for item in json.loads(page.capture.kept) if "image100" in item]
    directory.faults.server.status = 500
    with pytest.raises(SourceUnavailable, match="token=…: answered 500") as caught:
        await read_all(fetcher, "tgstat", f"{directory.base}/education", tgstat=tgstat)
    assert API_KEY not in str(caught.value)


async def test_api_refuses_the_key(fetcher: Fetcher, directory: PracticeDirectory) -> None:
    """The API's own word is the reason."""
    with pytest.raises(SourceUnavailable, match="TGStat's API refused: token_invalid"):
        await read_all(fetcher, "tgstat", directory.base, tgstat=TgstatKey(key="other", base=directory.base))


@pytest.mark.parametrize("text", ["[]", "{}", '{"status":"ok"}', '{"status":"ok","response":{"items":[1]}}', "<html>"])
async def test_api_of_another_layout(fetcher: Fetcher, serve: Serve, text: str) -> None:
    """Another answer is unreadable, never empty."""
    base = await serve(answering(text=text, kind="application/json"))
    with pytest.raises(UnreadableCapture, match="layout changed"):
        await read_all(fetcher, "tgstat", base, tgstat=TgstatKey(key="k", base=base))
