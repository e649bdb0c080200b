"""The one table of what can be asked for, and who may. What is not in it is not there.

A page family adds its lines here, its pages in ``console/views/``, and where it can be gone to in
``console/navigation.py``.
"""

from aiohttp import web

from console.gates.headers import REPORTS
from console.item_routes import ITEM_ROUTES
from console.notice_routes import NOTICE_ROUTES
from console.openapi import describe
from console.queue_routes import QUEUE_ROUTES
from console.rates import Pace
from console.routing import Access, Route, Scope
from console.views import account, api, health, home, live, people, second_factor, sign_in
from console.watchlist_routes import WATCHLIST_ROUTES
from evidence.roles import Permission


async def openapi(request: web.Request) -> web.StreamResponse:
    """The description of the API."""
    return web.json_response(describe(ROUTES))


ROUTES: tuple[Route, ...] = (
    Route("GET", "/", home.home_page, Access.SIGNED_IN),
    Route("GET", "/help", home.help_page, Access.ANYONE),
    Route("GET", "/static/{name}", home.static_file, Access.ANYONE, is_background=True),
    Route("GET", "/healthz", health.healthz, Access.ANYONE, is_probe=True, is_background=True),
    Route("GET", "/readyz", health.readyz, Access.ANYONE, is_probe=True, is_background=True),
    Route("GET", "/events", live.events, Access.SIGNED_IN, Scope.LISTED, is_background=True),
    Route("POST", REPORTS, live.take_report, Access.ANYONE, takes_reports=True, is_background=True),
    # signing in
    Route("GET", "/sign-in", sign_in.sign_in_page, Access.ANYONE, pace=Pace.SIGN_IN),
    Route("POST", "/sign-in", sign_in.sign_in, Access.ANYONE, pace=Pace.SIGN_IN),
    Route("POST", "/sign-in/link", sign_in.choose_password, Access.ANYONE, pace=Pace.SIGN_IN),
    Route("GET", "/sign-in/code", sign_in.code_page, Access.HALF_WAY),
    Route("POST", "/sign-in/code", sign_in.give_code, Access.HALF_WAY, pace=Pace.SIGN_IN),
    Route("GET", "/sign-in/set-up", second_factor.set_up_page, Access.HALF_WAY),
    Route("POST", "/sign-in/set-up", second_factor.set_up, Access.HALF_WAY, pace=Pace.SIGN_IN),
    Route("GET", "/step-up", sign_in.step_up_page, Access.SIGNED_IN),
    Route("POST", "/step-up", sign_in.step_up, Access.SIGNED_IN, pace=Pace.SIGN_IN),
    Route("POST", "/sign-out", sign_in.sign_out, Access.SIGNED_IN),
    # one's own account
    Route("POST", "/language", account.choose_lang, Access.ANYONE),
    Route("GET", "/account", account.account_page, Access.SIGNED_IN),
    Route("POST", "/account/preferences", account.prefer, Access.SIGNED_IN),
    Route("POST", "/account/password", account.change_password, Access.SIGNED_IN, pace=Pace.SIGN_IN),
    Route("GET", "/account/code", second_factor.set_up_page, Access.SIGNED_IN, needs_proof=True),
    Route("POST", "/account/code", second_factor.set_up, Access.SIGNED_IN, needs_proof=True),
    # accounts of others
    Route("GET", "/people", people.people_page, Permission.PEOPLE),
    Route("POST", "/people", people.add, Permission.PEOPLE, needs_proof=True),
    Route("GET", "/people/{person}", people.person_page, Permission.PEOPLE),
    Route("POST", "/people/{person}", people.change_person, Permission.PEOPLE, needs_proof=True),
    Route("GET", "/role-changes", people.role_changes_page, Permission.APPROVE_ROLE),
    Route("POST", "/role-changes", people.decide, Permission.APPROVE_ROLE, needs_proof=True),
    # JSON
    Route("GET", "/api/openapi.json", openapi, Access.SIGNED_IN, words="This description."),
    Route("GET", "/api/me", api.me, Access.SIGNED_IN, gives=api.Me, words="Who asks, and what they may."),
    Route(
        "PUT",
        "/api/me",
        api.prefer,
        Access.SIGNED_IN,
        body=account.Preferences,
        gives=api.Me,
        words="Keep language and time zone.",
    ),
    Route(
        "GET",
        "/api/people",
        api.people,
        Permission.PEOPLE,
        gives=api.People,
        words="Everybody who may sign in, or might once.",
    ),
    *QUEUE_ROUTES,
    *ITEM_ROUTES,
    *WATCHLIST_ROUTES,
    *NOTICE_ROUTES,
)
"""Method, path, who answers, who may, and how it keeps to the offices of whoever asks."""
