"""One post, read from the web and from both kinds of export: the same wherever they show the same."""

from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from channels.export.words import clean_parts, shown_text
from channels.pages import read_page
from evidence.records import Post
from tests.channels import markup
from tests.channels.export.making import block, generic, message, read_block, read_one, said, service, wrap

TIME = "2026-09-21T14:13:20+00:00"
PHOTO = wrap('<a class="photo_wrap clearfix pull_left" href="photos/p.jpg"></a>')


def on_the_web(body: str, **parts: Any) -> Post:
    """A block of the room, without what only the web shows."""
    parts = {"foot": markup.footer("7", time=TIME)} | parts
    name = '<a class="tgme_widget_message_owner_name" href="x"><span dir="auto">햇살 알림방</span></a>'
    (post,) = read_page(markup.preview(markup.block(body, author=name, **parts))).posts
    return replace(post, views=None, address=None)


@pytest.mark.parametrize(
    ("web", "text", "html"),
    [
        ("소풍은 <b>내일</b><br/>입니다", ["소풍은 ", {"type": "bold", "text": "내일"}, "\n입니다"], None),
        (
            'x <a href="https://a.example/">a</a>',
            ["x ", {"type": "text_link", "text": "a", "href": "https://a.example/"}],
            None,
        ),
        (
            '<a href="http://a.example/x" target="_blank">a.example/x</a>',
            [{"type": "link", "text": "a.example/x"}],
            '<a href="a.example/x">a.example/x</a>',
        ),
        (
            '<a href="https://t.me/room_one" target="_blank">@room_one</a>',
            [{"type": "mention", "text": "@room_one"}],
            None,
        ),
        ("앞<blockquote>말<br/>했다</blockquote>뒤", ["앞", {"type": "blockquote", "text": "말\n했다"}, "뒤"], None),
        ("a  &amp;amp;  b <br/> c", "a  &amp;  b \n c", None),
        (
            '<i class="emoji" style="x"><b>🔥</b></i>',
            [{"type": "custom_emoji", "text": "🔥", "document_id": "x"}],
            '<a href="stickers/x.webp">🔥</a>',
        ),
    ],
)
def test_texts(tmp_path: Path, web: str, text: Any, html: str | None) -> None:
    """Words and links are the same."""
    post = on_the_web(markup.text(web))
    assert post == read_one(tmp_path, message(1, text))
    assert post == read_block(tmp_path, block(1, said(html or web)))


@pytest.mark.parametrize(
    ("web", "fields", "html"),
    [
        (markup.photo("https://t.me/room/1"), {"photo": "p.jpg"}, PHOTO),
        (markup.video(), {"file": "v", "media_type": "video_file"}, generic("media_video", "Video file")),
        (markup.video(""), {"file": "v", "media_type": "animation"}, generic("media_video", "Animation")),
        (
            markup.document("식단표.pdf"),
            {"file": "f", "file_name": "식단표.pdf"},
            generic("media_file", "식단표.pdf"),
        ),
        (
            markup.document("교가", icon="audio"),
            {"file": "f", "media_type": "audio_file", "title": "교가", "performer": "합창반"},
            generic("media_audio_file", "합창반 – 교가"),
        ),
    ],
)
def test_media(tmp_path: Path, web: str, fields: dict[str, Any], html: str) -> None:
    """Kinds, numbers and captions are the same."""
    post = on_the_web(web + markup.text("글"))
    assert post == read_one(tmp_path, message(1, "글", **fields))
    assert post == read_block(tmp_path, block(1, html + said("글")))


def test_reply_and_edit(tmp_path: Path) -> None:
    """What is answered and that it was edited, which HTML does not say."""
    reply = '<a class="tgme_widget_message_reply" href="https://t.me/room/7"></a>'
    post = on_the_web(reply + markup.text("글"), foot=markup.footer("7", meta="edited &nbsp;", time=TIME))
    assert post == read_one(tmp_path, message(1, "글", reply_to_message_id=7, edited="2026-09-21T23:14:00"))
    answer = '<div class="reply_to details">In reply to <a href="#go_to_message7">this message</a></div>'
    assert replace(post, is_edited=False) == read_block(tmp_path, block(1, answer + said("글")))


def test_the_first_post_of_a_channel(tmp_path: Path) -> None:
    """The service message that every channel begins with."""
    post = on_the_web(markup.text("Channel created"), more="service_message")
    assert post == read_one(tmp_path, service(1, "create_channel", actor="햇살 알림방", title="햇살"))


@settings(max_examples=50)
@given(
    st.text(alphabet=st.sampled_from("가 a\n\t\r🔥\u00a0.<&"), max_size=30),
    st.sampled_from(["bold", "pre", "blockquote"]),
)
def test_any_text(words: str, kind: str) -> None:
    """White space and line breaks come out as on the web, whatever their order."""
    tag = {"bold": "b"}.get(kind, kind)
    written = escape(words).replace("\n", "<br/>")
    web = read_page(markup.preview(markup.block(markup.text(f"앞{written}<{tag}>{written}</{tag}>뒤")))).posts[0].text
    assert web == shown_text(clean_parts(["앞", words, {"type": kind, "text": words}, "뒤"]))
