"""What a post's block shows beside its text: media, forwards and links."""

import pytest

from evidence.records import Forward, Media
from tests.channels.markup import LABEL, document, photo, text, video
from tests.channels.markup import read_post as read

POLL = (
    '<div class="tgme_widget_message_poll"><div class="tgme_widget_message_poll_question">비 와요?</div>'
    '<div class="tgme_widget_message_poll_type">Anonymous Poll</div><a class="tgme_widget_message_poll_options">'
    '<div class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_percent">58%</div>'
    '<div class="tgme_widget_message_poll_option_text">네</div></div>'
    '<div class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_percent">42%</div>'
    '<div class="tgme_widget_message_poll_option_text">아니요</div></div></a></div>'
)
STICKER = (
    '<div class="tgme_widget_message_sticker_wrap media_supported_cont"><a href="https://t.me/room/1">'
    '<i class="tgme_widget_message_sticker js-sticker_image" data-webp="https://cdn4.telesco.pe/file/s.webp"></i></a></div>'
)
MOVING_STICKER = (
    '<div class="tgme_widget_message_sticker_wrap media_supported_cont">'
    '<picture class="tgme_widget_message_tgsticker js-tgsticker_image">'
    '<source type="application/x-tgsticker" srcset="https://cdn4.telesco.pe/file/s.tgs">'
    '<img src="data:image/svg+xml;base64,AAAA"></picture></div>'
)
VIDEO_STICKER = (
    '<div class="tgme_widget_message_sticker_wrap"><div class="tgme_widget_message_videosticker">'
    '<i class="tgme_widget_message_sticker" data-webp="https://cdn4.telesco.pe/file/s.webp"></i>'
    '<video class="js-videosticker_video" src="https://cdn4.telesco.pe/file/s.webm"></video></div></div>'
)
VOICE = (
    '<a class="tgme_widget_message_voice_player" href="https://t.me/room/1">'
    '<audio class="tgme_widget_message_voice" src="https://cdn4.telesco.pe/file/v.ogg"></audio></a>'
)
ROUND = (
    '<a class="tgme_widget_message_roundvideo_player" href="https://t.me/room/1">'
    '<video class="tgme_widget_message_roundvideo" src="https://cdn4.telesco.pe/file/r.mp4"></video></a>'
)
PLACE = (
    '<a class="tgme_widget_message_location_wrap" href="https://maps.google.com/maps?q=1,2">'
    '<div class="tgme_widget_message_location_title">가온 체육관</div></a>'
)
CONTACT = '<div class="tgme_widget_message_contact"><div class="tgme_widget_message_contact_name">A</div></div>'


def media(body: str) -> dict[str, int]:
    """How many of each kind a body shows."""
    return {item.kind: item.number for item in read(body).media}


# ------------------------------------------------------------------ media


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (text("only words"), {}),
        (photo("https://t.me/room/1"), {"photo": 1}),
        (video(), {"video": 1}),
        (video(""), {"gif": 1}),
        (video('<div class="message_video_play"></div><time>2:02</time>', " not_supported"), {"video": 1}),
        (ROUND, {"round_video": 1}),
        (VOICE, {"voice": 1}),
        (document("정리.pdf"), {"file": 1}),
        (document("연습곡", icon="accent_bg audio"), {"audio": 1}),
        (POLL, {"poll": 1}),
        (STICKER, {"sticker": 1}),
        (MOVING_STICKER, {"sticker": 1}),
        (VIDEO_STICKER, {"sticker": 1}),
        (PLACE, {"place": 1}),
        (CONTACT, {"contact": 1}),
        (photo("https://t.me/room/1") + video() + video(), {"photo": 1, "video": 2}),
    ],
)
def test_fault_6_media_are_counted_by_kind(body: str, expected: dict[str, int]) -> None:
    """Each kind is known by its element, and several of a kind are all counted."""
    assert expected == media(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (LABEL, {"unsupported": 1}),
        (f'<div class="media_supported_cont">{text("x")}</div>{LABEL}', {}),
        (f"{text('x')}{LABEL}", {}),
        (f"{video()}{LABEL}", {"video": 1}),
        (f'<div class="media_supported_cont">{photo("https://t.me/room/1")}</div>{LABEL}', {"photo": 1}),
    ],
)
def test_fault_9_unsupported_label(body: str, expected: dict[str, int]) -> None:
    """The hidden fallback of ordinary posts is no media, and its label is never their text."""
    assert expected == media(body)
    assert "Telegram" not in read(body).words


def test_fault_8_posts_of_one_sticker_or_poll() -> None:
    """A sticker says nothing; a poll says its question and answers beside the text."""
    sticker, poll = read(STICKER, more="sticker_media no_bubble"), read(POLL)
    assert ("", ()) == (sticker.text, sticker.captions)
    assert ("", ("비 와요?", "네", "아니요")) == (poll.text, poll.captions)


def test_captions_stand_below_the_text() -> None:
    """Names of files and of places are words of the post too."""
    assert read(document("명단.xlsx") + PLACE + text("보세요")).words == "보세요\n명단.xlsx\n가온 체육관"


def test_fault_7_album_of_photos_is_one_post() -> None:
    """One block stands for all ids of an album, and its own links are none of the post's."""
    body = "".join(photo(f"https://t.me/room/{number}?single", is_grouped=True) for number in (7124, 7125, 7126))
    post = read(body + text("셋"), post="room/7124")
    assert (7124, (7124, 7125, 7126)) == (post.native_id, post.native_ids)
    assert ((Media(kind="photo", number=3),), ()) == (post.media, post.links)


def test_fault_7_album_of_files_is_one_post() -> None:
    """Files sent together are an album without its frame."""
    body = "".join(document(f"{number}.zip", f"https://t.me/room/{number}?single") for number in (1452, 1453))
    post = read(body, post="room/1452")
    assert ((1452, 1453), (Media(kind="file", number=2),)) == (post.native_ids, post.media)
    assert ("1452.zip", "1453.zip") == post.captions


def test_album_that_names_a_later_id_starts_at_its_first() -> None:
    """The smallest id names an album, wherever its page was opened."""
    body = photo("https://t.me/room/8?single", is_grouped=True) + photo("https://t.me/room/9?single", is_grouped=True)
    post = read(body, post="room/9")
    assert (8, (8, 9), "https://t.me/room/8") == (post.native_id, post.native_ids, post.address)


def test_link_to_a_single_photo_makes_no_album() -> None:
    """Somebody's text may link to one photo of another post."""
    assert read(text('<a href="https://t.me/room/99?single">보기</a>')).native_ids == (1,)


def test_fault_13_reactions_are_not_read() -> None:
    """Custom and paid reactions without an emoji break nothing and are no text."""
    spans = (
        '<span class="tgme_reaction"><i class="emoji"><b>👍</b></i>44.2K</span>',
        '<span class="tgme_reaction"><tg-emoji emoji-id="5"></tg-emoji>12</span>',
        '<span class="tgme_reaction tgme_reaction_paid"><i class="icon icon-telegram-stars"></i>7</span>',
    )
    reactions = f'<div class="tgme_widget_message_reactions">{"".join(spans)}</div>'
    assert read(text("글") + reactions).words == "글"


# ------------------------------------------------------------------ forwards and links


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/src/13666"><span>Source</span></a>',
            Forward(name="Source", address="https://t.me/src/13666"),
        ),
        (
            '<span class="tgme_widget_message_forwarded_from_name"><span>이름 없는 제보</span></span>',
            Forward(name="이름 없는 제보", address=None),
        ),
        (
            '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/src/1">Source</a>'
            ' (<span class="tgme_widget_message_forwarded_from_author">Somebody</span>)',
            Forward(name="Source", address="https://t.me/src/1"),
        ),
        ("", None),
    ],
)
def test_fault_6_forward_with_and_without_link(name: str, expected: Forward | None) -> None:
    """A hidden origin has a name and no address."""
    post = read(f'<div class="tgme_widget_message_forwarded_from">Forwarded from&nbsp;{name}</div>{text("글")}')
    assert (expected, "글", "Room") == (post.forwarded_from, post.text, post.author)


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://a.example/x", ["https://a.example/x"]),
        ("https://a.example/?a=1&amp;amp;b=2", ["https://a.example/?a=1&amp;b=2"]),
        ("https://a.example/?a=1&amp;b=2", ["https://a.example/?a=1&b=2"]),
        ("?q=%23%EC%98%88%EB%B0%A9", ["https://t.me/s/room?q=%23%EC%98%88%EB%B0%A9"]),
        ("//telegram.org/blog", ["https://telegram.org/blog"]),
        ("/other", ["https://t.me/other"]),
        ("  https://a.example/x ", ["https://a.example/x"]),
        ("tg://resolve?domain=x", ["tg://resolve?domain=x"]),
        ("mailto:a@a.example", ["mailto:a@a.example"]),
        ("https://t.me/+PracticeInvite00", ["https://t.me/+PracticeInvite00"]),
        ("https://cdn4.telesco.pe/file/abc.jpg", []),
        ("//cdn1.cdn-telegram.org/file/abc", []),
        ("https://telesco.pe", []),
        ("https://telesco.pe.a.example/", ["https://telesco.pe.a.example/"]),
        ("javascript:alert(1)", []),
        ("data:text/html,x", []),
        ("http://[", ["http://["]),
        ("//[", []),
        ("", []),
    ],
)
def test_fault_12_links_lead_where_a_browser_goes(href: str, expected: list[str]) -> None:
    """Escaped once, resolved against the page; addresses of media and scripts are left out."""
    assert expected == list(read(text(f'<a href="{href}" onclick="return confirm(1)">글</a>')).links)


def test_links_of_text_preview_and_buttons_count_once() -> None:
    """The same address in text and link preview is one; a button without an address is none."""
    buttons = (
        '<a class="tgme_widget_message_inline_button url_button" href="https://b.example/">B</a>'
        '<button class="tgme_widget_message_inline_button">C</button>'
    )
    card = '<a class="tgme_widget_message_link_preview" href="https://a.example/"><div>title</div></a>'
    post = read(text('<a href="https://a.example/">a</a> <a name="x">b</a>') + card + buttons)
    assert ("https://a.example/", "https://b.example/") == post.links
