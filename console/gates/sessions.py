"""The gate of sessions: who asks. From here on a request has its ``Visit``."""

import secrets

from aiohttp import web
from aiohttp.typedefs import Handler

from console.cookies import FORM_COOKIE, LANG_COOKIE, SESSION_COOKIE, form_key, read_cookie, set_cookie, sets_cookie
from console.gates.hosts import client_ip
from console.routing import route_of
from console.visit import VISIT, Console, Visit, console_of
from console.words import chosen_lang
from evidence.people import Lang, Person
from storage.people import read_person
from storage.sessions import Session, end_sessions, find_session, touch_session


@web.middleware
async def session_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find out who asks; visitors without a session get a secret for their forms."""
    console, route = console_of(request), route_of(request)
    if route and route.is_probe:
        request[VISIT] = Visit(ip=client_ip(request), lang=console.lang, form_key="")
        return await handler(request)
    secret = read_cookie(request, SESSION_COOKIE)
    session, person = await find_visitor(console, secret)
    if session and route and not route.is_background:
        await touch_session(console.store, session, console.clock())
    own = secret if session else read_cookie(request, FORM_COOKIE) or secrets.token_urlsafe(32)
    request[VISIT] = Visit(
        ip=client_ip(request),
        lang=person.lang if person else _lang(request),
        form_key=form_key(console, own),
        person=person,
        session=session,
    )
    response = await handler(request)
    is_new = session is None and not read_cookie(request, FORM_COOKIE)
    if is_new and not response.prepared and not sets_cookie(response, console, FORM_COOKIE):
        set_cookie(response, console, FORM_COOKIE, own)
    return response


async def find_visitor(console: Console, secret: str) -> tuple[Session | None, Person | None]:
    """The session that is not over, of a person who may still sign in; else nobody."""
    session = await find_session(console.store, secret, console.clock(), console.idle) if secret else None
    if session is None:
        return None, None
    person = await read_person(console.store, session.person)
    if person is None or person.disabled_at is not None:
        await end_sessions(console.store, session.person)
        return None, None
    return session, person


def _lang(request: web.Request) -> Lang:
    asked = request.headers.get("Accept-Language", "")
    return chosen_lang(asked, read_cookie(request, LANG_COOKIE), console_of(request).lang)
