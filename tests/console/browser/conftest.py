"""Debian's Chromium on a real console: signed-in pages by role, language and width, with a trap for whatever runs.

Tests here share one event loop, since the browser lives in it: each file says
``pytestmark = pytest.mark.asyncio(loop_scope="session")``. What a test needs is ``browse``:

    tab = await browse(Role.MONITOR, "/", lang="ko", width=390)
    await tab.page.click("text=…")
    assert [] == await problems(tab)    # axe, overflow, size

At its end the test fails if any page opened a dialog, broke the content policy, raised an error or asked another host.
"""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Protocol

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Browser, async_playwright

from console.serving import serving
from console.visit import Console
from evidence.checkpoint import Files
from evidence.cipher import Cipher
from evidence.people import Lang
from evidence.roles import Role
from storage.custody import open_custody
from storage.mongo import Store, open_store
from tests.conftest import MASTER_KEY, Clock
from tests.console.asking import new_client, signed_in
from tests.console.browser.tabs import Tab, Trap, open_tab
from tests.console.conftest import make_console

CHROMIUM = shutil.which("chromium")
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu")


class Browse(Protocol):
    """Opens a page as somebody of a role, or (None) as somebody who is not signed in."""

    def __call__(
        self, role: Role | None, path: str = "/", *, lang: Lang = "ko", width: int = 1280, name: str = ""
    ) -> Awaitable[Tab]:
        """Open it, in a window of its own."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests."""
    if CHROMIUM is None:
        pytest.skip(
            "chromium is not installed (apt-get install chromium fonts-nanum): pages are not opened in a browser"
        )
    async with async_playwright() as started:
        browser = await started.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def store(chromium: Browser, own_database: str) -> AsyncIterator[Store]:
    """A store of the test's own, in the browser's loop."""
    async with open_store(own_database, Cipher(MASTER_KEY)) as opened:
        yield opened
        await opened.client.drop_database(opened.db)


@pytest.fixture
def practice() -> bool:
    """Whether every page has the banner of practice; another value by ``parametrize``."""
    return True


@pytest_asyncio.fixture(loop_scope="session")
async def console(store: Store, clock: Clock, tmp_path: Path, practice: bool) -> AsyncIterator[Console]:
    """Served over it."""
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:

        def make(host: str, port: int) -> Console:
            return make_console(store, custody, clock, f"http://{host}:{port}", is_practice=practice)

        async with serving(make, "127.0.0.1", 0) as served:
            yield served


@pytest_asyncio.fixture(loop_scope="session")
async def client() -> AsyncIterator[ClientSession]:
    """Connections beside the browser's, in its loop."""
    async with new_client() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def browse(chromium: Browser, console: Console, client: ClientSession) -> AsyncIterator[Browse]:
    """Opens pages; at the end nothing may have run that is not ours."""
    trap, closing = Trap(console.origin), list[Callable[[], Awaitable[None]]]()

    async def browse(
        role: Role | None, path: str = "/", *, lang: Lang = "ko", width: int = 1280, name: str = ""
    ) -> Tab:
        caller = await signed_in(console, client, role, name=name, lang=lang) if role else None
        tab = await open_tab(chromium, trap, caller.cookies if caller else {}, lang, width)
        closing.append(tab.page.context.close)
        await tab.go(path)
        return tab

    yield browse
    for close in closing:
        await close()
    assert [] == trap.caught
