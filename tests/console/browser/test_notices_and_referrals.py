"""Notices and referrals in a real browser: in both languages, on a laptop and a telephone."""

import pytest
from playwright.async_api import expect

from console.events import Event
from console.referring import Drafting
from console.visit import Console
from evidence.case import Staff
from evidence.notice import Kind
from evidence.people import Lang
from evidence.roles import Permission, Role
from storage.cases import add_case, put_items
from storage.mongo import Store
from storage.notices import acknowledge, keep_notices
from storage.referral_forms import Sending
from storage.referrals import approve_referral, record_sent
from tests.conftest import NOW
from tests.console.browser.conftest import Browse
from tests.console.browser.test_every_page import EVERY, look
from tests.console.finding import SEOUL, put_posts, said
from tests.console.test_referral_pages import notice
from tests.storage.making import PEER, SOURCE

pytestmark = pytest.mark.asyncio(loop_scope="session")

ONE, TWO = (Staff(actor=f"staff-{name}", role="supervisor", session_id="s") for name in ("one", "two"))


async def furnish(console: Console, store: Store, lang: Lang) -> tuple[str, str]:
    """Notices of several kinds, one of them seen; a draft and one that was sent."""
    made = [notice(Kind.SURGE, SOURCE, is_grave=True, numbers={"members": 3_500, "gained": 1_700})]
    made += [notice(Kind.GRAVE, f"{PEER}:1", is_grave=True, numbers={}, about=(f"{PEER}:1", f"{PEER}:2"))]
    made += [notice(Kind.BACKLOG, "P0", numbers={"flags": 12, "minutes": 45}), notice(Kind.RENAMED, SOURCE, numbers={})]
    await keep_notices(store, made)
    await acknowledge(store, console.custody, ONE, made[-1].id, NOW)
    await put_posts(store, said(1, SEOUL), said(2, f"{SEOUL} 둘째"))
    change = {"state": "final", "disposition": "confirmed", "category": "name-list", "decided_severity": "high"}
    for number in (1, 2):
        await store["flags"].update_one({"_id": f"{PEER}:{number}"}, {"$set": change})
    case = await add_case(store, console.custody, ONE, "누가 퍼뜨리나?", NOW)
    await put_items(store, console.custody, ONE, case.id, [f"{PEER}:1", f"{PEER}:2"], NOW)
    drafts = [
        await console.works.referring.draft(
            ONE, Drafting(case=case.id, to=to, lang=lang, is_urgent=False, reason="for removal")
        )
        for to in ("regulator", "police")
    ]
    await approve_referral(store, console.custody, TWO, drafts[1].id, NOW)
    sending = Sending(at=NOW, how="ecrm.police.go.kr", receipt="2026-1234")
    await record_sent(store, console.custody, ONE, drafts[1].id, sending, NOW)
    return drafts[0].id, drafts[1].id


@pytest.mark.parametrize(("lang", "width"), EVERY)
async def test_pages_are_open_to_all(console: Console, store: Store, browse: Browse, lang: Lang, width: int) -> None:
    """No barrier, nothing cut off; a new notice is told while somebody looks."""
    drafted, sent = await furnish(console, store, lang)
    tab = await browse(Role.SUPERVISOR, "/notices", lang=lang, width=width)
    await look(tab, f"{lang}-notices")
    values: dict[str, int | str] = {"notice": "notice-0123456789abcdef", "kind": "surge"}
    await expect(tab.page.locator("#fresh")).to_be_hidden()
    console.events.publish(Event(kind="notices", permission=Permission.DECIDE, values=values))
    await expect(tab.page.locator("#fresh")).to_contain_text("1")
    for path in (f"/referrals/{drafted}", f"/referrals/{sent}"):
        await tab.go(path)
        await look(tab, f"{lang}-referral-{path[-4:]}")
    tab = await browse(Role.INVESTIGATOR, "/referrals", lang=lang, width=width)
    await look(tab, f"{lang}-referrals")
