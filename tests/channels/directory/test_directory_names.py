"""Links of directories, and the rooms that they mean."""

import pytest

from channels.directory import telemetrio, tgstat, tgviewer
from channels.directory.cards import Cards
from channels.directory.names import A_BOT, INVITE, NO_NAME, name_room, name_telegram_link
from evidence.records import PlaceKind

ROOM = "https://t.me/example_room"


@pytest.mark.parametrize(
    "href",
    [
        *(
            "https://t.me/Example_Room",
            "http://t.me/example_room/",
            "//t.me/example_room",
            "https://telegram.me/s/example_room",
        ),
        *("https://t.me/example_room/123", "https://t.me/s/example_room?before=9", "tg://resolve?domain=example_room"),
        *("https://www.t.me/example_room", " https://telegram.dog/example_room#top "),
    ],
)
def test_link_to_a_public_room(href: str) -> None:
    """However it is written, it is one address."""
    named = name_telegram_link(href)
    assert named is not None
    assert (ROOM, None) == (named.address, named.refused)


@pytest.mark.parametrize(
    "href",
    [
        *("https://t.me/joinchat/AAAAAExample", "https://t.me/+AAAAAExample", "https://t.me/%2BAAAAAExample"),
        *("https://t.me/c/1234567890/5", "tg://join?invite=AAAAAExample"),
    ],
)
def test_link_into_a_private_room(href: str) -> None:
    """It is refused, and nothing of its hash is in what is said of it."""
    named = name_telegram_link(href)
    assert named is not None
    assert (None, INVITE) == (named.address, named.refused)


def test_bot_is_no_room() -> None:
    """A bot's name ends in ``bot``."""
    named = name_telegram_link("https://t.me/example_bot")
    assert named is not None
    assert (PlaceKind.BOT, A_BOT) == (named.kind, named.refused)


@pytest.mark.parametrize(
    "href",
    [
        *("", "#", "https://t.me/", "https://t.me/share/url?url=x", "https://t.me/addstickers/x", "https://t.me/ab"),
        *("https://nott.me/example_room", "https://t.me.evil.example/example_room", "http://127.0.0.1/t.me/room"),
        *("https://[::1", "mailto:x@t.me", "javascript:alert('t.me/room')", "tg://settings"),
    ],
)
def test_link_to_no_room(href: str) -> None:
    """Other links are not listed at all."""
    assert name_telegram_link(href) is None


@pytest.mark.parametrize(
    ("cards", "href", "address", "native_id", "kind"),
    [
        (telemetrio.CARDS, "/en/channels/1900000101-Example_Room", ROOM, 1_900_000_101, None),
        (telemetrio.CARDS, "https://telemetr.io/ko/channels/1900000101-example_room/posts", ROOM, 1_900_000_101, None),
        (telemetrio.CARDS, "/en/channels/1900000101", None, 1_900_000_101, None),
        (telemetrio.CARDS, "/en/channels/1900000101-", None, 1_900_000_101, None),
        (tgstat.CARDS, "https://tgstat.ru/channel/@example_room", ROOM, None, PlaceKind.CHANNEL),
        (tgstat.CARDS, "/en/chat/@example_room/stat", ROOM, None, PlaceKind.GROUP),
        (tgstat.CARDS, "/channel/AnW1LVO-CQthMWIy", None, None, PlaceKind.CHANNEL),
        (tgviewer.CARDS, "https://tgviewer.github.io/channel/example_room", ROOM, None, None),
        (tgviewer.CARDS, "../../channel/example_room", ROOM, None, None),
        (tgviewer.CARDS, "/channel/example_room.html", ROOM, None, None),
    ],
)
def test_link_of_a_site(
    cards: Cards, href: str, address: str | None, native_id: int | None, kind: PlaceKind | None
) -> None:
    """Name, id and kind are read from the site's own link; without a public name it is refused."""
    found = cards.room.search(href)
    assert found is not None
    named = name_room(found)
    assert (address, native_id, kind) == (named.address, named.native_id, named.kind)
    assert (None if address else NO_NAME) == named.refused


@pytest.mark.parametrize(
    ("cards", "href"),
    [
        (tgstat.CARDS, "/channel/@example_room/1192"),
        (tgstat.CARDS, "/ratings/chats/psychology?sort=mau"),
        (telemetrio.CARDS, "/en/channels?page=2"),
        (tgviewer.CARDS, "https://tgviewer.github.io/channel/page/16"),
    ],
)
def test_other_link_of_a_site(cards: Cards, href: str) -> None:
    """Posts, ratings and further pages are no rooms."""
    assert cards.room.search(href) is None
