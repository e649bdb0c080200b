"""A wire between the driver and a server that can be cut at a chosen command, or that answers in the server's place.

What an election does to a client is done here on purpose: MongoDB's wire protocol carries it the same.
"""

import asyncio
import struct
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlsplit

import bson

T = TypeVar("T")

MESSAGE = 2013
"""The one operation that carries commands."""
HEADER = struct.Struct("<4i")
BODY = HEADER.size + 5
"""Where the command begins, behind flags and the kind of section."""
POLL = "&heartbeatFrequencyMS=500&serverMonitoringMode=poll"
"""A server that steps down tells the driver's monitor; here nobody does, so it asks often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command gets instead of the server's answer."""

    answer: Mapping[str, Any]
    server_gets: str
    """The command that the server gets in its place: the same, or ``abortTransaction`` where it is to forget."""


@dataclass(slots=True)
class Relay:
    """Where the server is, and what is done to which command; each list and number is used up."""

    server: int
    """Port of the server on this machine; may change."""
    instead: dict[str, list[Said]] = field(default_factory=dict)
    lost_requests: dict[str, int] = field(default_factory=dict)
    """By command, how many times the wire is cut before the server hears of it."""
    lost_answers: dict[str, int] = field(default_factory=dict)
    """By command, how many times the wire is cut after the server has answered."""
    carrying: set["asyncio.Task[None] | None"] = field(default_factory=set)
    """Connections that are open."""
    answers: dict[int, Mapping[str, Any] | None] = field(default_factory=dict)
    """By the number of its request, what is said instead; None cuts the wire."""

    async def carry(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it or it is cut."""
        self.carrying.add(asyncio.current_task())
        try:
            server, to_server = await asyncio.open_connection("127.0.0.1", self.server)
        except OSError:
            await _close(to_client)
            return
        ways = [
            asyncio.create_task(_carry(client, to_server, self._asked)),
            asyncio.create_task(_carry(server, to_client, self._answered)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            await _close(to_server)
            await _close(to_client)
            self.carrying.discard(asyncio.current_task())

    def _asked(self, frame: bytes) -> bytes | None:
        """What the server gets; None cuts the wire."""
        _, number, _, kind = HEADER.unpack_from(frame)
        if kind != MESSAGE:
            return frame
        (size,) = struct.unpack_from("<i", frame, BODY)
        command = bson.decode(frame[BODY : BODY + size])
        name = next(iter(command))
        if waiting := self.instead.get(name):
            said = waiting.pop(0)
            self.answers[number] = said.answer
            return frame if said.server_gets == name else _renamed(command, name, said.server_gets, number)
        if _is_lost(self.lost_requests, name):
            return None
        if _is_lost(self.lost_answers, name):
            self.answers[number] = None
        return frame

    def _answered(self, frame: bytes) -> bytes | None:
        """What the driver gets; None cuts the wire."""
        number = HEADER.unpack_from(frame)[2]
        if number not in self.answers:
            return frame
        answer = self.answers.pop(number)
        return None if answer is None else _message(answer, 0, number)


def _is_lost(losses: dict[str, int], name: str) -> bool:
    losses[name] = losses.get(name, 0) - 1
    return losses[name] >= 0


def _renamed(command: Mapping[str, Any], name: str, to: str, number: int) -> bytes:
    kept = {key: command[key] for key in ("lsid", "txnNumber", "autocommit")}
    return _message({to: 1, **kept, "$db": "admin"}, number, 0)


def _message(body: Mapping[str, Any], number: int, to: int) -> bytes:
    content = struct.pack("<iB", 0, 0) + bson.encode(body)
    return HEADER.pack(HEADER.size + len(content), number, to, MESSAGE) + content


async def _carry(
    source: asyncio.StreamReader, to: asyncio.StreamWriter, changed: Callable[[bytes], bytes | None]
) -> None:
    with suppress(asyncio.IncompleteReadError, OSError):
        while True:
            head = await source.readexactly(HEADER.size)
            frame = changed(head + await source.readexactly(HEADER.unpack(head)[0] - HEADER.size))
            if frame is None:
                return
            to.write(frame)
            await to.drain()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@contextmanager
def relayed(uri: str) -> Iterator[tuple[Relay, str]]:
    """A relay before the server of a URI, which is on this machine, and the URI that leads through it.

    It has a thread of its own: the driver says good-bye to its server while it holds the caller's loop.
    """
    asked = urlsplit(uri)
    assert asked.port
    relay, loop = Relay(asked.port), asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    listening = _done(asyncio.start_server(relay.carry, "127.0.0.1", 0), loop)
    user, is_named, _ = asked.netloc.rpartition("@")
    port = listening.sockets[0].getsockname()[1]
    try:
        yield relay, asked._replace(netloc=f"{user}{is_named}127.0.0.1:{port}", query=asked.query + POLL).geturl()
    finally:
        _done(_end(relay, listening), loop)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _done(work: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop) -> T:
    return asyncio.run_coroutine_threadsafe(work, loop).result()


async def _end(relay: Relay, listening: asyncio.Server) -> None:
    listening.close()
    left = [task for task in relay.carrying if task is not None]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
