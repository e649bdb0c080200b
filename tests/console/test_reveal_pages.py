"""Masked text unmasked: by two persons, for a quarter of an hour, each view in the log; or alone, and reviewed."""

import json
import re

from aiohttp import ClientSession

from console.visit import Console
from evidence.roles import Role
from storage.mongo import Store
from tests.conftest import Clock
from tests.console.asking import Caller, signed_in
from tests.console.reviewing import NAMING, raise_flags
from tests.storage.test_cases import logged

WHY = {"purpose": "safety", "words": "연락처가 맞는지 본다", "do": "ask"}


async def own_reveal(caller: Caller) -> str:
    """The id of what they asked for and may look at."""
    (found,) = re.findall(r"/reveals/(proposal-\w+)", (await caller.get("/reveals")).text)
    return str(found)


async def test_two_persons_and_a_quarter_of_an_hour(
    console: Console, client: ClientSession, store: Store, clock: Clock, own_database: str
) -> None:
    """Asked, approved by another person, looked at twice, over; nobody else gets it, and all of it is in the log."""
    (flag,) = await raise_flags(store, {1: NAMING})
    ann = await signed_in(console, client, Role.MONITOR)
    ben = await signed_in(console, client, Role.INVESTIGATOR)
    sue = await signed_in(console, client, Role.SUPERVISOR)
    assert 403 == (await ann.post(f"/queue/{flag}/reveal", WHY)).status
    assert 422 == (await ben.post(f"/queue/{flag}/reveal", {**WHY, "words": ""})).status
    assert 403 == (await ben.post(f"/queue/{flag}/reveal", {**WHY, "do": "break"})).status
    assert "/reveals?done=asked" == (await ben.post(f"/queue/{flag}/reveal", WHY)).to
    assert "연락처가 맞는지 본다" in (await sue.get("/reveals")).text
    proposal = re.findall(r'value="(proposal-\w+)"', (await sue.get("/reveals")).text)[0]
    assert 404 == (await ben.get(f"/reveals/{proposal}")).status
    assert 403 == (await ben.post("/reveals/approve", {"proposal": proposal})).status
    assert "/reveals?done=approved" == (await sue.post("/reveals/approve", {"proposal": proposal})).to
    assert proposal == await own_reveal(ben)
    page = await ben.get(f"/reveals/{proposal}")
    assert all(
        words in page.text for words in ("김민수", "010-1234-5678", "watermark", str(ben.person and ben.person.id))
    )
    clock.forward(seconds=1)
    assert "010-1234-5678" in json.loads((await ben.get(f"/api/reveals/{proposal}")).text)["texts"][flag]
    assert 404 == (await sue.get(f"/reveals/{proposal}")).status
    clock.forward(minutes=4)
    assert 200 == (await ben.get(f"/reveals/{proposal}")).status
    clock.forward(minutes=2)
    assert "/step-up" in (await ben.get(f"/reveals/{proposal}")).to
    clock.forward(minutes=9)
    late = await signed_in(console, client, Role.INVESTIGATOR)
    assert 404 == (await late.get(f"/reveals/{proposal}")).status
    actions = [entry["action"] for entry in logged(own_database) if entry["target_id"] == flag]
    assert ["propose", "approve", "reveal", "reveal", "reveal"] == actions


async def test_breaking_the_glass(console: Console, client: ClientSession, store: Store, clock: Clock) -> None:
    """A supervisor opens it alone and at once; another one reviews it, and it shows where nobody did in time."""
    (flag,) = await raise_flags(store, {1: NAMING})
    sue = await signed_in(console, client, Role.SUPERVISOR, name="sue")
    sam = await signed_in(console, client, Role.SUPERVISOR, name="sam")
    to = (await sue.post(f"/queue/{flag}/reveal", {**WHY, "do": "break"})).to
    assert "김민수" in (await sue.get(to)).text
    review = re.findall(r'value="(proposal-\w+)"', (await sam.get("/reveals")).text)
    assert 1 == len(review)
    assert 422 == (await sue.post("/reveals/approve", {"proposal": review[0]})).status
    clock.forward(hours=25)
    sam = await signed_in(console, client, Role.SUPERVISOR, name="sam")
    assert "not reviewed within 24 hours" in (await sam.get("/reveals")).text
    await sam.post("/reveals/approve", {"proposal": review[0]})
    assert "✓</span>reviewed" in (await sam.get("/reveals")).text


async def test_only_for_offices_of_theirs(console: Console, client: ClientSession, store: Store) -> None:
    """Both persons see all the offices that the flag belongs to."""
    (flag,) = await raise_flags(store, {1: NAMING})
    await store["flags"].update_one({"_id": flag}, {"$set": {"offices": ["B10", "C10"]}})
    ben = await signed_in(console, client, Role.INVESTIGATOR, offices=frozenset({"B10"}))
    assert 422 == (await ben.post(f"/queue/{flag}/reveal", WHY)).status
    assert 404 == (await ben.get("/reveals/proposal-0123456789abcdef")).status
