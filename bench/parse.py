"""Reading t.me/s pages: ours beside BeautifulSoup and parsel, the same facts from each."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from parsel import Selector

from bench.table import measure_in_turns, print_speeds
from channels.pages import read_page
from channels.sanitize import sanitize
from practice.pages import draw_preview
from practice.paging import read_page as page_of
from practice.story import build_world

GOAL = 450
"""Pages a second on one core."""

Facts = tuple[str | None, ...]
"""Of a post: id, date, text, views, author, origin and its link, reply, edited, service, album and links."""

MEDIA = ("photo_wrap", "video_player", "roundvideo_player", "voice_player", "document_wrap", "poll", "sticker")
LINKS = ".js-message_text a[href], a.tgme_widget_message_link_preview[href], a.tgme_widget_message_inline_button[href]"


def main() -> None:
    """Print pages a second of each parser."""
    pages = load_pages()
    check_same_facts(pages)
    works: dict[str, Callable[[], int]] = {
        "haechi": lambda: sum(bool(read_page(page).posts) for page in pages),
        "haechi, cleaned first": lambda: sum(bool(read_page(sanitize(page)).posts) for page in pages),
        "parsel, same facts": lambda: sum(bool(by_parsel(page)) for page in pages),
        "BeautifulSoup + lxml, same facts": lambda: sum(bool(by_soup(page)) for page in pages),
    }
    speeds = measure_in_turns(works, rounds=5)
    print_speeds(f"Reading {len(pages)} t.me/s pages (goal: {GOAL})", "pages", speeds, "haechi")


def load_pages() -> list[str]:
    """Real saved pages where ``HAECHI_TEST_DATA`` names them, else those of the practice world."""
    folder = os.environ.get("HAECHI_TEST_DATA")
    if folder:
        return [path.read_text(encoding="utf-8") for path in sorted(Path(folder, "pages", "tme-s").glob("*.html"))]
    print("HAECHI_TEST_DATA is not set: pages of the practice world instead of real ones")
    now = datetime(2026, 11, 1, tzinfo=UTC)
    rooms = [room for room in build_world(now).rooms.values() if room.is_readable]
    return [draw_preview(room, page_of(room), "http://127.0.0.1", now) for room in rooms]


def check_same_facts(pages: Sequence[str]) -> None:
    """The parsers must agree on what the pages say, or their speeds say nothing."""
    for page in pages:
        ours = [str(post.native_id) for post in read_page(page).posts]
        assert (
            ours == [fact[0] for fact in by_parsel(page) if fact[0]] == [fact[0] for fact in by_soup(page) if fact[0]]
        )


def by_parsel(page: str) -> list[Facts]:
    """The same facts by CSS on lxml."""
    return [_parsel_facts(block) for block in Selector(page).css("div.tgme_widget_message[data-post]")]


def _parsel_facts(block: Selector) -> Facts:
    return (
        (block.attrib.get("data-post") or "").rpartition("/")[2] or None,
        block.css(".tgme_widget_message_date time::attr(datetime)").get(),
        "".join(block.css(".js-message_text").xpath(".//text() | .//br").getall()),
        block.css(".tgme_widget_message_views::text").get(),
        block.css(".tgme_widget_message_owner_name span::text").get(),
        block.css(".tgme_widget_message_forwarded_from_name::text").get(),
        block.css("a.tgme_widget_message_forwarded_from_name::attr(href)").get(),
        block.css("a.tgme_widget_message_reply::attr(href)").get(),
        str("edited" in "".join(block.css(".tgme_widget_message_meta::text").getall())),
        str("service_message" in (block.attrib.get("class") or "")),
        " ".join(block.css("a.grouped_media_wrap::attr(href)").getall()),
        " ".join(node.attrib["href"] for node in block.css(LINKS)),
        *(str(len(block.css(f".tgme_widget_message_{kind}"))) for kind in MEDIA),
    )


def by_soup(page: str) -> list[Facts]:
    """The same facts by BeautifulSoup."""
    return [_soup_facts(block) for block in BeautifulSoup(page, "lxml").select("div.tgme_widget_message[data-post]")]


def _soup_facts(block: Tag) -> Facts:
    def text(selector: str) -> str | None:
        found = block.select_one(selector)
        return found.get_text() if found else None

    def attribute(selector: str, name: str) -> str | None:
        found = block.select_one(selector)
        return str(found.get(name)) if found else None

    return (
        str(block.get("data-post") or "").rpartition("/")[2] or None,
        attribute(".tgme_widget_message_date time", "datetime"),
        text(".js-message_text"),
        text(".tgme_widget_message_views"),
        text(".tgme_widget_message_owner_name span"),
        text(".tgme_widget_message_forwarded_from_name"),
        attribute("a.tgme_widget_message_forwarded_from_name", "href"),
        attribute("a.tgme_widget_message_reply", "href"),
        str("edited" in (text(".tgme_widget_message_meta") or "")),
        str("service_message" in str(block.get("class"))),
        " ".join(str(node["href"]) for node in block.select("a.grouped_media_wrap")),
        " ".join(str(node["href"]) for node in block.select(LINKS)),
        *(str(len(block.select(f".tgme_widget_message_{kind}"))) for kind in MEDIA),
    )
