"""Several flags at once over HTTP: chosen, previewed one by one, decided, taken back as a whole."""

import json
import re
from datetime import timedelta

from aiohttp import ClientSession

from console.visit import Console
from evidence.progress import State
from evidence.roles import Role
from pipelines.near_duplicates import NEAR, bands
from storage.mongo import Store
from storage.near import place_new
from tests.conftest import NOW, Clock
from tests.console.asking import Caller, signed_in
from tests.console.reviewing import MILD, NAMING, bring_in, raise_flags
from tests.console.test_queue_pages import console as console
from tests.console.test_queue_pages import state_of
from tests.storage.test_near import likeness

ALIKE = {"disposition": "not_relevant", "severity": "low", "category": "awareness", "reason": "reporting"}
AT = NOW - timedelta(hours=1)


async def preview(caller: Caller, flags: list[str]) -> str:
    """Send the choice; gives the page of the preview."""
    body = "&".join([f"{name}={value}" for name, value in {"csrf": caller.key, **ALIKE}.items()])
    body += "".join(f"&flags={flag}" for flag in flags)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with caller.open("POST", "/bulk", form=body, headers=headers) as response:
        assert 200 == response.status
        return str(await response.text())


async def test_a_batch_from_choice_to_undo(
    console: Console,
    client: ClientSession,
    store: Store,
    clock: Clock,
) -> None:
    """Grave ones stay out; each is shown masked before anything is decided; all are taken back within a day."""
    flags = await raise_flags(store, {1: NAMING, **{number: MILD % number for number in range(2, 6)}}, AT)
    await place_new(store, clock(), bands, likeness, NEAR, 100)
    await bring_in(console)
    ann = await signed_in(console, client, Role.MONITOR, name="ann")
    chosen = await ann.get("/bulk?shelf=waiting")
    assert flags[1:] == re.findall(r'name="flags" value="([^"]+)"', chosen.text)
    like = await ann.get(f"/bulk?like={flags[1]}")
    assert set(flags[1:]) == set(re.findall(r'name="flags" value="([^"]+)"', like.text))
    await ann.post(f"/queue/{flags[4]}/act", {"do": "claim"})
    page = await preview(ann, flags)
    assert "3 flags would be decided, 2 are left out." in page
    assert "김민수" not in page
    assert State.QUEUED is await state_of(store, flags[1])
    (batch,) = re.findall(r"/bulk/(batch-\w+)/apply", page)
    other = await signed_in(console, client, Role.INVESTIGATOR, name="ben")
    assert 404 == (await other.get(f"/bulk/{batch}")).status
    assert f"/bulk/{batch}?done=apply" == (await ann.post(f"/bulk/{batch}/apply")).to
    states = [State.QUEUED, State.FINAL, State.FINAL, State.FINAL, State.CLAIMED]
    assert states == [await state_of(store, flag) for flag in flags]
    assert 3 == (await ann.get(f"/bulk/{batch}")).text.count("✓</span>decided")
    clock.forward(hours=23)
    ann = await signed_in(console, client, Role.MONITOR, name="ann")
    await ann.post(f"/bulk/{batch}/undo")
    assert [State.QUEUED] * 3 == [await state_of(store, flag) for flag in flags[1:4]]
    assert "3 taken back" in (await ann.get(f"/bulk/{batch}")).text


async def test_the_bound_of_a_role_and_programs(
    console: Console,
    client: ClientSession,
    store: Store,
) -> None:
    """A monitor decides fifty at the most; programs have the same acts."""
    flags = await raise_flags(store, {number: MILD % number for number in range(1, 4)}, AT)
    await bring_in(console)
    ann = await signed_in(console, client, Role.MONITOR)
    headers = {"X-CSRF-Token": ann.key}
    many = {**ALIKE, "flags": [f"1900000001:{number}" for number in range(100, 151)]}
    refused = await ann.ask("POST", "/api/bulk", json=many, headers=headers)
    assert (409, True) == (refused.status, "at most 50" in json.loads(refused.text)["error"]["message"])
    made = json.loads((await ann.ask("POST", "/api/bulk", json={**ALIKE, "flags": flags}, headers=headers)).text)
    assert (flags, {}) == (made["flags"], made["refused"])
    path = f"/api/bulk/{made['batch']}"
    assert flags == json.loads((await ann.ask("POST", f"{path}/apply", headers=headers)).text)["decided"]
    assert flags == json.loads((await ann.ask("POST", f"{path}/undo", headers=headers)).text)["taken_back"]
    assert 404 == (await ann.get("/api/bulk/batch-000000000000")).status
