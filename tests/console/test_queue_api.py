"""The queue for programs: the same acts and bounds as the pages'."""

import json
from typing import Any

from aiohttp import ClientSession

from console.visit import Console
from evidence.roles import Role
from storage.mongo import Store
from tests.console.asking import Answer, Caller, signed_in
from tests.console.reviewing import MILD, NAMING, raise_flags
from tests.console.test_queue_pages import console as console

CHOICE = {"disposition": "likely", "severity": "high", "category": "synthetic-media", "reason": "plain"}


async def post(caller: Caller, path: str, body: Any = None) -> Answer:
    """Send JSON with its key."""
    return await caller.ask("POST", path, json=body or {}, headers={"X-CSRF-Token": caller.key})


async def read(answer: Answer) -> Any:
    """What was answered."""
    return json.loads(answer.text)


async def test_a_flag_by_programs(
    console: Console,
    client: ClientSession,
    store: Store,
) -> None:
    """Listed, claimed, decided, reviewed blindly; the text is there for whoever holds it."""
    flag, mild = await raise_flags(store, {1: NAMING, 2: MILD % 2})
    ann, ben = [await signed_in(console, client, role) for role in (Role.MONITOR, Role.INVESTIGATOR)]
    assert {"flag": flag, "pause": False} == await read(await post(ann, "/api/queue/next"))
    listed = await read(await ann.get("/api/queue"))
    assert ([mild], None) == ([row["flag"] for row in listed["flags"]], listed["after"])
    assert [flag] == [row["flag"] for row in (await read(await ann.get("/api/queue?mine=1")))["flags"]]
    assert "[이름]" in (await read(await ann.get(f"/api/queue/{flag}")))["text"]
    assert None is (await read(await ben.get(f"/api/queue/{flag}")))["text"]
    decided = await read(await post(ann, f"/api/queue/{flag}/decision", CHOICE))
    assert ("second_pending", "likely") == (decided["state"], decided["reviews"][0]["disposition"])
    held = await read(await post(ben, f"/api/queue/{flag}/acts", {"do": "claim"}))
    assert ("second_claimed", []) == (held["state"], held["reviews"])
    final = await read(await post(ben, f"/api/queue/{flag}/decision", CHOICE))
    assert ("final", 2, "checked") == (final["state"], len(final["reviews"]), final["claim"])
    refused = await post(ann, f"/api/queue/{flag}/acts", {"do": "release"})
    assert (409, True) == (refused.status, "not possible" in (await read(refused))["error"]["message"])
    noted = await post(ann, f"/api/queue/{flag}/notes", {"note": "보았음"})
    assert (200, "reopened") == (
        noted.status,
        (await read(await post(ben, f"/api/queue/{flag}/reopening", {"reason": "mistake"})))["state"],
    )


async def test_only_what_is_declared_is_taken(
    console: Console,
    client: ClientSession,
    store: Store,
) -> None:
    """No operator, no list, no field that nobody named, and no flag that is none."""
    (flag,) = await raise_flags(store, {1: NAMING})
    ann = await signed_in(console, client, Role.MONITOR)
    bodies: tuple[Any, ...] = (
        {**CHOICE, "disposition": {"$ne": None}},
        {**CHOICE, "reviewer": "staff-0"},
        {**CHOICE, "duplicate_of": {"$gt": ""}},
        {**CHOICE, "note": "x" * 20_001},
        {"do": "claim", "hours": 99},
        [],
    )
    for body in bodies:
        path = "acts" if isinstance(body, dict) and "do" in body else "decision"
        answer = await ann.ask("POST", f"/api/queue/{flag}/{path}", json=body, headers={"X-CSRF-Token": ann.key})
        assert (body, 400) == (body, answer.status)
    for name in ("1:2:3", "$ne", "..%2F..%2Fetc", "1900000001:99999"):
        assert 404 == (await ann.get(f"/api/queue/{name}")).status
