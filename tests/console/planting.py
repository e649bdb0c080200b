"""Puts hostile texts into every field that anybody can write to: posts, revisions, and what staff type."""

from console.visit import Console
from evidence.case import Staff
from evidence.query import Query, SavedSearch
from evidence.roles import Role
from storage.approvals import propose
from storage.cases import add_case, add_note, put_items
from storage.mongo import Store
from storage.searches import LONGEST_NAME, save_search
from tests.conftest import NOW
from tests.console.asking import person_of
from tests.console.finding import put_posts, said
from tests.console.payloads import payloads
from tests.storage.making import PEER

FLAGGED = "해솔빛고 딥페이크 합성물 {payload} 명단"
STAFF_TEXTS = 40
"""How many questions, notes and reasons: each view shows all of them at once."""


async def plant(console: Console, store: Store) -> str:
    """Plant everything; gives the case that holds the posts."""
    texts = payloads()
    posts = [said(number, FLAGGED.format(payload=text), number) for number, text in enumerate(texts, start=1)]
    for start in range(0, len(posts), 50):
        await put_posts(store, *posts[start : start + 50])
    changed = (FLAGGED.format(payload=text[::-1] + text) for text in texts[:20])
    await put_posts(store, *(said(number, text) for number, text in enumerate(changed, start=1)))
    who = await person_of(console, Role.INVESTIGATOR)
    staff = Staff(actor=who.id, role="investigator", session_id="s")
    case = await add_case(store, console.custody, staff, texts[1], NOW)
    await put_items(store, console.custody, staff, case.id, [f"{PEER}:{number}" for number in range(1, 21)], NOW)
    for number, text in enumerate(texts[:: len(texts) // STAFF_TEXTS]):
        await add_case(store, console.custody, staff, text[:480], NOW)
        await add_note(store, console.custody, staff, case.id, text, NOW)
        await propose(
            store, console.custody, staff, "hold", f"{case.id}/2027-05-{number % 28 + 1:02}", text[:1_900], NOW
        )
        saved = SavedSearch(
            name=text.strip()[:LONGEST_NAME] or "x",
            query=Query(text=text),
            since=None,
            until=None,
            owner=who.id,
            is_team=True,
            at=NOW,
        )
        await save_search(store, saved)
    return case.id
