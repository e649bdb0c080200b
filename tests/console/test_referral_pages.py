"""Notices and referrals over real sockets: who sees them, what two persons do, what the log knows."""

import json
import re
from pathlib import Path

from aiohttp import ClientSession

from console.notice_words import KINDS, NUMBERS, RESULTS, SEEN, SHAPES, STAGES
from console.visit import Console
from evidence.notice import Kind, Notice, notice_id
from evidence.referral import Result, Seen, Stage
from evidence.roles import Role
from storage.mongo import Store
from storage.notices import keep_notices
from tests.conftest import NOW
from tests.console.asking import signed_in
from tests.console.finding import SEOUL, put_posts, said
from tests.storage.custody_reading import logged
from tests.storage.making import PEER, SOURCE

POST = f"{PEER}:1"
ROOT = Path(__file__).parents[2]


def notice(kind: Kind, place: str, **more: object) -> Notice:
    """One of this moment."""
    given = {"numbers": {"members": 1_800}, **more}
    return Notice(id=notice_id(kind, place, NOW), kind=kind, place=place, code="R-12345678", at=NOW, **given)  # type: ignore[arg-type]


async def test_notices_are_for_those_whom_they_concern(
    console: Console, client: ClientSession, store: Store, own_database: str
) -> None:
    """By role and office; one person sees to it for all, and the log knows who."""
    surge, backlog = notice(Kind.SURGE, SOURCE, is_grave=True), notice(Kind.BACKLOG, "P0")
    grave = notice(Kind.GRAVE, POST, offices=frozenset({"C10"}), about=(POST, f"{PEER}:2"))
    await keep_notices(store, [surge, backlog, grave])
    supervisor = await signed_in(console, client, Role.SUPERVISOR)
    admin = await signed_in(console, client, Role.ADMIN)
    seoul = await signed_in(console, client, Role.MONITOR, offices=frozenset({"B10"}))
    pages = [(await caller.get("/notices")).text for caller in (supervisor, admin, seoul)]
    assert [(True, True, True), (False, True, False), (True, True, False)] == [
        (SOURCE in page, "Flags wait" in page, f"/queue/{PEER}%3A1" in page or f"/queue/{POST}" in page)
        for page in pages
    ]
    assert 404 == (await admin.post("/notices", {"notice": surge.id})).status
    assert "/notices" == (await seoul.post("/notices", {"notice": surge.id})).to
    assert "seen by" in (await supervisor.get("/notices")).text
    rows = json.loads((await admin.get("/api/notices")).text)["notices"]
    assert [("backlog", None)] == [(row["kind"], row["place"]) for row in rows]
    assert [surge.id] == [entry["target_id"] for entry in logged(own_database) if entry["action"] == "notice-seen"]


async def test_a_referral_from_draft_to_outcome(console: Console, client: ClientSession, store: Store) -> None:
    """Masked, approved by another person, sent by hand, followed up; of other offices it is not there."""
    await put_posts(store, said(1, SEOUL))
    change = {"state": "final", "disposition": "confirmed", "category": "name-list", "decided_severity": "high"}
    await store["flags"].update_one({"_id": POST}, {"$set": change})
    one, two = [await signed_in(console, client, role) for role in (Role.INVESTIGATOR, Role.SUPERVISOR)]
    case = (await one.post("/cases", {"question": "who?"})).to
    await one.post(f"{case}/items", {"item": POST})
    form = {"case": case.rpartition("/")[2], "to": "regulator", "reason": "for removal"}
    assert 422 == (await one.post("/referrals", {**form, "case": "case-00000000"})).status
    place = (await one.post("/referrals", form)).to.partition("?")[0]
    assert re.fullmatch(r"/referrals/referral-[0-9a-f]{12}", place)
    page = (await one.get(place)).text
    assert (f"{SOURCE}/1", False, False) == (
        f"{SOURCE}/1" if f"{SOURCE}/1" in page else "", "9999" in page, "해솔빛고" in page
    )  # fmt: skip
    assert not re.search(r'href="https?://', page)
    assert "Not verified since" in (await one.get("/referrals")).text
    assert 403 == (await one.post(f"{place}/approve")).status
    assert 422 == (await one.post(f"{place}/sent", {"how": "form"})).status
    assert f"{place}?done=approved" == (await two.post(f"{place}/approve")).to
    assert 422 == (await one.post("/referrals", form)).status
    sent = {"how": "web form", "receipt": "2026-77"}
    assert f"{place}?done=sent" == (await one.post(f"{place}/sent", sent)).to
    assert "2026-77" in (await two.get(place)).text
    headers = {"X-CSRF-Token": two.key}
    answer = await two.ask("POST", f"/api{place}/outcome", json={"result": "removed"}, headers=headers)
    assert ("outcome", "removed") == tuple(json.loads(answer.text)[name] for name in ("stage", "result"))
    elsewhere = await signed_in(console, client, Role.INVESTIGATOR, name="x", offices=frozenset({"C10"}))
    assert (404, False) == ((await elsewhere.get(place)).status, place in (await elsewhere.get("/referrals")).text)


def test_every_code_has_its_words() -> None:
    """Of notices and referrals."""
    assert (set(Kind), set(Stage), set(Stage)) == (set(KINDS), set(STAGES), set(SHAPES))
    assert (set(Result), set(Seen)) == (set(RESULTS), set(SEEN))
    used = set(re.findall(r'"(\w+)": (?:len|int|count|one|account)', (ROOT / "pipelines/notices.py").read_text()))
    assert set() == used - set(NUMBERS)
