"""One's own account: language and time zone, password, second factor."""

import secrets
from zoneinfo import available_timezones

from aiohttp import web
from pydantic import Field, field_validator

from console.body import Strict, read_form
from console.cookies import LANG_COOKIE, SESSION_COOKIE, set_cookie
from console.going import go, local_path
from console.pages import render
from console.passwords import LONGEST
from console.proof import check_password
from console.views.sign_in import WRONG, begin, password_problems
from console.visit import console_of, visit_of
from console.words import Message
from evidence.people import Lang, person_act
from storage.people import set_preferences, set_secret
from storage.sessions import end_sessions

ZONES = ("Asia/Seoul", "Asia/Tokyo", "Asia/Singapore", "UTC", "Europe/London", "Europe/Berlin", "America/New_York")
"""Offered in the form; by the API any of the tz database."""


class Choice(Strict):
    """A language, from the switch of the top bar."""

    lang: Lang
    next: str = Field(default="/", max_length=2_000)


class Preferences(Strict):
    """How somebody wants to be answered."""

    lang: Lang
    zone: str = Field(max_length=60)

    @field_validator("zone")
    @classmethod
    def _is_known(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("expected a name of the tz database, such as Asia/Seoul")
        return zone


class OtherPassword(Strict):
    """The password so far, and the one from now on twice."""

    old: str = Field(default="", max_length=LONGEST)
    password: str = Field(min_length=1, max_length=2_000)
    again: str = Field(min_length=1, max_length=2_000)


async def account_page(request: web.Request) -> web.StreamResponse:
    """What one can change about oneself."""
    return _page(request, {})


def _page(request: web.Request, problems: dict[str, Message], status: int = 200) -> web.Response:
    zone = visit_of(request).who.zone
    zones = ZONES if zone in ZONES else (*ZONES, zone)
    done = request.query.get("done", "")
    pairs = [(zone, zone) for zone in zones]
    return render(request, "account.html", status=status, problems=problems, zones=pairs, done=done)


async def choose_lang(request: web.Request) -> web.StreamResponse:
    """Switch the language, for those who are signed in for good, for others in this browser."""
    console, visit = console_of(request), visit_of(request)
    filled = await read_form(request, Choice)
    if filled.form is None:
        raise web.HTTPBadRequest
    if visit.is_signed_in:
        await set_preferences(console.store, visit.who.id, filled.form.lang, visit.who.zone)
    response = go(local_path(filled.form.next))
    set_cookie(response, console, LANG_COOKIE, filled.form.lang)
    return response


async def prefer(request: web.Request) -> web.StreamResponse:
    """Keep language and time zone."""
    console, visit = console_of(request), visit_of(request)
    filled = await read_form(request, Preferences)
    if filled.form is None:
        return _page(request, dict(filled.problems), 422)
    await set_preferences(console.store, visit.who.id, filled.form.lang, filled.form.zone)
    return go("/account", done="preferences")


async def _is_own(request: web.Request, password: str) -> bool:
    """Whether it is the password so far; somebody of practice may have had none."""
    console, visit = console_of(request), visit_of(request)
    if not visit.who.has_password:
        return True
    return await check_password(console, visit.who.name, password, visit.ip) is not None


async def change_password(request: web.Request) -> web.StreamResponse:
    """Take another password; every other session of this person ends."""
    console, visit = console_of(request), visit_of(request)
    filled = await read_form(request, OtherPassword)
    problems = dict(filled.problems)
    if filled.form and not await _is_own(request, filled.form.old):
        problems["old"] = WRONG
    if filled.form and not problems:
        problems = password_problems(filled.form.password, filled.form.again, visit.who.name)
    if filled.form is None or problems:
        return _page(request, problems, 422)
    hashed = await console.passwords.hash(filled.form.password)
    act = person_act(visit.staff, f"password-set:{secrets.token_hex(8)}", "password-set", visit.who.id)
    await console.custody.record(act)
    await set_secret(console.store, visit.who.id, "password", hashed)
    await end_sessions(console.store, visit.who.id)
    response = go("/account", done="password")
    set_cookie(response, console, SESSION_COOKIE, await begin(request, visit.who))
    return response
