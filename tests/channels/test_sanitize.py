"""What is kept of a page: all that can be read of it, and nothing that leads to media."""

import base64
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from selectolax.lexbor import LexborHTMLParser

from channels.left_out import MEDIA_LEFT_OUT
from channels.pages import read_page
from channels.post_block import MEDIA_HOSTS
from channels.sanitize import sanitize
from evidence.errors import UnreadableCapture
from evidence.records import PlaceKind, Reading
from practice import pages
from practice.paging import read_page as cut_page
from practice.world import World
from tests.channels.conftest import NOW
from tests.channels.markup import HEAD, LABEL, TAIL, block, document, photo, preview, text, token, video
from tests.channels.test_post_media import CONTACT, MOVING_STICKER, PLACE, POLL, ROUND, STICKER, VIDEO_STICKER, VOICE

FORBIDDEN = re.compile(
    r"<(?:img|video|audio|source|picture|svg|script|style|iframe|object|embed|template|noscript|!--)"
    r"|\s(?:style|src|srcset|poster|data-webp|data-ogg|data-content|onclick|emoji-id)="
    r"|data:\w+/|//(?:[^/\s\"?#]*\.)?(?:"
    + "|".join(map(re.escape, MEDIA_HOSTS))
    + r")|(?:telegra\.ph|legra\.ph|telegram\.org)[.:\d]*/file/|/i/userpic/|data:;|[?&]tme=",
    re.IGNORECASE,
)
BASE = "http://127.0.0.1:1"


def without_media_links(reading: Reading) -> Reading:
    """A reading whose posts link to no media: the one thing in which a kept page differs."""
    links = (tuple(link for link in post.links if "/file/" not in link) for post in reading.posts)
    posts = (structs.replace(post, links=kept) for post, kept in zip(reading.posts, links, strict=True))
    return replace(reading, posts=tuple(posts))


def assert_kept_well(page: str) -> None:
    """A page says after cleaning what it said before, and holds nothing forbidden; once is enough."""
    kept = sanitize(page)
    assert without_media_links(read_page(page)) == read_page(kept)
    assert FORBIDDEN.search(kept) is None
    assert kept == sanitize(kept)


# ------------------------------------------------------------------ reading the kept page


def test_real_pages_read_the_same(real_pages: Path) -> None:
    """Every saved page keeps its facts and loses its media."""
    files = sorted(real_pages.glob("tme-*/*.html"))
    assert len(files) >= 28
    for file in files:
        assert_kept_well(file.read_text(encoding="utf-8"))


def test_practice_pages_read_the_same(world: World) -> None:
    """Every page of the practice world does, newest and older ones, posts one by one, and landing pages."""
    for room in world.rooms.values():
        assert_kept_well(pages.draw_landing(room, BASE))
        if room.kind is PlaceKind.CHANNEL:
            assert_kept_well(pages.draw_preview(room, cut_page(room), BASE, NOW))
            assert_kept_well(pages.draw_preview(room, cut_page(room, before=9), BASE, NOW))
            for post in list(room.posts.values())[-5:]:
                assert_kept_well(pages.draw_post(room, post, BASE, NOW))
    assert_kept_well(pages.draw_post(None, None, BASE, NOW))
    assert_kept_well(pages.draw_absence("nobody"))
    assert_kept_well(pages.draw_invite("Abc", BASE))


words = st.text(st.characters(codec="utf-8", exclude_characters="\r\ufdd0\ufdd1\x00"), max_size=30)
pieces = st.one_of(
    words.map(lambda said: text(said.replace("&", "&amp;").replace("<", "&lt;"))),
    st.sampled_from(
        ["<br>", "<br/>", "<hr>", "&amp;amp;", "&nbsp;", "<tg-new>새</tg-new>", "<center>가</center>", LABEL]
    ),
    st.sampled_from([photo("https://t.me/room/7?single", is_grouped=True), video(), video(""), document("명단.pdf")]),
    st.sampled_from([STICKER, MOVING_STICKER, VIDEO_STICKER, VOICE, ROUND, POLL, PLACE, CONTACT]),
    words.map(lambda link: text(f'<a href="https://a.example/{link.replace(chr(34), "")}">글</a>')),
)


@settings(max_examples=50)
@given(st.lists(st.lists(pieces, max_size=6).map("".join), max_size=4))
def test_any_posts_read_the_same(bodies: list[str]) -> None:
    """Whatever stands in posts in whatever order."""
    assert_kept_well(preview(*[block(body, post=f"room/{number}") for number, body in enumerate(bodies, start=1)]))


# ------------------------------------------------------------------ what goes


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://cdn4.telesco.pe/file/a.jpg">',
        '<img src="/file/a.jpg" srcset="b 2x" onerror="x()">',
        '<video src="a" poster="b"><source src="c"></video>',
        '<audio src="a"></audio>',
        '<picture class="x"><source srcset="a"><img src="b"></picture>',
        "<i style=\"background-image:url('https://cdn4.telesco.pe/file/a.jpg')\"></i>",
        '<i data-webp="https://cdn4.telesco.pe/file/a.webp" data-content="a"></i>',
        '<svg><image href="https://cdn4.telesco.pe/file/a"/></svg>',
        '<math><mtext><img src="a"></mtext></math>',
        '<template><img src="a"></template>',
        '<noscript><img src="a"></noscript>',
        "<xmp><img src=a></xmp>",
        "<noembed><img src=a></noembed>",
        '<iframe src="a"></iframe><object data="a"></object><embed src="a">',
        '<input type="image" src="a"><button formaction="a">b</button>',
        "<script>load('https://cdn4.telesco.pe/file/a')</script><style>i{background:url(data:image/png,a)}</style>",
        '<!-- <img src="https://cdn4.telesco.pe/file/a.jpg"> -->',
        '<a href="https://cdn4.telesco.pe/file/a.jpg">a</a>',
        '<a href="//cdn1.cdn-telegram.org/file/a">a</a>',
        '<a href="https://user@TELESCO.PE:443/file/a">a</a>',
        '<a href="https://cdn4.telesco&#46;pe/file/a">a</a>',
        '<a href="https://cdn4.tele\tsco.pe/file/a">a</a>',
        '<a href="https://telegra.ph/file/a.jpg">​</a>',
        '<a href="https://a.example/?u=https%3A%2F%2Fcdn4.telesco.pe%2Ffile%2Fa">a</a>',
        '<a href="https://web.archive.example/2023/cdn4.telesco.pe/file/a">a</a>',
        '<a href=" da\nta:image/png;base64,AAAA">a</a>',
        '<a href="//telegram.org/dl?tme=d02e98685a34247da0_2451483658877468701">a</a>',
        '<link href="https://cdn4.telesco.pe/file/a" rel="preload"><base href="https://cdn4.telesco.pe/">',
        '<meta property="og:image" content="https://cdn4.telesco.pe/file/a.jpg">',
        '<meta http-equiv="refresh" content="0;url=https://cdn4.telesco.pe/file/a">',
        '<meta property="og:description" content="see https://cdn4.telesco.pe/file/a.jpg">',
        "https://cdn4.telesco.pe/file/a.jpg and cdn4.telesco.pe/file/a and data:image/png;base64,AAAA",
        "https://cdn4.telesco&#46;pe/file/a.jpg",
        "https://telegra.ph/file/03066008be80782d65b11.jpg",
        '<b class="telesco.pe/file/a">a</b>',
        *(
            form.format(address)
            for form in ('<a href="{}">a</a>', "see {}", '<a href="https://a.example/?u={}">a</a>')
            for address in (
                "https://t.me/i/userpic/320/a.jpg",
                "//telegram.me/i/userpic/320/a.jpg",
                "https://telegram.org/file/464001453/1/a.png",
                "https://core.telegram.org/file/a",
                "https://api.telegram.org/file/bot1:a/photos/b.jpg",
                "https://te.legra.ph/file/a.jpg",
                "https://legra.ph:443/file/a.jpg",
                "https://cdn4.telesco.pe.:443/file/a",
                "//cdn4.telesco.pe./file/a",
                "https%3A%2F%2Ftelegram.org%2Ffile%2Fa",
                "https%3A%2F%2Ft.me%2Fi%2Fuserpic%2Fa",
            )
        ),
        '<a href="https://cdn4.telesco.pe.:443">a</a>',
        '<a href="data:;base64,AAAA">a</a>',
        "see data:;base64,AAAA or data:;charset=utf-8;base64,AAAA",
    ],
)
def test_media_goes(html: str) -> None:
    """No element, attribute, address or comment that shows or names media stays; the words around it do."""
    kept = sanitize(f"{HEAD}<div>before {html} after</div>{TAIL}")
    assert FORBIDDEN.search(kept) is None
    assert not any(f"{host}/" in kept.lower() for host in MEDIA_HOSTS)
    words_left = LexborHTMLParser(kept).text()
    assert "before" in words_left
    assert "after" in words_left


def test_words_beside_an_address_stay() -> None:
    """Only the address itself is replaced in a text."""
    page = preview(block(text("보세요 (https://cdn4.telesco.pe/file/a.jpg) 여기")))
    assert read_page(sanitize(page)).posts[0].text == f"보세요 ({MEDIA_LEFT_OUT}) 여기"


@pytest.mark.parametrize("host", ["telesco.pe.a.example", "nottelesco.pe.example"])
def test_other_hosts_stay(host: str) -> None:
    """A name that only resembles a media host leads elsewhere."""
    page = preview(block(text(f'<a href="https://{host}/x">글</a>')))
    assert read_page(sanitize(page)).posts[0].links == (f"https://{host}/x",)


@pytest.mark.parametrize(
    "link", ["https://telegram.org/faq", "https://t.me/i/1", "https://a.example/file/a", "https://about.me/i/userpic/a"]
)
def test_other_pages_of_these_hosts_stay(link: str) -> None:
    """Only their folders of media go."""
    post = read_page(sanitize(preview(block(text(f'<a href="{link}">{link}</a>'))))).posts[0]
    assert ((link,), link) == (post.links, post.text)


@pytest.mark.parametrize("tag", ["tg-new", "tg-time", "center", "font", "marquee", "x-y"])
def test_words_in_unknown_elements_stay(tag: str) -> None:
    """An element of tomorrow's markup goes, what people wrote in it does not."""
    page = preview(block(text(f"하나 <{tag} src='a'>둘 <b>셋</b></{tag}> 넷")))
    kept = sanitize(page)
    assert f"<{tag}" not in kept
    assert read_page(kept).posts[0].text == "하나 둘 셋 넷"


def test_view_token_loses_its_signature() -> None:
    """Channel, post and time stay; what would count a view goes."""
    kept = sanitize(preview(block().replace(token(), token(-1_333_809_979, "42166g"))))
    (view,) = re.findall(r'data-view="([^"]*)"', kept)
    assert {"c": -1_333_809_979, "p": "42166g", "t": 1_777_999_520} == json.loads(base64.b64decode(view))


@pytest.mark.parametrize("view", ["", "%%%", "AAAA", "bnVsbA", "NQ", "W10", "W1tb" * 50_000])
def test_unreadable_view_token_goes(view: str) -> None:
    """A token that cannot be read is not kept as it is."""
    kept = sanitize(preview(block().replace(token(), view)))
    assert ['""', '"e30="'][view == "W10"] in re.findall(r'data-view=("[^"]*")', kept)


@pytest.mark.parametrize("page", ["", "{}", preview(block())[:-60], f"{HEAD}{'<div>' * 100_000}{TAIL}"])
def test_page_that_is_not_whole_is_refused(page: str) -> None:
    """Cleaning would close what was cut: it refuses, so that the crawl sees it."""
    with pytest.raises(UnreadableCapture):
        sanitize(page)
