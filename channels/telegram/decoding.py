"""Answers of Telegram from their bytes to Telethon's types, in a shorter way for messages, of which nearly all consist.

Telethon asks of each message after some forty fields, and adds conveniences that nothing here uses: senders, files
and buttons looked up on demand. Which fields there are is said by the flags in front, and few combinations of them
are common: how Telethon reads one is watched once, and repeated from then on.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from struct import Struct
from typing import Any

from telethon.extensions import BinaryReader
from telethon.tl import types

_BYTE, _INT, _CODE, _FLAGS = (Struct(form).unpack_from for form in ("<B", "<i", "<I", "<ii"))
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


class Reader(BinaryReader):  # type: ignore[misc]
    """Telethon's reader, with a shorter way for messages and what is in nearly all of them."""

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
        if code == _Message.CONSTRUCTOR_ID:
            self.position += 4
            return self._read_message()
        if code == _ServiceMessage.CONSTRUCTOR_ID:
            self.position += 4
            return _ServiceMessage.from_reader(self)
        return super().tgread_object()

    def _read_message(self) -> _Message:
        way = _way_to_read(*_FLAGS(self.stream, self.position))
        if way is None:
            return _Message.from_reader(self)  # type: ignore[no-any-return]
        self.position += 8
        absent, steps = way
        message = _Message.__new__(_Message)
        message.__dict__ = fields = absent.copy()
        for name, read in steps:
            fields[name] = read(self)
        return message


@lru_cache(maxsize=256)
def _way_to_read(
    flags: int, more_flags: int
) -> tuple[dict[str, Any], tuple[tuple[str, Callable[[Reader], Any]], ...]] | None:
    """How Telethon reads a message with these flags: its fields, and in which order it reads those that are there.

    None where there is a list among them: only the message itself says how long it is.
    """
    watched = _Watched([flags, more_flags])
    try:
        fields = vars(_Message.from_reader(watched))
        names = {id(value): name for name, value in fields.items()}
        return fields, tuple((names[id(mark)], getattr(Reader, read)) for mark, read in watched.reads)
    except (TypeError, KeyError):  # a mark is no length, and no field
        return None


class _Watched:
    """Stands where a reader is expected: gives the flags, and from then on marks in place of what would be read."""

    def __init__(self, flags: list[int]) -> None:
        self._flags = flags
        self.reads: list[tuple[object, str]] = []
        """Each mark, and by which method it was asked for."""

    def __getattr__(self, method: str) -> Callable[[], object]:
        def read() -> object:
            if self._flags:
                return self._flags.pop(0)
            self.reads.append((object(), method))
            return self.reads[-1][0]

        return read
