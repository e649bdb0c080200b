"""The watchlist in a real browser: from a pasted link to a saved version and back, by two persons, and by keyboard."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from channels.directory import SITES
from config.settings import Settings
from config.watchlist import parse_watchlist
from console.serving import serving
from console.visit import Console
from crawler.assemble import crawler_for
from crawler.console_watching import watching_for
from crawler.passes import pass_over
from evidence.checkpoint import Files
from evidence.people import Lang
from evidence.roles import Role
from practice.story import build_world
from practice.web import PracticeWeb
from storage.custody import open_custody
from storage.mongo import Store
from storage.watchlists import newest_version
from tests.conftest import Clock
from tests.console.browser.conftest import Browse
from tests.console.browser.test_every_page import look
from tests.console.conftest import make_console
from tests.console.keeping import keep_watchlist

pytestmark = pytest.mark.asyncio(loop_scope="session")
LIST = """version: 1
sources:
  - address: '@practice_talk'   # the first
    backfill: 30d
    reason: reported by telephone
  - address: '@example_room'
    office: B10
directories:
  - site: generic
    address: https://example.org/list?page=1
"""


@pytest_asyncio.fixture(loop_scope="session")
async def console(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Console]:
    """Over a watchlist with a past; links are looked at in the practice web, of which a room was read."""
    web = PracticeWeb(build_world(clock()), clock)
    await web.start()
    schools = Path(str(files("practice") / "schools.csv"))
    settings = Settings(web_base=web.base, allow_loopback=True, pace_s=0.0, schools=schools, data_dir=tmp_path)
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:

        def make(host: str, port: int) -> Console:
            made = make_console(store, custody, clock, f"http://{host}:{port}", is_practice=True)
            return replace(made, works=replace(made.works, watching=watching_for(store, settings, is_practice=True)))

        async with serving(make, "127.0.0.1", 0) as served:
            await keep_watchlist(served, LIST)
            watchlist = parse_watchlist(LIST, "list", SITES)
            async with crawler_for(store, watchlist, settings) as crawler:
                await pass_over(watchlist.sources[:1], crawler, lambda _: None)
            yield served
    await web.stop()


WORDS = {
    "en": {
        "check": "Check",
        "look": "Look at the change",
        "try": "Try the sentences",
        "propose": "Propose",
        "save": "Approve and save",
        "back": "Roll back to this",
        "flagged": "What it would flag",
        "week": "Try over seven days",
    },
    "ko": {
        "check": "확인",
        "look": "변경 내용 보기",
        "try": "문장 시험",
        "propose": "제안",
        "save": "승인하고 저장",
        "back": "이 판으로 되돌리기",
        "flagged": "무엇이 표시될지",
        "week": "7일치로 시험",
    },
}


async def press(page: Page, name: str) -> None:
    """Press a button of this name."""
    await page.get_by_role("button", name=name, exact=True).first.click()


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "width"), [("ko", 390), ("en", 1280)])
async def test_from_a_link_to_a_version_and_back(console: Console, browse: Browse, lang: Lang, width: int) -> None:
    """A room and a term come in by two persons; the diff says so; the old text comes back."""
    say = WORDS[lang]
    monitor = await browse(Role.MONITOR, "/watchlist", lang=lang, width=width)
    supervisor = await browse(Role.SUPERVISOR, "/watchlist/changes", lang=lang, width=width)
    page = monitor.page
    await look(monitor, f"{lang}-watchlist")
    await page.fill("#link", "t.me/practice_rumours")
    await press(page, say["check"])
    await look(monitor, f"{lang}-watchlist-checked")
    await page.fill("#reason", "case 12")
    await press(page, say["look"])
    await expect(page.locator("ins").first).to_contain_text("address: https://t.me/practice_rumours")
    await look(monitor, f"{lang}-watchlist-draft")
    await propose_and_save(page, supervisor.page, say)
    await look(supervisor, f"{lang}-watchlist-version")
    await monitor.go("/watchlist/term?id=threat")
    await page.fill("#any", "협박\n합성물\n이야기")
    await page.fill("#sentences", "협박 글\n합성물 삽니다")
    await press(page, say["try"])
    await expect(page.locator(".marked li").first).to_contain_text("threat")
    await look(monitor, f"{lang}-watchlist-term")
    await press(page, say["look"])
    await press(page, say["week"])
    await expect(page.get_by_role("heading", name=say["flagged"])).to_be_visible()
    await look(monitor, f"{lang}-watchlist-tried")
    await propose_and_save(page, supervisor.page, say)
    await expect(supervisor.page.locator("ins").first).to_contain_text("terms:")
    await monitor.go("/watchlist/versions/1")
    await press(page, say["back"])
    await propose_and_save(page, supervisor.page, say)
    version = await newest_version(console.store)
    assert version is not None
    assert (4, LIST) == (version.number, version.text)


async def propose_and_save(page: Page, second: Page, say: dict[str, str]) -> None:
    """Propose what is shown, and let another person save it."""
    await page.fill("#why", "asked for")
    await press(page, say["propose"])
    await page.wait_for_url(re.compile("/watchlist/changes/proposal-"))
    await second.goto(page.url)
    await press(second, say["save"])
    await second.wait_for_url(re.compile("/watchlist/versions/"))


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "width"), [("ko", 390), ("en", 1280)])
async def test_every_page_of_the_watchlist(console: Console, browse: Browse, lang: Lang, width: int) -> None:
    """No barrier, nothing cut off."""
    tab = await browse(Role.MONITOR, lang=lang, width=width)
    for path in (
        "/watchlist/rooms/practice_talk",
        "/watchlist/rooms/example_room",
        "/watchlist/add",
        "/watchlist/terms",
        "/watchlist/rule?id=many-schools",
        "/watchlist/candidates",
        "/watchlist/changes",
        "/watchlist/versions",
        "/watchlist/text",
        "/pauses",
    ):
        await tab.go(path)
        await look(tab, f"{lang}{re.sub('[/?=]', '-', path)}")


@pytest.mark.slow
async def test_candidates_by_keyboard(console: Console, browse: Browse) -> None:
    """One key moves, one watches, one dismisses, one takes it back; not while somebody writes."""
    tab = await browse(Role.MONITOR, "/watchlist/candidates", lang="ko")
    page, rooms = tab.page, tab.page.locator("[data-room]")
    await page.focus("#q")
    await page.keyboard.type("wx")
    await expect(rooms).to_have_count(2)
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("j")
    await expect(rooms.nth(0)).to_be_focused()
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await expect(rooms).to_have_count(1)
    await look(tab, "ko-candidates-dismissed")
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("u")
    await expect(rooms).to_have_count(2)
    await page.keyboard.press("k")
    await page.keyboard.press("w")
    await expect(page.get_by_role("status")).to_have_text(re.compile("제안했습니다"))
