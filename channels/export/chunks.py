"""The bytes of a JSON export in pieces that its parser survives.

The parser takes anything: it would hold a string of a gigabyte in memory, follow a million brackets
into each other, and end the process at a number of thousands of digits. What no export of Telegram
holds is refused here, before it gets there.
"""

import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from evidence.errors import UnreadableCapture

PIECE_BYTES = 64 * 1024
DEEPEST = 200
"""Objects and lists inside each other; an export has about ten."""
LONGEST_BYTES = 1024**2
"""Of one string; a message has at most some thousands of characters. The parser's time grows with the square of it."""

_STEPS = {ord("{"): 1, ord("["): 1, ord("}"): -1, ord("]"): -1}
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in _STEPS)
_LONG_NUMBER = re.compile(rb"[0-9]{100}")
_ESCAPES = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|.)", re.DOTALL)
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_pieces(path: Path) -> Iterator[tuple[bytes, int]]:
    """Pieces of a JSON file, each with how many bytes of the file were read by then.

    Raises:
        UnreadableCapture: empty, not UTF-8 by its first bytes, or of an absurd shape.
    """
    shape, rest, bytes_read = _Shape(), b"", 0
    with path.open("rb") as file:
        while given := file.read(PIECE_BYTES):
            piece = _first(given) if bytes_read == 0 else given
            bytes_read += len(given)
            piece, rest = _before_open_escape(rest + piece)
            piece = _with_known_escapes(piece)
            shape.check(piece)
            yield piece, bytes_read
    if bytes_read == 0:
        raise UnreadableCapture("is empty: 0 bytes")
    if rest:
        yield rest, bytes_read


def _first(piece: bytes) -> bytes:
    if piece.startswith(_UTF_16) or b"\0" in piece[:4]:
        raise UnreadableCapture("is UTF-16 or UTF-32 text: expected UTF-8, as Telegram Desktop writes it")
    return piece.removeprefix(_BOM)


def _before_open_escape(piece: bytes) -> tuple[bytes, bytes]:
    """The piece up to a backslash whose meaning is in the next piece, and the rest."""
    for length in range(3):  # a backslash, or one with x, or one with x and a digit
        end = len(piece) - length
        escape = piece[end:]
        if not escape or escape[:1] == b"x":
            backslashes = end - len(piece[:end].rstrip(b"\\")) if piece[end - 1 : end] == b"\\" else 0
            if backslashes % 2:
                return piece[: end - 1], piece[end - 1 :]
    return piece, b""


def _with_known_escapes(piece: bytes) -> bytes:
    r"""The same with ``\x0B`` as JSON writes it: Telegram Desktop escapes control characters like C."""
    if b"\\x" not in piece:
        return piece
    return _ESCAPES.sub(lambda found: b"\\u00" + found[1] if found[1] else found[0], piece)


class _Shape:
    """How deep the text is nested so far, and how long its last string is."""

    def __init__(self) -> None:
        self._is_in_string = False
        self._depth = 0
        self._length = 0
        self._number = b""

    def check(self, piece: bytes) -> None:
        """Go on by a piece that begins and ends outside of escapes; raise where no export is like this."""
        parts = piece.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')
        outside = b"".join(parts[self._is_in_string :: 2])
        self._length = self._length + len(piece) if len(parts) == 1 else len(parts[-1])
        self._is_in_string ^= len(parts) % 2 == 0
        if self._length > LONGEST_BYTES:
            raise UnreadableCapture(f"not an export: a single value of more than {LONGEST_BYTES // 1024**2} MB in it")
        depths = tuple(accumulate(map(_STEPS.__getitem__, outside.translate(None, _NO_BRACKETS)), initial=self._depth))
        self._depth = depths[-1]
        if max(depths) > DEEPEST:
            raise UnreadableCapture(f"not an export: nested more than {DEEPEST} levels deep")
        if _LONG_NUMBER.search(self._number + outside):
            raise UnreadableCapture("not an export: a number of more than 99 digits in it")
        self._number = outside[-99:]
