"""The practice world read through Telegram: what the web pages say, and nothing that may not be kept."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from channels.telegram.account import Account
from channels.telegram.reading import read_place, read_posts
from evidence.records import Forward, Page, PlaceKind, Post, Source
from practice.story import SPEAKERS
from practice.telegram.media import FILE_REFERENCE, HASH_MARK, THUMBNAIL
from practice.telegram.mirror import mirror
from practice.telegram.server import TelegramServer
from practice.telegram.world import TelegramWorld
from practice.web import PracticeWeb
from practice.world import World
from tests.channels.conftest import NOW
from tests.channels.telegram.serving import Notebook, bytes_of, make_collector, one_pass
from tests.practice.telegram.serving import Stopwatch
from tests.practice.telegram.test_mirror import READABLE, read_web

GROUP = "practice_group"
SHARED = (
    *("native_id", "native_ids", "posted_at", "is_edited", "is_service", "text", "captions"),
    *("reply_to", "media", "links"),
)
"""Of a post, what both ways must say alike. Signatures are pseudonyms here, and views exact."""
BINARY = (THUMBNAIL, FILE_REFERENCE, str(HASH_MARK << 32)[:9].encode(), b"access_hash", b"practice.mp4", b".webp")


@pytest.fixture
def telegram(world: World) -> TelegramWorld:
    """The standard practice world on Telegram."""
    return mirror(world, NOW.timestamp)


@pytest_asyncio.fixture
async def server(telegram: TelegramWorld, server_key: RSAPrivateKey) -> AsyncIterator[TelegramServer]:
    """Its server; nothing was asked that a passive reader does not ask."""
    async with TelegramServer(telegram, private_key=server_key) as opened:
        yield opened
    report = telegram.report()
    assert (0, 0, 0, []) == (*(report[kind] for kind in ("joins", "writes", "media")), report["flood_wait_violations"])


def source_of(name: str) -> Source:
    """A room of the practice world with its whole history."""
    return Source(address=f"https://t.me/{name.lower()}", backfill_s=None)


async def read(account: Account, stopwatch: Stopwatch, memory: Notebook, name: str) -> list[Page]:
    """All pages of a first pass over a room."""
    return await one_pass(make_collector(stopwatch, memory, account), source_of(name), stopwatch)


def posts_of(pages: list[Page]) -> list[Post]:
    """Posts of pages, oldest first."""
    return sorted((post for page in pages for post in page.reading.posts), key=lambda post: post.native_id)


def shared(post: Post) -> dict[str, object]:
    """What both ways must say alike; a service message is worded by whoever shows it."""
    return {name: getattr(post, name) for name in SHARED if not (post.is_service and name in ("text", "links"))}


LATER = ("telegram", "practice_talk", "practice_news", "practice_play", "Practice_Pictures")


@pytest.mark.parametrize(
    ("name", "is_later"), [*((name, False) for name in READABLE), *((name, True) for name in LATER)]
)
async def test_posts_are_those_of_the_web_pages(
    world: World, web: PracticeWeb, account: Account, stopwatch: Stopwatch, memory: Notebook, name: str, is_later: bool
) -> None:
    """Ids, times, texts, captions, origins, replies, media and links, before and after the script was played."""
    while is_later and world.steps_left:
        world.advance(NOW)
    shown = await read_web(web, name)
    posts = posts_of(await read(account, stopwatch, memory, name))
    assert [shared(post) for post in shown] == [shared(post) for post in posts]
    for on_web, post in zip(shown, posts, strict=True):
        assert (on_web.address or "").lower() == (post.address or "").lower()
        if on_web.views is not None and post.views is not None:
            assert on_web.views.low <= post.views.value <= on_web.views.high
        origin = on_web.forwarded_from
        if is_later and origin and "/practice_rumours/" in (origin.address or ""):
            origin = Forward(name=origin.name, address=None)  # it was closed since: Telegram says its name only
        assert origin == post.forwarded_from


@pytest.mark.parametrize("name", [*READABLE, GROUP])
async def test_nothing_binary_is_kept(account: Account, stopwatch: Stopwatch, memory: Notebook, name: str) -> None:
    """No thumbnail, file reference, access hash or file name of a video or sticker is in any Capture."""
    kept = bytes_of(await read(account, stopwatch, memory, name))
    assert [] == [mark for mark in BINARY if mark in kept]
    hashes = [hash_ for peer in memory.peers.values() if (hash_ := str(peer.access_hash))]
    assert [] == [found for found in hashes if found.encode() in kept]
    assert len(kept) > 100
    assert kept == kept.decode().encode()


@pytest.mark.parametrize("name", [*READABLE, GROUP])
async def test_a_stored_capture_gives_the_same_reading(
    account: Account, stopwatch: Stopwatch, memory: Notebook, name: str
) -> None:
    """What is kept is enough: read again, it gives the posts and the place that were examined."""
    pages = [page for page in await read(account, stopwatch, memory, name) if page.capture]
    for page in pages:
        assert page.capture
        kept = json.loads(page.capture.kept)
        assert page.reading.posts == read_posts(kept.get("messages", ()), source_of(name).name)
        assert page.reading.place == read_place(kept["channel"])
    assert len(pages) >= 2


async def test_a_group_s_people_are_pseudonyms(
    world: World, account: Account, stopwatch: Stopwatch, memory: Notebook, telegram: TelegramWorld
) -> None:
    """Who speaks can be told apart within the room; neither name nor id nor username of anybody is kept."""
    pages = await read(account, stopwatch, memory, GROUP)
    kept = bytes_of(pages)
    people = [user for user in telegram.users.values() if user.first_name in SPEAKERS]
    marks = [str(mark).encode() for user in people for mark in (user.id, user.access_hash, user.first_name)]
    assert (5, []) == (len(people), [mark.decode() for mark in marks if mark in kept])
    authors = {post.author for post in posts_of(pages) if not post.is_service}
    assert len(SPEAKERS) == len(authors)
    assert all(author is not None and author.startswith("p-") for author in authors)


async def test_a_signature_is_a_pseudonym(
    world: World, account: Account, stopwatch: Stopwatch, memory: Notebook
) -> None:
    """A signed post of a channel is signed with one too, and unsigned posts have no author."""
    pages = await read(account, stopwatch, memory, "practice_talk")
    authors = [post.author for post in posts_of(pages) if post.author]
    assert 1 == len(authors)
    assert "반장".encode() not in bytes_of(pages)


async def test_rooms_are_counted_exactly(
    world: World, account: Account, stopwatch: Stopwatch, memory: Notebook
) -> None:
    """What the World says of its rooms is what is read of them."""
    for name in ("telegram", "practice_talk", GROUP):
        room = world.find(name)
        assert room is not None
        pages = await read(account, stopwatch, memory, name)
        place = next(page.reading.place for page in pages if page.count)
        count = next(page.count for page in pages if page.count)
        assert place is not None
        assert (room.title, room.description or None, room.is_verified) == (
            place.title,
            place.description,
            place.is_verified,
        )
        assert (room.members, room.members, "mtproto") == (count.low, count.high, count.origin)
        assert (room.kind, room.online or None) == (place.kind, count.online)
        assert (room.kind is PlaceKind.GROUP) == (place.unit == "members")
