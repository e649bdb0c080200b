"""Whole pages of t.me: previews, landing pages and single posts."""

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.pages import read_page
from evidence.errors import UnreadableCapture
from evidence.records import Figure, PageKind, Place, PlaceKind
from tests.channels.markup import HEAD, TAIL, block, counter, landing, older, photo, preview, single, text, token

CONTEXT = '<a class="tgme_page_context_link" href="/s/room">Preview channel</a>'
YEAR_2021 = '<a class="tgme_head_dl_button" href="//telegram.org/dl">Don\'t have Telegram yet?</a>'


def place(page: str) -> Place:
    """The place that a page is about."""
    found = read_page(page).place
    assert found is not None
    return found


def exact(value: int) -> Figure:
    """A number in full."""
    return Figure(value=value, low=value, high=value)


# ------------------------------------------------------------------ preview


@pytest.mark.parametrize(
    ("counters", "members", "unit"),
    [
        (counter("82.9K", "subscribers") + counter("984", "photos"), (82_850, 82_950), "subscribers"),
        (counter("2.8M", "members") + counter("6", "photos"), (2_750_000, 2_850_000), "members"),
        (counter("1", "subscriber") + counter("1", "photo") + counter("1", "file"), (1, 1), "subscribers"),
        (counter("1", "member"), (1, 1), "members"),
        (counter("", "subscribers") + counter("199", "photos"), None, None),
        (counter("Many", "subscribers"), None, None),
        (counter("199", "photos") + counter("11", "videos"), None, None),
        (counter("5", ""), None, None),
        ("", None, None),
    ],
)
def test_faults_1_and_16_counter_of_members(counters: str, members: tuple[int, int] | None, unit: str | None) -> None:
    """The first counter counts members if it says so; a blank or a word is unknown, and photos are no members."""
    found = place(preview(counters=counters))
    bounds = found.members and (found.members.low, found.members.high)
    assert members == bounds
    if members:
        assert unit == found.unit


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ('<div class="tgme_channel_info_header_title"><span dir="auto">방 이름</span></div>', ("방 이름", False)),
        (
            '<div class="tgme_channel_info_header_title_wrap"><div class="tgme_channel_info_header_title">'
            '<span dir="auto">방</span></div>'
            '<div class="tgme_channel_info_header_labels"><i class="verified-icon"> ✔</i></div></div>',
            ("방", True),
        ),
        ('<div class="tgme_channel_info_header_title">News<i class="verified-icon"> ✔</i></div>', ("News", True)),
        ('<div class="tgme_channel_info_header_title"><span dir="auto">다 했다 ✔</span></div>', ("다 했다 ✔", False)),
        ('<div class="tgme_channel_info_header_title"><span dir="auto"></span></div>', (None, False)),
    ],
)
def test_title_and_verified_mark(title: str, expected: tuple[str | None, bool]) -> None:
    """The mark of a verified channel is no part of its title, in whichever year's markup; a title may be empty."""
    found = place(preview(title=title))
    assert expected == (found.title, found.is_verified)


def test_mark_of_a_post_is_not_the_channels() -> None:
    """A verified author of a post verifies nobody else."""
    author = '<a class="tgme_widget_message_owner_name"><span>x</span><i class="verified-icon"> ✔</i></a>'
    assert not place(preview(block(author=author))).is_verified


def test_warning_is_part_of_the_description() -> None:
    """A warning of Telegram stands in front of what the owner wrote, and stays."""
    words = "⚠️ Warning: Many users reported this account as a scam<br/><br/>우리 방"
    found = place(preview(description=f'<div class="tgme_channel_info_description">{words}</div>'))
    assert found.description == "⚠️ Warning: Many users reported this account as a scam\n\n우리 방"


def test_fault_10_posts_of_another_name() -> None:
    """The numeric id joins them; the page's name and the posts' are both kept."""
    reading = read_page(preview(block(post="campcode/2357")))
    assert reading.place is not None
    assert ("room", 1_000_123_456) == (reading.place.username, reading.place.native_id)
    assert reading.posts[0].address == "https://t.me/campcode/2357"


@pytest.mark.parametrize(
    "view",
    [
        *("", "%%%", "AAAA", token(0), token(-(2**53)), token(-5)[:6], "bnVsbA", "W10"),
        *("eyJjIjoiYSJ9", "eyJjIjoxZTk5OTl9", "W1tb" * 50_000),
    ],
)
def test_unreadable_view_token(view: str) -> None:
    """A token that is no JSON, or holds no id, gives none."""
    assert place(preview(block().replace(token(), view))).native_id is None


def test_posts_are_read_oldest_first() -> None:
    """Whatever the order of the page, and each once."""
    reading = read_page(preview(block(post="room/9"), block(post="room/3"), block(post="room/9")))
    assert [3, 9] == [post.native_id for post in reading.posts]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (older(481), True),
        ("", False),
        ('<a href="/s/room?after=9" class="tme_messages_more" data-after="9"></a>', False),
        (older(481) + '<a href="/s/room?after=9" class="tme_messages_more" data-after="9"></a>', True),
    ],
)
def test_fault_14_only_the_link_tells_of_older_posts(more: str, expected: bool) -> None:
    """Neither the number of blocks nor a link to newer ones does."""
    assert expected == read_page(preview(block(), more=more)).has_older


def test_fault_14_page_without_posts() -> None:
    """A channel without posts, or a page before the first one, is read as empty."""
    none = '<div class="tgme_widget_message_centered"><div class="tme_no_messages_found">No posts found</div></div>'
    reading = read_page(preview(more=none))
    assert (PageKind.PREVIEW, (), False) == (reading.kind, reading.posts, reading.has_older)
    assert reading.place is not None
    assert ("room", None) == (reading.place.username, reading.place.native_id)


def test_fault_16_first_post() -> None:
    """A channel with one subscriber and one post, which says that it was created."""
    page = preview(block(text("Channel created"), more="service_message"), counters=counter("1", "subscriber"))
    reading = read_page(page)
    assert [(1, True)] == [(post.native_id, post.is_service) for post in reading.posts]
    assert reading.place is not None
    assert exact(1) == reading.place.members


def test_relative_links_follow_the_given_address() -> None:
    """Fault 15: a page of another host resolves against that host."""
    page = preview(block(text('<a href="?q=%23x">#x</a>')))
    assert read_page(page, "https://telegram.me/s/room").posts[0].links == ("https://telegram.me/s/room?q=%23x",)


# ------------------------------------------------------------------ landing page


@pytest.mark.parametrize(
    ("page", "kind", "members", "online"),
    [
        (landing("82 932 subscribers", more=CONTEXT), "channel", 82_932, None),
        (landing("1 subscriber"), "channel", 1, None),
        (landing("0 subscribers"), "channel", 0, None),
        (landing("Many subscribers", more=CONTEXT), "channel", None, None),
        (landing("1 474 933 members", more=CONTEXT + YEAR_2021), "channel", 1_474_933, None),
        (landing("1 474 933 members", more=YEAR_2021), "channel", 1_474_933, None),
        (landing("14 035 members, 5 791 online"), "group", 14_035, 5_791),
        (landing("136 members, 6 online", more=YEAR_2021), "group", 136, 6),
        (landing("1 member"), "group", 1, None),
        (landing("@room", button="Send Message"), "user", None, None),
        (landing("@room", "8 122 955 monthly users", button="Start Bot"), "bot", 8_122_955, None),
        (landing("@room", button="Start Bot"), "bot", None, None),
        (landing(more=CONTEXT), "channel", None, None),
        (landing("500 subscribers", title="", more=CONTEXT), "channel", 500, None),
        (landing(title="", button="View in Telegram"), "channel", None, None),
        (landing(title=None, button="Send Message"), "absent", None, None),
    ],
)
def test_fault_1_kinds_and_counts(page: str, kind: str, members: int | None, online: int | None) -> None:
    """A landing page tells a channel from a group, a user, a bot and an unused name, whatever word counts."""
    found = place(page)
    assert (kind, "room") == (found.kind, found.username)
    assert (exact(members) if members is not None else None, online) == (found.members, found.online)


def test_bot_of_2023_is_known_by_its_name() -> None:
    """Before pages counted a bot's users, only its name told it from a person."""
    page = landing("@practice_bot", button="Send Message").replace("domain=room", "domain=practice_bot")
    assert (PlaceKind.BOT, "practice_bot") == (place(page).kind, place(page).username)


@pytest.mark.parametrize(
    ("extra", "unit"), [("136 members, 6 online", "members"), ("189 490 subscribers", "subscribers")]
)
def test_invite_link_names_nobody(extra: str, unit: str) -> None:
    """The page of an invite link is private, also where it counts a channel's subscribers."""
    page = landing(extra, button="Join Group").replace("tg://resolve?domain=room", "tg://join?invite=Abc_1")
    found = place(page)
    assert (PlaceKind.INVITE, None, unit) == (found.kind, found.username, found.unit)


def test_absent_place_has_no_title_nor_description() -> None:
    """What the page says there is Telegram's text and no owner's."""
    more = '<div class="tgme_page_description">If you have Telegram, you can contact @room right away.</div>'
    found = place(landing(title=None, button="Send Message", more=more))
    assert Place(kind=PlaceKind.ABSENT, username="room") == found


def test_verified_landing_page() -> None:
    """The mark stands in the title, and is not it."""
    page = landing("1 subscriber").replace("Room</span>", 'Room</span><i class="verified-icon"> ✔</i>')
    assert ("Room", True) == (place(page).title, place(page).is_verified)


# ------------------------------------------------------------------ single post


def test_embedded_post() -> None:
    """The page of one post holds the same block; there is no head."""
    reading = read_page(single(block(text('글 <a href="?q=%23x">#x</a>'), post="room/12")))
    assert (PageKind.POST, None, False) == (reading.kind, reading.place, reading.is_missing)
    assert [(12, "글 #x")] == [(post.native_id, post.text) for post in reading.posts]
    assert reading.posts[0].links == ("https://t.me/room/12?q=%23x",)


def test_embedded_album() -> None:
    """The page of one of its photos shows the whole album."""
    photos = photo("https://t.me/room/12?single", is_grouped=True) + photo(
        "https://t.me/room/13?single", is_grouped=True
    )
    assert [(12, 13)] == [post.native_ids for post in read_page(single(block(photos, post="room/12"))).posts]


def test_missing_post() -> None:
    """The words "Post not found" are the one sign of a post that is not there."""
    error = '<div class="tgme_widget_message err_message"><div class="tgme_widget_message_error">{}</div></div>'
    reading = read_page(single(error.format("Post not found")))
    assert (PageKind.POST, True, ()) == (reading.kind, reading.is_missing, reading.posts)
    with pytest.raises(UnreadableCapture, match='neither a post nor "Post not found"'):
        read_page(single(error.format("Channel with username <b>@room</b> not found")))


# ------------------------------------------------------------------ no page at all

WHOLE = preview(*[block(text("글" * 200), post=f"room/{number}") for number in range(1, 21)], more=older(1))


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("", "not a whole page"),
        (" \n\t\u00a0\u202f ", "not a whole page"),
        (",,, ' ' \u2019", "not a whole page"),
        (json.dumps({"ok": True}), "not a whole page"),
        (json.dumps("<div class='tgme_widget_message'></div>"), "not a whole page"),
        ("\x00\xff\xfe" * 5000, "not a whole page"),
        (bytes(range(256)).decode("utf-8", "replace") * 64, "not a whole page"),
        (WHOLE[: len(WHOLE) // 2], "not a whole page"),
        (f"{HEAD}<div class='tgme_page_wrap'>{TAIL}", "not a page of t.me"),
        (f"{HEAD}<h1>502 Bad Gateway</h1>{TAIL}", "not a page of t.me"),
        (f"{HEAD}{'<div>' * 200_000}{TAIL}", "more than 1,000 elements inside each other"),
        (f"{HEAD}{'<div>' * 100_000}{'</div>' * 100_000}{TAIL}", "more than 1,000 elements inside each other"),
    ],
)
def test_fault_15_what_is_no_page_is_refused(page: str, message: str) -> None:
    """Something else, something cut and something absurd are all refused by name, and quickly."""
    started = time.perf_counter()
    with pytest.raises(UnreadableCapture, match=message):
        read_page(page)
    assert time.perf_counter() - started < 0.25


def test_large_page_of_flat_tags_is_read() -> None:
    """A megabyte of tags that are not nested is a page like any other."""
    emoji = '<i class="emoji"><b>🔥</b></i>' * 33_000
    assert len(read_page(preview(block(text(emoji)))).posts[0].text) == 33_000


@given(st.integers(0, len(WHOLE) - len(TAIL)))
def test_no_cut_page_is_half_read(end: int) -> None:
    """Wherever a page ends before its end, nothing is read of it."""
    with pytest.raises(UnreadableCapture):
        read_page(WHOLE[:end])


@given(st.text(), st.text())
def test_any_words_are_read_or_refused(body: str, tail: str) -> None:
    """Garbage between and behind the tags of a page raises nothing else."""
    with suppress(UnreadableCapture):
        read_page(preview(block(text(body))) + tail)
