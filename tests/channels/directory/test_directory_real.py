"""Facts that a person read in saved pages of directories, against what is read of them.

The pages are other people's and stay in the folder that HAECHI_TEST_DATA names; here are names and numbers.
"""

from pathlib import Path

import pytest

from channels.directory import SITES
from channels.directory.pages import read_directory_page, read_page, site_of
from evidence.listing import ListedRoom

ROOMS = """
tgstat-category       | 0  | psyxotest         | 103116 subscribers
tgstat-category       | 1  | psycanal          | 23165 subscribers
tgstat-category       | 2  | evo_lutio         | 46454 subscribers
tgstat-category       | 4  | psyeducation      | 83847 subscribers
tgstat-category       | 5  | psixologia2       | 4032 members
tgstat-category       | 6  | psychat666        | 918 members
tgstat-category       | 19 | mirlru            | 17203 members
tgviewer-channel-phpyh | 0 | phpyh             |
tgviewer-list-16      | 0  | design_translator |
tgviewer-list-16      | 3  | skolkovoleaks     |
tgviewer-list-16      | 11 | menslooks         |
"""
"""File, place in the list, name, and the exact number."""

TITLES = {
    "psycanal": "ПСИХО",
    "psychat666": "психочат и точка 18+",
    "phpyh": "Пых",
    "skolkovoleaks": "Skolkovo Leaks",
    "menslooks": "Men's Look",
}
NUMBERS = {"tgstat-category": 20, "tgviewer-channel-phpyh": 1, "tgviewer-list-16": 12}
"""How many rooms are on the page: advertisements, posts and what a template would have filled in are none."""


def read(real_pages: Path, name: str) -> tuple[ListedRoom, ...]:
    """The rooms of a saved page, its address not known."""
    return read_directory_page((real_pages / "directory" / f"{name}.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("line", ROOMS.strip().splitlines())
def test_rooms(real_pages: Path, line: str) -> None:
    """Each room that a person looked up is read as it is shown."""
    file, place, name, shown = (part.strip() for part in line.split("|"))
    room = read(real_pages, file)[int(place)]
    assert f"https://t.me/{name}" == room.address
    count = f"{room.count.value} {room.unit}" if room.count and room.count.low == room.count.high else ""
    assert shown == count
    assert TITLES.get(name, room.title) == room.title


@pytest.mark.parametrize(("name", "number"), NUMBERS.items())
def test_number_of_rooms(real_pages: Path, name: str, number: int) -> None:
    """Each room once, with a title, and nothing else."""
    rooms = read(real_pages, name)
    assert number == len(rooms) == len({room.address for room in rooms})
    assert all(room.title and not room.refused for room in rooms)


@pytest.mark.parametrize("name", NUMBERS)
def test_kept_page_reads_the_same(real_pages: Path, name: str) -> None:
    """Nothing that was read is lost in what is kept, and no picture is."""
    text = (real_pages / "directory" / f"{name}.html").read_text(encoding="utf-8")
    site = SITES[site_of(text) or ""]
    page = read_page(site, text, "")
    assert page.listed == site.read(page.kept, "")
    assert [] == [trace for trace in ("<img", ".jpg", ".jpeg", "data:", "<script") if trace in page.kept]
