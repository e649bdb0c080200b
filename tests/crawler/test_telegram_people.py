"""What may not be kept: nobody's name, username or id, no origin that is private, no byte of media."""

import struct
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import zstandard

from crawler.crawl import crawl_source
from evidence.cipher import Cipher, Sealed
from practice.telegram.channel import Channel, hash64
from tests.crawler.telegram_making import DENSE_S, ROOM, SPARSE_S, Loopback, check, naming
from tests.storage.making import everything

ADA, BEN, BOT, HIDDEN = 5_001_234_001, 5_001_234_002, 5_001_234_003, 1_900_000_950
"""People, a bot, and a private room; ids that nothing else could be."""
NAMES = ("Adalind", "Quillfeather", "adalind_q", "Benwick", "Ostermoor", "benwick_o", "15550001234")


@pytest.fixture(params=[DENSE_S, SPARSE_S], ids=["changes", "history"])
def room(request: pytest.FixtureRequest, loopback: Loopback) -> Channel:
    """A group in which two people talk, forward, reply, react and come and go."""
    world = loopback.world
    world.add_user({"id": ADA, "first_name": "Adalind", "last_name": "Quillfeather", "username": "adalind_q"})
    world.add_user({"id": BEN, "first_name": "Benwick", "last_name": "Ostermoor", "phone": "15550001234"})
    world.add_user({"id": BOT, "first_name": "Bot", "username": "loop_room_bot", "bot": True})
    world.add_channel({"id": HIDDEN, "title": "Hidden Circle", "access": "private"})
    room = loopback.open_room(20, request.param, kind="megagroup", members=[ADA, BEN])
    talk: tuple[dict[str, Any], ...] = (
        {"text": naming(1), "from": ADA},
        {"text": "그래요?", "from": BEN, "reply_to": 21},
        {"text": naming(2), "from": ADA, "photo": {}, "reactions": {"👍": 2}},
        {"text": naming(3), "from": BEN, "document": {"kind": "video", "name": "a.mp4"}},
        {"text": naming(4), "from": BEN, "via_bot": BOT},
        {"text": naming(5), "from": ADA, "fwd": {"channel": HIDDEN, "post": 7}},
        {"text": "불렀어요", "from": BEN, "entities": [mention(ADA)]},
        {"service": "add_user", "value": [BEN], "from": ADA},
        {"service": "joined_by_link", "value": ADA, "from": BEN},
        {"service": "delete_user", "value": BEN, "from": ADA},
        {"service": "pin", "from": ADA},
        {"text": naming(6), "from_channel": ROOM.name},
    )
    for message in talk:
        world.post(room, {**message, "date": int(loopback.clock.seconds()) - 30})
    return room


def mention(user: int) -> dict[str, Any]:
    """A name that leads to somebody without a username."""
    return {"type": "mention_name", "offset": 0, "length": 2, "user_id": user}


async def test_nobody_is_named_anywhere_in_the_database(loopback: Loopback, room: Channel) -> None:
    """Every document is searched, sealed ones opened: in words, as a number, and as bytes."""
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
        loopback.world.edit(room, 21, text=naming(7))
        loopback.world.post(room, {"text": naming(8), "from": ADA, "fwd": {"channel": HIDDEN, "post": 8}})
        loopback.world.album(room, [{"from": BEN, "photo": True, "text": naming(9)}, {"from": BEN, "photo": True}])
        assert 2 == (await crawl_source(ROOM, crawler)).new
    whole = b"\n".join(everything_opened(loopback))
    for name in NAMES:
        assert name.encode() not in whole, name
    for number in (ADA, BEN, BOT, HIDDEN):
        assert str(number).encode() not in whole
        assert struct.pack("<q", number) not in whole
        assert struct.pack(">q", number) not in whole
    await check(loopback)


async def test_no_media_and_no_credential_is_stored(loopback: Loopback, room: Channel) -> None:
    """Neither thumbnails nor file references nor access hashes of others; the session's key nowhere."""
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
    whole = b"\n".join(everything_opened(loopback))
    key = next(iter(loopback.server.keys.values())).auth.key
    for secret in (b"PRACTICE", b"file_reference", b"thumb", b"\xff\xd8\xff", key[:16]):
        assert secret not in whole
    for number in (hash64("channel", HIDDEN), hash64("user", ADA), hash64("minuser", ADA)):
        assert str(number).encode() not in whole
    assert b'"by":"' in whole


async def test_a_poster_has_one_pseudonym_in_a_room_and_another_in_the_next(loopback: Loopback, room: Channel) -> None:
    """It tells speakers of a room apart and leads nowhere."""
    async with loopback.crawler() as crawler:
        await crawl_source(ROOM, crawler)
        pages = [page async for page in crawler.collectors[ROOM.via].collect(ROOM, None, loopback.clock())]
    by = {post.native_id: post.author for page in pages for post in page.reading.posts}
    assert by[21] == by[23] == by[26] != by[22] == by[24] == by[25]
    assert None is by[1]
    assert all(author is None or len(author) < 40 for author in by.values())


def everything_opened(loopback: Loopback) -> Iterator[bytes]:
    """All that the database holds, with what is sealed also as it reads when opened."""
    for documents in everything(loopback.uri).values():
        for document in documents:
            yield from _spelled(document)
            yield from _opened(document, loopback.store.cipher)


def _opened(document: dict[str, Any], cipher: Cipher) -> Iterator[bytes]:
    if "sealed" not in document:
        return
    about = document["_id"] if "kept_sha256" in document else f"{document['_id']} {document['revision']}"
    about = f"evidence {document['_id']}" if "commit" in document else about
    opened = cipher.open(Sealed(key=document["key"], text=document["sealed"]), about)
    yield zstandard.decompress(opened) if "kept_sha256" in document else opened
    for earlier in document.get("earlier", ()):
        yield from _opened({**earlier, "_id": document["_id"]}, cipher)


def _spelled(value: Any) -> Iterator[bytes]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name).encode()
            yield from _spelled(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _spelled(inner)
    elif isinstance(value, bytes):
        yield value
    elif not isinstance(value, datetime):
        yield str(value).encode()
