"""The gate of access: who is not allowed by the table of routes gets no further. Deny by default."""

from urllib.parse import urlencode

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from console.body import BODY, read_body
from console.routing import TABLE, Access, Route, Scope, route_of
from console.visit import Visit, console_of, visit_of
from evidence.roles import in_scope
from storage.sessions import STEPPED_UP, Stage

log = structlog.get_logger()


@web.middleware
async def access_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let pass whom the line of the table allows, within their offices, freshly proven where it says so."""
    route, visit = route_of(request), visit_of(request)
    if route is None:
        return await handler(request)  # the router's own 404 or 405
    if not _is_allowed(route, visit):
        _note(route, visit)
        raise _refusal(request, visit)
    if not isinstance(route.scope, Scope) and not in_scope(visit.staff, await route.scope(request)):
        _note(route, visit, is_out_of_scope=True)
        raise web.HTTPNotFound  # not even whether it exists
    if route.needs_proof and not is_proven(request):
        raise _ask_for_proof(request)
    if route.body is not None:
        request[BODY] = await read_body(request, route.body)
    return await handler(request)


def is_proven(request: web.Request) -> bool:
    """Whether password or code was given a moment ago."""
    return console_of(request).clock() - visit_of(request).seat.proven_at < STEPPED_UP


def _is_allowed(route: Route, visit: Visit) -> bool:
    if route.access is Access.ANYONE:
        return True
    if route.access is Access.HALF_WAY:
        return visit.session is not None and visit.session.stage is not Stage.FULL
    if route.access is Access.SIGNED_IN:
        return visit.is_signed_in
    return visit.may(route.access)


def _note(route: Route, visit: Visit, *, is_out_of_scope: bool = False) -> None:
    """Who may not do what: by pseudonym, and by the line of the table, never by what the address named."""
    tell = log.warning if visit.is_signed_in else log.info  # everybody finds the door closed before they sign in
    who = visit.person.id if visit.person else "-"
    where = f"{route.method} {route.path}"
    tell("refused", permission=str(route.access), who=who, where=where, is_out_of_scope=is_out_of_scope)


def _refusal(request: web.Request, visit: Visit) -> web.HTTPException:
    """Those who are not signed in are asked to; those who are may not."""
    if visit.is_signed_in:
        return web.HTTPForbidden()
    if request.method not in ("GET", "HEAD") or request.path.startswith("/api/") or request.path == "/events":
        return web.HTTPUnauthorized()
    return web.HTTPSeeOther("/sign-in" + ("" if request.path == "/" else "?" + urlencode({"next": request.path_qs})))


def _ask_for_proof(request: web.Request) -> web.HTTPException:
    """Back to the page that asked, by way of the password; programs are told."""
    if request.path.startswith("/api/"):
        return web.HTTPUnauthorized()
    resource = request.match_info.route.resource
    has_page = resource is not None and ("GET", resource.canonical) in request.config_dict[TABLE]
    return web.HTTPSeeOther("/step-up?" + urlencode({"next": request.path if has_page else "/"}))
