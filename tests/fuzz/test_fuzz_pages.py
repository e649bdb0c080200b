"""Pages of Telegram, of directories, and answers of interfaces: read or refused, whatever is in them."""

import json
import re

import pytest

from channels.directory import SITES
from channels.directory.pages import read_directory_page
from channels.directory.pages import read_page as read_list
from channels.directory.tgstat_api import read_item, read_items
from channels.neis import read_answer, read_row
from channels.pages import read_page
from channels.sanitize import sanitize
from channels.timestamps import stamped_at
from practice.directory.rooms import list_room, page_of
from practice.directory.web import PracticeDirectory
from practice.story import build_world
from tests.channels import markup
from tests.conftest import NOW
from tests.fuzz.making import HOWEVER_MANY, PIECES, fuzz, texts, values

FORWARD = '<div class="tgme_widget_message_forwarded_from"><a href="https://t.me/other/5">Other</a></div>'
POSTS = [
    markup.block(FORWARD + markup.text("서울고 <b>소문</b> <a href='https://t.me/a'>a</a>"), f"room/{number}")
    for number in (1, 2, 3)
]
T_ME: tuple[str, ...] = (
    markup.preview(*POSTS, counters=markup.counter("42.5K", "subscribers"), more=markup.older(1)),
    markup.preview(markup.block(markup.photo("https://t.me/room/4?single", is_grouped=True) + markup.video())),
    markup.single(markup.block(markup.document("a.pdf"), foot=markup.footer("1.2M", "edited "))),
    markup.landing("1 234 members, 56 online"),
    markup.landing(title=None),
)
CONTEXT = '<a class="tgme_page_context_link" href="/s/room">Preview</a>'
T_ME += (markup.landing(more=CONTEXT),)
T_ME += tuple(re.sub('href="[^"]*"', 'href="https://[v1"', page) for page in T_ME)
CLASSES = (
    "tgme_widget_message",
    "data-post",
    "data-view",
    "tgme_page",
    "tgme_main",
    "datetime",
    "room/-1",
    "counter_value",
)

SITE_PAGES = ("telemetrio.html", "tgstat.html", "tgviewer.html", "generic.html")
URLS = ("https://telemetr.io/en/channels", "https://tgstat.ru/education", "https://x.example/a", "")
ITEM = {"username": "@room", "tg_id": 1_900_000_001, "title": "방", "participants_count": 10, "about": "서울고"}
ROW = {
    "SD_SCHUL_CODE": "7000001",
    "SCHUL_NM": "서울고등학교",
    "LCTN_SC_NM": "서울특별시",
    "ORG_RDNMA": "서울특별시 강남구 길 1",
}
NEIS = {"schoolInfo": [{"head": [{"list_total_count": 1}, {"RESULT": {"CODE": "INFO-000"}}]}, {"row": [ROW]}]}


@pytest.fixture(scope="module")
def lists() -> dict[str, str]:
    """A page of each directory, from the practice world."""
    directory = PracticeDirectory(build_world(NOW))
    rooms = tuple(list_room(room) for room in build_world(NOW).rooms.values())
    return {name: directory._draw(name, page_of(rooms, 1, 3)) for name in SITE_PAGES}


@HOWEVER_MANY
def test_any_page(number: int) -> None:
    """Of t.me."""
    fuzz(number, texts(T_ME, (*PIECES, *CLASSES)), read_page)


@HOWEVER_MANY
def test_any_page_that_is_kept(number: int) -> None:
    """It is cleaned or refused, and then read or refused."""

    def keep_and_read(html: str) -> None:
        read_page(sanitize(html))

    fuzz(number, texts(T_ME, (*PIECES, *CLASSES)), keep_and_read)


@HOWEVER_MANY
@pytest.mark.parametrize("name", SITE_PAGES)
def test_any_list(lists: dict[str, str], name: str, number: int) -> None:
    """Of rooms, whichever site it seems to be of, wherever it came from."""

    def read(text: str) -> None:
        read_directory_page(text, URLS[len(text) % len(URLS)])

    page = lists[name]
    crooked = page.replace("<head>", '<head><link rel="canonical" href="https://[v1">')
    fuzz(number, texts((page, crooked)), read)


@HOWEVER_MANY
def test_any_chart(number: int) -> None:
    """Combot's, which is JSON."""
    whole = json.dumps([{"u": "room", "t": "방", "i": -1_001_900_000_001, "s": 10}] * 2)
    fuzz(number, texts((whole,)), lambda text: read_list(SITES["combot"], text, "https://combot.org/api/chart/ko"))
    fuzz(number, values(), lambda value: read_list(SITES["combot"], json.dumps([value]), ""))


@HOWEVER_MANY
def test_any_answer_of_tgstat(number: int) -> None:
    """Its rows, and each of them."""

    def read(text: str) -> None:
        for item in read_items(text, "https://api.example"):
            read_item(item)

    fuzz(number, texts((json.dumps({"status": "ok", "response": {"items": [ITEM]}}),)), read)
    fuzz(
        number, values(), lambda value: read_item(ITEM | {"title": value, "tg_id": value, "participants_count": value})
    )


@HOWEVER_MANY
def test_any_answer_of_neis(number: int) -> None:
    """The same."""

    def read(text: str) -> None:
        for row in read_answer(text.encode("utf-8", "replace"))[0]:
            read_row(row)

    fuzz(number, texts((json.dumps(NEIS, ensure_ascii=False),)), read)
    fuzz(number, values(), lambda value: read_row(ROW | {"ORG_RDNMA": value, "SCHUL_NM": value}))


@HOWEVER_MANY
def test_any_time_stamp(number: int) -> None:
    """No bytes prove that something was stamped."""

    def read(text: str) -> None:
        assert stamped_at(text.encode("utf-8", "replace"), b"x", []) is None

    fuzz(number, texts(("0\x80\x02\x01\x00",)), read)
