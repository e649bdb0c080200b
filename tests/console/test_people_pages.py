"""Accounts take two: an admin proposes, a supervisor approves, the log knows."""

import re
from dataclasses import replace

from aiohttp import ClientSession

from console.serving import serving
from console.visit import Console
from evidence.errors import StorageError
from evidence.roles import Role
from storage.custody import open_custody
from storage.people import all_people, person_id, read_person
from storage.role_changes import waiting
from tests.conftest import Clock
from tests.console.asking import Answer, Caller, signed_in, visitor
from tests.storage.custody_reading import logged


async def decide(caller: Caller, change: str, do: str = "approve") -> Answer:
    """Press a button of the approvals page."""
    return await caller.post("/role-changes", {"change": change, "do": do})


async def only_change(console: Console) -> str:
    """Id of the one change that waits."""
    (change,) = await waiting(console.store, console.clock())
    return change.id


async def test_somebody_new_takes_an_admin_and_a_supervisor(
    console: Console, client: ClientSession, own_database: str
) -> None:
    """The link is shown once, to the supervisor; it works."""
    admin = await signed_in(console, client, Role.ADMIN)
    supervisor = await signed_in(console, client, Role.SUPERVISOR)
    form = {"name": "Park", "role": "investigator", "offices": ["B10", "<script>"]}
    assert "/people?done=proposed" == (await admin.post("/people", form)).to
    assert "Park" in (await admin.get("/people")).text
    assert await read_person(console.store, person_id(console.store.cipher, "Park")) is None
    elsewhere = await signed_in(console, client, Role.SUPERVISOR, name="elsewhere", offices=frozenset({"C10"}))
    assert [403, 403] == [(await decide(caller, await only_change(console))).status for caller in (admin, elsewhere)]
    approved = await decide(supervisor, await only_change(console))
    token = re.search(r"token=([\w-]{43})", approved.text)
    assert token is not None
    assert 200 == (await visitor(console, client).get(f"/sign-in?token={token[1]}")).status
    assert "token=" not in (await supervisor.get("/role-changes")).text
    person = await read_person(console.store, person_id(console.store.cipher, "Park"))
    assert person is not None
    assert (Role.INVESTIGATOR, frozenset({"B10"})) == (person.role, person.offices)
    acts = [(entry["action"], entry["reason_code"]) for entry in logged(own_database)][1:]
    assert [("role-propose", "add/investigator"), ("role-approve", "add/investigator")] == acts
    assert 422 == (await admin.post("/people", form)).status


async def test_nobody_gives_themselves_content(console: Console, client: ClientSession, clock: Clock) -> None:
    """An admin's own role waits a day and takes a supervisor; a supervisor approves nothing for themselves."""
    admin, supervisor = [await signed_in(console, client, role) for role in (Role.ADMIN, Role.SUPERVISOR)]
    assert admin.person is not None
    assert supervisor.person is not None
    await admin.post(f"/people/{admin.person.id}", {"do": "role", "role": "supervisor"})
    change = await only_change(console)
    assert "disabled" in (await supervisor.get("/role-changes")).text
    assert 403 == (await decide(supervisor, change)).status
    clock.forward(hours=24)
    admin, supervisor = [await signed_in(console, client, role) for role in (Role.ADMIN, Role.SUPERVISOR)]
    assert 403 == (await decide(admin, change)).status
    assert "/role-changes" == (await decide(supervisor, change)).to
    assert "/sign-in" == (await admin.get("/")).to  # another role, another session
    other = await signed_in(console, client, Role.ADMIN, name="second admin")
    assert supervisor.person is not None
    await other.post(f"/people/{supervisor.person.id}", {"do": "link", "role": "supervisor"})
    assert 403 == (await decide(supervisor, await only_change(console))).status
    assert "/role-changes" == (await decide(supervisor, await only_change(console), "decline")).to
    assert [] == await waiting(console.store, clock())


async def test_disabling_is_at_once_and_a_link_brings_back(console: Console, client: ClientSession) -> None:
    """Every session ends; nobody is ever deleted."""
    admin, supervisor, viewer = [
        await signed_in(console, client, role) for role in (Role.ADMIN, Role.SUPERVISOR, Role.VIEWER)
    ]
    assert viewer.person is not None
    path = f"/people/{viewer.person.id}"
    assert "/people?done=disabled" == (await admin.post(path, {"do": "disable", "role": "viewer"})).to
    assert "/sign-in" == (await viewer.get("/")).to
    await admin.post(path, {"do": "link", "role": "viewer"})
    assert "token=" in (await decide(supervisor, await only_change(console))).text
    found = await read_person(console.store, viewer.person.id)
    assert found is not None
    assert (None, 3) == (found.disabled_at, len(await all_people(console.store, console.clock())))
    assert 404 == (await admin.get("/people/staff-000000000000")).status
    assert 400 == (await admin.post(path, {"do": "crown", "role": "viewer"})).status


async def test_without_the_log_no_role_changes(console: Console, client: ClientSession, clock: Clock) -> None:
    """It fails closed: the proposal stays, the role is what it was."""
    admin, supervisor, viewer = [
        await signed_in(console, client, role) for role in (Role.ADMIN, Role.SUPERVISOR, Role.VIEWER)
    ]
    assert viewer.person is not None
    await admin.post(f"/people/{viewer.person.id}", {"do": "role", "role": "monitor"})
    change = await only_change(console)
    async with open_custody(console.store, clock, None, wait_s=0.1) as unheard:

        def make(host: str, port: int) -> Console:
            return replace(console, custody=unheard, origin=f"http://{host}:{port}")

        async with serving(make, "127.0.0.1", 0) as deaf:
            refused = await decide(replace(supervisor, console=deaf), change)
    assert (503, change) == (refused.status, await only_change(console))
    assert StorageError.__name__ not in refused.text
    found = await read_person(console.store, viewer.person.id)
    assert found is not None
    assert Role.VIEWER == found.role
