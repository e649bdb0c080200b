"""Ways in which the practice web misbehaves, switched while it runs."""

import asyncio
import zlib
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from aiohttp import web

RETRY_AFTER_S = 30
"""What a 429 asks for, unless told otherwise."""
BOMB_BYTES = 200 * 1024 * 1024
"""Size of the zeros once inflated."""
HOSTILE = {
    "nested": (b"<div>", 20_000_000),
    "deep": (b"<div>", 790_000),
    "crowd": (b'<div class="tgme_widget_message" data-post="crowd/1">.</div>', 1_000_000),
}
"""Pages that are meant to exhaust a reader: what is repeated, and how often. 100 MB of markup, each element in the one
before; as much of it as readers commonly take; a million posts."""
AT_ONCE = 10_000
"""Repetitions that are sent together."""
HTML = "text/html; charset=utf-8"


@dataclass(slots=True, kw_only=True)
class Faults:
    """Each one works alone and leaves the others as they are; robots.txt obeys ``robots`` only."""

    absence_after: int | None = None
    """Page requests still answered truly, counting down; at 0 everything looks absent. None: never."""
    too_many: bool = False
    """429 with ``Retry-After`` for every page."""
    retry_after_s: int = RETRY_AFTER_S
    """What it asks for."""
    status: int | None = None
    """This status, with an empty page."""
    garbage: Literal["binary", "zeros", "nested", "deep", "crowd"] | None = None
    """Bytes that are no page, called HTML; ``zeros`` is gzip that inflates to 200 MB, the others see ``HOSTILE``."""
    cut: bool = False
    """The connection ends in the middle of the body."""
    delay_s: float = 0.0
    """Before every page."""
    robots: int | str = 404
    """Status of robots.txt, or its text."""

    def count_request(self) -> bool:
        """Take note of one page request; whether its answer must look absent."""
        if self.absence_after is None:
            return False
        if self.absence_after == 0:
            return True
        self.absence_after -= 1
        return False

    async def refuse(self) -> web.Response | None:
        """Wait as long as set; the answer in place of a page, or None when it may be given."""
        await asyncio.sleep(self.delay_s)
        if self.too_many:
            return web.Response(status=429, headers={"Content-Type": HTML, "Retry-After": str(self.retry_after_s)})
        if self.status is not None:
            return web.Response(status=self.status, headers={"Content-Type": HTML})
        return None

    def answer_robots(self) -> web.Response:
        """The answer to ``/robots.txt``."""
        if isinstance(self.robots, str):
            return web.Response(text=self.robots, content_type="text/plain")
        return web.Response(status=self.robots)

    async def send(self, request: web.Request, page: str) -> web.StreamResponse:
        """Send a page, spoilt as set."""
        headers = {"Content-Type": HTML}
        body = page.encode()
        if self.garbage in HOSTILE:
            return await _send_repeated(request, headers, *HOSTILE[self.garbage])
        if self.garbage == "binary":
            body = bytes(range(256)) * 64
        elif self.garbage == "zeros":
            body = pack_zeros()
            headers["Content-Encoding"] = "gzip"
        if self.cut:
            return await _send_half(request, headers, body)
        return web.Response(body=body, headers=headers)


@lru_cache(maxsize=1)
def pack_zeros() -> bytes:
    """A gzip file of ``BOMB_BYTES`` zeros, made by repeating one flushed block."""
    block = bytes(1024 * 1024)
    rounds = BOMB_BYTES // len(block)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(rounds):
        checksum = zlib.crc32(block, checksum)
    head = b"\x1f\x8b\x08" + bytes(7)
    tail = checksum.to_bytes(4, "little") + BOMB_BYTES.to_bytes(4, "little")
    return head + packed * rounds + packer.flush() + tail


async def _send_half(request: web.Request, headers: dict[str, str], body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers=headers)
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def _send_repeated(
    request: web.Request, headers: dict[str, str], piece: bytes, number: int
) -> web.StreamResponse:
    """An answer without a length, until the reader has enough of it."""
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    with suppress(ConnectionError):
        await response.write(b"<html><body>")
        for done in range(0, number, AT_ONCE):
            await response.write(piece * min(AT_ONCE, number - done))
    return response
