"""For whatever keeps the console running: does it live, can it serve? A word for anyone, without a session."""

from aiohttp import web

from console.visit import console_of
from storage.readiness import is_ready

WITHIN_S = 2.0
"""A store that needs longer is one that people wait for."""


async def healthz(request: web.Request) -> web.StreamResponse:
    """This process answers; nothing else is asked, so that it is not restarted for the store's sake."""
    return web.Response(text="ok\n")


async def readyz(request: web.Request) -> web.StreamResponse:
    """The store answers too; 503 while it does not."""
    if await is_ready(console_of(request).store, WITHIN_S):
        return web.Response(text="ready\n")
    return web.Response(text="not ready\n", status=503, headers={"Retry-After": "5"})
