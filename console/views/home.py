"""The first page, help, and the fixed files."""

from aiohttp import web

from console.pages import FILES, STATIC, render
from console.visit import visit_of
from evidence.roles import TABLE, Permission, Role, allowance


async def home_page(request: web.Request) -> web.StreamResponse:
    """What one may do here, and where."""
    role = visit_of(request).who.role
    rights = [(permission, bounds) for permission in Permission if (bounds := allowance(role, permission))]
    return render(request, "home.html", rights=rights)


async def help_page(request: web.Request) -> web.StreamResponse:
    """What this is, and the table of who may do what."""
    return render(request, "help.html", table=TABLE, roles=tuple(Role))


async def static_file(request: web.Request) -> web.StreamResponse:
    """One of the fixed files; whatever else is asked for is not there."""
    name = request.match_info["name"]
    if name not in STATIC:
        raise web.HTTPNotFound
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return web.Response(body=FILES[name], content_type=STATIC[name], charset="utf-8", headers=headers)
