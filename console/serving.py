"""Serves the console on a port until it is not needed any more."""

import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from errno import EADDRINUSE

from aiohttp import web

from console.app import create_app
from console.routes import ROUTES
from console.routing import Route
from console.visit import Console
from evidence.errors import ConfigError

END_S = 5.0
"""How long requests that are under way may take when we stop."""


@asynccontextmanager
async def serving(
    make: Callable[[str, int], Console], host: str, port: int, routes: Sequence[Route] = ROUTES
) -> AsyncIterator[Console]:
    """Serve a console.

    Args:
        make: makes it, given host and port that are listened on.
        host: such as ``127.0.0.1``.
        port: 0 for any that is free.
        routes: the table; another one in tests only.

    Raises:
        ConfigError: the port is taken, or this machine has no such address.
    """
    with closing(_listen(host, port)) as listening:
        console = make(host, listening.getsockname()[1])
        app = create_app(console, routes)
        runner = web.AppRunner(app, handle_signals=False, access_log=None, shutdown_timeout=END_S)
        try:
            await runner.setup()
            await web.SockSite(runner, listening).start()
            yield console
        finally:
            await runner.cleanup()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as problem:
        listening.close()
        why = "is used by another program: stop it, or set another port"
        if problem.errno != EADDRINUSE:
            why = f"cannot be listened on: {problem.strerror or problem}"
        raise ConfigError(f"HAECHI_CONSOLE: {host}:{port} {why}") from None
    listening.setblocking(False)
    return listening
