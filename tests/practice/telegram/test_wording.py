"""Tests of posts written as messages."""

from datetime import UTC, datetime

import pytest

from evidence.records import Media
from practice.telegram.wording import Origin, list_entities, split_address, write_messages
from practice.world import PracticePost, PracticeRoom

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ROOM = PracticeRoom(username="room", title="방", peer_id=1_900_009_999)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("그냥 글", []),
        ("보세요 https://a.example/1.", [("url", 4, 19)]),
        ("🙂 @practice_bot 와 #안전", [("mention", 3, 13), ("hashtag", 19, 3)]),
        ("mail@name.example", []),
    ],
)
def test_entities_in_utf_16_units(text: str, expected: list[tuple[str, int, int]]) -> None:
    """Addresses, names and tags are marked where they are, an emoji counted as two."""
    assert expected == [(one["type"], one["offset"], one["length"]) for one in list_entities(text)]


@pytest.mark.parametrize("kind", ["photo", "gif", "video", "round_video", "voice", "audio", "file", "sticker"])
def test_every_kind_of_media(kind: str) -> None:
    """A photo is a photo, everything else a document of its kind."""
    post = PracticePost(id=3, at=AT, media=(Media(kind=kind, number=1),))
    (message,) = write_messages(ROOM, post)
    expected = (True, None) if kind == "photo" else (None, {"kind": kind})
    assert expected == (message.get("photo"), message.get("document"))


def test_album_has_its_text_once() -> None:
    """Each item is a message; the first has the text, all have the group, the origin and the reply."""
    post = PracticePost(id=3, at=AT, text="셋", media=(Media(kind="photo", number=3),), reply_to=2)
    messages = write_messages(ROOM, post, origin=Origin(name="누군가"))
    assert [3, 4, 5] == [message["id"] for message in messages]
    assert ["셋", None, None] == [message.get("text") for message in messages]
    assert 1 == len({message["grouped_id"] for message in messages})
    assert [{"name": "누군가"}] * 3 == [message["fwd"] for message in messages]
    assert [2] * 3 == [message["reply_to"] for message in messages]


def test_poll_asks_its_text() -> None:
    """The text of a poll is its question; the message says nothing beside."""
    post = PracticePost(id=3, at=AT, text="할까요?", media=(Media(kind="poll", number=1),), views=500)
    (message,) = write_messages(ROOM, post)
    assert ("할까요?", 100) == (message["poll"]["question"], message["poll"]["total"])
    assert "text" not in message


def test_addresses_of_posts() -> None:
    """Only the address of a public post names a room and an id."""
    assert ("room", 5) == split_address("https://t.me/room/5")
    assert (None, 0) == split_address("https://t.me/+PracticeInvite00")
