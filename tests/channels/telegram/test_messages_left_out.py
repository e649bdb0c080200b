"""Messages of the protocol without addresses of media and resident numbers; links stand where their words do."""

import json
from dataclasses import replace
from typing import Any

import pytest
from telethon.tl import types

from channels.fragments import fragments_of, read_fragment
from channels.left_out import MEDIA_LEFT_OUT
from channels.telegram.convert import keep_channel
from channels.telegram.left_out import leave_out
from channels.telegram.reading import read_posts
from evidence.records import PageKind
from tests.channels.telegram.test_convert import AT, keep, message
from tests.storage.making import capture

NUMBER, PICTURE = "900101-1234567", "https://cdn4.telesco.pe/file/a.jpg"


def kept(text: str, *entities: Any, **more: Any) -> dict[str, Any]:
    """What is kept of a message."""
    (only,) = keep(message(message=text, entities=list(entities) or None, **more))
    return only


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"내 {NUMBER}", "내 [주민번호]"),
        (f"봐 {PICTURE} 이거", f"봐 {MEDIA_LEFT_OUT} 이거"),
        ("data:image/png;base64,aGVsbG8=", MEDIA_LEFT_OUT),
        ("오늘 10시", "오늘 10시"),
    ],
)
def test_texts(text: str, expected: str) -> None:
    """A mark in place of each; reading what is kept gives the mark too."""
    assert expected == kept(text)["text"] == read_posts([kept(text)], "alpha")[0].text


def test_links_move_with_their_words() -> None:
    """Also behind an emoji, of which Telegram counts two; links by words that are gone, or to media, go."""
    text = f"😀 {PICTURE} {NUMBER} https://a.example/x @beta 여기"
    entities = (
        types.MessageEntityUrl(3, len(PICTURE)),
        types.MessageEntityUrl(text.index("https://a") + 1, 19),
        types.MessageEntityMention(text.index("@beta") + 1, 5),
        types.MessageEntityTextUrl(text.index("여기") + 1, 2, url=PICTURE),
        types.MessageEntityTextUrl(text.index("여기") + 1, 2, url="https://a.example/?q=900101%2D1234567"),
    )
    (post,) = read_posts([kept(text, *entities)], "alpha")
    assert ("https://a.example/x", "https://t.me/beta", "https://a.example/?q=[주민번호]") == post.links


def test_everything_else_that_strangers_write() -> None:
    """Files' names, polls, names of forwards, titles in service messages, previews, buttons, a room's own words."""
    media = types.MessageMediaWebPage(webpage=types.WebPagePending(id=1, date=None, url=PICTURE))
    assert "preview" not in kept("봐", media=media)
    named = {
        "id": 1,
        "date": 1,
        "text": "",
        "captions": [f"{NUMBER}.jpg"],
        "forward": {"name": NUMBER, "of": "alpha/1"},
    }
    pressed = {"id": 2, "date": 1, "text": "", "buttons": [PICTURE, "https://a.example/"]}
    one, two, service = leave_out([named, pressed, {"id": 3, "date": 1, "service": f"«{NUMBER}»"}])
    assert (["[주민번호].jpg"], {"name": "[주민번호]", "of": "alpha/1"}) == (one["captions"], one["forward"])
    assert (["https://a.example/"], "«[주민번호]»") == (two["buttons"], service["service"])
    room = types.Channel(id=1, title=f"Alpha {NUMBER}", photo=types.ChatPhotoEmpty(), date=AT, access_hash=77)
    assert "Alpha [주민번호]" == keep_channel(room)["title"]


def test_what_is_clean_is_not_touched() -> None:
    """The very same objects: a page of ordinary messages costs one look."""
    messages = keep(message(message="하나"), message(message="둘", id=8))
    assert messages is leave_out(messages)


def test_a_fragment_has_neither() -> None:
    """What is sealed of a capture is cut from what is kept; it reads as the post did."""
    messages = [kept(f"{NUMBER} {PICTURE}")]
    (post,) = read_posts(messages, "alpha")
    page = replace(capture(), kind=PageKind.HISTORY, kept=json.dumps({"messages": messages}).encode())
    (fragment,) = fragments_of(page, [post]).values()
    assert (False, False) == ("900101" in fragment, "telesco" in fragment)
    assert post == read_fragment(PageKind.HISTORY, fragment, "https://t.me/alpha")
