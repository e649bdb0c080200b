"""Reveals of less and of more than one text: a single masked span, and up to 20 posts of a case."""

import json
import re

from aiohttp import ClientSession

from console.visit import Console
from evidence.case import Staff
from evidence.roles import Role
from storage.cases import add_case, put_items
from storage.exposure import read_exposure
from storage.mongo import Store
from tests.conftest import NOW, Clock
from tests.console.asking import Caller, signed_in
from tests.console.reviewing import MILD, NAMING, raise_flags
from tests.console.test_reveal_pages import WHY, own_reveal
from tests.storage.test_cases import logged


async def approved(ben: Caller, sue: Caller, path: str, form: dict[str, str]) -> str:
    """Asked for by one, approved by the other; the path to look at it."""
    assert "/reveals?done=asked" == (await ben.post(path, form)).to
    (proposal,) = re.findall(r'value="(proposal-\w+)"', (await sue.get("/reveals")).text)
    await sue.post("/reveals/approve", {"proposal": proposal})
    return f"/reveals/{await own_reveal(ben)}"


async def test_one_masked_span_alone(console: Console, client: ClientSession, store: Store, own_database: str) -> None:
    """Only what was asked for is opened, the other marks stay; the approval says so, and the log."""
    (flag,) = await raise_flags(store, {1: NAMING})
    ben = await signed_in(console, client, Role.INVESTIGATOR)
    sue = await signed_in(console, client, Role.SUPERVISOR)
    asking = (await ben.get(f"/queue/{flag}/reveal?span=2")).text
    assert '<option value="2" selected>only mask 2: [전화]' in asking
    assert "김민수" not in asking
    path = await approved(ben, sue, f"/queue/{flag}/reveal", {**WHY, "span": "2", "revision": "1"})
    page = (await ben.get(path)).text
    assert '<mark class="opened">010-1234-5678</mark>' in page
    assert "[이름]" in page
    assert "김민수" not in page
    assert "only mask 2" in (await ben.get("/reveals")).text
    acts = [entry["action"] for entry in logged(own_database) if entry["target_id"] == f"{flag}/r1/2"]
    assert ["propose", "approve"] == acts
    assert 1 == sum(entry["action"] == "reveal" for entry in logged(own_database) if entry["target_id"] == flag)


async def test_a_span_of_a_text_that_changed(console: Console, client: ClientSession, store: Store) -> None:
    """Its number may mean something else by now: it is neither asked for nor opened."""
    (flag,) = await raise_flags(store, {1: NAMING})
    ben = await signed_in(console, client, Role.INVESTIGATOR)
    sue = await signed_in(console, client, Role.SUPERVISOR)
    for wrong in ({"span": "3"}, {"span": "1", "revision": "2"}, {"span": "x"}):
        assert 422 == (await ben.post(f"/queue/{flag}/reveal", {**WHY, **wrong})).status
    path = await approved(ben, sue, f"/queue/{flag}/reveal", {**WHY, "span": "1"})
    await raise_flags(store, {1: "박하늘 " + NAMING})
    assert 404 == (await ben.get(path)).status


async def test_posts_of_a_case_together(
    console: Console, client: ClientSession, store: Store, own_database: str, clock: Clock
) -> None:
    """By one approval; each has its entry and counts among what was seen today."""
    flags = await raise_flags(store, {1: NAMING, 2: NAMING + " 둘", 3: MILD % 3})
    ben = await signed_in(console, client, Role.INVESTIGATOR)
    sue = await signed_in(console, client, Role.SUPERVISOR)
    staff = Staff(actor=ben.person.id if ben.person else "", role="investigator", session_id="s")
    case = (await add_case(store, console.custody, staff, "무엇인가", NOW)).id
    await put_items(store, console.custody, staff, case, flags[:2], NOW)
    page = (await ben.get(f"/cases/{case}/reveal")).text
    assert [True, True, False] == [f'value="{flag}"' in page for flag in flags]
    assert 422 == (await ben.post(f"/cases/{case}/reveal", WHY)).status
    assert 422 == (await ben.post(f"/cases/{case}/reveal", {**WHY, "flags": flags[2]})).status
    body = {**WHY, "flags": flags[:2]}
    asked = await ben.ask("POST", f"/api/cases/{case}/reveals", json=body, headers={"X-CSRF-Token": ben.key})
    proposal = json.loads(asked.text)["proposal"]
    assert "2 posts" in (await sue.get("/reveals")).text
    await sue.post("/reveals/approve", {"proposal": proposal})
    texts = json.loads((await ben.get(f"/api/reveals/{proposal}")).text)["texts"]
    assert (flags[:2], True) == (list(texts), "김민수" in texts[flags[1]])
    assert 2 == (await read_exposure(store, staff.actor, NOW)).total
    clock.forward(seconds=1)
    shown = (await ben.get(f"/reveals/{proposal}")).text
    assert 2 == shown.count("010-1234-5678")
    assert 2 == (await read_exposure(store, staff.actor, NOW)).total
    views = [entry["target_id"] for entry in logged(own_database) if entry["action"] == "reveal"]
    assert sorted([*flags[:2], *flags[:2]]) == sorted(views)
