"""One post's block, in the forms that pages of 2019 to 2026 give it: id, time, numbers, author and text."""

from datetime import UTC, datetime

import pytest

from channels.pages import read_page
from evidence.records import Figure, Post
from tests.channels.markup import block, footer, photo, preview, text
from tests.channels.markup import read_post as read
from tests.channels.test_post_media import POLL

REPLY = (
    '<a class="tgme_widget_message_reply" href="https://t.me/room/40953"><div class="tgme_widget_message_author">'
    '<span class="tgme_widget_message_author_name">Somebody</span></div>'
    '<div class="tgme_widget_message_text js-message_reply_text">quoted</div></a>'
)


# ------------------------------------------------------------------ id, time, numbers


@pytest.mark.parametrize(
    ("given", "native_id", "address"),
    [
        ("room/42", 42, "https://t.me/room/42"),
        ("Other_Name/42", 42, "https://t.me/Other_Name/42"),
        ("/9404", 9404, "https://t.me/room/9404"),
        ("//9404", 9404, "https://t.me/room/9404"),
        ("9404", 9404, "https://t.me/room/9404"),
    ],
)
def test_fault_10_owner_of_a_post_is_another_or_missing(given: str, native_id: int, address: str) -> None:
    """The block's own name wins; where it has none, the page's name stands in."""
    post = read(post=given)
    assert (native_id, address) == (post.native_id, post.address)


@pytest.mark.parametrize(
    "given", ["", "room", "room/", "room/x", "room/-5", "room/1.5", "room/0", f"room/{2**53}", "room/" + "9" * 5_000]
)
def test_fault_16_post_without_id_is_left_out(given: str) -> None:
    """A block that names no id cannot be referred to; the posts around it are read."""
    reading = read_page(preview(block(post="room/1"), block(post=given), block(post="room/3")))
    assert [1, 3] == [post.native_id for post in reading.posts]


@pytest.mark.parametrize("linked", ["0", str(2**53), "9" * 5_000])
def test_absurd_ids_in_links_are_none(linked: str) -> None:
    """Neither part of an album nor answered to; the post itself is read."""
    reply = f'<a class="tgme_widget_message_reply" href="https://t.me/room/{linked}"></a>'
    post = read(reply + photo(f"https://t.me/room/{linked}?single", is_grouped=True), post="room/7")
    assert ((7,), None) == (post.native_ids, post.reply_to)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-04-08T22:36:42+00:00", datetime(2026, 4, 8, 22, 36, 42, tzinfo=UTC)),
        ("2026-04-09T07:36:42+09:00", datetime(2026, 4, 8, 22, 36, 42, tzinfo=UTC)),
        ("2026-04-08T22:36:42", datetime(2026, 4, 8, 22, 36, 42, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        ("0001-01-01T00:00:00+23:00", None),
    ],
)
def test_fault_16_times_are_utc_or_unknown(given: str, expected: datetime | None) -> None:
    """An empty or senseless time is None and never guessed."""
    assert expected == read(foot=footer(time=given)).posted_at


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("537", Figure(value=537, low=537, high=537)),
        ("2.19M", Figure(value=2_190_000, low=2_185_000, high=2_195_000)),
        ("28.0K", Figure(value=28_000, low=27_950, high=28_050)),
        ("", None),
        ("many", None),
    ],
)
def test_fault_2_views_keep_their_precision(shown: str, expected: Figure | None) -> None:
    """An abbreviated number of views is not taken as exact, a blank is not 0."""
    assert expected == read(foot=footer(views=shown)).views


def test_votes_are_no_views() -> None:
    """A poll shows its voters in front of the views."""
    foot = f'<span class="tgme_widget_message_voters">2.2K</span><span class="copyonly"> voters</span>{footer("15.1K")}'
    assert read(POLL, foot=foot).views == Figure(value=15_100, low=15_050, high=15_150)


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ("", (False, "Room")),
        ("edited &nbsp;", (True, "Room")),
        ('<span class="tgme_widget_message_from_author" dir="auto">반장</span>, ', (False, "반장")),
        ('<span class="tgme_widget_message_from_author" dir="auto">반장</span>, edited &nbsp;', (True, "반장")),
        ('<span class="tgme_widget_message_from_author" dir="auto">edited by me</span>, ', (False, "edited by me")),
    ],
)
def test_edited_mark_and_signature(meta: str, expected: tuple[bool, str]) -> None:
    """The page's own word before the date says edited; a signature that holds the word does not."""
    post = read(foot=footer(meta=meta))
    assert expected == (post.is_edited, post.author)


def test_author_leaves_check_mark_and_bot_out() -> None:
    """Neither the mark of a verified channel nor the bot that posted is part of the name."""
    name = '<a class="tgme_widget_message_owner_name" href="x"><span>News</span><i class="verified-icon"> ✔</i></a>'
    post = read(author=f'{name} via <a class="tgme_widget_message_via_bot" href="https://t.me/vote">@vote</a>')
    assert post.author == "News"


# ------------------------------------------------------------------ text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("one<br/>two<br>three<br />four", "one\ntwo\nthree\nfour"),
        ("one<BR>two<br class='x'>three", "one\ntwo\nthree"),
        ("one <br/> two", "one\ntwo"),
        ("one<br/><br/><br/>two", "one\n\n\ntwo"),
        ("<b>bold<br/><br/></b>next", "bold\n\nnext"),
        ("two\n  words", "two words"),
        ("<b>둘</b> <i>셋</i>넷", "둘 셋넷"),
        ("&lt;b&gt; &amp;amp; &#33; &quot;", '<b> &amp; ! "'),
        ("a&nbsp;b", "a\u00a0b"),
        ('<i class="emoji" style="background-image:url(\'//telegram.org/x.png\')"><b>🔥</b></i>불', "🔥불"),
        ('<tg-emoji emoji-id="5">👍</tg-emoji><tg-spoiler>숨김</tg-spoiler>', "👍숨김"),
        ("\ufdd0x\ufdd1", "x"),
        ("", ""),
    ],
)
def test_fault_5_text_reads_as_shown(html: str, expected: str) -> None:
    """Line breaks part words, white space collapses, entities are decoded once."""
    assert expected == read(text(html)).text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<blockquote>only</blockquote>", "only"),
        ("before<blockquote>said</blockquote>after", "before\nsaid\nafter"),
        ("before<br/><blockquote>said</blockquote><br/>after", "before\nsaid\nafter"),
        (
            "before<br/><br/><blockquote expandable>one<br/>two</blockquote><br/><br/>after",
            "before\n\none\ntwo\n\nafter",
        ),
        ("<blockquote>one</blockquote><blockquote>two</blockquote>", "one\ntwo"),
        ("code:<pre>x = 1<br/>y = 2</pre>end", "code:\nx = 1\ny = 2\nend"),
    ],
)
def test_fault_5_quotations_are_lines_of_their_own(html: str, expected: str) -> None:
    """The body of a quotation is kept, and its edges neither join words nor add empty lines."""
    assert expected == read(text(html)).text


def test_nested_body_is_read_once() -> None:
    """A body may stand in another one: it is not read twice, and its links count once."""
    inner = text('속 <a href="https://a.example/">글</a>')
    post = read(f'<div class="tgme_widget_message_text js-message_text">{inner}</div>')
    assert ("속 글", ("https://a.example/",)) == (post.text, post.links)


@pytest.mark.parametrize("body", ["", text("mine")])
def test_fault_4_reply_is_not_the_post(body: str) -> None:
    """A quoted text or author of the same class is not taken for the post's own; its id is kept."""
    post = read(REPLY + body)
    assert ("mine" if body else "", "Room", 40953) == (post.text, post.author, post.reply_to)


def test_reply_to_media_has_no_quoted_text() -> None:
    """A reply to a photo quotes a word of the page."""
    reply = '<a class="tgme_widget_message_reply" href="https://t.me/room/7?single">{}</a>'
    post = read(reply.format('<div class="tgme_widget_message_metatext js-message_reply_text">Photo</div>'))
    assert ("", 7) == (post.text, post.reply_to)


def test_service_post() -> None:
    """Fault 8: a service post has text but no views."""
    post = read(text("Channel created"), more="service_message", foot=footer().replace("879", ""))
    assert (True, "Channel created", None) == (post.is_service, post.text, post.views)


def test_fault_8_bare_block() -> None:
    """A block without footer, date, text or author is still a post with its id."""
    html = '<div class="tgme_widget_message" data-post="room/5"></div>'
    assert read_page(preview(html)).posts == (
        Post(native_id=5, native_ids=(5,), address="https://t.me/room/5", posted_at=None),
    )
