"""What supervisors and reviewers do beside the queue, in a real browser: folding, single masks, urgent, assignments."""

import pytest
from playwright.async_api import Page, expect

from console.visit import Console
from evidence.case import Staff
from evidence.people import Lang
from evidence.progress import State
from evidence.review import Disposition
from evidence.roles import Role
from storage.cases import add_case, put_items
from tests.conftest import NOW
from tests.console.asking import person_of
from tests.console.browser.conftest import Browse
from tests.console.browser.test_every_page import EVERY, look
from tests.console.browser.test_queue import console as console
from tests.console.browser.test_queue import filled, state_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(("lang", "width"), EVERY)
async def test_every_page_beside_the_queue(console: Console, browse: Browse, lang: Lang, width: int) -> None:
    """No barrier, nothing cut off, in both languages and widths; filled as on a busy day."""
    flags = await filled(console)
    staff = Staff(actor=(await person_of(console, Role.INVESTIGATOR)).id, role="investigator", session_id="s")
    case = (await add_case(console.store, console.custody, staff, "누가 퍼뜨리나?", NOW)).id
    await put_items(console.store, console.custody, staff, case, flags[:3], NOW)
    ben = await browse(Role.MONITOR, "/queue", name="나래 " + "가" * 40, lang=lang, width=width)
    await ben.page.locator("[data-key=c]").first.click()
    await ben.page.wait_for_url("**/queue/*")
    await look(ben, f"{lang}-folded")
    await ben.page.keyboard.press("x")
    await look(ben, f"{lang}-unfolded")
    sue = await browse(Role.SUPERVISOR, "/assignments", lang=lang, width=width)
    await look(sue, f"{lang}-assignments")
    await sue.page.locator(".load summary").first.click()
    await look(sue, f"{lang}-assignments-limit")
    for path in (f"/queue/{flags[1]}/reveal?span=2", f"/queue/{flags[0]}/urgent", f"/cases/{case}/reveal"):
        await sue.go(path)
        await look(sue, f"{lang}{path.replace('/', '-').replace('?', '-')}")
    await sue.page.locator("main summary").first.click()
    await sue.page.fill("#words", "안전 확인")
    await sue.page.locator("button[value=break]").click()
    await sue.page.wait_for_url("**/reveals/proposal-*")
    await look(sue, f"{lang}-reveal-case")
    await sue.go("/reveals")
    await look(sue, f"{lang}-reveals-glass")


async def test_explicit_phrases_stay_folded_until_asked_for(console: Console, browse: Browse) -> None:
    """Not to be seen at first, and read by nobody's screen reader; X opens and folds all, a click one."""
    flags = await filled(console)
    page = (await browse(Role.INVESTIGATOR, "/queue")).page
    await page.keyboard.press("c")
    await page.wait_for_url(f"**/queue/{flags[0]}")
    words = page.locator("details.told .words")
    phrase = words.locator("details.folded > span").first
    await expect(phrase).to_be_hidden()
    assert "합성물" not in await words.inner_text()
    assert "[이름]" in await words.inner_text()
    await expect(page.locator(".edits").first).to_be_hidden()
    await page.keyboard.press("x")
    await expect(phrase).to_be_visible()
    await expect(page.locator(".edits").first).to_be_visible()
    assert "합성물" in await words.inner_text()
    await page.keyboard.press("x")
    await expect(phrase).to_be_hidden()
    await words.locator("summary").first.click()
    await expect(phrase).to_be_visible()


async def test_one_key_to_an_urgent_draft(console: Console, browse: Browse) -> None:
    """U opens the form, nothing is done yet; sent, it is a draft that says how a person sends it."""
    flags = await filled(console)
    page = (await browse(Role.INVESTIGATOR, f"/queue/{flags[0]}", lang="en")).page
    await page.keyboard.press("u")
    await page.wait_for_url(f"**/queue/{flags[0]}/urgent")
    assert {} == {one["_id"]: one async for one in console.store["referrals"].find({"at": {"$gte": NOW}})}
    await page.get_by_role("button", name="Draft").click()
    await page.wait_for_url("**/referrals/referral-*")
    await expect(page.locator("#letter")).to_contain_text("https://t.me/")
    assert "해솔빛고" not in await page.locator("#letter").inner_text()
    await expect(page.get_by_role("button", name="I sent it")).to_be_visible()


@pytest.mark.slow
async def test_given_by_a_supervisor(console: Console, browse: Browse) -> None:
    """By keyboard: ticked, a person chosen, given; whoever got it is told where they look, and it is taken back."""
    flags = await filled(console)
    ann = await browse(Role.MONITOR, "/queue", name="가람")
    while not console.events._streams:
        await ann.page.wait_for_timeout(20)
    page = (await browse(Role.SUPERVISOR, "/assignments", name="다온")).page
    await page.locator(f'input[value="{flags[0]}"]').focus()
    await page.keyboard.press("Space")
    await page.focus("#person")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/assignments?done=given")
    await expect(ann.page.locator("[data-given] a")).to_contain_text(flags[0])
    await ann.page.locator("[data-given] a").click()
    await expect(ann.page.locator("#decide-head")).to_be_visible()
    await page.get_by_role("button", name="거두기").first.click()
    await page.wait_for_url("**/assignments?done=back")
    assert (State.QUEUED, None) == await state_of(console.store, flags[0])


@pytest.mark.slow
async def test_one_masked_place_in_the_browser(console: Console, browse: Browse) -> None:
    """A mark is a link; only what it stood for is opened, under the watermark."""
    flags = await filled(console)
    ben = await browse(Role.INVESTIGATOR, "/queue", lang="en")
    await ben.page.keyboard.press("c")
    await ben.page.wait_for_url(f"**/queue/{flags[0]}")
    await ben.page.locator("a.masked", has_text="[전화]").first.click()
    await expect(ben.page.locator("#span")).not_to_have_value("0")
    await ben.page.fill("#words", "the number is needed")
    await ben.page.get_by_role("button", name="Ask").click()
    sue = await browse(Role.SUPERVISOR, "/reveals", lang="en")
    await sue.page.get_by_role("button", name="Approve").click()
    await ben.go("/reveals")
    await ben.page.get_by_role("link", name="Look", exact=True).click()
    await expect(ben.page.locator(".opened")).to_have_text("010-1234-5678")
    assert "김민수" not in await ben.page.locator(".revealed").inner_text()
    await look(ben, "en-reveal-span")


async def decide(page: Page, flag: str, words: str) -> None:
    """Claim what comes first and decide, with the mouse."""
    await page.get_by_role("button", name="Claim the next one").first.click()
    await page.wait_for_url(f"**/queue/{flag}")
    await page.locator(".pick", has_text=words).first.click()
    await page.get_by_role("button", name="Decide", exact=True).click()
    await page.wait_for_url("**/queue?done=decided*")


@pytest.mark.slow
async def test_the_life_of_a_flag_with_the_mouse(console: Console, browse: Browse) -> None:
    """In English: two reviewers who do not know of each other, and a supervisor who settles it."""
    flags = await filled(console)
    await decide((await browse(Role.MONITOR, "/queue", name="ann", lang="en")).page, flags[0], "Confirmed")
    assert (State.SECOND_PENDING, None) == await state_of(console.store, flags[0])
    await decide((await browse(Role.INVESTIGATOR, "/queue", name="ben", lang="en")).page, flags[0], "Rumour or hoax")
    assert (State.DISPUTED, None) == await state_of(console.store, flags[0])
    page = (await browse(Role.SUPERVISOR, "/queue?shelf=disputed", name="sue", lang="en")).page
    await page.get_by_role("link", name=flags[0]).first.click()
    await page.locator(".pick", has_text="Likely").first.click()
    await page.fill("#note", "seen from elsewhere")
    await page.get_by_role("button", name="Settle", exact=True).click()
    await page.wait_for_url("**/queue?done=decided*")
    assert (State.FINAL, Disposition.LIKELY) == await state_of(console.store, flags[0])
