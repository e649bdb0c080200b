"""``messages.html`` and the pages that follow it."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from channels.export import open_export
from evidence.errors import ConfigError, UnreadableCapture
from evidence.records import Forward, Media, PlaceKind
from tests.channels.export.making import (
    block,
    generic,
    notice,
    page,
    read_block,
    read_posts,
    read_until_fault,
    said,
    wrap,
    write_page,
)

MOMENT = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "zone", "expected"),
    [
        ("21.09.2026 23:13:20 UTC+09:00", None, MOMENT),
        ("21.09.2026 09:43:20 UTC-04:30", None, MOMENT),
        ("21.09.2026 14:13:20 UTC", None, MOMENT),
        ("21.09.2026 23:13:20", None, None),
        ("21.09.2026 23:13:20", ZoneInfo("Asia/Seoul"), MOMENT),
        ("31.02.2026 23:13:20 UTC+09:00", None, None),
        ("yesterday", ZoneInfo("Asia/Seoul"), None),
    ],
)
def test_times(tmp_path: Path, shown: str, zone: ZoneInfo | None, expected: datetime | None) -> None:
    """The zone stands beside the time since 2022; before, it must be told."""
    path = write_page(tmp_path, page(block(1, said("글"), time=shown)))
    assert [expected] == [post.posted_at for post in read_posts(path, zone=zone)]


def test_joined_messages_keep_the_sender(tmp_path: Path) -> None:
    """Fault 18: also over the edge of a page; a deleted account is nobody."""
    first = page(block(1, said("a"), "하나"), block(2, said("b"), None), following="messages2.html")
    second = page(
        block(3, said("c"), None), block(4, said("d"), "둘 via @vote"), block(5, said("e"), "Deleted Account")
    )
    path = write_page(tmp_path, first)
    write_page(tmp_path, second, "messages2.html")
    assert [(1, "하나"), (2, "하나"), (3, "하나"), (4, "둘"), (5, None)] == [
        (post.native_id, post.author) for post in read_posts(path)
    ]


def test_a_set_is_read_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    """Ten comes after nine; a page without the set before it is read from there."""
    for number in range(1, 12):
        following = f"messages{number + 1}.html" if number < 11 else ""
        before = f"messages{number - 1 if number > 2 else ''}.html" if number > 1 else ""
        html = page(block(number, said("글")), following=following, before=before)
        write_page(tmp_path, html, f"messages{number if number > 1 else ''}.html")
    assert list(range(1, 12)) == [post.native_id for post in read_posts(tmp_path / "messages.html")]
    assert [10, 11] == [post.native_id for post in read_posts(tmp_path / "messages10.html")]


@pytest.mark.parametrize(
    ("following", "note"),
    [
        ("messages2.html", "messages2.html, which follows messages.html, is not there"),
        ("messages1.html", None),
        ("../messages2.html", None),
        ("https://a.example/messages2.html", None),
    ],
)
def test_a_missing_page_is_named(tmp_path: Path, following: str, note: str | None) -> None:
    """What is there is read; links elsewhere are not followed."""
    export = open_export(write_page(tmp_path, page(block(1, said("글")), following=following)))
    assert (note, [1]) == (export.note, [post.native_id for batch in export.posts() for post in batch.posts])


def test_days_are_no_messages(tmp_path: Path) -> None:
    """The line above a day has an id below 0; a message that says the same has not."""
    blocks = [notice(-1, "2 May 2026"), notice(1, "Channel «햇살» created"), notice(2, "2 May 2026")]
    posts = read_posts(write_page(tmp_path, page(*blocks)))
    assert [(1, "Channel «햇살» created", True), (2, "2 May 2026", True)] == [
        (post.native_id, post.text, post.is_service) for post in posts
    ]


@pytest.mark.parametrize(
    ("html", "text", "links"),
    [
        ("한 줄<br>두 줄", "한 줄\n두 줄", ()),
        ("a &amp;amp; &lt;b&gt; &apos;", "a &amp; <b> '", ()),
        ("<strong>굵게<br><br></strong><em>다음</em>  줄<br>  들여", "굵게\n\n다음 줄\n들여", ()),
        ('<a href="https://a.example/?a=1&amp;b=2">여기</a>', "여기", ("https://a.example/?a=1&b=2",)),
        ('<a href="www.a.example/x">www.a.example/x</a>', "www.a.example/x", ("http://www.a.example/x",)),
        ('<a href="https://t.me/room_one">@room_one</a>', "@room_one", ("https://t.me/room_one",)),
        ('<a href="" onclick="return ShowHashtag(&quot;소풍&quot;)">#소풍</a>', "#소풍", ()),
        ('<a href = "stickers/sticker.webp">🔥</a>', "🔥", ()),
        ('<a href="files/x.pdf">files</a><a href="javascript:x">y</a>', "filesy", ()),
        ("앞<blockquote>말<br>했다</blockquote>뒤<pre>x = 1</pre>", "앞\n말\n했다\n뒤\nx = 1", ()),
        (
            '<span class="spoiler hidden" onclick="ShowSpoiler(this)"><span aria-hidden="true">숨김</span></span>',
            "숨김",
            (),
        ),
        ("<s>" * 60 + "깊이" + "</s>" * 60, "깊이", ()),
    ],
)
def test_text(tmp_path: Path, html: str, text: str, links: tuple[str, ...]) -> None:
    """As a browser shows it; links that open a page."""
    post = read_block(tmp_path, block(1, said(html)))
    assert (text, links) == (post.text, post.links)


@pytest.mark.parametrize(
    ("html", "kind", "captions"),
    [
        (
            wrap('<a class="photo_wrap clearfix pull_left" href="photos/p.jpg"><img class="photo" src="t.jpg"/></a>'),
            "photo",
            (),
        ),
        (wrap('<a class="sticker_wrap clearfix pull_left" href="s.webp"></a>'), "sticker", ()),
        (wrap('<a class="animated_wrap clearfix pull_left" href="a.mp4"></a>'), "gif", ()),
        (wrap('<a class="video_file_wrap clearfix pull_left" href="v.mp4"></a>'), "video", ()),
        (generic("media_photo", "Photo", "Not included, change data exporting settings to download."), "photo", ()),
        (generic("media_photo", "Sticker"), "sticker", ()),
        (generic("media_video", "Video file"), "video", ()),
        (generic("media_video", "Animation"), "gif", ()),
        (generic("media_video", "Video message"), "round_video", ()),
        (generic("media_voice_message", "Voice message"), "voice", ()),
        (generic("media_audio_file", "합창반 – 교가"), "audio", ("교가",)),
        (generic("media_file", "식단표.pdf"), "file", ("식단표.pdf",)),
        (generic("media_file", "Sticker"), "file", ("Sticker",)),
        (generic("media_contact", "아무개"), "contact", ()),
        (generic("media_location", "Location"), "place", ()),
        (generic("media_venue", "도서관", "1길"), "place", ("도서관", "1길")),
        (
            wrap(
                '<div class="media_poll"><div class="question bold">소풍?</div><div class="details">Final</div>'
                '<div class="answer">- 산 <span class="details">2 votes</span></div>'
                '<div class="answer">- 강</div></div>'
            ),
            "poll",
            ("소풍?", "산", "강"),
        ),
    ],
)
def test_media(tmp_path: Path, html: str, kind: str, captions: tuple[str, ...]) -> None:
    """With or without the file: what kind there was."""
    post = read_block(tmp_path, block(1, html))
    assert ((Media(kind=kind, number=1),), captions) == (post.media, post.captions)


def test_unsupported(tmp_path: Path) -> None:
    """The words of the program are not those of the message."""
    words = "This message is not supported by this version of Telegram Desktop. Please update the application."
    post = read_block(tmp_path, notice(3, words))
    assert ("", False, (Media(kind="unsupported", number=1),)) == (post.text, post.is_service, post.media)


def test_forward_reply_signature_and_buttons(tmp_path: Path) -> None:
    """The outer name is the room's, the inner one the origin's; a joined forward keeps both."""
    origin = '<div class="from_name">\n이웃방 <span class="date details" title="x"> 20.09.2026 10:00:00</span></div>'
    rest = (
        '<div class="reply_to details">In reply to <a href="messages.html#go_to_message66">this message</a></div>'
        f'{said("글")}<div class="signature details">반장</div>'
        '<table class="bot_buttons_table"><tr><td><a ="" onclick="x">a</a><a href="https://a.example/">b</a></td></tr></table>'
    )
    first = block(
        1, f'<div class="pull_left forwarded userpic_wrap"></div><div class="forwarded body">{origin}{rest}</div>'
    )
    second = block(2, f'<div class="forwarded body">{said("더")}</div>', None)
    posts = read_posts(write_page(tmp_path, page(first, second)))
    assert ("반장", 66, "글", ("https://a.example/",)) == (
        posts[0].author,
        posts[0].reply_to,
        posts[0].text,
        posts[0].links,
    )
    assert {Forward(name="이웃방", address=None)} == {post.forwarded_from for post in posts}
    assert ("햇살 알림방", "더") == (posts[1].author, posts[1].text)


@pytest.mark.parametrize(
    ("blocks", "title", "kind"),
    [
        ((notice(1, "Channel photo changed"), block(2, "", "반장")), "햇살", PlaceKind.CHANNEL),
        ((block(2, "", "햇살"),), "햇살", PlaceKind.CHANNEL),
        ((notice(1, "아무개 created group «햇살»"), block(2, "", "햇살")), "햇살", PlaceKind.GROUP),
        ((block(1, "", "하나"), block(2, "", "둘"), block(3, "", "셋")), "햇살", PlaceKind.GROUP),
        ((block(1, "", "햇살"), block(2, "", "둘")), "햇살", PlaceKind.USER),
        ((block(1, "", "meal_bot"),), "meal_bot", PlaceKind.BOT),
        ((block(1, "", "하나"), block(2, "", "둘"), block(3, "", "셋")), "Saved messages", PlaceKind.USER),
    ],
)
def test_the_kind_is_guessed(tmp_path: Path, blocks: tuple[str, ...], title: str, kind: PlaceKind) -> None:
    """From service messages and senders; whether it is private cannot be told."""
    export = open_export(write_page(tmp_path, page(*blocks, title=title)), title)
    assert (kind, title, None, None) == (
        export.place.kind,
        export.place.title,
        export.place.native_id,
        export.is_private,
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "messages.html is empty: 0 bytes"),
        ("<html>글</html>".encode("cp949"), "messages.html is not UTF-8 text, as Telegram Desktop writes it"),
        (page(block(1, "")).encode()[:-30], "messages.html: not a whole page: it has no </html> at its end"),
        (b"<html><body>hello</body></html>", "not a Telegram Desktop export: no history of messages on the page"),
        (b"<b>" * 20_001 + b"</html>", "messages.html: not a page: more than 1,000 elements inside each other"),
        (b"x" * (32 * 2**20 + 2**20), "messages.html has 33 MB: expected at most 32, a page of 1,000 messages"),
    ],
)
def test_what_is_no_page(tmp_path: Path, content: bytes, expected: str) -> None:
    """One line says which page and what is wrong with it."""
    path = tmp_path / "messages.html"
    path.write_bytes(content)
    with pytest.raises(UnreadableCapture) as caught:
        open_export(path)
    assert expected == str(caught.value)


def test_a_broken_page_of_a_set(tmp_path: Path) -> None:
    """Those before it are read."""
    path = write_page(tmp_path, page(block(1, said("글")), following="messages2.html"))
    write_page(tmp_path, "<html>", "messages2.html")
    assert ([1], "messages2.html: not a whole page: it has no </html> at its end") == read_until_fault(path)


def test_another_chat_than_this_one(tmp_path: Path) -> None:
    """A page is of one chat only."""
    with pytest.raises(ConfigError, match=r'^"이웃방" is not the name of the only chat in this export$'):
        open_export(write_page(tmp_path, page(block(1, ""))), "이웃방")
