"""The console's own pages in a real browser: in both languages, on a laptop and a telephone."""

import os
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import expect

from console.events import Event
from console.visit import Console
from evidence.people import Change, Lang
from evidence.roles import Permission, Role
from storage.role_changes import draft_role_change, keep_role_change
from storage.sessions import make_link
from tests.console.asking import person_of
from tests.console.browser.conftest import Browse
from tests.console.browser.tabs import Tab, problems

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVERY = (
    ("ko", 390),
    pytest.param("en", 1280, marks=pytest.mark.slow),
    pytest.param("ko", 1280, marks=pytest.mark.slow),
    pytest.param("en", 390, marks=pytest.mark.slow),
)
PICTURES = os.environ.get("PICTURES")
"""A folder to keep pictures of the pages in, to be looked at."""


async def look(tab: Tab, name: str) -> None:
    """Check a page, and keep its picture where that is asked for."""
    if PICTURES:
        width = (tab.page.viewport_size or {"width": 0})["width"]
        await tab.picture(Path(PICTURES) / f"{name}-{width}.png")
    assert [] == await problems(tab)


@pytest.mark.parametrize(("lang", "width"), EVERY)
async def test_every_page_is_open_to_all(console: Console, browse: Browse, lang: Lang, width: int) -> None:
    """No barrier, nothing cut off, in both languages and widths."""
    admin = await person_of(console, Role.ADMIN, "some admin", lang=lang)
    for kind, name in ((Change.ADD, "한지우"), (Change.ROLE, "some admin")):
        change = await draft_role_change(
            console.store, kind, name, Role.SUPERVISOR, frozenset({"B10", "none"}), admin, console.clock()
        )
        await keep_role_change(console.store, change)
    await person_of(console, Role.MONITOR, "김하늘", frozenset({"B10", "C10"}))
    tab = await browse(None, "/sign-in", lang=lang, width=width)
    for path in ("/sign-in", "/help", "/sign-in?token=none", "/static/nothing"):
        await tab.go(path)
        await look(tab, f"{lang}-out{path.replace('/', '-').replace('?', '-')}")
    for role, paths in (
        (Role.ADMIN, ("/", "/account", "/people", f"/people/{admin.id}", "/account/code", "/step-up")),
        (Role.SUPERVISOR, ("/", "/role-changes", "/help", "/people")),
    ):
        tab = await browse(role, lang=lang, width=width)
        for path in paths:
            await tab.go(path)
            await look(tab, f"{lang}-{role}{path.replace('/', '-')}")


async def test_dark_pages_can_be_read(browse: Browse) -> None:
    """Contrast, where the system asks for dark colours."""
    tab = await browse(Role.ADMIN, width=390)
    await tab.page.emulate_media(color_scheme="dark")
    for path in ("/", "/people", "/account", "/nothing"):
        await tab.go(path)
        await look(tab, f"dark{path.replace('/', '-')}")


@pytest.mark.parametrize("practice", [False])
async def test_signing_in_by_keyboard_alone(console: Console, browse: Browse) -> None:
    """From the link to the first page: password, code from the telephone, recovery codes, home."""
    person = await person_of(console, Role.INVESTIGATOR, "김하늘", lang="ko")
    token = await make_link(console.store, person.id, console.clock(), None)
    tab = await browse(None, f"/sign-in?token={token}", width=390)
    press, write = tab.page.keyboard.press, tab.page.keyboard.type
    await look(tab, "ko-link")
    await tab.page.focus("#password")
    await write("강 건너 산 너머 들판을 지나")
    await press("Tab")
    await write("강 건너 산 너머 들판을 지나")
    await press("Enter")
    await tab.page.wait_for_url("**/sign-in/set-up")
    await look(tab, "ko-set-up")
    seed = (await tab.page.locator(".secret").text_content() or "").replace(" ", "")
    await tab.page.focus("#code")
    await write(pyotp.TOTP(seed).at(console.clock()))
    await press("Enter")
    await expect(tab.page.locator("h1")).to_have_text("복구 코드")
    await look(tab, "ko-recovery")
    await tab.page.get_by_text("적어 두었습니다").focus()
    await press("Enter")
    await expect(tab.page.locator("h1")).to_have_text("김하늘 님, 안녕하세요")
    await press("Tab")
    await expect(tab.page.locator(":focus")).to_have_text("본문으로 건너뛰기")


@pytest.mark.slow
async def test_live_figures_and_the_language_switch(console: Console, browse: Browse) -> None:
    """An event shows beside its page; a language that is chosen stays, and the page stays where it is."""
    tab = await browse(Role.SUPERVISOR, "/help", lang="ko")
    count = tab.page.locator("[data-live=role-changes]")
    await expect(count).to_be_hidden()
    while not console.events._streams:
        await tab.page.wait_for_timeout(20)
    console.events.publish(Event(kind="role-changes", permission=Permission.APPROVE_ROLE, values={"count": 3}))
    await expect(count).to_have_text("3")
    await tab.page.get_by_role("button", name="English").click()
    await expect(tab.page.locator("h1")).to_have_text("Help")
    assert tab.page.url.endswith("/help")
    await tab.page.get_by_role("button", name="Sign out").click()
    await tab.page.wait_for_url("**/sign-in")
