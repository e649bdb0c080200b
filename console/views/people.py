"""Accounts: an admin sees and proposes, a supervisor approves. No page here shows what anybody read or wrote."""

from typing import Literal

from aiohttp import web
from pydantic import Field

from console.body import Filled, Strict, read_form
from console.going import go
from console.offices import OFFICES
from console.pages import render
from console.role_changes import approve, decline, is_open, lock_out, tell_of_role_changes
from console.visit import console_of, visit_of
from console.words import Message, _
from evidence.errors import ConfigError
from evidence.people import Change, Person, person_act
from evidence.roles import Role
from storage.people import all_people, read_person
from storage.role_changes import draft_role_change, keep_role_change, read_role_change, waiting


class Wanted(Strict):
    """A role and a scope; no office chosen means all of them."""

    role: Role
    offices: tuple[str, ...] = ()

    @property
    def scope(self) -> frozenset[str] | None:
        """As it is kept."""
        return frozenset(self.offices) & OFFICES.keys() or None


class NewPerson(Wanted):
    """Somebody to be added."""

    name: str = Field(min_length=1, max_length=200)


class ChangeOf(Wanted):
    """Something to be done to an account."""

    do: Literal["role", "link", "disable"]


class Decision(Strict):
    """On a change."""

    change: str = Field(pattern=r"^role-change-[0-9a-f]{16}$")
    do: Literal["approve", "decline"]


async def people_page(request: web.Request) -> web.StreamResponse:
    """Everybody, and what waits for a supervisor."""
    return await _people(request, {})


async def _people(request: web.Request, problems: dict[str, Message], status: int = 200) -> web.StreamResponse:
    console = console_of(request)
    people = await all_people(console.store, console.clock())
    return render(
        request,
        "people.html",
        status=status,
        people=people,
        waiting=await waiting(console.store, console.clock()),
        roles=tuple(Role),
        offices=OFFICES,
        problems=problems,
        done=request.query.get("done", ""),
    )


async def add(request: web.Request) -> web.StreamResponse:
    """Propose somebody new."""
    filled = await read_form(request, NewPerson)
    if filled.form is None:
        return await _people(request, dict(filled.problems), 422)
    try:
        await _propose(request, Change.ADD, filled.form.name, filled.form)
    except ConfigError as problem:
        return await _people(request, {"name": Message("%(problem)s", problem=str(problem))}, 422)
    return go("/people", done="proposed")


async def person_page(request: web.Request) -> web.StreamResponse:
    """One account, and what can be done to it."""
    return render(
        request, "person.html", person=await _person(request), roles=tuple(Role), offices=OFFICES, problems={}
    )


async def change_person(request: web.Request) -> web.StreamResponse:
    """Disable at once, or propose a role or a link."""
    person = await _person(request)
    filled: Filled[ChangeOf] = await read_form(request, ChangeOf)
    if filled.form is None:
        raise web.HTTPBadRequest
    if filled.form.do == "disable":
        await lock_out(console_of(request), visit_of(request).staff, person)
        return go("/people", done="disabled")
    if filled.form.do == "link":
        scope = tuple(sorted(person.offices or ()))
        await _propose(request, Change.LINK, person.name, Wanted(role=person.role, offices=scope))
    else:
        await _propose(request, Change.ROLE, person.name, filled.form)
    return go("/people", done="proposed")


async def _propose(request: web.Request, kind: Change, name: str, wanted: Wanted) -> None:
    console, visit = console_of(request), visit_of(request)
    made = await draft_role_change(console.store, kind, name, wanted.role, wanted.scope, visit.who, console.clock())
    code = f"{kind}/{wanted.role}"
    await console.custody.record(person_act(visit.staff, f"role-propose:{made.id}", "role-propose", made.person, code))
    await keep_role_change(console.store, made)
    await tell_of_role_changes(console)


async def _person(request: web.Request) -> Person:
    person = await read_person(console_of(request).store, request.match_info["person"])
    if person is None:
        raise web.HTTPNotFound
    return person


async def role_changes_page(request: web.Request) -> web.StreamResponse:
    """What waits for a second person."""
    return await _role_changes(request, None)


async def _role_changes(
    request: web.Request, link: str | None, name: str = "", status: int = 200
) -> web.StreamResponse:
    console, visit = console_of(request), visit_of(request)
    rows = await waiting(console.store, console.clock())
    people = {person.id: person.name for person in await all_people(console.store, console.clock())}
    return render(
        request,
        "role_changes.html",
        status=status,
        rows=[(row, is_open(console, visit.staff, row)) for row in rows],
        names=people,
        offices=OFFICES,
        link=link,
        link_name=name,
        line=_TOO_EARLY if status != 200 else None,
    )


_TOO_EARLY = Message(_("You cannot approve this: it is your own, goes beyond your offices, or its time has not come."))


async def decide(request: web.Request) -> web.StreamResponse:
    """Approve or decline; a link that is made by it is shown this once, to whoever approved."""
    console, visit = console_of(request), visit_of(request)
    filled = await read_form(request, Decision)
    change = await read_role_change(console.store, filled.form.change) if filled.form else None
    if filled.form is None or change is None:
        raise web.HTTPNotFound
    if filled.form.do == "decline":
        await decline(console, visit.staff, change)
        return go("/role-changes")
    if not is_open(console, visit.staff, change):
        return await _role_changes(request, None, status=403)
    token = await approve(console, visit.staff, change)
    if token is None:
        return go("/role-changes")
    return await _role_changes(request, f"{console.origin}/sign-in?token={token}", change.name)
