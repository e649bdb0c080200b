"""The one function that fetches anything over http: guarded, paced, bounded.

https only; every address that a name resolves to is checked at the moment of connecting, so neither
a redirect nor a changed name reaches a private network. No cookies, no proxy, no disguise.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.connector import Connection

from channels.guarded import TIMEOUT, guarded_session
from channels.pace import Pace
from channels.robots import Robots
from evidence.address import parse_web_address
from evidence.errors import ConfigError, RateLimited, SourceUnavailable, UnreadableCapture
from evidence.records import Exchange

LARGEST_BYTES = 4_000_000
MOST_REDIRECTS = 3
MOST_ROBOTS_REDIRECTS = 5
"""RFC 9309 section 2.3.1.2: of robots.txt at least five are followed."""
REDIRECTS = (301, 302, 303, 307, 308)
CONTENT_TYPES = ("text/html", "text/plain", "application/json", "application/xhtml+xml")
PRODUCT = "Haechi/0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer with status 200."""

    url: str
    """Where it came from in the end, redirects followed."""
    status: int
    body: bytes
    """Decompressed."""
    fetched_at: datetime
    exchange: Exchange

    @property
    def sha256(self) -> str:
        """Of the body, hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()


class _Answer(aiohttp.ClientResponse):
    """Remembers who answers: the connection is given back as soon as the last byte is there."""

    who: tuple[str | None, str | None] = (None, None)
    """Address, and hash of the TLS certificate."""

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Called with the connection before anything is read."""
        transport = connection.transport
        if transport is not None:
            peer, tls = transport.get_extra_info("peername"), transport.get_extra_info("ssl_object")
            certificate = tls.getpeercert(binary_form=True) if tls is not None else None
            hashed = hashlib.sha256(certificate).hexdigest() if certificate else None
            self.who = (str(peer[0]) if peer else None, hashed)
        return await super().start(connection)


def user_agent(contact: str | None) -> str:
    """Say who we are and how to reach the operator."""
    return f"{PRODUCT} (public channel monitor for student protection; contact: {contact or 'practice'})"


class Fetcher:
    """Fetches public pages; one for the whole program."""

    def __init__(
        self,
        *,
        contact: str | None,
        pace: Pace,
        allow_loopback: bool = False,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        """Prepare; nothing is opened before ``async with``.

        Args:
            contact: address of the operator, part of the user agent.
            pace: turns of the hosts.
            allow_loopback: practice and tests: http and this machine's own addresses are accepted.
            timeout: of every request.
        """
        self._pace = pace
        self._allow_loopback = allow_loopback
        self._timeout = timeout
        self._agent = user_agent(contact)
        self._robots = Robots(self._ask_robots, self._agent)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        headers = {"User-Agent": self._agent, "Accept-Language": "en"}
        self._session = guarded_session(
            allow_loopback=self._allow_loopback, timeout=self._timeout, headers=headers, response_class=_Answer
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, url: str, hosts: Collection[str]) -> Response:
        """Fetch a page, robots.txt permitting.

        Args:
            url: absolute address.
            hosts: names (with a port, if any) that may be asked; a redirect elsewhere is refused.

        Raises:
            RateLimited: 403, 429, 503 with a time to wait, or the host still wants to be left alone.
            SourceUnavailable: no answer, a refusal, an error of the host, a forbidden address.
            UnreadableCapture: wrong content type, too large, or cut.
        """
        asked = url
        hops: list[str] = []
        for _ in range(MOST_REDIRECTS + 1):
            self._check_address(url, hosts)
            delay_s = await self._robots.check(url)
            if delay_s is not None:
                self._pace.slow_down(urlsplit(url).netloc, delay_s)
            answer = await self._ask(url)
            if isinstance(answer, Response):
                exchange = replace(answer.exchange, asked=asked, hops=tuple(hops))
                return replace(answer, exchange=exchange)
            url = urljoin(url, answer)
            hops.append(url)
        raise SourceUnavailable(f"{url}: more than {MOST_REDIRECTS} redirects")

    def leave_alone(self, url: str) -> float:
        """A page showed that its host limits us without saying so: back off. Returns the seconds."""
        return self._pace.hold(urlsplit(url).netloc, None)

    def _check_address(self, url: str, hosts: Collection[str]) -> None:
        try:
            parse_web_address(url, self._allow_loopback)
        except ConfigError as problem:
            raise SourceUnavailable(f"address refused: {problem}") from None
        if urlsplit(url).netloc.lower() not in hosts:
            raise SourceUnavailable(f"address refused: {url} leads away from {', '.join(sorted(hosts))}")

    async def _ask(self, url: str) -> Response | str:
        """One request in its turn; a redirect is returned as its target."""
        host = urlsplit(url).netloc
        async with self._pace.turn(host):
            began_at = datetime.now(UTC)
            try:
                async with self._open.get(url, allow_redirects=False) as answer:
                    return await self._read(url, host, answer, began_at)
            except aiohttp.ClientPayloadError:
                raise UnreadableCapture(f"{url}: the answer was cut or wrongly compressed") from None
            except TimeoutError:
                raise SourceUnavailable(f"{url}: no answer in time") from None
            except (aiohttp.ClientError, OSError) as problem:
                raise SourceUnavailable(f"{url}: {type(problem).__name__}") from None

    async def _read(self, url: str, host: str, answer: aiohttp.ClientResponse, began_at: datetime) -> Response | str:
        if answer.status in REDIRECTS:
            return answer.headers.get("Location", "")
        retry_after = answer.headers.get("Retry-After")
        if answer.status in (403, 429) or (answer.status == 503 and retry_after is not None):
            wait_s = self._pace.hold(host, _retry_after_s(retry_after))
            raise RateLimited(f"{url}: answered {answer.status}; left alone for {wait_s:.0f} s", wait_s)
        if answer.status != 200:
            raise SourceUnavailable(f"{url}: answered {answer.status}")
        if answer.content_type not in CONTENT_TYPES:
            raise UnreadableCapture(f"{url}: {answer.content_type} instead of a page")
        body = await _bounded(url, answer)
        at = datetime.now(UTC)
        resolved, certificate = answer.who if isinstance(answer, _Answer) else (None, None)
        exchange = Exchange(
            asked=url, began_at=began_at, ended_at=at, resolved=resolved, certificate_sha256=certificate
        )
        return Response(url=url, status=answer.status, body=body, fetched_at=at, exchange=exchange)

    async def _ask_robots(self, url: str) -> tuple[int, str]:
        """The same request without the check that it serves; errors count by their status."""
        first = url
        for _ in range(MOST_ROBOTS_REDIRECTS + 1):
            self._check_address(url, (urlsplit(first).netloc.lower(),))
            status, text = await self._ask_once(url)
            if status not in REDIRECTS:
                return status, text
            url = urljoin(url, text)
        raise SourceUnavailable(f"{first}: more than {MOST_ROBOTS_REDIRECTS} redirects")

    async def _ask_once(self, url: str) -> tuple[int, str]:
        """One request for robots.txt in its turn; the text of a redirect is its target."""
        async with self._pace.turn(urlsplit(url).netloc):
            try:
                async with self._open.get(url, allow_redirects=False) as answer:
                    if answer.status in REDIRECTS:
                        return answer.status, answer.headers.get("Location", "")
                    body = await _bounded(url, answer) if answer.status == 200 else b""
                    return answer.status, body.decode("utf-8", "replace")
            except (aiohttp.ClientError, TimeoutError, OSError) as problem:
                raise SourceUnavailable(f"{url}: {type(problem).__name__}") from None

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        return self._session


async def _bounded(url: str, answer: aiohttp.ClientResponse) -> bytes:
    """The body, as long as it stays within bounds after decompression."""
    body = bytearray()
    async for chunk in answer.content.iter_chunked(65_536):
        body += chunk
        if len(body) > LARGEST_BYTES:
            answer.close()
            raise UnreadableCapture(f"{url}: larger than {LARGEST_BYTES:,} bytes")
    return bytes(body)


def _retry_after_s(header: str | None) -> float | None:
    """Seconds that a ``Retry-After`` header asks for, given as seconds or as a date (RFC 9110)."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None
