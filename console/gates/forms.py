"""The gate of forms: what changes anything must come from a page of ours, and show it by the form's key."""

import hmac

from aiohttp import web
from aiohttp.typedefs import Handler

from console.routing import route_of
from console.visit import console_of, visit_of

SAFE = frozenset({"GET", "HEAD"})
FIELD, HEADER = "csrf", "X-CSRF-Token"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@web.middleware
async def form_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let reading pass, and changes that come from our own pages."""
    route = route_of(request)
    if request.method in SAFE or route is None or route.takes_reports:
        return await handler(request)
    _check_origin(request)
    if request.content_type not in (FORM, JSON) and request.can_read_body:
        raise web.HTTPUnsupportedMediaType
    given = request.headers.get(HEADER, "")
    if not given and request.content_type == FORM:
        given = str((await request.post()).get(FIELD, ""))
    if not hmac.compare_digest(given.encode(), visit_of(request).form_key.encode()):
        raise web.HTTPForbidden
    return await handler(request)


def _check_origin(request: web.Request) -> None:
    """Browsers say where a request comes from; programs say nothing and have only the key.

    Under ``Referrer-Policy: no-referrer`` a form's Origin is ``null``: then Sec-Fetch-Site decides.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    is_ours = site in (None, "same-origin")
    if origin == "null":
        is_ours = is_ours and site is not None
    elif origin is not None:
        is_ours = is_ours and origin.lower() == f"{console_of(request).origin.split(':')[0]}://{request.host.lower()}"
    if not is_ours:
        raise web.HTTPForbidden
