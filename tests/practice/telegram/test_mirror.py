"""Tests of the practice World on Telegram: it says what the web pages say, and keeps in step."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from itertools import groupby
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from telethon import TelegramClient, errors, functions

from channels.pages import read_page
from evidence.records import Forward, Media, PlaceKind, Post
from practice.story import SPEAKERS
from practice.telegram.mirror import mirror
from practice.telegram.server import TelegramServer
from practice.telegram.world import TelegramWorld
from practice.web import PracticeWeb
from practice.world import Draft, PracticeRoom, World
from tests.practice.conftest import NOW
from tests.practice.telegram.serving import until, watch

READABLE = ("telegram", "practice_talk", "practice_rumours", "practice_news", "practice_games", "Practice_Pictures")
KINDS = ("gif", "video_note", "video", "voice", "audio", "sticker", "poll", "web_preview", "photo", "document")
"""Attributes of a message in Telethon, the more exact kind first."""
NAMES = {"video_note": "round_video", "document": "file"}


@pytest.fixture
def telegram(world: World) -> TelegramWorld:
    """The standard practice world on Telegram."""
    return mirror(world, NOW.timestamp)


@pytest_asyncio.fixture
async def server(telegram: TelegramWorld, server_key: RSAPrivateKey) -> AsyncIterator[TelegramServer]:
    """Its server."""
    async with TelegramServer(telegram, private_key=server_key) as opened:
        yield opened
    assert [] == [note for note in telegram.net if note["event"] in ("answer_failed", "task_failed")]


async def read_web(web: PracticeWeb, name: str) -> list[Post]:
    """All posts of a room as the reader of web pages finds them, oldest first."""
    posts: list[Post] = []
    before: int | None = None
    async with aiohttp.ClientSession() as session:
        while True:
            at = f"?before={before}" if before else ""
            async with session.get(f"{web.base}/s/{name}{at}") as response:
                page = read_page(await response.text())
            posts = [*page.posts, *posts]
            if not page.has_older:
                return posts
            before = posts[0].native_id


async def read_telegram(client: TelegramClient, name: str) -> list[list[Any]]:
    """All messages of a room oldest first, those of an album together."""
    messages = [message async for message in client.iter_messages(name, wait_time=0, reverse=True)]
    return [list(group) for _, group in groupby(messages, lambda message: message.grouped_id or message.id)]


def links_of(message: Any, name: str) -> tuple[str, ...]:
    """Where the entities of a message lead, as the web writes it."""
    ways: dict[str, Callable[[str], str]] = {
        "MessageEntityUrl": lambda shown: shown,
        "MessageEntityMention": lambda shown: f"https://t.me/{shown[1:]}",
        "MessageEntityHashtag": lambda shown: f"https://t.me/s/{name}?q={quote(shown)}",
    }
    found = (ways[type(entity).__name__](shown) for entity, shown in message.get_entities_text())
    return tuple(dict.fromkeys(found))


def forward_of(message: Any) -> Forward | None:
    """Where a message was forwarded from."""
    origin = message.forward
    if origin is None:
        return None
    if origin.chat is None:
        return Forward(name=origin.from_name, address=None)
    return Forward(name=origin.chat.title, address=f"https://t.me/{origin.chat.username}/{origin.channel_post}")


def media_of(messages: list[Any]) -> tuple[Media, ...]:
    """Which media messages have."""
    found = (next((kind for kind in KINDS if getattr(message, kind)), None) for message in messages)
    numbers = Counter(NAMES.get(kind, kind) for kind in found if kind and kind != "web_preview")
    return tuple(Media(kind=kind, number=number) for kind, number in sorted(numbers.items()))


@pytest.mark.parametrize("name", READABLE)
async def test_telegram_says_what_the_web_says(web: PracticeWeb, client: TelegramClient, name: str) -> None:
    """Every room has the same posts in both: ids, times, texts, links, media, origins, replies and signatures."""
    posts, albums = await read_web(web, name), await read_telegram(client, name)
    assert [post.native_ids for post in posts] == [tuple(one.id for one in album) for album in albums]
    for post, album in zip(posts, albums, strict=True):
        first = album[0]
        if post.is_service:
            assert first.action
            continue
        assert (post.text, post.posted_at) == (first.message, first.date)
        assert (post.links, post.media) == (links_of(first, name), media_of(album))
        assert (post.forwarded_from, post.reply_to) == (forward_of(first), first.reply_to_msg_id)
        assert first.post_author in (None, post.author)
        assert post.views is not None
        assert post.views.low <= first.views <= post.views.high


@pytest.mark.parametrize("name", ["practice_talk", "Practice_Pictures", "practice_news", "practice_play"])
async def test_it_says_the_same_after_everything_happened(
    world: World, web: PracticeWeb, client: TelegramClient, name: str
) -> None:
    """Once the script is played, ids, texts, marks of edits and views still agree."""
    while world.steps_left:
        world.advance(NOW)
    posts, albums = await read_web(web, name), await read_telegram(client, name)
    assert [post.native_ids for post in posts] == [tuple(one.id for one in album) for album in albums]
    talk = [(post, album[0]) for post, album in zip(posts, albums, strict=True) if not post.is_service]
    assert [(post.text, post.is_edited) for post, _ in talk] == [
        (first.message, first.edit_date is not None) for _, first in talk
    ]
    assert all(post.views and post.views.low <= first.views <= post.views.high for post, first in talk)


async def test_rooms_say_of_themselves_what_they_are(world: World, client: TelegramClient) -> None:
    """Titles, descriptions, counts and check marks are those of the World; users and bots are users."""
    for room in world.rooms.values():
        shown = await client.get_entity(room.username)
        assert (room.peer_id, room.is_verified) == (shown.id, shown.verified)
        if room.kind in (PlaceKind.USER, PlaceKind.BOT):
            assert (room.title, room.kind is PlaceKind.BOT) == (shown.first_name, shown.bot)
            continue
        full = (await client(functions.channels.GetFullChannelRequest(shown))).full_chat
        assert (room.title, room.description) == (shown.title, full.about)
        assert (room.members, room.online) == (full.participants_count, full.online_count or 0)
        assert (room.kind is PlaceKind.GROUP) == bool(shown.megagroup)


async def test_a_group_is_talk_of_several_people(client: TelegramClient) -> None:
    """What a group says, which no web page shows, comes from users, one of them known by name."""
    messages = [message async for message in client.iter_messages("practice_group", wait_time=0)]
    speakers = {
        message.sender.first_name: message.sender for message in messages if message.sender and not message.action
    }
    assert set(SPEAKERS) == set(speakers)
    assert "practice_person" == speakers["연습용 사용자"].username
    assert any("아라찬솔중" in (message.message or "") for message in messages)


async def test_changes_arrive_as_updates(world: World, telegram: TelegramWorld, client: TelegramClient) -> None:
    """A post, an edit and a removal in the World reach a client that has joined."""
    telegram.set("practice_talk", member=True)
    seen = watch(client)
    album = world.post("practice_talk", NOW, Draft(text="앨범", media=(Media(kind="photo", number=2),)))
    world.edit("practice_talk", album.id, NOW, "고친 앨범")
    world.remove("practice_talk", album.id)
    await until(lambda: len(seen) == 5)
    first, second = album.ids
    expected = [
        ("new", first, "앨범"),
        ("new", second, ""),
        ("edited", first, "고친 앨범"),
        ("deleted", first, ""),
        ("deleted", second, ""),
    ]
    assert sorted(expected) == sorted(seen)


async def test_members_names_and_ends_follow(world: World, telegram: TelegramWorld, client: TelegramClient) -> None:
    """Counts, new names and closed rooms follow the World; a room may be opened later."""
    closed = await client.get_input_entity("practice_rumours")
    world.set_members("practice_group", 20, online=3)
    world.rename("practice_games", "practice_play")
    world.close("practice_rumours")
    world.open(PracticeRoom(username="practice_rumours", title="다른 방", peer_id=1_900_001_001))
    full = (await client(functions.channels.GetFullChannelRequest("practice_group"))).full_chat
    assert (20, 3) == (full.participants_count, full.online_count)
    assert 1_900_000_404 == (await client.get_entity("practice_play")).id
    assert "다른 방" == (await client.get_entity("practice_rumours")).title
    with pytest.raises(errors.ChannelPrivateError):
        await client.get_messages(closed, limit=1)
    assert telegram.look_up("practice_games") is None
