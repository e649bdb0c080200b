"""Supervisors spread the load: who has what in hand, given and taken back, limits lowered."""

import json
from typing import Any

from aiohttp import ClientSession

from console.visit import Console
from evidence.progress import State
from evidence.roles import Role
from storage.mongo import Store
from storage.review_reads import read_events
from tests.conftest import Clock
from tests.console.asking import Caller, signed_in
from tests.console.reviewing import MILD, NAMING, raise_flags
from tests.console.test_queue_pages import console as console
from tests.console.test_queue_pages import decide, state_of


def id_of(caller: Caller) -> str:
    """Their pseudonym."""
    assert caller.person is not None
    return caller.person.id


async def give(caller: Caller, whom: Caller, *flags: str) -> Any:
    """Give flags to somebody, as a program."""
    body = {"person": id_of(whom), "flags": list(flags)}
    answer = await caller.ask("POST", "/api/assignments", json=body, headers={"X-CSRF-Token": caller.key})
    return json.loads(answer.text)


async def test_given_and_taken_back(console: Console, client: ClientSession, store: Store) -> None:
    """It is theirs as if they had claimed it and counts for them; both acts are in the history of the flag."""
    grave, mild = await raise_flags(store, {1: NAMING, 2: MILD % 2})
    ann = await signed_in(console, client, Role.MONITOR, name="ann")
    sue = await signed_in(console, client, Role.SUPERVISOR, name="sue")
    assert "Nothing in hand." in (await sue.get("/assignments")).text
    sent = await sue.post("/assignments", {"person": id_of(ann), "flags": grave})
    assert "/assignments?done=given" == sent.to
    page = (await sue.get("/assignments")).text
    assert f'href="/queue/{grave}"' in page
    assert "1 of 200 flags" in page
    assert mild in page
    assert "[이름]" in (await ann.get(f"/queue/{grave}")).text
    assert "/assignments?done=back" == (await sue.post(f"/assignments/{grave}/back")).to
    assert State.QUEUED is await state_of(store, grave)
    events = await read_events(store, grave)
    assert [("assign", id_of(ann)), ("release", None)] == [(event.step, event.whom) for event in events]
    assert "refused=state" in (await sue.post(f"/assignments/{grave}/back")).to


async def test_what_cannot_be_given_is_named(console: Console, client: ClientSession, store: Store) -> None:
    """What they decided themselves, what lies outside of their offices, what is beyond their limit."""
    flags = await raise_flags(store, {1: NAMING, 2: MILD % 2, 3: MILD % 3})
    ann = await signed_in(console, client, Role.MONITOR, name="ann")
    busan = await signed_in(console, client, Role.MONITOR, name="busan", offices=frozenset({"C10"}))
    sue = await signed_in(console, client, Role.SUPERVISOR, name="sue")
    await ann.post(f"/queue/{flags[0]}/act", {"do": "claim"})
    await decide(ann, flags[0], "confirmed")
    assert "nobody reviews what they decided" in (await give(sue, ann, flags[0]))["refused"][flags[0]]
    assert "may not see it" in (await give(sue, busan, flags[1]))["refused"][flags[1]]
    limit = {"person": id_of(ann), "most": 2}
    answer = await sue.ask("POST", "/api/assignments/limits", json=limit, headers={"X-CSRF-Token": sue.key})
    assert 2 == next(row["most"] for row in json.loads(answer.text)["loads"] if row["person"] == id_of(ann))
    outcome = await give(sue, ann, flags[1], flags[2])
    assert ([flags[1]], [flags[2]]) == (outcome["given"], list(outcome["refused"]))
    shown = await sue.post("/assignments", {"person": id_of(busan), "flags": flags[2]})
    assert (409, True) == (shown.status, "outside of the offices of whoever should get it" in shown.text)


async def test_what_is_left_lying_is_freed(console: Console, client: ClientSession, store: Store, clock: Clock) -> None:
    """After a quarter of an hour its time is up, and it waits again."""
    (flag,) = await raise_flags(store, {1: MILD % 1})
    ann = await signed_in(console, client, Role.MONITOR, name="ann")
    await ann.post("/queue/next")
    clock.forward(minutes=16)
    sue = await signed_in(console, client, Role.SUPERVISOR, name="sue")
    assert "time is up" in (await sue.get("/assignments")).text
    assert "/assignments?done=freed" == (await sue.post("/assignments/free")).to
    assert State.QUEUED is await state_of(store, flag)


async def test_supervisors_of_an_office_see_their_own(console: Console, client: ClientSession, store: Store) -> None:
    """Neither people nor flags of other offices; a limit is a number that is never above the common one."""
    (flag,) = await raise_flags(store, {1: NAMING})
    ann = await signed_in(console, client, Role.MONITOR, name="ann", offices=frozenset({"B10"}))
    await ann.post("/queue/next")
    sue = await signed_in(console, client, Role.SUPERVISOR, name="sue", offices=frozenset({"C10"}))
    page = (await sue.get("/assignments")).text
    assert (False, False) == (flag in page, id_of(ann) in page)
    assert 404 == (await sue.post(f"/assignments/{flag}/back")).status
    assert 422 == (await sue.post("/assignments/limits", {"person": id_of(ann), "most": "201"})).status
    assert 422 == (await sue.post("/assignments", {"person": id_of(ann)})).status
    assert 400 == (await sue.post("/assignments/limits", {"person": id_of(ann), "most": "1"})).status
    nobody = {"person": "staff-000000000000", "flags": flag}
    assert 400 == (await sue.post("/assignments", nobody)).status


async def test_a_pause_shows_as_such(console: Console, client: ClientSession, store: Store, clock: Clock) -> None:
    """Who has looked for 45 minutes needs a break, and the supervisor sees it."""
    flags = await raise_flags(store, {number: MILD % number for number in range(1, 8)})
    ann = await signed_in(console, client, Role.MONITOR, name="ann")
    for flag in flags[:6]:
        await ann.post(f"/queue/{flag}/act", {"do": "claim"})
        clock.forward(minutes=9)
        await ann.post(f"/queue/{flag}/act", {"do": "skip"})
    sue = await signed_in(console, client, Role.SUPERVISOR, name="sue")
    assert "needs a break" in (await sue.get("/assignments")).text
