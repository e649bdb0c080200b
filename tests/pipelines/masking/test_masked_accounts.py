"""Handles and addresses of persons are masked, those of watched rooms are not."""

import pytest

from pipelines.masking import mask

ROOMS = ("@watched_room", "https://t.me/another_room", "t.me/s/third_room")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@watched_room 공지", "@watched_room 공지"),
        ("@Watched_Room", "@Watched_Room"),
        ("https://t.me/watched_room/15", "https://t.me/watched_room/15"),
        ("t.me/s/another_room?before=3", "t.me/s/another_room?before=3"),
        ("텔레그램: third_room", "텔레그램: third_room"),
        ("@watched_room2", "@[계정]"),
        ("t.me/private_person", "t.me/[계정]"),
        ("tg://resolve?domain=private_person", "tg://resolve?domain=[계정]"),
        ("a@example.com", "[이메일]"),
        ("인스타 그램", "인스타 그램"),
        ("카톡 보내 dm 줘", "카톡 보내 dm 줘"),
        ("인스타 story", "인스타 story"),
        ("line up", "line up"),
        ("인스타아이디 abcdef", "인스타아이디 [계정]"),
        ("인스타→abc", "인스타→[계정]"),
        ("인스타 abc_d.", "인스타 [계정]."),
        ("https://www.instagram.com/p/AbC123/", "https://www.instagram.com/[계정]"),
        ("example.com/path", "example.com/path"),
    ],
)
def test_accounts(text: str, expected: str) -> None:
    """Only the name gives way; the platform stays readable."""
    assert expected == mask(text, public=ROOMS).text
