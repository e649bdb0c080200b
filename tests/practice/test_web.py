"""Tests of the practice web: that it speaks as t.me does."""

import re
from datetime import datetime

import aiohttp
import pytest
from selectolax.lexbor import LexborHTMLParser as Html

from practice.web import PracticeWeb
from practice.world import Draft, World

MORE = ".tme_messages_more[data-before]"


async def read(client: aiohttp.ClientSession, path: str) -> Html:
    """The page at a path, which must be HTML with status 200."""
    async with client.get(path, allow_redirects=False) as answer:
        assert 200 == answer.status
        assert "text/html; charset=utf-8" == answer.headers["Content-Type"]
        return Html(await answer.text())


def texts(page: Html, selector: str) -> list[str]:
    """Stripped texts of all elements that match."""
    return [node.text(strip=True) for node in page.css(selector)]


def links(page: Html, selector: str) -> list[str | None]:
    """Where all elements that match lead."""
    return [node.attributes["href"] for node in page.css(selector)]


def post_ids(page: Html) -> list[int]:
    """First ids of the posts on a page, in its order."""
    return [int((node.attributes["data-post"] or "").split("/")[1]) for node in page.css("[data-post]")]


async def test_paging_by_before_meets_every_post_once(client: aiohttp.ClientSession, world: World) -> None:
    """Following the page's own links reads the whole room, each post once."""
    path, seen = "/s/practice_talk", []
    while path:
        page = await read(client, path)
        seen += post_ids(page)
        more = page.css_first(MORE)
        path = more.attributes["href"] or "" if more else ""
    assert list(world.rooms["practice_talk"].posts) == sorted(seen)


async def test_neighbouring_pages_are_linked(client: aiohttp.ClientSession) -> None:
    """A page in the middle links to both sides and names itself by the id after its last."""
    page = await read(client, "/s/practice_talk?before=40")
    first, last = post_ids(page)[0], 40
    assert [f"/s/practice_talk?before={first}"] == links(page, "link[rel=prev]")
    assert [f"/s/practice_talk?after={last}"] == links(page, "link[rel=next]")
    assert [f"/s/practice_talk?before={last + 1}"] == links(page, "link[rel=canonical]")
    assert [str(last)] == [node.attributes["data-after"] for node in page.css("[data-after]")]


async def test_newest_and_oldest_page_link_one_way(client: aiohttp.ClientSession) -> None:
    """The newest page has no next one and the oldest, with id 1, no previous one."""
    newest = await read(client, "/s/practice_talk")
    oldest = await read(client, "/s/practice_talk?after=0")
    assert ([], 1) == (links(newest, "link[rel=next]"), len(newest.css(MORE)))
    assert ([], 1) == (links(oldest, "link[rel=prev]"), post_ids(oldest)[0])


async def test_page_before_the_first_post_is_empty(client: aiohttp.ClientSession) -> None:
    """Nothing is older than the first post."""
    page = await read(client, "/s/practice_talk?before=1")
    assert ([], ["No posts found"]) == (post_ids(page), texts(page, ".tme_no_messages_found"))


async def test_header_shows_room_and_rounded_counters(client: aiohttp.ClientSession) -> None:
    """The header has title, name, description and counters, subscribers first and rounded."""
    page = await read(client, "/s/practice_news")
    assert ["학교 안전 소식"] == texts(page, ".tgme_channel_info_header_title")
    assert ["@practice_news"] == texts(page, ".tgme_channel_info_header_username")
    assert ["기사와 예방 교육 안내 <매일 아침>"] == texts(page, ".tgme_channel_info_description")
    assert ["826K", "3"] == texts(page, ".counter_value")[:2]
    assert ["subscribers", "photos"] == texts(page, ".counter_type")[:2]
    assert ["826K subscribers"] == texts(page, ".tgme_header_counter")


async def test_one_subscriber_is_singular(client: aiohttp.ClientSession, world: World) -> None:
    """A room of one has a subscriber, not subscribers."""
    world.set_members("practice_talk", 1)
    page = await read(client, "/s/practice_talk")
    assert ["1 subscriber"] == texts(page, ".tgme_header_counter")
    landing = await read(client, "/practice_talk")
    assert ["1 subscriber"] == texts(landing, ".tgme_page_extra")


async def test_album_is_one_block_with_all_its_items(client: aiohttp.ClientSession) -> None:
    """An album has one block under its first id and a link to each item."""
    page = await read(client, "/s/practice_talk?after=37")
    album = page.css_first('[data-post="practice_talk/38"]')
    assert album is not None
    assert [38, 41] == post_ids(page)[:2]
    items = [node.attributes["href"] for node in album.css(".grouped_media_wrap")]
    assert [f"https://t.me/practice_talk/{native_id}?single" for native_id in (38, 39, 40)] == items


@pytest.mark.parametrize(
    ("native_id", "selector"),
    [
        (1, ".service_message"),
        (3, "a.tgme_widget_message_video_player:not(:has(.message_video_play)) video[src]"),
        (5, "a.tgme_widget_message_video_player .message_video_play"),
        (5, ".media_not_supported_cont .message_media_not_supported_label"),
        (7, ".sticker_media.no_bubble .tgme_widget_message_sticker"),
        (9, ".tgme_widget_message_poll .tgme_widget_message_poll_option_percent"),
        (11, ".roundvideo_media.no_bubble .tgme_widget_message_roundvideo_player"),
        (13, "audio.tgme_widget_message_voice[src]"),
        (15, ".tgme_widget_message_document_icon.audio"),
        (19, "a.tgme_widget_message_document_wrap .tgme_widget_message_document_title"),
        (21, ".tgme_widget_message_grouped_wrap a.tgme_widget_message_photo_wrap"),
        (26, "a.tgme_widget_message_reply .tgme_widget_message_text"),
    ],
)
async def test_shapes_of_posts(client: aiohttp.ClientSession, native_id: int, selector: str) -> None:
    """Each kind of post has Telegram's element, in a single-post page."""
    page = await read(client, f"/practice_games/{native_id}?embed=1")
    assert [native_id] == post_ids(page)
    assert page.css_first(selector) is not None


async def test_forwards_with_and_without_an_address(client: aiohttp.ClientSession) -> None:
    """A forward links to where it came from, unless that is hidden."""
    shown = await read(client, "/practice_news/16?embed=1")
    hidden = await read(client, "/practice_rumours/14?embed=1")
    name = ".tgme_widget_message_forwarded_from_name"
    assert (["https://t.me/practice_counsel/118"], ["하람 상담 소식"]) == (links(shown, name), texts(shown, name))
    assert (["이름 없는 제보"], []) == (texts(hidden, name), hidden.css("a" + name))


async def test_meta_says_author_edit_views_and_time(client: aiohttp.ClientSession, world: World, now: datetime) -> None:
    """Signature and the word "edited" precede the date; views are rounded; time is UTC."""
    world.post("practice_talk", now, Draft(text="글", author="반장", views=2_190_000))
    native_id = max(world.rooms["practice_talk"].posts)
    world.edit("practice_talk", native_id, now, "고친 글")
    page = await read(client, f"/practice_talk/{native_id}?embed=1")
    meta = texts(page, ".tgme_widget_message_meta")[0]
    assert re.fullmatch("반장, ?edited\\s*Nov 20 at 09:00", meta)
    assert ["2.19M"] == texts(page, ".tgme_widget_message_views")
    assert ["2026-11-20T09:00:00+00:00"] == [node.attributes["datetime"] for node in page.css("time")]


async def test_service_post_has_no_views(client: aiohttp.ClientSession) -> None:
    """The note that the channel was created shows no views."""
    page = await read(client, "/practice_talk/1?embed=1")
    assert (["Channel created"], []) == (
        texts(page, ".tgme_widget_message_text"),
        texts(page, ".tgme_widget_message_views"),
    )


async def test_every_id_of_an_album_leads_to_it(client: aiohttp.ClientSession) -> None:
    """The single-post page of any item shows the whole album."""
    pages = [await read(client, f"/practice_talk/{native_id}?embed=1") for native_id in (38, 40)]
    assert [[38], [38]] == [post_ids(page) for page in pages]


@pytest.mark.parametrize("path", ["practice_talk/41", "practice_talk/999", "nobody_here/1", "practice_closed/2"])
async def test_missing_post_is_not_found(client: aiohttp.ClientSession, world: World, path: str) -> None:
    """A removed, unknown or hidden post answers "Post not found" with status 200."""
    world.remove("practice_talk", 41)
    page = await read(client, f"/{path}?embed=1")
    assert ["Post not found"] == texts(page, ".tgme_widget_message_error")


async def test_removal_and_edit_show_at_once(client: aiohttp.ClientSession, world: World, now: datetime) -> None:
    """The next request sees what the world has become."""
    newest = max(world.rooms["practice_talk"].posts)
    world.remove("practice_talk", newest)
    world.edit("practice_talk", newest - 1, now, "방금 고쳤어요")
    page = await read(client, "/s/practice_talk")
    assert (newest - 1, "방금 고쳤어요") == (post_ids(page)[-1], texts(page, ".js-message_text")[-1])


@pytest.mark.parametrize(
    "name", ["practice_group", "practice_person", "practice_bot", "practice_closed", "nobody_here"]
)
async def test_places_without_preview_redirect(client: aiohttp.ClientSession, name: str) -> None:
    """``/s/NAME`` sends on to ``/NAME`` when there is nothing to preview, whatever the reason."""
    async with client.get(f"/s/{name}", allow_redirects=False) as answer:
        assert (302, f"/{name}") == (answer.status, answer.headers["Location"])


@pytest.mark.parametrize(
    ("path", "extras", "action", "heading"),
    [
        ("/practice_news", ["826 120 subscribers"], "View in Telegram", "Telegram: View @practice_news"),
        ("/practice_closed", ["1 subscriber"], "View in Telegram", "Telegram: View @practice_closed"),
        (
            "/practice_group",
            ["14 035 members, 791 online"],
            "View in Telegram",
            "Telegram: View @practice_group",
        ),
        ("/practice_person", ["@practice_person"], "Send Message", "Telegram: Contact @practice_person"),
        (
            "/practice_bot",
            ["@practice_bot", "8 122 955 monthly users"],
            "Start Bot",
            "Telegram: Launch @practice_bot",
        ),
        ("/nobody_here", [], "Send Message", "Telegram: Contact @nobody_here"),
        ("/+AbC-1", ["136 members, 6 online"], "Join Group", "Telegram: Join Group Chat"),
        ("/joinchat/AbC-1", ["136 members, 6 online"], "Join Group", "Telegram: Join Group Chat"),
    ],
)
async def test_landing_pages(
    client: aiohttp.ClientSession, path: str, extras: list[str], action: str, heading: str
) -> None:
    """Each kind of place has its own extras, button and heading."""
    page = await read(client, path)
    shown = texts(page, ".tgme_page_extra"), texts(page, ".tgme_action_button_new"), texts(page, "title")
    assert (extras, [action], [heading]) == shown


async def test_only_a_preview_is_linked(client: aiohttp.ClientSession) -> None:
    """A landing page links to the preview when there is one."""
    pages = [await read(client, path) for path in ("/Practice_Pictures", "/practice_closed", "/practice_group")]
    expected = [["/s/Practice_Pictures"], [], []]
    assert expected == [links(page, "a.tgme_page_context_link") for page in pages]


async def test_absent_name_has_no_title_and_is_not_indexed(client: aiohttp.ClientSession) -> None:
    """The page of a name that nobody has carries noindex and no title; a room's does not."""
    absent, room = [await read(client, path) for path in ("/nobody_here", "/practice_talk")]
    assert ([], 1) == (texts(absent, ".tgme_page_title"), len(absent.css("meta[name=robots]")))
    assert (["하늘고리 수다방"], 0) == (texts(room, ".tgme_page_title"), len(room.css("meta[name=robots]")))


async def test_name_is_found_in_any_case(client: aiohttp.ClientSession) -> None:
    """Names are found whatever their case and shown as their owner writes them."""
    page = await read(client, "/s/practice_pictures")
    assert ["@Practice_Pictures"] == texts(page, ".tgme_channel_info_header_username")


async def test_pages_refer_to_media_that_is_counted(client: aiohttp.ClientSession, web: PracticeWeb) -> None:
    """Media lie on the same server, one room has a data: avatar, and a fetch of any is counted."""
    page = await read(client, "/s/practice_games")
    sources = [node.attributes["src"] or "" for node in page.css("video[src], audio[src], img[src]")]
    assert all(source.startswith(f"{web.base}/media/") for source in sources)
    assert 0 == web.media_requests
    async with client.get(sources[0]) as answer:
        assert (404, 1) == (answer.status, web.media_requests)
    drawn = await read(client, "/s/Practice_Pictures")
    avatar = drawn.css_first(".tgme_page_photo_image img")
    assert avatar is not None
    assert (avatar.attributes["src"] or "").startswith("data:image/svg+xml;base64,")


async def test_requests_are_counted_by_path(client: aiohttp.ClientSession, web: PracticeWeb) -> None:
    """Paths are counted without their query."""
    for path in ("/s/practice_talk", "/s/practice_talk?before=9", "/robots.txt"):
        async with client.get(path):
            pass
    assert {"/s/practice_talk": 2, "/robots.txt": 1} == web.requests
