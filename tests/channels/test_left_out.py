"""What is cut out of words and pages before they are kept, formats in the middle of it or not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.directory.combot import keep_rows
from channels.directory.tgstat_api import _keep, read_item
from channels.left_out import MEDIA_LEFT_OUT, cut_part, cuts_in, left_out
from channels.pages import read_page
from channels.sanitize import sanitize
from evidence.package.media import check_media
from tests.channels.markup import block, preview, text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("보세요 https://cdn4.telesco.pe/file/a.jpg 여기", f"보세요 {MEDIA_LEFT_OUT} 여기"),
        ("telesco.pe/", MEDIA_LEFT_OUT),
        ("cdn4.telesco.pe:443", MEDIA_LEFT_OUT),
        ("data:image/png;base64,aGVsbG8=", MEDIA_LEFT_OUT),
        ("data:image/png; x", f"{MEDIA_LEFT_OUT} x"),
        ("T.ME/i/userpic/320/a.jpg", MEDIA_LEFT_OUT),
        ("telegra.ph/file/a.jpg 900101-1234567", f"{MEDIA_LEFT_OUT} [주민번호]"),
        ("telesco.pe 는 무엇?", "telesco.pe 는 무엇?"),
        ("data: 어제", "data: 어제"),
    ],
)
def test_words(words: str, expected: str) -> None:
    """Addresses of media as a person types them, and numbers; by cuts the same."""
    assert (expected, expected) == (left_out(words), cut_part(words, 0, cuts_in(words)))


PIECES = "telesco.pe cdn-telegram.org https:// / : . telegra.ph/file/ t.me /i/userpic/ data: image/png ; , a 가 %2f"
typed = st.lists(st.sampled_from([*PIECES.split(), " ", '"', "<", "\n", "900101-1234567"]), max_size=8).map("".join)


@given(typed)
def test_what_is_left_stops_no_package(words: str) -> None:
    """Whatever is cleaned may be handed over, and once is enough."""
    clean = left_out(words)
    assert clean == left_out(clean)
    check_media({"item.json": clean.encode(), "items.csv": clean.encode()})


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("900101-<b>123</b>4567 뒤", "[주민번호] 뒤"),
        ("앞 <i>900101</i>&#45;<b>1234567</b>", "앞 [주민번호]"),
        ("9001<tg-spoiler>01-12345</tg-spoiler>67", "[주민번호]"),
        ("900101&nbsp;1234567", "[주민번호]"),
        ("telesco<b>.pe/file/a.jpg</b> 뒤", f"{MEDIA_LEFT_OUT} 뒤"),
        ("900101<br>1234567", "900101\n1234567"),
    ],
)
def test_formats_do_not_hide_anything(html: str, expected: str) -> None:
    """The kept page has neither digits nor address, and reads as the mark; kept once more it is the same."""
    kept = sanitize(preview(block(text(html))))
    (post,) = read_page(kept).posts
    assert (expected, kept) == (post.text, sanitize(kept))


@pytest.mark.parametrize(
    "link",
    [
        "https://a.example/?q=900101-1234567",
        "https://a.example/?q=9001011234568",
        "tel:9001011234568",
        "https://a.example/?q=900101%2D1234567",
    ],
)
def test_links_lose_their_number(link: str) -> None:
    """The rest of the address stays."""
    kept = sanitize(preview(block(text(f'<a href="{link}">여기</a>'))))
    (post,) = read_page(kept).posts
    assert ((link.partition("9001")[0] + "[주민번호]",), 0) == (post.links, kept.count("900101"))


def test_rows_of_directories_lose_both() -> None:
    """In titles and words about a room; numbers and names of rooms stay what they are."""
    said = "방 900101-1234567 telesco.pe/file/a"
    rows = keep_rows(json.dumps([{"t": said, "u": "room", "c": -1001900000001, "s": 5}]))
    assert [{"t": f"방 [주민번호] {MEDIA_LEFT_OUT}", "u": "room", "c": -1001900000001, "s": 5}] == json.loads(rows)
    room = read_item(_keep({"title": said, "about": said, "username": "room", "tg_id": 1900000001}))
    assert room is not None
    assert ({f"방 [주민번호] {MEDIA_LEFT_OUT}"}, "https://t.me/room") == ({room.title, room.description}, room.address)
