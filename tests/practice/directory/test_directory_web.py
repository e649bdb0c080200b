"""The practice directories as a reader with no knowledge of Haechi sees them."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from practice.directory.web import API_KEY, PracticeDirectory
from practice.world import World

LISTS = ["/en/channels", "/education", "/channel/page/1", "/links", "/api/chart/all?limit=4"]


@pytest_asyncio.fixture
async def directory(world: World) -> AsyncIterator[PracticeDirectory]:
    """The lists on a free port, four rooms a page."""
    server = PracticeDirectory(world)
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture
async def reader(directory: PracticeDirectory) -> AsyncIterator[aiohttp.ClientSession]:
    """A session whose addresses are paths of the server."""
    async with aiohttp.ClientSession(directory.base) as session:
        yield session


async def get(reader: aiohttp.ClientSession, path: str) -> tuple[int, str]:
    """Status and text of an answer, redirects not followed."""
    async with reader.get(path, allow_redirects=False) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("path", LISTS)
async def test_lists_name_the_rooms(reader: aiohttp.ClientSession, path: str) -> None:
    """The largest first; persons and bots of the world are not listed."""
    status, text = await get(reader, path)
    assert (200, True, False) == (status, "practice_news" in text, "practice_rumours" in text)
    assert "연습용 사용자" not in text


async def test_pages_go_on(reader: aiohttp.ClientSession) -> None:
    """The second page has the others, and there is no third."""
    assert "practice_rumours" in (await get(reader, "/en/channels?page=2"))[1]
    assert "practice_" not in (await get(reader, "/en/channels?page=3"))[1].replace("practice_directory_bot", "")
    assert "practice_rumours" in (await get(reader, "/api/chart/all?limit=4&offset=4"))[1]
    assert "[]" == (await get(reader, "/api/chart/all?limit=4&offset=8"))[1]


async def test_beliefs_differ_from_the_truth(directory: PracticeDirectory, reader: aiohttp.ClientSession) -> None:
    """A list may believe another number, and hide a name."""
    directory.members["practice_talk"] = 1_234_567
    directory.private.add("practice_news")
    text = (await get(reader, "/en/channels"))[1]
    assert "1 234 567" in text
    assert "practice_news" not in text


async def test_members_of_combot_only_where_asked_for(reader: aiohttp.ClientSession) -> None:
    """As told of the real one: ids and members need ``only_avatars=false``."""
    assert '"s"' not in (await get(reader, "/api/chart/all"))[1]
    assert '"s": 826120' in (await get(reader, "/api/chart/all?only_avatars=false"))[1]


async def test_api_needs_its_key(reader: aiohttp.ClientSession) -> None:
    """TGStat's API says so itself, with status 200."""
    assert "token_invalid" in (await get(reader, "/channels/search?q=x"))[1]
    assert '"count": 8' in (await get(reader, f"/channels/search?token={API_KEY}"))[1]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("wall", "sign"), [("challenge", "challenge-form"), ("captcha", "g-recaptcha"), ("login", 'type="password"')]
)
async def test_walls(
    directory: PracticeDirectory, reader: aiohttp.ClientSession, path: str, wall: str, sign: str
) -> None:
    """A wall stands in front of every list, until it is taken away."""
    directory.faults.wall = wall  # type: ignore[assignment]  # one of its words
    assert sign in (await get(reader, path))[1]
    directory.faults.wall = None
    assert sign not in (await get(reader, path))[1]


@pytest.mark.parametrize("path", LISTS)
async def test_new_layout(directory: PracticeDirectory, reader: aiohttp.ClientSession, path: str) -> None:
    """The rooms are there, in markup that nobody has read."""
    directory.faults.new_layout = True
    text = (await get(reader, path))[1]
    assert "practice_news" in text
    assert [] == [known for known in ("peer-item-box", "tgv-", "channel-name__title", "t.me/", '"u"') if known in text]


async def test_limit_begins_after_some_pages(directory: PracticeDirectory, reader: aiohttp.ClientSession) -> None:
    """429 for every list, after as many true answers as set."""
    directory.faults.server.too_many, directory.faults.after = True, 1
    assert [200, 429, 429] == [(await get(reader, path))[0] for path in LISTS[:3]]


async def test_redirects(directory: PracticeDirectory, reader: aiohttp.ClientSession) -> None:
    """To anywhere, or in a circle."""
    directory.faults.redirect = "self"
    assert 302 == (await get(reader, LISTS[0]))[0]
