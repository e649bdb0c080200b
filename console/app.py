"""Makes the console: the gates in order, and the table of routes."""

from collections.abc import Sequence

from aiohttp import web

from console.desk import set_up_desk
from console.gates.access import access_gate
from console.gates.errors import error_gate
from console.gates.forms import form_gate
from console.gates.headers import add_headers
from console.gates.hosts import host_gate
from console.gates.pace import pace_gate
from console.gates.sessions import session_gate
from console.overview import KEPT, Kept
from console.routes import ROUTES
from console.routing import Route, add_routes, check_routes
from console.visit import CONSOLE, Console

LARGEST_REQUEST_BYTES = 1_000_000

GATES = (
    error_gate,  # whatever goes wrong behind it becomes one line
    host_gate,  # was it meant for us?
    pace_gate,  # not too fast?
    session_gate,  # who asks?
    form_gate,  # does a change come from a page of ours?
    access_gate,  # may they?
)
"""What a request passes, in this order. The headers of ``gates/headers.py`` go onto every response."""


def create_app(console: Console, routes: Sequence[Route] = ROUTES) -> web.Application:
    """The console as an application.

    Args:
        console: what it is made of.
        routes: the table; another one in tests only.

    Raises:
        ConfigError: two routes are the same. A route that is in no line of the table fails at start-up.
    """
    app = web.Application(middlewares=GATES, client_max_size=LARGEST_REQUEST_BYTES)
    app[CONSOLE] = console
    set_up_desk(app)
    app[KEPT] = Kept()
    add_routes(app, routes)
    app.on_response_prepare.append(add_headers)
    app.on_startup.append(check_routes)
    app.on_shutdown.append(_end_streams)
    return app


async def _end_streams(app: web.Application) -> None:
    app[CONSOLE].events.end()
