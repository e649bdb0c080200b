"""The gate of hosts: only requests that name us by our own address. A page elsewhere cannot rebind its name to us."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from console.routing import route_of
from console.visit import Console, console_of
from evidence.address import is_loopback_host


@web.middleware
async def host_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let pass what was meant for us; 421 for the rest. Probes of this machine know no name."""
    route = route_of(request)
    if route and route.is_probe:
        return await handler(request)
    if len(request.headers.getall("Host", [])) != 1 or request.host.lower() not in _hosts(console_of(request)):
        raise web.HTTPMisdirectedRequest
    return await handler(request)


def _hosts(console: Console) -> set[str]:
    """Our own name; on this machine all names of this machine."""
    parts = urlsplit(console.origin)
    hosts = {console.host.lower()}
    if parts.hostname and is_loopback_host(parts.hostname):
        hosts |= {f"{name}:{parts.port or 80}" for name in ("127.0.0.1", "localhost", "[::1]")}
    return hosts


def client_ip(request: web.Request) -> str:
    """Where a request comes from: by https as our own proxy says, the last one before us; else the peer.

    An address and nothing else: it goes into the log.
    """
    said = request.headers.get("X-Forwarded-For", "").split(",")[-1] if console_of(request).is_secure else ""
    return _address(said) or _address(request.remote or "") or "-"


def _address(text: str) -> str:
    try:
        return str(ip_address(text.strip().partition("%")[0]))
    except ValueError:
        return ""
