"""Every route with everybody: the table of routes is what the console does."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from console.app import create_app
from console.routes import ROUTES
from console.routing import Access, Route, Scope, add_routes
from console.serving import serving
from console.visit import Console
from evidence.errors import ConfigError
from evidence.roles import WITHOUT_CONTENT, Permission, Role, may
from storage.custody import Custody
from storage.mongo import Store
from storage.sessions import Stage
from tests.conftest import Clock
from tests.console.asking import Answer, Caller, signed_in, visitor
from tests.console.conftest import make_console

EXAMPLES = {
    "role": "monitor",
    "post": "1900000001:1",
    "case": "case-01234567",
    "person": "staff-0123456789ab",
    "name": "console.css",
    "flag": "1900000001:1",
    "batch": "batch-0123456789ab",
    "proposal": "proposal-0123456789abcdef",
    "room": "example_room",
    "directory": "68",
    "change": "proposal-0123456789abcdef",
    "number": "1",
    "referral": "referral-0123456789ab",
}
"""A value for each parameter of a path."""


def path_of(route: Route) -> str:
    """Its path, filled in."""
    return route.path.format(**EXAMPLES)


async def caller_of(console: Console, client: ClientSession, who: Role | Access) -> Caller:
    """Somebody of a role, somebody half way, or (ANYONE) somebody who is not signed in."""
    if who is Access.ANYONE:
        return visitor(console, client)
    if who is Access.HALF_WAY:
        return await signed_in(console, client, Role.SUPERVISOR, stage=Stage.CODE)
    return await signed_in(console, client, Role(who))


def expected(route: Route, who: Role | Access) -> bool:
    """Whether they get in."""
    if isinstance(who, Access):
        return route.access is Access.ANYONE or (who is Access.HALF_WAY and route.access is Access.HALF_WAY)
    return may(who, route.access) if isinstance(route.access, Permission) else route.access is not Access.HALF_WAY


async def ask(caller: Caller, route: Route) -> Answer:
    """Ask for it with nothing in hand but the key of forms; of a stream only the beginning is read."""
    if route.path == "/events":
        async with caller.open(route.method, route.path) as response:
            return Answer(status=response.status, headers=response.headers, cookies={}, text="")
    headers = {"X-CSRF-Token": caller.key}
    if route.body:
        return await caller.ask(route.method, path_of(route), json={}, headers=headers)
    return await caller.ask(route.method, path_of(route), headers=headers)


@pytest.mark.parametrize("who", [Access.ANYONE, Access.HALF_WAY, *Role])
async def test_who_is_let_in_by_each_route(console: Console, client: ClientSession, who: Role | Access) -> None:
    """As the table says: those who are let in get an answer, others none, and nobody an error of ours."""
    caller = await caller_of(console, client, who)
    wrong: list[tuple[str, str, int]] = []
    for route in sorted(ROUTES, key=lambda route: route.path == "/sign-out"):
        answer = await ask(caller, route)
        is_out = answer.status in (401, 403) or answer.to == f"/sign-in?next={path_of(route)}"
        is_out = is_out or (route.path == "/" and answer.to == "/sign-in")
        if answer.status >= 500 or is_out is expected(route, who):
            wrong.append((route.method, route.path, answer.status))
    assert [] == wrong


def test_admins_are_let_into_no_route_that_shows_content() -> None:
    """The table of permissions gives an admin none; so no route that asks for one lets an admin in."""
    for route in ROUTES:
        if isinstance(route.access, Permission) and may(Role.ADMIN, route.access):
            assert route.access in WITHOUT_CONTENT


async def yes(request: web.Request) -> web.StreamResponse:
    """A page."""
    return web.Response(text="yes")


async def offices_of(request: web.Request) -> frozenset[str]:
    """As a page about one thing finds its offices."""
    if request.match_info["thing"] == "nothing":
        raise web.HTTPNotFound
    return frozenset([request.match_info["thing"]])


PROBES = (
    Route("GET", "/things/{thing}", yes, Permission.SEARCH, offices_of),
    Route("POST", "/proven", yes, Access.SIGNED_IN, needs_proof=True),
)


@pytest_asyncio.fixture
async def probing(store: Store, custody: Custody, clock: Clock) -> AsyncIterator[Console]:
    """The console with two more routes."""

    def make(host: str, port: int) -> Console:
        return make_console(store, custody, clock, f"http://{host}:{port}")

    async with serving(make, "127.0.0.1", 0, (*ROUTES, *PROBES)) as served:
        yield served


@pytest.mark.parametrize(
    ("offices", "statuses"), [(None, (200, 200, 404)), (frozenset({"B10"}), (200, 404, 404))], ids=["all", "one"]
)
async def test_a_thing_out_of_scope_is_not_there(
    probing: Console, client: ClientSession, offices: frozenset[str] | None, statuses: tuple[int, ...]
) -> None:
    """The same answer, to the letter, as for a thing that does not exist."""
    caller = await signed_in(probing, client, Role.INVESTIGATOR, offices=offices)
    answers = [await caller.get(f"/things/{thing}") for thing in ("B10", "C10", "nothing")]
    assert statuses == tuple(answer.status for answer in answers)
    assert offices is None or answers[1].text.replace("C10", "nothing") == answers[2].text


async def test_an_old_proof_is_asked_for_again(probing: Console, client: ClientSession, clock: Clock) -> None:
    """After five minutes; the form's page is come back to where there is one."""
    caller = await signed_in(probing, client, Role.ADMIN)
    assert 200 == (await caller.post("/proven")).status
    clock.forward(minutes=5)
    assert "/step-up?next=/" == (await caller.post("/proven")).to
    assert "/step-up?next=/people" == (await caller.post("/people", {"name": "x", "role": "viewer"})).to
    assert 200 == (await caller.get("/people")).status


def test_a_route_without_permission_is_refused() -> None:
    """Nobody can forget to say who may."""
    with pytest.raises(ConfigError, match="GET /x: says not who may; expected an Access or a Permission"):
        Route("GET", "/x", yes, None)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="GET /api/x: has no words"):
        Route("GET", "/api/x", yes, Access.ANYONE)
    with pytest.raises(ConfigError, match="two routes have the same method and path"):
        add_routes(web.Application(), (PROBES[0], PROBES[0]))


async def test_the_start_fails_on_a_route_that_is_not_in_the_table(
    store: Store, custody: Custody, clock: Clock
) -> None:
    """However it came into the application."""
    app = create_app(make_console(store, custody, clock, "http://127.0.0.1:1"))
    app.router.add_get("/hidden", yes)
    runner = web.AppRunner(app)
    with pytest.raises(ConfigError, match="HEAD /hidden: is in no line of the table of routes"):
        await runner.setup()
    await runner.cleanup()


def test_every_route_says_how_it_keeps_to_offices() -> None:
    """Routes about one thing name it in their path; all others say that they show nothing, or lists in scope."""
    for route in ROUTES:
        assert isinstance(route.scope, Scope) or "{" in route.path
