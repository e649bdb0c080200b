"""Search in the console, over real sockets and a real store."""

import csv
import io
import json

import pytest
from aiohttp import ClientSession

from console.visit import Console
from evidence.case import Staff
from evidence.roles import Role
from storage.approvals import all_proposals, approve
from storage.mongo import Store
from tests.conftest import NOW, Clock
from tests.console.asking import Caller, person_of, signed_in
from tests.console.finding import SEOUL, put_posts, said
from tests.storage.making import PEER


async def investigator(console: Console, client: ClientSession) -> Caller:
    """Who may search and take out."""
    return await signed_in(console, client, Role.INVESTIGATOR)


async def test_what_is_found_is_masked_and_marked(console: Console, client: ClientSession, store: Store) -> None:
    """The words that were sought are marked; telephone numbers and names are not there."""
    await put_posts(store, said(1, SEOUL), said(2, "해솔빛고 소풍"))
    caller = await investigator(console, client)
    page = await caller.get("/search?text=합성물")
    assert "<mark>합성물</mark>" in page.text
    assert "[전화]" in page.text
    assert ("9999" in page.text, "소풍" in page.text, "Mentioned (unchecked)" in page.text) == (False, False, True)
    assert (await caller.get("/search?text=9999")).text.count("<mark>") == 0


async def test_filters_are_in_the_address_and_hold_together(
    console: Console, client: ClientSession, store: Store
) -> None:
    """Each narrows; those that cannot be are named and ask the store nothing."""
    await put_posts(store, said(1, SEOUL), said(2, "해솔빛고 소풍", 50))
    caller = await investigator(console, client)

    async def ids(query: str) -> list[str]:
        return [post["id"] for post in json.loads((await caller.get(f"/api/search?{query}")).text)["posts"]]

    assert [f"{PEER}:1", f"{PEER}:2"] == await ids("school=해솔빛고등학교")
    assert [f"{PEER}:2"] == await ids("school=해솔빛고등학교&until=2d")
    assert [f"{PEER}:1"] == await ids("school=해솔빛고등학교&since=24h&severity=critical&severity=high&severity=medium")
    assert [] == await ids("text=소풍&source=https://t.me/another_room")
    assert [] == await ids("")
    for wrong in ("school=x", "source=https://t.me/+abc", "since=yesterday", "office=Z99", "severity=bad", "grown=-5"):
        assert 422 == (await caller.get(f"/search?{wrong}")).status
        assert 400 == (await caller.get(f"/api/search?{wrong}")).status
    for odd in ("text[$ne]=1", "text=%00", "$where=1", "after=x", "after=2026-11-20T09:00:00%2B00:00~../../etc:1"):
        assert 200 == (await caller.get(f"/search?{odd}")).status


async def test_pages_follow_each_other_by_key(console: Console, client: ClientSession, store: Store) -> None:
    """Every post once, newest first."""
    await put_posts(store, *(said(number, f"해솔빛고 글 {number}", number) for number in range(1, 46)))
    caller, after, found = await investigator(console, client), "", list[str]()
    while True:
        answer = json.loads((await caller.get(f"/api/search?text=해솔빛고{after}")).text)
        found += [post["id"] for post in answer["posts"]]
        if answer["after"] is None:
            break
        after = "&after=" + answer["after"].replace("+", "%2B")
    assert [f"{PEER}:{number}" for number in range(1, 46)] == found


@pytest.mark.parametrize(("offices", "number"), [(None, 2), (frozenset({"B10"}), None), (frozenset({"C10"}), None)])
async def test_scope_and_days_are_kept(
    console: Console, client: ClientSession, store: Store, offices: frozenset[str] | None, number: int | None
) -> None:
    """A monitor finds their own offices and 30 days back; an investigator everything of theirs."""
    await put_posts(store, said(1, SEOUL), said(2, "해솔빛고 옛날 소풍", 24 * 31))
    office = console.works.schools()[next(iter(_codes(console)))].office
    theirs = 2 if offices is None or office in offices else 0
    caller = await signed_in(console, client, Role.INVESTIGATOR, name="inv", offices=offices)
    posts = json.loads((await caller.get("/api/search?text=해솔빛고")).text)["posts"]
    assert theirs == len(posts)
    monitor = await signed_in(console, client, Role.MONITOR, name="mon", offices=offices)
    posts = json.loads((await monitor.get("/api/search?text=해솔빛고")).text)["posts"]
    assert theirs // 2 == len(posts)
    assert number in (None, theirs)


def _codes(console: Console) -> list[str]:
    return [code for code, school in console.works.schools().items() if school.name.startswith("해솔빛고")]


async def test_a_search_is_saved_and_tells_what_was_blind(
    console: Console, client: ClientSession, store: Store, clock: Clock
) -> None:
    """Under a name, for oneself or the team; asked again it says which hours nobody saw."""
    caller = await investigator(console, client)
    kept = await caller.post(
        "/search/save?text=명단&severity=high", {"name": "lists", "is_team": "true", "tells": "true"}
    )
    assert "/search?saved=lists&done=saved" == kept.to
    await store["coverage"].insert_one(
        {"_id": "x", "source": "r", "at": NOW, "passes": 1, "blind_passes": 1, "is_watched": False, "reason": "timeout"}
    )
    clock.forward(minutes=20)
    page = await caller.get("/search?saved=lists")
    assert ("1 of 1 hours were blind" in page.text, 'value="명단"' in page.text) == (True, True)
    other = await signed_in(console, client, Role.SUPERVISOR)
    rows = json.loads((await other.get("/api/searches")).text)["searches"]
    filters = "text=%EB%AA%85%EB%8B%A8&severity=high"
    assert [{"name": "lists", "filters": filters, "is_team": True, "is_own": False, "tells": True}] == rows
    assert 404 == (await other.post("/search/drop", {"name": "lists"})).status
    assert 303 == (await caller.post("/search/drop", {"name": "lists"})).status
    assert 404 == (await caller.get("/search?saved=lists")).status
    assert "done=name" in (await caller.post("/search/save?text=x", {"name": ""})).to


async def test_a_file_needs_a_reason_and_is_logged_first(console: Console, client: ClientSession, store: Store) -> None:
    """Masked, no formula in it, and the log has who took how many and why."""
    await put_posts(store, said(1, SEOUL), said(2, '=HYPERLINK("x","y") 해솔빛고', 2))
    caller = await investigator(console, client)
    assert "done=reason" in (await caller.post("/search/download?text=해솔빛고", {"form": "csv", "why": "check"})).to
    wanted = {"form": "csv", "why": "check", "reason": "monthly check"}
    answer = await caller.post("/search/download?text=해솔빛고", wanted)
    assert (200, "text/csv; charset=utf-8") == (answer.status, answer.headers["Content-Type"])
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    texts = [row[rows[1].index("text")] for row in rows[2:]]
    assert ["[전화]" in texts[0], texts[1]] == [True, '\'=HYPERLINK("x","y") 해솔빛고']
    (kept,) = [one async for one in store["reveals"].find({"_id": {"$gte": "", "$lt": "~"}})]
    assert ("monthly check", True) == (kept["reason"], kept["what"].startswith("download "))
    as_json = await caller.post("/search/download?text=해솔빛고", {**wanted, "form": "json"})
    assert 2 == len(json.loads(as_json.text)["posts"])


async def test_a_supervisor_needs_a_second_person(console: Console, client: ClientSession, store: Store) -> None:
    """Proposed by one, approved by another, taken once."""
    await put_posts(store, said(1, SEOUL))
    caller = await signed_in(console, client, Role.SUPERVISOR)
    wanted = {"form": "json", "why": "check", "reason": "monthly check"}
    for _ in range(2):
        assert "done=proposed" in (await caller.post("/search/download?text=합성물", wanted)).to
    (proposal,) = await all_proposals(store, NOW.replace(year=2027))
    other = await person_of(console, Role.SUPERVISOR, "another")
    staff = Staff(actor=other.id, role="supervisor", session_id="s")
    await approve(store, console.custody, staff, proposal.id, console.clock())
    assert "Approved: take it now." in (await caller.get("/search?text=합성물")).text
    assert 200 == (await caller.post("/search/download?text=합성물", wanted)).status
    assert "done=proposed" in (await caller.post("/search/download?text=합성물", wanted)).to
