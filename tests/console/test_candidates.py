"""Candidates are decided with one key each, pauses by whoever may; all of it in the log, and for programs too."""

import json
import re
from typing import Any

import pytest_asyncio
from aiohttp import ClientSession

from console.visit import Console
from evidence.pause import EVERYTHING
from evidence.roles import Role
from storage.pauses import paused_addresses, standing_pauses
from storage.rooms import rooms_before
from storage.watchlist_changes import waiting_changes
from tests.console.asking import Answer, Caller, signed_in
from tests.console.keeping import FOUND, LIST, ROOM, TEXT, keep_watchlist
from tests.storage.custody_reading import logged

HERE = "/watchlist/candidates"


@pytest_asyncio.fixture
async def monitor(console: Console, client: ClientSession) -> Caller:
    """Somebody who keeps a watchlist that is there."""
    await keep_watchlist(console)
    return await signed_in(console, client, Role.MONITOR)


@pytest_asyncio.fixture
async def supervisor(console: Console, client: ClientSession) -> Caller:
    """A second person."""
    return await signed_in(console, client, Role.SUPERVISOR)


async def test_candidates_with_where_and_why(monitor: Caller) -> None:
    """Titles masked; filters by reason and words; nothing of a stranger is run."""
    page = (await monitor.get(HERE)).text
    assert 2 == page.count("data-room ")
    assert "들리는 이야기 모음" in page
    assert "010-9999-0000" not in page
    assert "meets the term trade" in page
    assert 1 == (await monitor.get(f"{HERE}?q=two")).text.count("data-room ")
    assert 0 == (await monitor.get(f"{HERE}?reason=growth")).text.count("data-room ")
    assert 2 == (await monitor.get(f"{HERE}?status=nonsense")).text.count("data-room ")


async def test_dismissing_and_undoing(console: Console, monitor: Caller, own_database: str) -> None:
    """Back to where one was; who did it is kept by pseudonym."""
    gone = await monitor.post(HERE, {"room": FOUND, "do": "dismiss", "next": "room-2"})
    assert gone.to.endswith("#room-2")
    assert "Dismissed: t.me/found_room" in (await monitor.get(gone.to.split("#")[0])).text
    assert 1 == (await monitor.get(f"{HERE}?status=dismissed")).text.count("data-room ")
    assert monitor.person is not None
    assert monitor.person.id == (await rooms_before(console.store, [FOUND]))[FOUND]["dismissed_by"]
    await monitor.post(HERE, {"room": FOUND, "do": "undo"})
    assert 2 == (await monitor.get(HERE)).text.count("data-room ")
    assert ["room-dismiss", "room-undismiss"] == [entry["action"] for entry in logged(own_database)][2:]
    assert 422 == (await monitor.post(HERE, {"room": "https://t.me/never_seen", "do": "dismiss"})).status
    assert 400 == (await monitor.post(HERE, {"room": FOUND, "do": "dismiss", "next": "//evil"})).status


async def test_watching_a_candidate_is_a_proposal(console: Console, monitor: Caller) -> None:
    """For a supervisor; twice is once."""
    done = await monitor.post(HERE, {"room": FOUND, "do": "watch"})
    assert "done=proposed" in done.to
    (change,) = await waiting_changes(console.store, console.clock())
    assert FOUND in change.edits[0].entry
    page = (await monitor.get(HERE)).text
    assert "Proposed" in page
    assert 1 == page.count('value="watch"')


async def test_brakes_are_for_everybody_who_may(
    console: Console,
    client: ClientSession,
    monitor: Caller,
    own_database: str,
) -> None:
    """An admin stops all crawling and sees no content; a reason is needed; each act is logged."""
    admin, viewer = [await signed_in(console, client, role) for role in (Role.ADMIN, Role.VIEWER)]
    assert [403, 403] == [(await viewer.get("/pauses")).status, (await admin.get("/watchlist")).status]
    assert 422 == (await admin.post("/pauses", {"about": EVERYTHING, "do": "pause", "reason": " "})).status
    stop = {"about": EVERYTHING, "do": "pause", "reason": "asked by the police", "span": "1h"}
    assert "/pauses?done=paused" == (await admin.post("/pauses", stop)).to
    assert {EVERYTHING} == await paused_addresses(console.store, console.clock())
    page = (await monitor.get("/watchlist")).text
    assert all(words in page for words in ("All crawling is paused", "2026-11-20 19:00"))
    typed = {"about": " t.me/Example_Room ", "do": "pause", "reason": "loud", "quiet": "pause"}
    await monitor.post("/pauses", typed)
    assert ROOM in await paused_addresses(console.store, console.clock())
    await monitor.post("/pauses", {**typed, "do": "resume"})
    assert 422 == (await monitor.post("/pauses", {**typed, "about": "t.me/+abcdefgh"})).status
    where = "/watchlist/rooms/example_room"
    mute = {"about": ROOM, "do": "pause", "quiet": "mute", "reason": "loud", "next": where}
    assert f"{where}?done=paused" == (await monitor.post("/pauses", mute)).to
    assert "Muted" in (await monitor.get(where)).text
    assert "asked by the police" in (await monitor.get("/pauses")).text
    assert "/pauses?done=resumed" == (await monitor.post("/pauses", {"about": EVERYTHING, "do": "resume"})).to
    assert 422 == (await monitor.post("/pauses", {"about": EVERYTHING, "do": "resume"})).status
    assert ["mute"] == [one.quiet for one in await standing_pauses(console.store, console.clock())]
    acts = [entry["action"] for entry in logged(own_database)][2:]
    assert ["pause", "pause", "resume", "mute", "resume"] == acts


async def ask(caller: Caller, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Ask the API; status and what it says."""
    answer: Answer = await caller.ask(method, path, json=body, headers={"X-CSRF-Token": caller.key})
    return answer.status, json.loads(answer.text)


async def test_programs_do_the_same(
    console: Console,
    monitor: Caller,
    supervisor: Caller,
) -> None:
    """Read, propose, save, decline, conflict; candidates and pauses."""
    _, found = await ask(monitor, "GET", "/api/watchlist")
    assert (1, TEXT, 3) == (found["version"], found["text"], len(found["places"]))
    assert ("watched", 2, 1, ["answered 429"]) == tuple(
        found["places"][0][key] for key in ("outcome", "hours_watched", "hours_blind", "blind_reasons")
    )
    edit = {"kind": "put", "section": "sources", "entry": "{address: '@new_room', reason: told}"}
    draft = {"base": 1, "edits": [edit]}
    assert 200 == (await ask(monitor, "POST", "/api/watchlist/try", draft))[0]
    status, change = await ask(monitor, "POST", "/api/watchlist/changes", {**draft, "why": "told"})
    assert (200, "waiting") == (status, change["standing"])
    path = f"/api/watchlist/changes/{change['id']}"
    page = (await supervisor.get(path.removeprefix("/api"))).text
    found_hash = re.search(r'name="sha256" value="(\w+)"', page)
    assert found_hash is not None
    decision = {"do": "save", "base": 1, "sha256": found_hash[1]}
    assert 403 == (await ask(monitor, "POST", path, decision))[0]
    assert 409 == (await ask(supervisor, "POST", path, {**decision, "base": 0}))[0]
    assert (200, 2) == ((saved := await ask(supervisor, "POST", path, decision))[0], saved[1]["number"])
    assert 409 == (await ask(monitor, "POST", "/api/watchlist/changes", {**draft, "why": "told"}))[0]
    _, version = await ask(monitor, "GET", "/api/watchlist/versions/2")
    assert "+  - address: '@new_room'" in version["diff"] or '+  - address: "@new_room"' in version["diff"]
    _, versions = await ask(monitor, "GET", "/api/watchlist/versions")
    assert [2, 1] == [row["number"] for row in versions["versions"]]
    _, candidates = await ask(monitor, "GET", "/api/candidates")
    assert FOUND in [row["room"] for row in candidates["rooms"]]
    assert (200, {"done": "dismissed"}) == await ask(
        monitor, "POST", "/api/candidates", {"room": FOUND, "do": "dismiss"}
    )
    wish = {"about": LIST, "do": "pause", "reason": "too much", "quiet": "pause"}
    assert (200, {"done": "pause"}) == await ask(monitor, "POST", "/api/pauses", wish)
    _, pauses = await ask(monitor, "GET", "/api/pauses")
    assert [LIST] == [row["about"] for row in pauses["pauses"]]
    for path, body in (("/api/pauses", {**wish, "about": {"$ne": None}}), ("/api/watchlist/link", {"link": ["x"]})):
        assert 400 == (await ask(monitor, "POST", path, body))[0]
    status, checked = await ask(monitor, "POST", "/api/watchlist/link", {"link": "t.me/+abcdefgh"})
    assert (200, None) == (status, checked["address"])
