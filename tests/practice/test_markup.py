"""Tests of the small pieces of Telegram's markup."""

import base64
import json
from datetime import datetime

import pytest

from practice import markup
from practice.world import World


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1K"),
        (1_004, "1K"),
        (1_480, "1.48K"),
        (3_856, "3.86K"),
        (43_190, "43.2K"),
        (53_000, "53K"),
        (82_932, "82.9K"),
        (163_840, "164K"),
        (826_120, "826K"),
        (999_499, "999K"),
        (999_500, "1M"),
        (2_190_000, "2.19M"),
        (5_300_000, "5.3M"),
        (11_286_994, "11.3M"),
    ],
)
def test_abbreviates_to_three_significant_digits(number: int, shown: str) -> None:
    """Numbers are exact below 1000, else rounded to nearest without a trailing zero."""
    assert shown == markup.abbreviate(number)


def test_spaces_out_thousands() -> None:
    """Exact numbers part their thousands with plain spaces."""
    assert ["537", "82 932", "8 122 955"] == [markup.space_out(n) for n in (537, 82_932, 8_122_955)]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("둘\n줄", "둘<br/>줄"),
        ("<b> & 안녕!", "&lt;b&gt; &amp; 안녕&#33;"),
        ("#안전", '<a href="?q=%23%EC%95%88%EC%A0%84">#안전</a>'),
        ("@practice_bot", '<a href="https://t.me/practice_bot" target="_blank">@practice_bot</a>'),
        (
            "https://t.me/+abc",
            '<a href="https://t.me/+abc" target="_blank" rel="noopener">https://t.me/+abc</a>',
        ),
        (
            "https://a.example/?x=1&y=2.",
            '<a href="https://a.example/?x=1&amp;y=2" target="_blank" rel="noopener"'
            " onclick=\"return confirm('Open this link?\\n\\n'+this.href);\">"
            "https://a.example/?x=1&amp;y=2</a>.",
        ),
        (
            "🔥",
            '<i class="emoji" style="background-image:url(\'//telegram.org/img/emoji/40/F09F94A5.png\')"><b>🔥</b></i>',
        ),
    ],
)
def test_shows_text_as_telegram_does(text: str, html: str) -> None:
    """Line breaks, links, tags and emoji get Telegram's markup; everything else is escaped."""
    assert html == markup.to_html(text)


def test_view_token_names_peer_post_and_time(world: World, now: datetime) -> None:
    """The view token holds the negative peer, the id with ``g`` for an album, and the time."""
    room = world.rooms["practice_games"]
    tokens = [markup.sign_view(room, room.posts[native_id], now) for native_id in (2, 21)]
    opened = [json.loads(base64.b64decode(token + "==")) for token in tokens]
    expected = [(-room.peer_id, native_id, int(now.timestamp())) for native_id in (2, "21g")]
    assert expected == [(token["c"], token["p"], token["t"]) for token in opened]
