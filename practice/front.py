"""A door before a site of practice: what a bad network, a bad certificate or a hostile peer makes of connections.

What a site itself answers wrongly is ``practice/faults.py``; here the bytes of right answers do not arrive.
"""

import asyncio
import ssl
from contextlib import suppress
from typing import Literal

Door = Literal["open", "reset", "silent", "half", "drip"]
"""``open`` hands everything on; ``reset`` ends each connection at once; ``silent`` takes it and never answers; ``half``
falls silent in the middle of an answer; ``drip`` lets through a byte a second."""
HALF_BYTES, DRIP_S, PIECE = 2_000, 1.0, 65_536


class Front:
    """Hands connections on to a port of this machine, as its door lets it."""

    def __init__(self, behind: int) -> None:
        """Prepare.

        Args:
            behind: port of the site.
        """
        self.port = 0
        self._behind = behind
        self._door: Door = "open"
        self._listening: asyncio.Server | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    async def start(self, shown: ssl.SSLContext | None = None) -> int:
        """Take connections, always at the same port; returns it.

        Args:
            shown: what the host shows of itself; None: no TLS.
        """
        self._listening = await asyncio.start_server(self._take, "127.0.0.1", self.port, ssl=shown)
        self.port = self._listening.sockets[0].getsockname()[1]
        return self.port

    async def stop(self) -> None:
        """Take none any more, and end those there are."""
        if self._listening is not None:
            self._listening.close()
        self._end_all()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await asyncio.sleep(0)  # what was aborted closes in the loop's next turn

    async def show(self, shown: ssl.SSLContext) -> None:
        """Show something else of the host; connections there are end."""
        await self.stop()
        await self.start(shown)

    async def turn(self, door: Door) -> None:
        """Treat connections so from now on; those there are end."""
        self._door = door
        self._end_all()

    def _end_all(self) -> None:
        for task in self._under_way:
            task.cancel()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            await asyncio.wait([task])
        finally:
            writer.transport.abort()  # here: a task that is cancelled before it began never comes to its end

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._door == "silent":
            await asyncio.Event().wait()
        elif self._door != "reset":
            await self._hand_on(reader, writer)

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection("127.0.0.1", self._behind)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            asking = asyncio.create_task(_pour(reader, outer))
            try:
                await self._answer(inner, writer)
            finally:
                asking.cancel()
                outer.transport.abort()

    async def _answer(self, inner: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._door == "half":
            writer.write(await inner.readexactly(HALF_BYTES))
            await asyncio.Event().wait()
        elif self._door == "drip":
            while byte := await inner.read(1):
                writer.write(byte)
                await asyncio.sleep(DRIP_S)
        else:
            await _pour(inner, writer)


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
