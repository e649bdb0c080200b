"""The queue in a real browser: by keyboard alone in Korean, with the mouse in English, live between two people."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from console.desk import tell_of_new_flags
from console.serving import serving
from console.visit import Console
from evidence.checkpoint import Files
from evidence.people import Lang
from evidence.progress import State
from evidence.review import Disposition
from evidence.roles import Role
from pipelines.near_duplicates import NEAR, bands
from storage.custody import open_custody
from storage.mongo import Store
from storage.near import place_new
from tests.conftest import NOW, Clock
from tests.console.browser.conftest import Browse
from tests.console.browser.test_every_page import EVERY, look
from tests.console.conftest import make_console
from tests.console.reviewing import ALIKE, MILD, NAMING, always_alone, bring_in, count_members, raise_flags
from tests.storage.test_near import likeness

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def console(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Console]:
    """Served over it; nothing is drawn for a second review."""
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:

        def make(host: str, port: int) -> Console:
            return always_alone(make_console(store, custody, clock, f"http://{host}:{port}", is_practice=True))

        async with serving(make, "127.0.0.1", 0) as served:
            yield served


async def filled(console: Console) -> list[str]:
    """A room with flags: a grave one with an edit and one nearly like it, mild ones; a curve."""
    store, early = console.store, NOW - timedelta(hours=3)
    flags = await raise_flags(store, {1: NAMING, 2: ALIKE, 3: MILD % 1, 4: MILD % 2, 5: MILD % 3}, early)
    await raise_flags(store, {1: NAMING.replace("돈다는", "돌고 있다는") + " \u202e끝"}, NOW - timedelta(hours=1))
    await count_members(store)
    await place_new(store, NOW, bands, likeness, NEAR, 100)
    await bring_in(console)
    return flags


async def state_of(store: Store, flag: str) -> tuple[str, str | None]:
    """Where it stands, and how it was decided."""
    document = await store["flags"].find_one({"_id": flag}) or {}
    return document["state"], document.get("disposition")


@pytest.mark.parametrize(("lang", "width"), EVERY)
async def test_every_page_of_the_queue(console: Console, browse: Browse, lang: Lang, width: int) -> None:
    """No barrier, nothing cut off, in both languages and widths."""
    flags = await filled(console)
    tab = await browse(Role.SUPERVISOR, "/queue", lang=lang, width=width)
    await look(tab, f"{lang}-queue")
    await tab.page.locator("[data-key=c]").first.click()
    await tab.page.wait_for_url("**/queue/*")
    await look(tab, f"{lang}-flag")
    flag = f"/queue/{flags[0]}"
    paths = (f"/queue/{flags[3]}", "/queue/pause", f"{flag}/case", f"{flag}/reveal", "/reveals", "/bulk")
    for path in (*paths, f"/bulk?like={flags[3]}"):
        await tab.go(path)
        await look(tab, f"{lang}{path.replace('/', '-').replace('?', '-')}")


async def test_the_life_of_a_flag_by_keyboard_alone(console: Console, browse: Browse) -> None:
    """In Korean: claimed, decided, taken back, decided again, reviewed blindly, settled; keys rest while one writes."""
    flags = await filled(console)
    ann = (await browse(Role.MONITOR, "/queue", name="가람")).page
    await ann.keyboard.press("j")
    await expect(ann.locator(":focus")).to_have_text(flags[0])
    await ann.keyboard.press("c")
    await ann.wait_for_url(f"**/queue/{flags[0]}")
    await ann.keyboard.press("?")
    await expect(ann.locator("#keys")).to_be_visible()
    await ann.keyboard.press("Escape")
    await ann.keyboard.press("n")
    await ann.keyboard.type("1 C S 메모")
    await expect(ann.locator("#note")).to_have_value("1 C S 메모")
    await ann.locator("#note").evaluate("(field) => field.blur()")
    composing = "(init) => document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, ...init}))"
    for init in ({"key": "s", "code": "KeyS", "isComposing": True}, {"key": "Process", "code": "KeyS", "keyCode": 229}):
        await ann.evaluate(composing, init)
    await ann.evaluate(composing, {"key": "ㄷ", "code": "KeyE"})  # the key of E under a Korean layout
    await ann.keyboard.press("1")
    await expect(ann.locator("input[name=disposition]:checked")).to_have_value("confirmed")
    await expect(ann.locator("input[name=severity]:checked")).to_have_value("high")
    await ann.keyboard.press("r")
    await ann.keyboard.press("Enter")
    await ann.wait_for_url("**/queue?done=decided*")
    assert (State.SECOND_PENDING, None) == await state_of(console.store, flags[0])
    await ann.keyboard.press("z")
    await ann.wait_for_url(f"**/queue/{flags[0]}?done=undo")
    await ann.keyboard.press("1")
    await ann.keyboard.press("Enter")
    await ann.wait_for_url("**/queue?done=decided*")

    ben = (await browse(Role.INVESTIGATOR, "/queue", name="나래")).page
    await ben.keyboard.press("c")
    await ben.wait_for_url(f"**/queue/{flags[0]}")
    await expect(ben.locator("#decide-head")).to_have_text("2차 검토")
    await ben.keyboard.press("4")
    await ben.keyboard.press("Enter")
    await ben.wait_for_url("**/queue?done=decided*")

    sue = (await browse(Role.SUPERVISOR, f"/queue/{flags[0]}", name="다온")).page
    await expect(sue.locator("#decide-head")).to_have_text("의견 갈림 정리")
    await sue.keyboard.press("n")
    await sue.keyboard.type("소문으로 확인")
    await sue.locator("#note").evaluate("(field) => field.blur()")
    await sue.keyboard.press("4")
    await sue.keyboard.press("Enter")
    await sue.wait_for_url("**/queue?done=decided*")
    assert (State.FINAL, Disposition.RUMOUR_HOAX) == await state_of(console.store, flags[0])


@pytest.mark.slow
async def test_several_alike_with_the_mouse(console: Console, browse: Browse) -> None:
    """In English: claimed with a click, its like decided together and taken back."""
    flags = await filled(console)
    page = (await browse(Role.INVESTIGATOR, f"/queue/{flags[2]}", lang="en")).page
    await page.get_by_role("button", name="Look at the text").click()
    await expect(page.locator(".words").first).to_contain_text("해솔빛고")
    await page.get_by_role("link", name="Decide these alike…").click()
    await page.locator(".pick", has_text="Not relevant").click()
    await page.get_by_role("button", name="Preview").click()
    await page.get_by_role("button", name="Decide these 3").click()
    await page.wait_for_url("**/bulk/batch-*")
    await expect(page.locator(".badge", has_text="decided")).to_have_count(3)
    assert (State.FINAL, Disposition.NOT_RELEVANT) == await state_of(console.store, flags[4])
    await page.get_by_role("button", name="Take all of them back").click()
    await expect(page.locator(".badge", has_text="taken back")).to_have_count(3)


@pytest.mark.slow
async def test_what_others_take_goes_away(console: Console, browse: Browse, clock: Clock) -> None:
    """A row leaves the list when somebody claims it, a page says that it is out of date, new flags are counted."""
    flags = await filled(console)
    ann = await browse(Role.MONITOR, "/queue", name="ann", lang="en")
    sue = await browse(Role.SUPERVISOR, f"/queue/{flags[0]}", name="sue", lang="en")
    while len(console.events._streams) < 2:
        await ann.page.wait_for_timeout(20)
    ben = await browse(Role.INVESTIGATOR, "/queue", name="ben", lang="en")
    await ben.page.locator("[data-key=c]").first.click()
    await ben.page.wait_for_url(f"**/queue/{flags[0]}")
    await expect(ann.page.locator(f'[data-flag="{flags[0]}"]')).to_have_count(0)
    await expect(ann.page.locator("[data-say]")).to_have_text(f"{flags[0]} was taken by somebody else.")
    await expect(sue.page.locator("[data-taken]")).to_be_visible()
    told = await tell_of_new_flags(console, None)
    await raise_flags(console.store, {20: MILD % 20}, clock())
    await tell_of_new_flags(console, told)
    await expect(ann.page.locator("[data-news]")).to_contain_text("New flags: 1")


@pytest.mark.slow
async def test_a_reveal_in_the_browser(console: Console, browse: Browse) -> None:
    """Asked with M, approved, and shown under a watermark."""
    flags = await filled(console)
    ben = await browse(Role.INVESTIGATOR, "/queue", lang="ko")
    await ben.page.keyboard.press("c")
    await ben.page.wait_for_url(f"**/queue/{flags[0]}")
    await ben.page.keyboard.press("m")
    await ben.page.fill("#words", "안전 확인")
    await ben.page.get_by_role("button", name="요청").click()
    sue = await browse(Role.SUPERVISOR, "/reveals", lang="ko")
    await look(sue, "ko-reveals-waiting")
    await sue.page.get_by_role("button", name="승인").click()
    await ben.go("/reveals")
    await ben.page.get_by_role("link", name="보기", exact=True).click()
    await expect(ben.page.locator(".revealed")).to_contain_text("김민수")
    await look(ben, "ko-reveal")
