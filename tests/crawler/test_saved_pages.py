"""Real pages, saved from t.me between 2019 and 2026, watched as they were."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.crawler.serving import Beside, call


@pytest.fixture(scope="session")
def pages() -> Path:
    """The folder of saved pages."""
    folder = os.environ.get("HAECHI_TEST_DATA")
    if not folder:
        pytest.skip("HAECHI_TEST_DATA names no folder with pages/")
    return Path(folder) / "pages"


class SavedWeb:
    """Serves each saved page under its room's name, whatever is asked about ``?before``."""

    def __init__(self, pages: Path) -> None:
        self.previews = {file.stem.split("-")[0]: file for file in sorted((pages / "tme-s").glob("*.html"))}
        self.landings = {file.stem.split("-")[0]: file for file in sorted((pages / "tme-landing").glob("*.html"))}
        self.base = ""
        application = web.Application()
        application.add_routes([web.get("/s/{name}", self._preview), web.get("/{name}", self._landing)])
        self._runner = web.AppRunner(application, access_log=None)

    async def start(self) -> None:
        """Serve on a free port of loopback."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop serving."""
        await self._runner.cleanup()

    async def _preview(self, request: web.Request) -> web.Response:
        return _page(self.previews.get(request.match_info["name"]))

    async def _landing(self, request: web.Request) -> web.Response:
        return _page(self.landings.get(request.match_info["name"]))


def _page(file: Path | None) -> web.Response:
    if file is None:
        return web.Response(status=404)
    return web.Response(body=file.read_bytes(), content_type="text/html", charset="utf-8")


def count_posts(file: Path) -> int:
    """Blocks with an id, counted without our parser."""
    shown = re.findall(r'\bdata-post="[^"/]+/(\d+)', file.read_text(encoding="utf-8"))
    return len(set(shown))


def shows_members(file: Path) -> bool:
    """Whether the first counter has a number in it; one page was saved with a blank."""
    counters = re.findall(r'class="counter_value">([^<]*)<', file.read_text(encoding="utf-8"))
    return bool(counters and counters[0].strip())


@pytest.fixture
def saved_web(beside: Beside, pages: Path) -> Iterator[SavedWeb]:
    """The saved pages on loopback."""
    server = SavedWeb(pages)
    beside.run(server.start())
    yield server
    beside.run(server.stop())


@pytest.fixture
def reader(tmp_path: Path, own_database: str, saved_web: SavedWeb) -> dict[str, str]:
    """Settings of an installation that watches the saved pages."""
    return {
        "HAECHI_DATA_DIR": str(tmp_path / "home"),
        "HAECHI_MONGODB_URI": own_database,
        "HAECHI_WEB_BASE": saved_web.base,
        "HAECHI_ALLOW_LOOPBACK": "1",
        "HAECHI_PACE_S": "0",
    }


def watchlist(folder: Path, web: SavedWeb, backfill: str | None) -> str:
    """A watchlist of every saved room."""
    more = f", backfill: {backfill}" if backfill is not None else ""
    lines = [f"  - {{address: '@{name}'{more}}}" for name in web.previews]
    file = folder / "rooms.yaml"
    file.write_text("\n".join(["version: 1", "sources:", *lines]), encoding="utf-8")
    return str(file)


@pytest.mark.slow
@pytest.mark.parametrize("backfill", [None, "all", "0"])
def test_saved_rooms_are_watched(
    reader: dict[str, str], saved_web: SavedWeb, tmp_path: Path, backfill: str | None
) -> None:
    """Every post of every page is seen once and is new; a second pass finds nothing new, edited or removed."""
    first = call("once", "-w", watchlist(tmp_path, saved_web, backfill), "--json", env=reader)
    assert 0 == first.code
    expected = {name: count_posts(file) for name, file in saved_web.previews.items()}
    found = {row["source"].removeprefix("https://t.me/"): row for row in first.rows}
    assert {name: ("watched", number, number) for name, number in expected.items()} == {
        name: (row["outcome"], row["posts_seen"], row["new"]) for name, row in found.items()
    }
    assert all(row["captures"] == row["kept"] + row["unchanged"] + row["failed"] for row in first.rows)
    assert {name for name, file in saved_web.previews.items() if not shows_members(file)} == {
        name for name, row in found.items() if row["members"] is None
    }
    second = call("once", "--json", env=reader)
    assert {("watched", 0, 0, 0)} == {
        (row["outcome"], row["new"], row["edited"], row["removed"]) for row in second.rows
    }


@pytest.mark.slow
def test_the_next_day_of_a_saved_room(reader: dict[str, str], saved_web: SavedWeb, pages: Path, tmp_path: Path) -> None:
    """Two pages of one room, a day apart: what is on both is not new again."""
    days = sorted((pages / "tme-s").glob("prstnk_eprst-*.html"))
    assert 2 == len(days)
    saved_web.previews = {"prstnk_eprst": days[0]}
    first = call("once", "-w", watchlist(tmp_path, saved_web, "all"), "--json", env=reader).rows[0]
    saved_web.previews = {"prstnk_eprst": days[1]}
    second = call("once", "--json", env=reader).rows[0]
    ids = [set(re.findall(r'data-post="[^"/]+/(\d+)', day.read_text(encoding="utf-8"))) for day in days]
    assert len(ids[0]) == first["new"]
    assert len(ids[1] - ids[0]) == second["new"]
