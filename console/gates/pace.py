"""The gate of pace: who asks too fast is told when to come back."""

from aiohttp import web
from aiohttp.typedefs import Handler

from console.cookies import SESSION_COOKIE, read_cookie
from console.gates.hosts import client_ip
from console.rates import Pace
from console.routing import route_of
from console.visit import console_of


@web.middleware
async def pace_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let pass what comes slowly enough; a browser with a session has buckets of its own, others one an address."""
    console, route = console_of(request), route_of(request)
    if route is None:
        return await handler(request)
    ip = client_ip(request)
    who = ip if route.pace is Pace.SIGN_IN else read_cookie(request, SESSION_COOKIE) or ip
    wait_s = console.rates.take(console.rates.rates[route.pace], str(route.pace), who)
    if wait_s:
        raise web.HTTPTooManyRequests(headers={"Retry-After": str(int(wait_s) + 1)})
    return await handler(request)
