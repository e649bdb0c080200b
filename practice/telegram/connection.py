"""A client's connection with its key and session, and the packets that go out on it."""

import asyncio
import contextlib
import os
import struct
import time
from dataclasses import dataclass, field

from telethon.crypto import AuthKey
from telethon.tl.core import MessageContainer

from practice.telegram.cipher import encrypt
from practice.telegram.transports import Codec, Scramble

ANSWER, OWN = 1, 3
"""Last bits of a message id: an answer to a request, or a message of the server's own."""
_MOST, _LARGEST = 50, 500_000
"""Messages and bytes of one packet."""


@dataclass(slots=True, eq=False)
class Key:
    """A client's key and what is known of who has it."""

    auth: AuthKey
    user_id: int | None = None
    """None until somebody signs in."""
    salt: int = field(default_factory=lambda: new_number())
    layer: int | None = None
    revoked: str | None = None
    """The error that every call gets."""
    is_unknown: bool = False
    """Whether the server denies to know the key."""
    code_hash: str | None = None
    password_check: tuple[int, int, int] | None = None
    """Secret, public value and verifier of a two-step password that is being checked."""
    connections: set["Connection"] = field(default_factory=set)

    @property
    def id(self) -> int:
        """The number by which packets name it."""
        return int(self.auth.key_id)

    @property
    def raw(self) -> bytes:
        """Its 256 bytes."""
        return bytes(self.auth.key)


@dataclass(slots=True, eq=False)
class Session:
    """One key used under one session number; a client that reconnects may begin another."""

    key: Key
    id: int
    gets_updates: bool = False
    is_announced: bool = False
    subscribed_until: dict[int, float] = field(default_factory=dict)
    """By channel id: until when updates come without having joined."""
    _sent: int = 0

    def next_number(self, is_content: bool) -> int:
        """Sequence number of the next message."""
        number = self._sent * 2 + is_content
        self._sent += is_content
        return number


class MessageIds:
    """Message ids: the real time, always rising."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, kind: int) -> int:
        """A new id that ends in ``ANSWER`` or ``OWN``."""
        now = time.time_ns()
        at = (now // 10**9 << 32) | ((now % 10**9 << 32) // 10**9 & ~3)
        self._last = max(at, self._last + 4)
        return self._last | kind


class Connection:
    """What one client is sent; reading is left to ``packets.py``."""

    def __init__(self, writer: asyncio.StreamWriter, number: int, ids: MessageIds) -> None:
        self.number = number
        self.key: Key | None = None
        self.session: Session | None = None
        self.exchange: dict[str, int] = {}
        """Numbers of a key exchange under way."""
        self.is_closed = False
        self.timer: asyncio.TimerHandle | None = None
        self._codec: Codec | None = None
        self._scramble: Scramble | None = None
        self._writer, self._ids = writer, ids
        self._queue: list[tuple[bytes, bool, int]] = []
        self._wake = asyncio.Event()

    def speak(self, codec: Codec, scramble: Scramble | None) -> None:
        """Send in a client's transport from now on."""
        self._codec, self._scramble = codec, scramble

    def queue(self, body: bytes, is_content: bool = True, kind: int = OWN) -> None:
        """Send a message with the next packet."""
        self._queue.append((body, is_content, kind))
        self._wake.set()

    def write(self, packet: bytes, is_broken: bool = False) -> None:
        """Send a packet now."""
        if not self.is_closed:
            self._writer.write(self._frame(packet, is_broken))

    def write_plain(self, body: bytes) -> None:
        """Send a message without a key."""
        self.write(struct.pack("<qqi", 0, self._ids.next(ANSWER), len(body)) + body)

    def write_answer(self, body: bytes, is_garbage: bool = False, is_broken: bool = False) -> None:
        """Send one answer now, with a wrong message key or a wrong checksum."""
        self.write(self._seal(self._pack([(body, True, ANSWER)]), is_garbage), is_broken)

    def write_half(self, body: bytes) -> None:
        """Send the first half of an answer."""
        framed = self._frame(self._seal(self._pack([(body, True, ANSWER)])))
        self._writer.write(framed[: max(8, len(framed) // 2)])

    def close(self, abort: bool = False) -> None:
        """End the connection; ``abort`` sends nothing of what waits."""
        if self.is_closed:
            return
        self.is_closed = True
        self._wake.set()
        if self.timer:
            self.timer.cancel()
        if self.key:
            self.key.connections.discard(self)
        if abort:
            self._writer.transport.abort()
        else:
            self._writer.close()

    async def close_soon(self) -> None:
        """End the connection when what was written is on its way."""
        with contextlib.suppress(ConnectionError):
            await self._writer.drain()
        await asyncio.sleep(0.05)
        self.close()

    async def send_queued(self) -> None:
        """Send what is queued until the connection ends."""
        while not self.is_closed:
            await self._wake.wait()
            self._wake.clear()
            while self._queue and not self.is_closed:
                self.write(self._seal(self._pack(self._take_batch())))
                try:
                    await self._writer.drain()
                except ConnectionError:
                    self.close()

    def _take_batch(self) -> list[tuple[bytes, bool, int]]:
        number = size = 0
        while number < min(len(self._queue), _MOST) and size < _LARGEST:
            size += len(self._queue[number][0])
            number += 1
        batch, self._queue = self._queue[:number], self._queue[number:]
        return batch

    def _pack(self, messages: list[tuple[bytes, bool, int]]) -> bytes:
        if len(messages) == 1:
            return self._pack_one(*messages[0])
        inner = struct.pack("<Ii", MessageContainer.CONSTRUCTOR_ID, len(messages))
        return self._pack_one(inner + b"".join(self._pack_one(*message) for message in messages), False, OWN)

    def _pack_one(self, body: bytes, is_content: bool, kind: int) -> bytes:
        number = self._require_session().next_number(is_content)
        return struct.pack("<qii", self._ids.next(kind), number, len(body)) + body

    def _seal(self, message: bytes, is_garbage: bool = False) -> bytes:
        session = self._require_session()
        plain = struct.pack("<qq", session.key.salt, session.id) + message
        return struct.pack("<Q", session.key.id) + encrypt(session.key.raw, plain, is_garbage)

    def _frame(self, packet: bytes, is_broken: bool = False) -> bytes:
        if self._codec is None:
            raise ConnectionError("nothing can be sent before the client's transport is known")
        framed = self._codec.encode(packet, is_broken)
        return self._scramble(framed) if self._scramble else framed

    def _require_session(self) -> Session:
        if self.session is None:
            raise ConnectionError("nothing can be sealed before the client's session is known")
        return self.session


def new_number() -> int:
    """A random number of 64 bits."""
    return int.from_bytes(os.urandom(8), "little", signed=True)
