"""How packets are cut out of a connection: Telegram's transports, recognised by their first bytes."""

import os
import random
import struct
import zlib
from collections.abc import Callable
from typing import Protocol

from telethon.crypto import AESModeCTR

_LARGEST = 1 << 24
Scramble = Callable[[bytes], bytes]


class ByteSource(Protocol):
    """Where bytes come from."""

    async def readexactly(self, n: int, /) -> bytes:
        """Exactly so many bytes."""
        ...


class Codec(Protocol):
    """One way of framing packets."""

    name: str

    async def read(self, source: ByteSource, head: bytes = b"") -> bytes:
        """The next packet; ``head`` was read of it already."""
        ...

    def encode(self, packet: bytes, is_broken: bool = False) -> bytes:
        """A packet as it is sent, with a wrong checksum where there is one to be ``is_broken``."""
        ...


class FullCodec:
    """Length, sequence number and checksum around each packet."""

    name = "full"

    def __init__(self) -> None:
        self._sent = 0

    async def read(self, source: ByteSource, head: bytes = b"") -> bytes:
        """The next packet.

        Raises:
            ConnectionError: its length or checksum is wrong.
        """
        head += await source.readexactly(8 - len(head))
        (length, _) = struct.unpack("<ii", head)
        if not 12 <= length <= _LARGEST:
            raise ConnectionError(f"packet of {length} bytes")
        body = await source.readexactly(length - 8)
        if struct.unpack("<I", body[-4:])[0] != zlib.crc32(head + body[:-4]):
            raise ConnectionError("wrong checksum")
        return body[:-4]

    def encode(self, packet: bytes, is_broken: bool = False) -> bytes:
        """Frame a packet."""
        framed = struct.pack("<ii", len(packet) + 12, self._sent) + packet
        self._sent += 1
        return framed + struct.pack("<I", zlib.crc32(framed) ^ is_broken)


class AbridgedCodec:
    """Length in words of four bytes, in one byte where it fits."""

    name = "abridged"

    async def read(self, source: ByteSource, head: bytes = b"") -> bytes:
        """The next packet."""
        words = (head or await source.readexactly(1))[0]
        if words >= 127:
            words = int.from_bytes(await source.readexactly(3), "little")
        return await source.readexactly(words << 2)

    def encode(self, packet: bytes, is_broken: bool = False) -> bytes:
        """Frame a packet."""
        words = len(packet) >> 2
        return (bytes([words]) if words < 127 else b"\x7f" + words.to_bytes(3, "little")) + packet


class IntermediateCodec:
    """Length in four bytes, perhaps with some bytes of padding."""

    name = "intermediate"

    def __init__(self, is_padded: bool = False) -> None:
        self._is_padded = is_padded

    async def read(self, source: ByteSource, head: bytes = b"") -> bytes:
        """The next packet."""
        (length,) = struct.unpack("<i", head + await source.readexactly(4 - len(head)))
        packet = await source.readexactly(length & 0x7FFFFFFF)
        return packet[: len(packet) // 4 * 4] if self._is_padded else packet

    def encode(self, packet: bytes, is_broken: bool = False) -> bytes:
        """Frame a packet."""
        if self._is_padded:
            packet += os.urandom(random.randrange(4))  # noqa: S311 - only a length
        return struct.pack("<i", len(packet)) + packet


class _Unscrambled:
    """A source whose bytes are deciphered on their way."""

    def __init__(self, source: ByteSource, cipher: AESModeCTR) -> None:
        self._source, self._cipher = source, cipher

    async def readexactly(self, n: int, /) -> bytes:
        return bytes(self._cipher.encrypt(await self._source.readexactly(n)))


_TAGS: dict[bytes, Callable[[], Codec]] = {
    b"\xef" * 4: AbridgedCodec,
    b"\xee" * 4: IntermediateCodec,
    b"\xdd" * 4: lambda: IntermediateCodec(is_padded=True),
}


async def detect(source: ByteSource) -> tuple[Codec, ByteSource, bytes, Scramble | None]:
    """Find out which transport a client chose.

    Returns:
        The codec, where to read on, what was read of the first packet, and how output is scrambled
        (None: not at all).

    Raises:
        ConnectionError: none that is known.
    """
    start = await source.readexactly(1)
    if start == b"\xef":
        return AbridgedCodec(), source, b"", None
    start += await source.readexactly(3)
    if start in _TAGS:
        return _TAGS[start](), source, b"", None
    start += await source.readexactly(4)
    if start[4:] == bytes(4):
        return FullCodec(), source, start, None
    start += await source.readexactly(56)  # the header of an obfuscated connection
    mirrored = start[8:56][::-1]
    incoming, outgoing = AESModeCTR(start[8:40], start[40:56]), AESModeCTR(mirrored[:32], mirrored[32:])
    codec = _TAGS.get(bytes(incoming.encrypt(start))[56:60])
    if codec is None:
        raise ConnectionError("unknown transport")
    return codec(), _Unscrambled(source, incoming), b"", outgoing.encrypt
