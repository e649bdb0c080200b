"""Signing in, staying in, getting out."""

import re
from datetime import timedelta

import pyotp
from aiohttp import ClientSession

from console.cookies import SESSION_COOKIE
from console.visit import Console
from evidence.roles import Role
from storage.people import disable, read_person, set_secret, set_up_code
from storage.sessions import make_link, secret_hash
from tests.conftest import Clock
from tests.console.asking import Answer, Caller, person_of, signed_in, visitor
from tests.storage.custody_reading import logged

PASSWORD = "four horses cross a river"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RECOVERY = ("abcd-efgh-jkmn-pqrs", "2345-6789-abcd-efgh")


def code(console: Console, **ahead: float) -> str:
    """What the telephone shows."""
    return pyotp.TOTP(SEED).at(console.clock() + timedelta(**ahead))


async def known(console: Console) -> str:
    """Somebody with password and second factor; their id."""
    person = await person_of(console, Role.INVESTIGATOR, "Kim")
    await set_secret(console.store, person.id, "password", await console.passwords.hash(PASSWORD))
    await set_up_code(console.store, person.id, SEED, RECOVERY)
    return person.id


async def give_password(caller: Caller, password: str = PASSWORD, name: str = "Kim", next_path: str = "/") -> Answer:
    """Send the first form."""
    return await caller.post("/sign-in", {"name": name, "password": password, "next": next_path})


async def test_a_link_leads_to_password_second_factor_and_in(console: Console, client: ClientSession) -> None:
    """Once: its person chooses a password, sets up the telephone, sees recovery codes, and is in."""
    person = await person_of(console, Role.MONITOR, "Lee", frozenset({"B10"}))
    token = await make_link(console.store, person.id, console.clock(), timedelta(minutes=15))
    caller = visitor(console, client)
    assert "Welcome, Lee" == (await caller.get(f"/sign-in?token={token}", **{"Accept-Language": "en"})).line()
    form = {"token": token, "password": PASSWORD, "again": PASSWORD}
    assert 422 == (await caller.post("/sign-in/link", {**form, "again": "another"})).status
    assert "/sign-in/set-up" == (await caller.post("/sign-in/link", form)).to
    page = await caller.get("/sign-in/set-up")
    seed = re.search(r'class="secret code">([A-Z2-7 ]+)<', page.text)
    assert seed is not None
    shown = pyotp.TOTP(seed[1].replace(" ", "")).at(console.clock())
    assert 422 == (await caller.post("/sign-in/set-up", {"code": "000000"})).status
    done = await caller.post("/sign-in/set-up", {"code": shown})
    assert ("Recovery codes", 8) == (done.line(), len(re.findall(r"<li>(\w{4}-){3}\w{4}</li>", done.text)))
    assert "Hello, Lee" == (await caller.get("/")).line()
    assert 410 == (await visitor(console, client).get(f"/sign-in?token={token}")).status


async def test_a_link_runs_out(console: Console, client: ClientSession, clock: Clock) -> None:
    """After 15 minutes, and when a newer one was made."""
    person = await person_of(console, Role.MONITOR)
    old, new = [await make_link(console.store, person.id, clock(), timedelta(minutes=15)) for _ in range(2)]
    assert [410, 200] == [
        (await visitor(console, client).get(f"/sign-in?token={token}")).status for token in (old, new)
    ]
    clock.forward(minutes=15)
    assert 410 == (await visitor(console, client).get(f"/sign-in?token={new}")).status
    form = {"token": new, "password": PASSWORD, "again": PASSWORD}
    assert 410 == (await visitor(console, client).post("/sign-in/link", form)).status


async def test_password_and_code_lead_in(console: Console, client: ClientSession, own_database: str) -> None:
    """To the page that was asked for, and never to another site; each step gives another secret."""
    person, caller = await known(console), visitor(console, client)
    asked = await give_password(caller, next_path="/account")
    half = caller.cookies[SESSION_COOKIE]
    assert "/sign-in/code?next=%2Faccount" == asked.to
    assert "/sign-in?next=/account" == (await caller.get("/account")).to
    inside = await caller.post("/sign-in/code", {"code": code(console), "next": "//evil.example"})
    assert ("/", True) == (inside.to, caller.cookies[SESSION_COOKIE] != half)
    assert 200 == (await caller.get("/account")).status
    acts = [(entry["action"], entry["actor"]) for entry in logged(own_database)]
    assert ("sign-in", person) in acts
    assert 303 == (await Caller(console, client, {SESSION_COOKIE: half}).get("/account")).status


async def test_a_session_cannot_be_fixed_beforehand(console: Console, client: ClientSession) -> None:
    """A secret that was planted in the browser is not the one that is signed in."""
    await known(console)
    planted = visitor(console, client)
    await give_password(planted)
    stolen = planted.cookies[SESSION_COOKIE]
    await planted.post("/sign-in/code", {"code": code(console)})
    assert "/sign-in" == (await Caller(console, client, {SESSION_COOKIE: stolen}).get("/")).to
    assert "/sign-in" == (await Caller(console, client, {SESSION_COOKIE: "x" * 43}).get("/")).to


async def test_a_code_works_once(console: Console, client: ClientSession, clock: Clock) -> None:
    """Nor does an earlier one after it; a recovery code works once too, and is written in any way."""
    await known(console)
    one, two, three, four = [visitor(console, client) for _ in range(4)]
    shown, earlier = code(console), code(console, seconds=-30)
    for caller in (one, two, three, four):
        await give_password(caller)
    assert "/" == (await one.post("/sign-in/code", {"code": shown})).to
    assert [422, 422] == [(await two.post("/sign-in/code", {"code": used})).status for used in (shown, earlier)]
    clock.forward(minutes=1)
    assert "/" == (await two.post("/sign-in/code", {"code": f"{code(console)[:3]} {code(console)[3:]}"})).to
    assert "/" == (await three.post("/sign-in/code", {"code": RECOVERY[0].upper().replace("-", " ")})).to
    assert 422 == (await four.post("/sign-in/code", {"code": RECOVERY[0]})).status


async def test_wrong_passwords_are_slowed_down_not_locked(
    console: Console, client: ClientSession, clock: Clock, own_database: str
) -> None:
    """By name and address: the same words for known and unknown names; others, and the next minute, are free."""
    await known(console)
    caller = visitor(console, client)
    tried = [await give_password(caller, "wrong wrong wrong", name) for name in ("Kim", "Nobody", "\0", "x" * 90)]
    assert {422} == {answer.status for answer in tried}
    assert 1 == len({answer.text.split("<form class")[0] for answer in tried})
    statuses = [(await give_password(caller, "wrong wrong wrong")).status for _ in range(6)]
    assert [422, 422, 422, 422, 429, 429] == statuses
    waiting = await give_password(caller)
    assert (429, True) == (waiting.status, 0 < int(waiting.headers["Retry-After"]) <= 61)
    clock.forward(minutes=1)
    assert "/sign-in/code" == (await give_password(caller)).to
    failures = [entry for entry in logged(own_database) if entry["action"] == "sign-in-failed"]
    assert (8, {"nobody"}) == (len(failures), {entry["actor"] for entry in failures})


async def test_wrong_codes_end_the_attempt(console: Console, client: ClientSession) -> None:
    """After five the password is asked for again; all who guess codes share one slow bucket for the person."""
    await known(console)
    caller = visitor(console, client)
    await give_password(caller)
    answers = [await caller.post("/sign-in/code", {"code": f"00000{number}"}) for number in range(5)]
    assert ([422] * 4, "/sign-in") == ([answer.status for answer in answers[:4]], answers[4].to)
    await give_password(caller)
    assert 429 == (await caller.post("/sign-in/code", {"code": code(console)})).status


async def test_sessions_end(console: Console, client: ClientSession, clock: Clock) -> None:
    """When idle for 30 minutes, after 8 hours whatever happens, at sign-out, and when the account is disabled."""
    idle = await signed_in(console, client, Role.MONITOR)
    clock.forward(minutes=29)
    assert 200 == (await idle.get("/")).status
    clock.forward(minutes=29)
    assert 200 == (await idle.get("/")).status
    clock.forward(minutes=30)
    assert "/sign-in" == (await idle.get("/")).to
    busy = await signed_in(console, client, Role.MONITOR)
    statuses = []
    for _ in range(24):
        clock.forward(minutes=20)
        statuses.append((await busy.get("/")).status)
    assert [200] * 23 + [303] == statuses
    out, barred = [await signed_in(console, client, Role.MONITOR) for _ in range(2)]
    kept = dict(out.cookies)
    left = await out.post("/sign-out")
    assert '"cache", "cookies", "storage"' == left.headers["Clear-Site-Data"]
    assert "/sign-in" == (await Caller(console, client, kept).get("/")).to
    assert barred.person is not None
    await disable(console.store, barred.person.id, clock())
    assert "/sign-in" == (await barred.get("/")).to


async def test_proving_it_again_changes_the_secret(console: Console, client: ClientSession, clock: Clock) -> None:
    """By password or by code; the old secret is worth nothing, the end of the session stays."""
    person, caller = await known(console), visitor(console, client)
    await give_password(caller)
    await caller.post("/sign-in/code", {"code": code(console)})
    before = caller.cookies[SESSION_COOKIE]
    until = (await console.store["sessions"].find_one({"_id": secret_hash(before)}) or {})["until"]
    clock.forward(minutes=6)
    assert "/step-up?next=/account/code" == (await caller.get("/account/code")).to
    assert 422 == (await caller.post("/step-up", {"proof": "wrong", "next": "/account/code"})).status
    assert "/account/code" == (await caller.post("/step-up", {"proof": PASSWORD, "next": "/account/code"})).to
    assert 200 == (await caller.get("/account/code")).status
    now = caller.cookies[SESSION_COOKIE]
    found = await console.store["sessions"].find_one({"_id": secret_hash(now)})
    assert (True, until) == (now != before, found and found["until"])
    assert "/sign-in" == (await Caller(console, client, {SESSION_COOKIE: before}).get("/")).to
    clock.forward(minutes=6)
    assert "/" == (await caller.post("/step-up", {"proof": code(console)})).to
    assert (await read_person(console.store, person)) is not None


async def test_another_password_ends_the_other_sessions(console: Console, client: ClientSession) -> None:
    """The old one is asked for; a weak one is refused."""
    person = await known(console)
    found = await read_person(console.store, person)
    assert found is not None
    here, there = [await signed_in(console, client, Role.INVESTIGATOR, name="Kim") for _ in range(2)]
    form = {"old": PASSWORD, "password": "three sheep on one hill", "again": "three sheep on one hill"}
    refused = [{**form, "old": "wrong"}, {**form, "password": "short", "again": "short"}, {**form, "again": "other"}]
    assert [422] * 3 == [(await here.post("/account/password", each)).status for each in refused]
    assert "/account?done=password" == (await here.post("/account/password", form)).to
    assert [200, 303] == [(await caller.get("/")).status for caller in (here, there)]
