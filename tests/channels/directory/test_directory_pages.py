"""What is kept of a page, which page follows, and what is no list at all."""

import pytest

from channels.directory import SITES
from channels.directory.pages import read_directory_page, read_page
from channels.directory.tidy import find_next_page
from channels.directory.walls import Wall
from evidence.errors import UnreadableCapture

HERE = "https://example.org/list?page=2"
CARD = '<div><a href="https://t.me/a_room">A</a></div>'
CARDS = CARD + CARD.replace("a_room", "b_room") + CARD.replace("a_room", "c_room")


def page(body: str, title: str = "t") -> str:
    """A whole page."""
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"


def test_kept_without_media() -> None:
    """No picture, no film, no script is kept, nor a link to one; rooms and their words are."""
    body = CARD + '<img src="https://x.example/a.jpg" data-src="b.png"><a href="https://x.example/c.mp4?x=1">film</a>'
    body += '<video src="d.webm"></video><script>track()</script>'
    body += '<div style="background:url(e.gif)" data-photo="f.jpg"></div>'
    kept = read_page(SITES["generic"], page(body), "https://example.org/").kept
    assert [] == [trace for trace in (".jpg", ".png", ".mp4", ".webm", ".gif", "script", "track") if trace in kept]
    assert "https://t.me/a_room" in kept
    assert "film" in kept


def test_kept_reads_as_received() -> None:
    """What a block of JSON-LD says of a room stays as words; JSON-LD of the page itself goes."""
    tile = '<li class="tgv-catalog-item"><a href="/channel/a_room"><div class="card-footer">A</div></a>'
    tile += '<script type="application/ld+json">{"mainEntityOfPage":{},"description":"One\t&lt;two&gt; <b>three"}'
    tile += "</script></li>"
    own = '<script type="application/ld+json">{"@type":"WebSite","description":"the site"}</script>'
    received = page(own + tile + '<script type="application/ld+json">{broken</script>')
    read = read_page(SITES["tgviewer"], received, "https://tgviewer.github.io/channel/page/1")
    assert "One &lt;two&gt; <b>three" == read.listed.rooms[0].description
    assert read.listed.rooms == read_directory_page(read.kept, "https://tgviewer.github.io/channel/page/1")
    assert "the site" not in read.kept


def test_kept_of_combot() -> None:
    """Pictures and whatever is not known are left out of JSON."""
    rows = '[{"t":"A","u":"a_room","i":"data:image/png;base64,AAAA","b":"x","s":12,"photo":{"url":"x"}}]'
    assert '[{"t": "A", "u": "a_room", "s": 12}]' == read_page(SITES["combot"], rows, "").kept


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<a rel="next" href="/list?page=3">next</a>', "https://example.org/list?page=3"),
        ('<a href="?page=1">1</a><a href="?page=3#top">3</a>', "https://example.org/list?page=3"),
        ('<a href="?page=4">4</a>', None),
        ('<a href="/other?page=3">3</a>', None),
        ('<a id="elementNextPageFooter" href="./3">Next</a>', "https://example.org/3"),
        ('<a rel="next" href="#">next</a>', None),
        ('<a rel="next" href="javascript:more()">next</a>', None),
        ('<a rel="next" href="file:///etc/passwd">next</a>', None),
        ('<a rel="next" href="http://[">next</a>', None),
        ('<a rel="next" href="?page=2">this one</a>', None),
        ('<a rel="next" href="http://127.0.0.1/">there</a>', "http://127.0.0.1/"),
        ("", None),
    ],
)
def test_next_page(body: str, expected: str | None) -> None:
    """As the page says, else the next number; whether it may be asked is told when it is."""
    assert expected == find_next_page(page(body), HERE)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://combot.org/api/chart/all", "https://combot.org/api/chart/all?limit=100&offset=0&only_avatars=false"),
        (
            "https://combot.org/api/chart/ko?limit=5&q=x",
            "https://combot.org/api/chart/ko?limit=5&q=x&offset=0&only_avatars=false",
        ),
    ],
)
def test_first_page_of_combot(url: str, expected: str) -> None:
    """Members are asked for, which the site leaves out otherwise."""
    assert expected == SITES["combot"].first_page(url)


WALLS = [
    (page("", "Just a moment..."), Wall.CHALLENGE),
    (page('<form id="challenge-form"></form>'), Wall.CHALLENGE),
    (page("", "Подозрение на робота"), Wall.CAPTCHA),
    (page('<div class="g-recaptcha"></div>'), Wall.CAPTCHA),
    ('{"status": "restricted"}', Wall.CAPTCHA),
    (page("<input type=password>"), Wall.LOGIN),
    (page(f"<input type=password>{CARD}"), Wall.LOGIN),
]


@pytest.mark.parametrize(("text", "expected"), WALLS)
def test_wall_in_front_of_a_list(text: str, expected: Wall) -> None:
    """It is named, also where it links to the site's own room."""
    assert expected is read_page(SITES["generic"], text, HERE).wall
    with pytest.raises(UnreadableCapture, match=f"{expected} instead of a list of rooms"):
        read_directory_page(text, HERE)


@pytest.mark.parametrize("site", ["telemetrio", "tgstat", "tgviewer", "combot"])
def test_wall_in_front_of_each_site(site: str) -> None:
    """A page without a room of the site may be a wall, JSON or not."""
    assert Wall.CHALLENGE is read_page(SITES[site], WALLS[0][0], HERE).wall


@pytest.mark.parametrize("url", ["https://example.org/login?next=x", "https://example.org/en/sign-in"])
def test_address_of_a_login(url: str) -> None:
    """A redirect to the login ends there, whatever it shows."""
    assert Wall.LOGIN is read_page(SITES["generic"], page(CARDS), url).wall


def test_list_with_a_form_is_no_wall() -> None:
    """A list may have a login or a captcha of its own in a corner, and rooms with such names."""
    body = f'{CARDS}<input type=password><div class="g-recaptcha"></div>'
    assert read_page(SITES["generic"], page(body, "Just a moment..."), "https://example.org/authors").wall is None


@pytest.mark.parametrize("site", sorted(SITES))
def test_nothing_found_is_a_new_layout(site: str) -> None:
    """A page of another markup is unreadable, never empty."""
    with pytest.raises(UnreadableCapture, match="layout changed"):
        read_page(SITES[site], page("<room-tile>A</room-tile>"), HERE)


@pytest.mark.parametrize(("site", "text"), [("combot", "[]"), ("tgstat", page("<p>Ничего не найдено</p>"))])
def test_site_that_says_that_there_is_nothing(site: str, text: str) -> None:
    """Only the site's own word makes an empty list."""
    assert () == read_page(SITES[site], text, HERE).listed.rooms


def test_page_that_is_nested_too_deeply() -> None:
    """It is not parsed at all."""
    with pytest.raises(UnreadableCapture, match="elements inside each other"):
        read_page(SITES["generic"], "<div>" * 50_000, HERE)
