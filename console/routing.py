"""What a line of the table of routes says, and that no route is without one."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel

from console.rates import Pace
from evidence.errors import ConfigError
from evidence.roles import Permission


class Access(StrEnum):
    """Who may ask, where that is no matter of the table of permissions."""

    ANYONE = "anyone"
    """Also those who are not signed in: sign-in, help, style sheets."""
    HALF_WAY = "half-way"
    """Those who gave their password and still owe the second factor."""
    SIGNED_IN = "signed-in"
    """Everybody who is signed in, for what is their own."""


class Scope(StrEnum):
    """How a route keeps to the education offices of whoever asks, where it is not about one thing."""

    NOTHING = "nothing"
    """It shows nothing that belongs to an office."""
    LISTED = "listed"
    """It shows a list, and its handler leaves out what is not in scope."""


Offices = Callable[[web.Request], Awaitable[frozenset[str]]]
"""Gives the offices of the one thing that a path names; raises ``web.HTTPNotFound`` where there is none."""


@dataclass(frozen=True, slots=True)
class Route:
    """A line of the table: its first five columns in order, the rest by name."""

    method: str
    path: str
    view: Handler
    access: Access | Permission
    scope: Scope | Offices = Scope.NOTHING
    _: KW_ONLY
    pace: Pace = Pace.PAGE
    needs_proof: bool = False
    """Password or code must have been given within the last 5 minutes."""
    is_background: bool = False
    """Asked for by the page itself, not by the person: it does not keep a session from going idle."""
    is_probe: bool = False
    """Asked for by machines that know neither our name nor a session; it tells a word and nothing else."""
    takes_reports: bool = False
    """Browsers send it by themselves, without a form's key."""
    body: type[BaseModel] | None = None
    """Of the JSON that it takes."""
    gives: type[BaseModel] | None = None
    """Of the JSON that it answers with."""
    words: str = ""
    """One line for the published description; needed below ``/api/``."""

    def __post_init__(self) -> None:
        if not isinstance(self.access, Access | Permission):
            raise ConfigError(f"{self.method} {self.path}: says not who may; expected an Access or a Permission")
        if self.path.startswith("/api/") and not self.words:
            raise ConfigError(f"{self.method} {self.path}: has no words; expected a line for its description")


TABLE: "web.AppKey[dict[tuple[str, str], Route]]" = web.AppKey("table", dict)


def add_routes(app: web.Application, routes: Sequence[Route]) -> None:
    """Put a table of routes into an application.

    Raises:
        ConfigError: two lines are about the same.
    """
    app[TABLE] = {(route.method, route.path): route for route in routes}
    if len(app[TABLE]) < len(routes):
        raise ConfigError("two routes have the same method and path")
    for route in routes:
        app.router.add_route(route.method, route.path, route.view)
        if route.method == "GET":
            app.router.add_route("HEAD", route.path, route.view)


async def check_routes(app: web.Application) -> None:
    """Refuse to start with a route that is not in the table: nobody would have said who may.

    Raises:
        ConfigError: it is named.
    """
    for route in app.router.routes():
        path = route.resource.canonical if route.resource else "?"
        method = "GET" if route.method == "HEAD" else route.method
        if (method, path) not in app[TABLE]:
            raise ConfigError(f"{route.method} {path}: is in no line of the table of routes: nobody said who may")


def route_of(request: web.Request) -> Route | None:
    """The line for a request; None where there is nothing of this path or method."""
    resource = request.match_info.route.resource
    method = "GET" if request.method == "HEAD" else request.method
    return request.config_dict[TABLE].get((method, resource.canonical)) if resource else None
