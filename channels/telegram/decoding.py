"""Answers of Telegram from their bytes to Telethon's types, without what Telethon adds to a message for its own use.

Of a long history most is messages, and half of the time that Telethon takes for one goes into conveniences that
nothing here uses: senders, files and buttons looked up on demand. What the schema says comes out the same.
"""

from datetime import UTC, datetime
from struct import Struct
from typing import Any

from telethon.extensions import BinaryReader
from telethon.tl import types

_BYTE, _INT, _CODE = (Struct(form).unpack_from for form in ("<B", "<i", "<I"))
_LONG_STRING = 254
"""Instead of a length in one byte: it takes three, and follows."""


class _Bare:
    """A message with the fields of the schema, and nothing else."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__ = fields


class _Message(_Bare, types.Message):  # type: ignore[misc]  # telethon has no types
    pass


class _ServiceMessage(_Bare, types.MessageService):  # type: ignore[misc]
    pass


_BARE = {kind.CONSTRUCTOR_ID: kind for kind in (_Message, _ServiceMessage)}


class Reader(BinaryReader):  # type: ignore[misc]
    """Telethon's reader, with a shorter way for what nearly every message consists of."""

    def read_int(self, signed: bool = True) -> int:
        """See ``BinaryReader``: 4 bytes."""
        value: int
        (value,) = (_INT if signed else _CODE)(self.stream, self.position)
        self.position += 4
        return value

    def tgread_bytes(self) -> bytes:
        """See ``BinaryReader``: a length, so many bytes, and what fills them up to a multiple of four."""
        length: int
        (length,) = _BYTE(self.stream, self.position)
        if length >= _LONG_STRING:
            return bytes(super().tgread_bytes())
        start = self.position + 1
        self.position += (length + 4) & ~3
        if self.position > len(self.stream):
            raise BufferError("the answer ends in the middle of a string")
        return bytes(self.stream[start : start + length])

    def tgread_date(self) -> datetime:
        """See ``BinaryReader``: seconds since 1970, in UTC."""
        return datetime.fromtimestamp(self.read_int(), UTC)

    def tgread_object(self) -> Any:
        """See ``BinaryReader``: whatever its first 4 bytes say that it is."""
        (code,) = _CODE(self.stream, self.position)
        kind = _BARE.get(code)
        if kind is None:
            return super().tgread_object()
        self.position += 4
        return kind.from_reader(self)
