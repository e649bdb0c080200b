"""The practice Telegram on loopback: an MTProto server for a client that does not know the difference."""

import asyncio
import contextlib
import json
import struct
from types import TracebackType
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from telethon.errors import TypeNotFoundError

from practice.telegram.connection import Connection
from practice.telegram.packets import take_packet
from practice.telegram.switchboard import DC_ID, Switchboard
from practice.telegram.transports import detect
from practice.telegram.world import TelegramWorld

HOST = "127.0.0.1"
_LONGEST_LINE = 1 << 22
_TICK_S = 0.05
"""How often the script looks at the world's clock, which may be faster than the real one."""


class TelegramServer(Switchboard):
    """A server of one world; use it with ``async with``."""

    def __init__(self, world: TelegramWorld, port: int = 0, private_key: RSAPrivateKey | None = None) -> None:
        """Prepare.

        Args:
            world: what is served; may be changed while the server runs.
            port: 0 picks a free one.
            private_key: only key exchanges need it; None makes one when it is first asked for.
        """
        super().__init__(world, private_key)
        self.port = port
        self.control_port: int | None = None
        self._listening: asyncio.Server | None = None
        self._controlled: asyncio.Server | None = None
        self._numbers = 0
        world.listener = self

    async def __aenter__(self) -> Self:
        await self.listen()
        if self.world.script:
            self.spawn(self._run_script())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_listening()
        if self._controlled:
            self._controlled.close()
        self.drop_all()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def listen(self) -> None:
        """Take connections from now on, always at the same port."""
        self._listening = await asyncio.start_server(self._serve, HOST, self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    def stop_listening(self) -> None:
        """Take no more connections; those that are there stay."""
        if self._listening:
            self._listening.close()

    async def outage(self, seconds: float) -> None:
        """Drop everybody and refuse connections for so many real seconds."""
        self.note("outage", seconds=seconds)
        self.stop_listening()
        self.drop_all()
        await asyncio.sleep(seconds)
        await self.listen()

    def control(self, op: dict[str, Any]) -> Any:
        """Run an operation on connections or keys: ``type`` and what it needs.

        Raises:
            ValueError: there is no such operation.
        """
        match op["type"]:
            case "drop_connections":
                self.drop_all()
            case "outage":
                self.spawn(self.outage(op["seconds"]))
            case "rotate_salt":
                self.rotate_salt()
            case "revoke":
                self.revoke(op.get("error", "AUTH_KEY_UNREGISTERED"), op.get("transport", False))
            case "restore":
                self.restore()
            case unknown:
                raise ValueError(f"unknown operation {unknown!r}")

    async def start_control(self, port: int = 0) -> int:
        """Take operations as lines of JSON, ``{"type": "post", ...}``; returns the port."""
        self._controlled = await asyncio.start_server(self._take_operations, HOST, port, limit=_LONGEST_LINE)
        self.control_port = int(self._controlled.sockets[0].getsockname()[1])
        return self.control_port

    async def _take_operations(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._keep(asyncio.current_task())
        try:
            with contextlib.suppress(ConnectionError):
                while line := await reader.readline():
                    writer.write(self._try_operation(line) + b"\n")
                    await writer.drain()
        finally:
            writer.close()

    def _try_operation(self, line: bytes) -> bytes:
        try:
            told = {"ok": True, "result": self.world.apply(json.loads(line))}
        except (LookupError, TypeError, ValueError) as error:
            told = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        return json.dumps(told, default=str).encode()

    async def _run_script(self) -> None:
        world = self.world
        began = world.clock()
        for op in world.script:
            while world.clock() < began + float(op["at"]):  # noqa: ASYNC110 - the clock wakes nobody
                await asyncio.sleep(_TICK_S)
            try:
                world.apply(op)
                self.note("script", op=op["type"], at=op["at"])
            except (LookupError, TypeError, ValueError) as error:
                self.note("script_error", op=op.get("type"), error=repr(error))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._keep(asyncio.current_task())
        self._numbers += 1
        connection = Connection(writer, self._numbers, self.ids)
        self.connections.add(connection)
        sending = self.spawn(connection.send_queued())
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):  # the client left
                await self._receive(reader, connection)
        except (BufferError, TypeNotFoundError, ValueError, struct.error) as error:
            self.note("unreadable_packet", conn=connection.number, error=repr(error)[:120])
        finally:
            self.note("disconnect", conn=connection.number)
            connection.close()
            sending.cancel()
            self.connections.discard(connection)

    async def _receive(self, reader: asyncio.StreamReader, connection: Connection) -> None:
        codec, source, head, scramble = await detect(reader)
        connection.speak(codec, scramble)
        name = codec.name + ("+obfuscated" if scramble else "")
        self.note("connect", conn=connection.number, transport=name, dc=DC_ID)
        while not connection.is_closed:
            packet = await codec.read(source, head)
            head = b""
            if not take_packet(self, connection, packet):
                return
