"""``haechi parse`` on pages of directories: those that were saved, and drawn ones of every site."""

import asyncio
import os
from pathlib import Path

import aiohttp
import pytest

from practice.directory.web import PracticeDirectory
from practice.story import build_world
from practice.web import PracticeWeb
from tests.conftest import NOW
from tests.crawler.serving import PLACES, Beside, call

KEYS = ["record", "address", "title", "count", "listed_by"]
ADDED = ["low", "high", "unit", "kind", "native_id", "description", "refused"]
SAVED = {
    "tgstat-category": ("tgstat", 20, ("https://t.me/psyxotest", 103_116)),
    "tgviewer-channel-phpyh": ("tgviewer", 1, ("https://t.me/phpyh", None)),
    "tgviewer-list-16": ("tgviewer", 12, ("https://t.me/design_translator", None)),
}
"""Site, number of rooms, and the first one with its count, as a person read them."""


@pytest.fixture(scope="session")
def pages() -> Path:
    """The folder of saved pages."""
    folder = os.environ.get("HAECHI_TEST_DATA")
    if not folder:
        pytest.skip("HAECHI_TEST_DATA names no folder with pages/")
    return Path(folder) / "pages" / "directory"


@pytest.mark.parametrize("name", SAVED)
def test_saved_pages(pages: Path, name: str) -> None:
    """Told by their markup; the published keys first."""
    ended = call("parse", str(pages / f"{name}.html"), "--json", env={})
    site, number, first = SAVED[name]
    assert (0, "", number) == (ended.code, ended.err, len(ended.rows))
    assert {("room", site)} == {(row["record"], row["listed_by"]) for row in ended.rows}
    assert {(*KEYS, *ADDED)} == {tuple(row) for row in ended.rows}
    assert first == (ended.rows[0]["address"], ended.rows[0]["count"])


def fetch(url: str) -> bytes:
    """A page as a browser would save it."""

    async def get() -> bytes:
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return await answer.read()

    return asyncio.run(get())


@pytest.mark.parametrize("site", PLACES)
def test_a_page_of_every_site(beside: Beside, site: str, tmp_path: Path) -> None:
    """Saved without its address; also a page that is nobody's, with links to rooms and nothing else."""
    server = PracticeDirectory(build_world(NOW))
    base = beside.run(server.start())
    file = tmp_path / "page"
    file.write_bytes(fetch(f"{base}{PLACES[site]}?only_avatars=false"))
    beside.run(server.stop())
    ended = call("parse", str(file), env={})
    assert (0, "") == (ended.code, ended.err)
    assert {("room", site)} == {(row["record"], row["listed_by"]) for row in ended.rows}
    assert "https://t.me/practice_news" in {row["address"] for row in ended.rows}


def test_a_page_without_anything(tmp_path: Path) -> None:
    """One line says so."""
    file = tmp_path / "page.html"
    file.write_text("<html><body><a href='https://example.org/'>weather</a></body></html>", encoding="utf-8")
    ended = call("parse", str(file), env={})
    assert (1, "") == (ended.code, ended.out)
    assert ended.err.startswith(f"haechi: {file}: ")


def test_a_wall_is_named(tmp_path: Path) -> None:
    """A page of a known site that is no list is no empty list."""
    file = tmp_path / "page.html"
    file.write_text("<html><head><title>Just a moment...</title></head><body></body></html>", encoding="utf-8")
    ended = call("parse", str(file), "--url", "https://tgstat.ru/education", env={})
    assert (1, "", f"haechi: {file}: a challenge page instead of a list of rooms\n") == (
        ended.code,
        ended.out,
        ended.err,
    )


def test_a_page_of_telegram_is_none_of_a_directory(site: PracticeWeb, tmp_path: Path) -> None:
    """Its links to rooms are links of posts."""
    file = tmp_path / "page.html"
    file.write_bytes(fetch(f"{site.base}/s/practice_talk"))
    rows = call("parse", str(file), env={}).rows
    assert {"source", "post"} == {row["record"] for row in rows}
