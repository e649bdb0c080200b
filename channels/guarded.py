"""Connections to the outside: to public addresses alone, without cookies, proxy or the settings of this machine."""

import ipaddress
import socket
from collections.abc import Mapping

import aiohttp

from evidence.errors import SourceUnavailable

TIMEOUT = aiohttp.ClientTimeout(total=60, connect=15, sock_read=30)
MOST_CONNECTIONS = 20
_NAT64 = ipaddress.ip_network("64:ff9b::/32")
"""RFC 6052 and RFC 8215: IPv6 addresses whose last 32 bits are an IPv4 one."""


def guarded_session(
    *,
    allow_loopback: bool,
    timeout: aiohttp.ClientTimeout = TIMEOUT,
    headers: Mapping[str, str] | None = None,
    response_class: type[aiohttp.ClientResponse] = aiohttp.ClientResponse,
) -> aiohttp.ClientSession:
    """A session that connects to public addresses alone; the check is on the address that is connected to.

    Args:
        allow_loopback: practice and tests: this machine is reached too.
        timeout: of every request.
        headers: of every request.
        response_class: of its answers.
    """

    def guarded_socket(info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = info
        address = ipaddress.ip_address(str(where[0]))
        if not is_public(address) and not (allow_loopback and address.is_loopback):
            raise SourceUnavailable(f"address refused: {address} is not a public address")
        return socket.socket(family, kind, protocol)

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(socket_factory=guarded_socket, limit=MOST_CONNECTIONS),
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=headers,
        response_class=response_class,
        trust_env=False,
    )


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Globally routable, looking through IPv6 addresses that carry an IPv4 one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if inner:
            return is_public(inner)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(address.packed[-4:]))
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)
