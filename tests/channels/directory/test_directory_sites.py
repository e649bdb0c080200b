"""Markup of each site, in small: what a card says, and what is not guessed."""

import pytest

from channels.directory.pages import read_directory_page, site_of
from channels.directory.site import MOST_ROOMS
from evidence.errors import UnreadableCapture
from evidence.listing import ListedRoom
from evidence.records import PlaceKind


def page(body: str, head: str = "") -> str:
    """A whole page."""
    return f"<!DOCTYPE html><html><head><title>t</title>{head}</head><body>{body}</body></html>"


def said(room: ListedRoom) -> tuple[str | None, str | None, tuple[int, int] | None, str | None]:
    """Name, title, bounds of the number and its unit."""
    name = room.address.removeprefix("https://t.me/") if room.address else None
    return name, room.title, (room.count.low, room.count.high) if room.count else None, room.unit


TGSTAT = '<link rel="canonical" href="https://tgstat.ru/education">'
TGSTAT_ROW = """
<div class="card peer-item-row mb-2 ribbon-box border"><div class="ribbon">#1</div>
 <a href="/channel/@Row_Room"><div class="text-truncate font-16 text-dark"> Row  room </div>
  <div class="text-truncate font-14 text-dark">1 234 567 <span class="font-12">подписчиков</span></div></a>
 <h4>1 234 567</h4><div>подписчиков</div><h4>242k</h4><div>охват 1 поста</div></div>
"""
TGSTAT_FEATURED = """
<div class="card card-body"><a href="https://tgstat.ru/channel/@featured_room" data-cid="7">
 <div class="h4 text-dark">Featured</div><div class="font-14 height-42px overflow-y-hidden">About 12 things</div>
 <div class="font-14"><b>103 116</b> подписчиков</div></a></div>
"""
TGSTAT_CHAT = """
<div class="card card-body"><a href="https://tgstat.ru/chat/@chat_room"><div class="font-16 text-dark">Chat</div>
 <div class="btn">918 участников</div></a></div>
"""


def test_tgstat_rows_featured_cards_and_chats() -> None:
    """Each shape of card gives name, title and exact number; the views of a post are no members."""
    rooms = read_directory_page(page(TGSTAT_ROW + TGSTAT_FEATURED + TGSTAT_CHAT + TGSTAT_ROW))
    assert [
        ("row_room", "Row room", (1_234_567, 1_234_567), "subscribers"),
        ("featured_room", "Featured", (103_116, 103_116), "subscribers"),
        ("chat_room", "Chat", (918, 918), "members"),
    ] == [said(room) for room in rooms]
    assert [PlaceKind.CHANNEL, PlaceKind.CHANNEL, PlaceKind.GROUP] == [room.kind for room in rooms]
    assert "About 12 things" == rooms[1].description


def test_tgstat_page_of_a_room() -> None:
    """The page of one room is told by its own address, and lists its like beside it."""
    body = '<div class="card"><h1> One </h1></div><p class="card-text">About</p>'
    body += '<div class="card"><h2>12 345</h2><div>подписчиков</div></div>' + TGSTAT_CHAT
    rooms = read_directory_page(page(body, '<link rel="canonical" href="https://tgstat.com/channel/@one_room/stat">'))
    assert [("one_room", "One", (12_345, 12_345), "subscribers"), "About"] == [said(rooms[0]), rooms[0].description]
    assert ["https://t.me/chat_room"] == [room.address for room in rooms[1:]]


def test_number_in_a_description_is_not_the_count() -> None:
    """What a room writes of itself is not what the site counts."""
    card = TGSTAT_ROW.replace("Row  room", "5 000 подписчиков!")
    (room,) = read_directory_page(page(card))
    assert ("row_room", "5 000 подписчиков!", (1_234_567, 1_234_567), "subscribers") == said(room)
    described = '<div class="line-clamp-2">Уже 5 000 подписчиков</div>'
    (room,) = read_directory_page(page(f'<div class="card"><a href="/channel/@a_room">A{described}</a></div>', TGSTAT))
    assert (None, "Уже 5 000 подписчиков") == (room.count, room.description)


def test_tgstat_private_rooms_are_refused() -> None:
    """A hash in place of a name is a private room: listed as refused, the hash not kept."""
    (room,) = read_directory_page(page(TGSTAT_CHAT.replace("@chat_room", "AnW1LVO-CQthMWIy")))
    assert (None, "Chat") == (room.address, room.title)
    assert "is listed without a public name: a private room" == room.refused
    assert "AnW1" not in repr(room)


def test_card_of_several_rooms_says_nothing_of_any() -> None:
    """A number beside two names is neither's."""
    links = '<a href="/channel/@room_one">One</a><a href="/channel/@room_two">Two</a>'
    rooms = read_directory_page(page(f'<div class="card peer-item-box">{links}<b>918</b> подписчиков</div>'))
    assert [("room_one", "One", None, None), ("room_two", "Two", None, None)] == [said(room) for room in rooms]


@pytest.mark.parametrize("heading", ["Subscribers", "подписчики", "구독자 수"])
def test_telemetrio_number_by_column(heading: str) -> None:
    """The number stands under its heading, wherever that is."""
    link = '<a class="channel-name__title" href="/en/channels/1900000101-a_room">A</a>'
    row = f"<tr><td>1</td><td>9 999</td><td>{link}</td>"
    table = (
        f"<table><tr><th>#</th><th>Views</th><th>Name</th><th>{heading}</th></tr>{row}<td>1.8K<br>+12</td></tr></table>"
    )
    (room,) = read_directory_page(page(table))
    assert ("a_room", "A", (1_750, 1_850), "subscribers") == said(room)
    assert 1_900_000_101 == room.native_id


def test_telemetrio_number_unknown() -> None:
    """Without a heading that is known nothing is guessed from the other columns."""
    table = (
        '<table><tr><td><a class="channel-name__title" href="/en/channels/5-a_room">A</a></td><td>12</td></tr></table>'
    )
    (room,) = read_directory_page(page(table))
    assert room.count is None


def test_tgviewer_of_2018() -> None:
    """Older tiles have relative links and no JSON-LD."""
    tile = '<li class="nav-item tgv-catalog-item"><a href="../../channel/a_room"><img title="A, A_Room" alt="A">'
    tile += '<div class="card-footer tgv-catalog-footer">A &amp; B</div></a></li>'
    (room,) = read_directory_page(page(tile))
    assert ("a_room", "A & B", None, None) == said(room)


def test_tgviewer_page_of_a_channel() -> None:
    """The page of one channel, as AMP too: its own name, not those in its description."""
    body = '<h1>A, a_room on TGViewer</h1><div class="card-body"><h5>A</h5><h6><a href="https://t.me/a_room">t.me/a_room</a>'
    body += '</h6><div class="tgme_page_description">About<br><a href="https://t.me/b_person">@b_person</a></div></div>'
    (room,) = read_directory_page(page(body, '<link rel="canonical" href="https://tgviewer.github.io/channel/a_room">'))
    assert [("a_room", "A", None, None), "About @b_person"] == [said(room), room.description]


def test_combot_rows() -> None:
    """Names, ids and members; ranks and activity are no members, pictures are not looked at."""
    rows = (
        '[{"t":"One","u":"One_Room","c":-1001900000101,"s":1234,"p":1,"pc":9,"a":3.5},{"t":"Two","u":"two_room","p":7},'
    )
    rows += '{"t":"Three","s":"many"},{"u":"x","c":12},{}]'
    rooms = read_directory_page(rows, "https://combot.org/api/chart/channels/all?limit=100")
    assert ("one_room", "One", (1234, 1234), "subscribers") == said(rooms[0])
    assert 1_900_000_101 == rooms[0].native_id
    assert ("two_room", "Two", None, None) == said(rooms[1])
    assert [(None, "Three"), (None, None)] == [(room.address, room.title) for room in rooms[2:]]


@pytest.mark.parametrize("text", ["{}", "[1]", '[{"name":"x"}]', "[{]", "[" * 100_000])
def test_combot_of_another_layout(text: str) -> None:
    """Another JSON is a changed layout, never an empty chart."""
    with pytest.raises(UnreadableCapture, match="layout changed"):
        read_directory_page(text, "https://combot.org/api/chart/all")


def test_generic_cards() -> None:
    """Names and numbers are read from what surrounds the link to one room only."""
    body = """<h1>List</h1><div><section><h4>One</h4><p>About one</p><p><a href="https://t.me/One_Room">Open</a></p>
    <i>1.2K members</i></section>
    <section><h4>Two</h4><a href="https://t.me/s/two_room">Open</a><i>구독자 1.2만명</i></section></div>
    <ul><li><a href="https://t.me/three_room">Three</a>
    <li><a href="https://t.me/four_room">https://t.me/four_room</a></ul>
    <a href="https://t.me/+HashHash1">private</a> <a href="https://t.me/help_bot">help</a>
    <a href="https://t.me/share/url">s</a>"""
    rooms = read_directory_page(page(body), "https://example.org/list")
    assert [
        ("one_room", "One", (1_150, 1_250), "members"),
        ("two_room", "Two", (11_500, 12_500), "subscribers"),
        ("three_room", "Three", None, None),
        ("four_room", None, None, None),
        (None, "private", None, None),
        ("help_bot", "help", None, None),
    ] == [said(room) for room in rooms]
    assert ["is an invite link to a private room", "is a bot, not a room"] == [room.refused for room in rooms[4:]]
    assert "About one" == rooms[0].description


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://telemetr.io/en/channels", "telemetrio"),
        ("https://in.tgstat.com/education", "tgstat"),
        ("https://nottgstat.com/", None),
        ("https://combot.org/api/chart/all", "combot"),
        (None, None),
    ],
)
def test_site_by_address(url: str | None, expected: str | None) -> None:
    """The host names the site, its country hosts included."""
    assert expected == site_of(page("<p>"), url)


def test_ten_thousand_links_on_a_page() -> None:
    """The first thousand are taken; more is no list that a person made."""
    body = "".join(f'<p><a href="https://t.me/room{number:05}">Room</a></p>' for number in range(1_500))
    assert MOST_ROOMS == len(read_directory_page(page(body), "https://example.org/"))
