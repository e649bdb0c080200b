"""From the kept form to Posts and Places, as the web pages show them; without Telethon."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from channels.telegram.reading import above_cut_albums, read_place, read_posts
from evidence.records import Figure, Forward, Media, PlaceKind, Post

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


def kept(native_id: int = 7, **more: Any) -> dict[str, Any]:
    """A kept message."""
    return {"id": native_id, "date": int(AT.timestamp()), "text": "", **more}


def read(**more: Any) -> Post:
    """The only post of a message."""
    (post,) = read_posts([kept(**more)], "alpha")
    return post


def test_a_message_with_everything() -> None:
    """Each key has its place in the Post."""
    post = read(
        text="  words  ",
        edited=1,
        by="p-1",
        views=0,
        reply_to=3,
        media="poll",
        captions=["Tea?", " Yes ", ""],
        forward={"name": "Beta", "of": "beta/9"},
    )
    expected = Post(
        native_id=7,
        native_ids=(7,),
        address="https://t.me/alpha/7",
        posted_at=AT,
        is_edited=True,
        is_service=False,
        author="p-1",
        text="words",
        captions=("Tea?", "Yes"),
        views=Figure(value=0, low=0, high=0),
        forwarded_from=Forward(name="Beta", address="https://t.me/beta/9"),
        reply_to=3,
        media=(Media(kind="poll", number=1),),
        links=(),
    )
    assert expected == post


def test_a_service_message() -> None:
    """What happened is its text."""
    (post,) = read_posts([{"id": 1, "date": 0, "service": "Channel created"}], "alpha")
    assert (True, "Channel created", None) == (post.is_service, post.text, post.views)


@pytest.mark.parametrize(
    ("forward", "expected"),
    [
        ({"name": "Alpha", "of": "alpha"}, Forward(name="Alpha", address="https://t.me/alpha")),
        ({"name": "Closed"}, Forward(name="Closed", address=None)),
        ({"name": None}, Forward(name=None, address=None)),
        ({"name": ""}, Forward(name=None, address=None)),
        (None, None),
    ],
)
def test_forwards(forward: dict[str, Any] | None, expected: Forward | None) -> None:
    """With an address where there is one."""
    assert expected == read(forward=forward).forwarded_from


@pytest.mark.parametrize(
    ("text", "entity", "link"),
    [
        ("https://a.example/", ["url", 0, 18], "https://a.example/"),
        ("a.example/x", ["url", 0, 11], "http://a.example/x"),
        ("tg://resolve?domain=x", ["url", 0, 21], "tg://resolve?domain=x"),
        ("🏫🏫 @beta_room", ["mention", 5, 10], "https://t.me/beta_room"),
        ("😀 #학교", ["hashtag", 3, 3], "https://t.me/s/alpha?q=%23%ED%95%99%EA%B5%90"),
        ("👨‍👩‍👧 $KRW", ["cashtag", 9, 4], "https://t.me/s/alpha?q=%24KRW"),
        ("é🎒 a@b.example", ["email", 4, 11], "mailto:a@b.example"),
        ("here", ["text_url", 0, 4, "https://c.example/y"], "https://c.example/y"),
        ("here", ["text_url", 0, 4, "javascript:x"], None),
        ("x", ["url", 0, 1000], "http://x"),
        ("x", ["url", 5, 3], None),
    ],
)
def test_links_are_cut_in_utf_16(text: str, entity: list[Any], link: str | None) -> None:
    """Telegram counts an emoji as two; what it marks is found whatever stands before."""
    found = read(text=text, links=[entity]).links
    assert ((link,) if link else ()) == tuple(one for one in found if one != "http://")


def test_links_come_once_each_in_order() -> None:
    """Of the text, then the preview, then buttons; media addresses are left out."""
    post = read(
        text="https://a.example/",
        links=[["url", 0, 18]],
        preview="https://a.example/",
        buttons=["https://b.example/", "https://cdn4.telesco.pe/file/x.jpg", "https://b.example/"],
    )
    assert ("https://a.example/", "https://b.example/") == post.links


def test_posts_are_oldest_first_and_albums_one() -> None:
    """The parts of an album are a post under the first id, with all words and all media."""
    messages = [
        kept(9, text="last"),
        kept(6, album=1, media="video", text="two", captions=["b"], edited=5),
        kept(5, album=1, media="photo", text="one", views=3, by="p-1"),
        kept(7, album=1, media="photo"),
        kept(3, album=2, media="photo"),
        kept(2, text="first"),
    ]
    posts = read_posts(messages, "alpha")
    assert [(2,), (3,), (5, 6, 7), (9,)] == [post.native_ids for post in posts]
    album = posts[2]
    assert ("one\ntwo", True, "p-1", ("b",)) == (album.text, album.is_edited, album.author, album.captions)
    assert (Media(kind="photo", number=2), Media(kind="video", number=1)) == album.media
    assert album.views == Figure(value=3, low=3, high=3)


@pytest.mark.parametrize(
    ("ids", "reach", "above"),
    [
        ({}, 0, []),
        ({5: 0}, 0, [5]),
        ({5: 1, 6: 0}, 0, [6]),
        ({5: 1, 6: 1, 7: 0}, 0, [7]),
        ({5: 0, 6: 1}, 0, [5, 6]),
        ({5: 0, 6: 1, 7: 0}, 9, [7]),
        ({5: 1, 6: 1}, 0, [5, 6]),
    ],
)
def test_albums_that_may_go_on_below(ids: dict[int, int], reach: int, above: list[int]) -> None:
    """What of a page lies above them, with others speaking in between or not; all where nothing else is."""
    messages = [kept(native_id, **({"album": album} if album else {})) for native_id, album in ids.items()]
    assert above == [message["id"] for message in above_cut_albums(messages, reach)]


@pytest.mark.parametrize(("kind", "unit"), [("channel", "subscribers"), ("group", "members")])
def test_places(kind: str, unit: str) -> None:
    """What was asked in full has counts; what came beside messages has none."""
    head: dict[str, Any] = {"id": 5, "title": "T", "names": ["a", "b"], "kind": kind, "verified": True}
    place = read_place(head)
    assert (PlaceKind(kind), "a", ("a", "b"), 5, None, None) == (
        place.kind,
        place.username,
        place.names,
        place.native_id,
        place.members,
        place.unit,
    )
    full = read_place(head | {"about": "", "members": 3, "online": 1, "linked": 9, "migrated_from": 4})
    assert (Figure(value=3, low=3, high=3), unit, 1, 9, 4, None) == (
        full.members,
        full.unit,
        full.online,
        full.linked_id,
        full.migrated_from,
        full.description,
    )


def test_a_capture_with_half_a_character() -> None:
    """A lone surrogate, which some clients send, is read back as it was kept."""
    body = json.dumps([kept(text="a\ud83d b")], ensure_ascii=False).encode("utf-8", "surrogatepass")
    (post,) = read_posts(json.loads(body), "alpha")
    assert "a\ud83d b" == post.text


@pytest.mark.slow
def test_it_needs_no_telethon() -> None:
    """A stored Capture can be read years later, whatever became of the library."""
    program = "import sys; import channels.telegram.reading; sys.exit('telethon' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode
