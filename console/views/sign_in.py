"""Signing in: one-time link, password, second factor; proving it again; signing out."""

import secrets

from aiohttp import web
from pydantic import Field

from console.body import Strict, read_form
from console.cookies import FORM_COOKIE, SESSION_COOKIE, drop_cookie, set_cookie
from console.going import go, local_path
from console.pages import render
from console.passwords import LONGEST, refusal
from console.proof import check_code, check_password
from console.visit import Console, console_of, staff_from, visit_of
from console.words import Message, _
from evidence.case import Staff
from evidence.custody import Act
from evidence.people import Person, person_act
from storage.people import note_sign_in, read_person, set_secret
from storage.sessions import (
    Stage,
    begin_session,
    count_try,
    end_session,
    end_sessions,
    link_person,
    renew_session,
    use_link,
)

MOST_TRIES = 5
"""Wrong codes until the password is asked for again."""
WRONG = Message(_("Name or password is wrong."))
WRONG_CODE = Message(_("This code is wrong, or was used already."))
OVER = Message(_("This link is over or was used. Ask for a new one."))


class Credentials(Strict):
    """Of the sign-in form."""

    name: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=1, max_length=LONGEST)
    next: str = Field(default="/", max_length=2_000)


class NewPassword(Strict):
    """Of the form behind a one-time link."""

    token: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=1, max_length=2_000)
    again: str = Field(min_length=1, max_length=2_000)


class Code(Strict):
    """A code from a telephone, or a recovery code."""

    code: str = Field(min_length=1, max_length=40)


class Proof(Strict):
    """Password or code, given again."""

    proof: str = Field(default="", max_length=LONGEST)
    next: str = Field(default="/", max_length=2_000)


async def sign_in_page(request: web.Request) -> web.StreamResponse:
    """The form; with ``?token=`` that of a one-time link, which in practice signs in by itself."""
    console, visit = console_of(request), visit_of(request)
    next_path = local_path(request.query.get("next", "/"))
    if "token" in request.query:
        return await _link_page(request, request.query["token"])
    if visit.is_signed_in:
        return go(next_path)
    if visit.session is not None:
        return go("/sign-in/code" if visit.session.stage is Stage.CODE else "/sign-in/set-up")
    return render(request, "sign_in.html", next=next_path, problem=None, name="", is_practice=console.is_practice)


async def _link_page(request: web.Request, token: str) -> web.StreamResponse:
    console = console_of(request)
    found = await link_person(console.store, token, console.clock())
    person = await read_person(console.store, found) if found else None
    if person is None:
        return render(request, "link_over.html", status=410, line=OVER)
    if console.is_practice and not person.has_password:
        if request.method == "GET" and await use_link(console.store, token, console.clock()):
            return await signed_in(request, person, "/")
        return render(request, "link_over.html", status=410, line=OVER)
    return render(request, "link.html", person=person, token=token, problems={})


async def choose_password(request: web.Request) -> web.StreamResponse:
    """Use a one-time link up: its person chooses a password, and goes on to the second factor."""
    console = console_of(request)
    filled = await read_form(request, NewPassword)
    token = filled.form.token if filled.form else str((await request.post()).get("token", ""))
    found = await link_person(console.store, token, console.clock())
    person = await read_person(console.store, found) if found else None
    if person is None:
        return render(request, "link_over.html", status=410, line=OVER)
    problems = dict(filled.problems)
    if filled.form:
        problems |= password_problems(filled.form.password, filled.form.again, person.name)
    if filled.form is None or problems:
        return render(request, "link.html", status=422, person=person, token=token, problems=problems)
    hashed = await console.passwords.hash(filled.form.password)
    if await use_link(console.store, token, console.clock()) is None:
        return render(request, "link_over.html", status=410, line=OVER)
    await console.custody.record(_act(staff_from(person, "link", visit_of(request).ip), "password-set", person))
    await end_sessions(console.store, person.id)
    await set_secret(console.store, person.id, "password", hashed)
    await set_secret(console.store, person.id, "code", None)  # whoever lost the telephone sets up a new one
    return await _half_way(request, person, Stage.SET_UP)


def password_problems(password: str, again: str, name: str) -> dict[str, Message]:
    """What is wrong with a new password, by field."""
    problem = refusal(password, name)
    if problem:
        return {"password": problem}
    return {} if password == again else {"again": Message(_("The two are not the same."))}


async def sign_in(request: web.Request) -> web.StreamResponse:
    """Check name and password, and go on to the second factor."""
    console, visit = console_of(request), visit_of(request)
    filled = await read_form(request, Credentials)
    form = filled.form
    person = await check_password(console, form.name, form.password, visit.ip) if form else None
    if form is None or person is None:
        name = str((await request.post()).get("name", ""))[:200]
        next_path = local_path(form.next if form else "/")
        return render(
            request,
            "sign_in.html",
            status=422,
            next=next_path,
            problem=WRONG,
            name=name,
            is_practice=console.is_practice,
        )
    return await _half_way(request, person, Stage.CODE if person.has_code else Stage.SET_UP, local_path(form.next))


async def _half_way(request: web.Request, person: Person, stage: Stage, next_path: str = "/") -> web.StreamResponse:
    """The password was right: a session that can do nothing but give the second factor."""
    console, visit = console_of(request), visit_of(request)
    if visit.session is not None:
        await end_session(console.store, visit.session.id)
    secret, _session = await begin_session(console.store, person.id, stage, console.clock())
    query = {} if next_path == "/" else {"next": next_path}
    response = go("/sign-in/code" if stage is Stage.CODE else "/sign-in/set-up", **query)
    set_cookie(response, console, SESSION_COOKIE, secret)
    return response


async def code_page(request: web.Request) -> web.StreamResponse:
    """Ask for the second factor."""
    if visit_of(request).seat.stage is not Stage.CODE:
        return go("/sign-in/set-up")
    return render(request, "code.html", problem=None, next=local_path(request.query.get("next", "/")))


async def give_code(request: web.Request) -> web.StreamResponse:
    """Check the second factor; after five wrong codes the password is asked for again."""
    console, visit = console_of(request), visit_of(request)
    if visit.seat.stage is not Stage.CODE:
        return go("/sign-in/set-up")
    filled = await read_form(request, _CodeAndNext)
    next_path = local_path(filled.form.next if filled.form else "/")
    if filled.form and await check_code(console, visit.who, filled.form.code, visit.ip):
        return await signed_in(request, visit.who, next_path)
    if visit.seat.tries + 1 >= MOST_TRIES:
        await end_session(console.store, visit.seat.id)
        response = go("/sign-in")
        drop_cookie(response, console, SESSION_COOKIE)
        return response
    await count_try(console.store, visit.seat)
    return render(request, "code.html", status=422, problem=WRONG_CODE, next=next_path)


class _CodeAndNext(Code):
    next: str = Field(default="/", max_length=2_000)


async def signed_in(request: web.Request, person: Person, next_path: str) -> web.StreamResponse:
    """Let somebody in: a new session with a new secret, in the log before the browser has it."""
    console, response = console_of(request), go(next_path)
    set_cookie(response, console, SESSION_COOKIE, await begin(request, person))
    drop_cookie(response, console, FORM_COOKIE)
    return response


async def begin(request: web.Request, person: Person) -> str:
    """A full session in place of whatever session there was; its secret."""
    console, visit = console_of(request), visit_of(request)
    secret, session = await begin_session(console.store, person.id, Stage.FULL, console.clock())
    await console.custody.record(_act(staff_from(person, session.id[:16], visit.ip), "sign-in", person))
    if visit.session is not None:
        await end_session(console.store, visit.session.id)
    await note_sign_in(console.store, person.id, console.clock())
    return secret


async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session, and have the browser forget it."""
    console, visit = console_of(request), visit_of(request)
    await console.custody.record(_act(visit.staff, "sign-out", visit.who))
    await end_session(console.store, visit.seat.id)
    response = go("/sign-in")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    drop_cookie(response, console, SESSION_COOKIE)
    return response


async def step_up_page(request: web.Request) -> web.StreamResponse:
    """Ask for password or code again."""
    return render(request, "step_up.html", problem=None, next=local_path(request.query.get("next", "/")))


async def step_up(request: web.Request) -> web.StreamResponse:
    """Check it; for five minutes it counts as fresh. The session gets another secret."""
    console, visit = console_of(request), visit_of(request)
    filled = await read_form(request, Proof)
    next_path = local_path(filled.form.next if filled.form else "/")
    if filled.form is None or not await _is_proven(console, visit.who, filled.form.proof, visit.ip):
        return render(request, "step_up.html", status=422, problem=WRONG_CODE, next=next_path)
    await console.custody.record(_act(visit.staff, "step-up", visit.who))
    secret, _session = await renew_session(console.store, visit.seat, console.clock())
    response = go(next_path)
    set_cookie(response, console, SESSION_COOKIE, secret)
    return response


async def _is_proven(console: Console, person: Person, proof: str, ip: str) -> bool:
    if console.is_practice and not person.has_password:
        return True  # somebody of practice has nothing to prove with
    if person.has_code and "".join(proof.split()).isdecimal():
        return await check_code(console, person, proof, ip)
    return await check_password(console, person.name, proof, ip) is not None


def _act(staff: Staff, action: str, person: Person) -> Act:
    return person_act(staff, f"{action}:{secrets.token_hex(8)}", action, person.id)
