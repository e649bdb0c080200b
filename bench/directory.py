"""Reading directory pages: ours beside BeautifulSoup, the same facts from each."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from bench.table import measure_in_turns, print_speeds
from channels.directory import SITES
from channels.directory.pages import read_page

TILES = 40
TILE = """
<div class="col-12 col-sm-6 col-md-4"><div class="card card-body peer-item-box py-2 mb-2 border position-relative">
<a href="https://tgstat.ru/channel/@example_room_{number}" class="text-body"><div class="row"><div class="col">
<div class="font-16 text-dark text-truncate">Room {number}</div>
<div class="font-14 text-muted line-clamp-2 mt-1">What room {number} is about</div>
<div class="mt-2"><div class="font-12 text-truncate"><b>{number} 879</b> подписчиков</div></div></div>
<div class="col-auto"><img src="//static.tgstat.ru/{number}.jpg" class="rounded-circle"></div></div></a></div></div>
"""
"""Its classes are the site's; names and numbers are made up."""

Facts = tuple[str, str | None, str | None]
"""Of a card: address, title and number as shown."""


def main() -> None:
    """Print cards a second of each parser."""
    pages = load_pages()
    check_same_rooms(pages)
    site = SITES["tgstat"]
    works: dict[str, Callable[[], int]] = {
        "haechi": lambda: sum(len(site.read(page, "").rooms) for page in pages),
        "haechi, cleaned first": lambda: sum(len(read_page(site, page, "").listed.rooms) for page in pages),
        "BeautifulSoup + lxml, same facts": lambda: sum(len(by_soup(page, "lxml")) for page in pages),
        "BeautifulSoup + html.parser": lambda: sum(len(by_soup(page, "html.parser")) for page in pages),
    }
    speeds = measure_in_turns(works, rounds=5)
    print_speeds(f"Reading {len(pages)} pages of a directory", "cards", speeds, "haechi")


def load_pages() -> list[str]:
    """A page of cards; the saved page of the same site beside it where ``HAECHI_TEST_DATA`` names one."""
    made = [
        f"<!DOCTYPE html><html><body>{''.join(TILE.format(number=number) for number in range(1, TILES))}</body></html>"
    ]
    folder = os.environ.get("HAECHI_TEST_DATA")
    saved = sorted(Path(folder, "pages", "directory").glob("tgstat-*.html")) if folder else []
    return made + [path.read_text(encoding="utf-8") for path in saved]


def check_same_rooms(pages: Sequence[str]) -> None:
    """The parsers must agree on which rooms there are, or their speeds say nothing."""
    for page in pages:
        ours = {room.address for room in SITES["tgstat"].read(page, "").rooms}
        assert ours == {fact[0] for fact in by_soup(page, "lxml")}


def by_soup(page: str, parser: str) -> list[Facts]:
    """The same facts by BeautifulSoup, each room once."""
    facts: dict[str, Facts] = {}
    for link in BeautifulSoup(page, parser).select('a[href*="/channel/@"], a[href*="/chat/@"]'):
        name = str(link["href"]).rpartition("@")[2]
        card = link.find_parent(class_="card") or link
        if "/" not in name and name not in facts:
            facts[name] = _facts_of(f"https://t.me/{name.lower()}", card)
    return list(facts.values())


def _facts_of(address: str, card: Tag) -> Facts:
    title, count = card.select_one(".font-16.text-dark, .h4"), card.select_one("b, .btn")
    return address, title.get_text(strip=True) if title else None, count.get_text(strip=True) if count else None
