"""Rooms that posts and directories name: which are taken, and why a person might look."""

import pytest
from msgspec.structs import replace

from evidence.listing import ListedRoom
from evidence.records import Forward, Post, Term
from evidence.rooms import Found, Sight
from pipelines.discovery import has_grown, reasons_to_look, rooms_named_in
from pipelines.schools import Register
from pipelines.terms import compile_terms

POST = Post(native_id=7, native_ids=(7,), address="https://t.me/own_room/7", posted_at=None, text="")
INVITE = Sight(found=Found.LINK, address=None)


def post(text: str = "", *links: str, forward: str | None = None) -> Post:
    """A post of ``own_room``."""
    forwarded = Forward(name="이웃", address=forward) if forward else None
    return replace(POST, text=text, links=links, forwarded_from=forwarded)


def link(name: str) -> Sight:
    """A room that was linked to."""
    return Sight(found=Found.LINK, address=f"https://t.me/{name}")


# ------------------------------------------------------------------ posts


@pytest.mark.parametrize(
    "href",
    [
        "https://t.me/Next_Room",
        "http://t.me/next_room",
        "https://t.me/next_room/123",
        "https://t.me/next_room/123?single",
        "https://t.me/s/next_room",
        "https://t.me/s/next_room/123",
        "https://telegram.me/next_room",
        "https://telegram.dog/next_room?start=1",
        "https://t.me/next_room?boost",
    ],
)
def test_links_to_rooms(href: str) -> None:
    """To the room, its preview page or one of its posts, on any host of Telegram: one address in lower case."""
    assert (link("next_room"),) == rooms_named_in(post("보세요", href))


@pytest.mark.parametrize(
    "href",
    [
        "https://t.me/own_room",
        "https://t.me/own_room/3",
        "https://t.me/practice_bot",
        "https://t.me/PracticeBot?start=x",
        "https://t.me/share/url?url=https://t.me/next_room",
        "https://t.me/addstickers/next_room",
        "https://t.me/c/1234567/8",
        "https://t.me/+821012345678",
        "https://t.me.example.org/next_room",
        "https://example.org/t.me/next_room",
        "https://user:word@t.me/next_room",
        "https://t.me:8443/next_room",
        "ftp://t.me/next_room",
        "https://t.me/",
        "https://t.me/ab",
        "https://[t.me/next_room",
        "javascript:next_room",
        "",
    ],
)
def test_links_to_no_other_room(href: str) -> None:
    """Its own room, bots, private chats, telephone numbers, other hosts and what is no address."""
    assert () == rooms_named_in(post("보세요", href))


def test_names_that_are_only_called() -> None:
    """``@name`` becomes a link on the page, and most of those are people; beside an address it is a room."""
    href = "https://t.me/next_room"
    assert () == rooms_named_in(post("문의 @Next_Room", href))
    assert (link("next_room"),) == rooms_named_in(post("@next_room 은 t.me/next_room 입니다", href))
    assert (link("next_room"),) == rooms_named_in(post("여기", href))


@pytest.mark.parametrize(
    "href",
    ["https://t.me/+AbCdEfGh12345", "https://t.me/joinchat/AbCdEfGh12345", "https://telegram.me/joinchat/AbCdEfGh"],
)
def test_invite_links_are_counted_and_not_kept(href: str) -> None:
    """One sight for a post, however many it has, and no address in it."""
    assert (INVITE,) == rooms_named_in(post("들어오세요", href, "https://t.me/+OtherInvite99"))


def test_forwards() -> None:
    """The room that a post came from, once, also where it is linked; a forward without an address names nobody."""
    there = "https://t.me/next_room/44"
    assert (Sight(found=Found.FORWARD, address="https://t.me/next_room"),) == rooms_named_in(post("", forward=there))
    both = rooms_named_in(post("", there, "https://t.me/third_room", forward=there))
    assert [(Found.FORWARD, "https://t.me/next_room"), (Found.LINK, "https://t.me/third_room")] == [
        (sight.found, sight.address) for sight in both
    ]
    assert () == rooms_named_in(post("전달"))
    assert () == rooms_named_in(post("", forward="https://t.me/own_room/2"))
    assert () == rooms_named_in(post("", forward="https://t.me/practice_bot"))


def test_each_room_once() -> None:
    """A post that repeats a link counts once; its parts in any order."""
    assert (link("next_room"), link("third_room"), INVITE) == rooms_named_in(
        post(
            "",
            "https://t.me/next_room",
            "https://t.me/+AbCdEfGh12",
            "https://t.me/third_room",
            "http://t.me/next_room/1",
        )
    )


# ------------------------------------------------------------------ directories

TERMS = compile_terms((Term(id="synthetic-media", any=("딥페이크", "합성")), Term(id="trade", patterns=(r"\d+원",))))


def listed(title: str | None = None, description: str | None = None) -> ListedRoom:
    """A room as a directory lists it."""
    return ListedRoom(address="https://t.me/next_room", listed_by="tgviewer", title=title, description=description)


@pytest.mark.parametrize(
    ("title", "description", "reasons"),
    [
        ("날씨 이야기", "맑음", ()),
        (None, None, ()),
        ("지인 이야기", None, ("name",)),
        ("방", "지인만 오세요", ("name",)),
        ("ＤＥＥＰ fake", None, ("name",)),
        ("중앙고등학교 소식", None, ("school",)),
        ("방", "딥\u200b페이크 소식 3000원", ("term:synthetic-media", "term:trade")),
        ("지인 합성", "밀양여자중학교", ("name", "school", "term:synthetic-media")),
    ],
)
def test_reasons_to_look(small: Register, title: str | None, description: str | None, reasons: tuple[str, ...]) -> None:
    """Words of the directory's entry, a school, terms of the watchlist; in title and description alike."""
    assert reasons == reasons_to_look(listed(title, description), small, TERMS, ["지인", "deep FAKE"])


@pytest.mark.parametrize("words", ["\u200b", "\u2060\ufeff", "ㅤ"])
def test_words_that_show_nothing_match_nothing(small: Register, words: str) -> None:
    """Else every room of a directory would be a candidate, or watched by a rule."""
    assert () == reasons_to_look(listed("날씨 이야기"), small, TERMS, [words])


@pytest.mark.parametrize(
    ("members", "before", "grows"),
    [
        *((300, 200, True), (299, 200, False), (250, 150, True), (60, 10, False), (110, 10, True), (9, None, False)),
        *((100, 0, True), (99, 0, False), (1_499_999, 1_000_000, False), (100, 1_000, False)),
    ],
)
def test_growth(members: int, before: int | None, grows: bool) -> None:
    """Half as many again, and a hundred at least: small rooms and large ones are not news for a few."""
    assert grows is has_grown(members, before)
