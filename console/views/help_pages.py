"""Help for each role, in a file of its own for each language: what to do first, the keys, a way to practise."""

from aiohttp import web

from console.pages import render
from console.visit import visit_of
from evidence.roles import Role


async def role_page(request: web.Request) -> web.StreamResponse:
    """What somebody of a role does here, step by step."""
    try:
        role = Role(request.match_info["role"])
    except ValueError:
        raise web.HTTPNotFound from None
    return render(request, "help_role.html", role=role, roles=tuple(Role), text=f"help_{visit_of(request).lang}.html")
