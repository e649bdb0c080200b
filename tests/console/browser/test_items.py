"""Search, items, cases, figures and help in a real browser: in both languages, on a laptop and a telephone."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from console.visit import Console
from evidence.case import Staff
from evidence.people import Lang
from evidence.query import Query, SavedSearch
from evidence.records import Count
from evidence.roles import Role
from storage.approvals import propose
from storage.cases import add_case, add_note, put_items
from storage.forms import count_document
from storage.mongo import Store
from storage.searches import save_search
from storage.watchlists import import_version
from tests.conftest import NOW, Clock
from tests.console.asking import person_of
from tests.console.browser.conftest import Browse
from tests.console.browser.test_every_page import EVERY, look
from tests.console.finding import SEOUL, put_posts, said
from tests.storage.importing import OPERATOR
from tests.storage.making import PEER, SOURCE

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def furnish(console: Console, store: Store, lang: Lang = "ko") -> str:
    """Posts with a revision, a room that surges, hours, a case with a note, a saved search, proposals."""
    posts = [said(number, f"{SEOUL} {number}번째 명단", number) for number in range(1, 25)]
    await put_posts(store, *posts, said(30, "라온제나고 소풍 사진 모읍니다 https://example.com/x", 3))
    await put_posts(store, said(1, SEOUL.replace("돈다는", "돌았다는") + " 지금"))
    for day in range(14):
        value = 1_800 + 6 * day + (900 if day > 9 else 0)
        at = NOW - timedelta(days=13 - day)
        count = Count(source=SOURCE, at=at, value=value, low=value, high=value, origin="landing")
        await store["counts"].insert_one(count_document(count))
    await store["coverage"].insert_many(
        [
            {
                "_id": f"{room} {hour}",
                "source": f"room {room}",
                "at": NOW - timedelta(hours=hour),
                "passes": 1,
                "blind_passes": 0,
                "is_watched": hour % 17 > room,
                "reason": None,
            }
            for hour in range(1, 150)
            for room in range(3)
        ]
    )
    watchlist = f"version: 1\nsources:\n  - {{address: {SOURCE}, every: 10m, reason: test}}\n"
    await import_version(store, console.custody, OPERATOR, watchlist, "test", NOW)
    who = await person_of(console, Role.INVESTIGATOR, lang=lang)
    staff = Staff(actor=who.id, role="investigator", session_id="s")
    case = await add_case(store, console.custody, staff, "누가 명단을 퍼뜨리나?", NOW)
    await put_items(store, console.custody, staff, case.id, [f"{PEER}:1"], NOW)
    await add_note(store, console.custody, staff, case.id, "다른 방에서도 같은 글을 보았다.", NOW)
    await propose(store, console.custody, staff, "hold", f"{case.id}/2027-05-01", "재판이 열릴 때까지", NOW)
    saved = SavedSearch(
        name="명단과 합성물",
        query=Query(text="명단"),
        since="7d",
        until=None,
        owner=who.id,
        is_team=True,
        at=NOW,
        tells=True,
    )
    await save_search(store, saved)
    return case.id


@pytest.mark.parametrize(("lang", "width"), EVERY)
async def test_pages_about_items_are_open_to_all(
    console: Console, store: Store, browse: Browse, clock: Clock, lang: Lang, width: int
) -> None:
    """No barrier, nothing cut off, in both languages and widths."""
    case = await furnish(console, store, lang)
    clock.forward(minutes=1)
    for role, paths in (
        (
            Role.INVESTIGATOR,
            (
                "/search",
                "/search?text=명단&severity=high&severity=medium&severity=critical",
                "/search?saved=명단과 합성물",
                "/search?source=x&since=never",
                f"/items/{PEER}:1",
                f"/items/{PEER}:30",
                "/cases",
                f"/cases/{case}",
                "/access-log",
            ),
        ),
        (
            Role.SUPERVISOR,
            ("/overview", "/approvals", "/access-log/all", "/access-log/check?month=2026-11", "/help/supervisor"),
        ),
        (Role.ADMIN, ("/overview", "/help/admin")),
    ):
        tab = await browse(role, lang=lang, width=width)
        for number, path in enumerate(paths):
            await tab.go(path)
            await look(tab, f"{lang}-items-{role}-{number}")


@pytest.mark.slow
async def test_a_search_by_keyboard_to_a_case(console: Console, store: Store, browse: Browse) -> None:
    """Typed, sent, opened, put into the case, noted: without a mouse."""
    await furnish(console, store)
    tab = await browse(Role.INVESTIGATOR, "/search", lang="ko")
    await tab.page.focus("#text")
    await tab.page.keyboard.type("지금")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.locator("mark").first).to_have_text("지금")
    await tab.page.locator(".post a").first.focus()
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.locator("ins").first).to_contain_text("았")
    await tab.page.locator("#into ~ form button").focus()
    await tab.page.keyboard.press("Enter")
    await tab.page.wait_for_url("**/cases/case-*")
    await tab.page.focus("#note-text")
    await tab.page.keyboard.type("다시 볼 것")
    await tab.page.keyboard.press("Tab")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.locator(".moment.note .said", has_text="다시 볼 것")).to_be_visible()
