"""Bytes that are hashed: RFC 8785 canonical JSON, and commitments that say nothing without their salt.

What was hashed is stored as it was hashed; nothing is ever written anew to be hashed again.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence

import rfc8785

from evidence.errors import StorageError

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]

LARGEST = 2**53 - 1
"""Beyond it readers in other languages lose digits."""
SALT_BYTES = 32


def canonical(value: Json) -> bytes:
    """The one form of a value: keys sorted, no blanks, UTF-8.

    Raises:
        StorageError: a float, an integer past 2**53 - 1, half a character, or a key that is no text.
    """
    _refuse_floats(value)
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError) as problem:
        raise StorageError(f"a value cannot be written in canonical form ({type(problem).__name__})") from None


_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def canonical_ascii(record: Mapping[str, object]) -> bytes:
    """The same for a flat record of ASCII text without control characters and of whole numbers, eight times faster.

    Anything else gives bytes that are not canonical: entries of the log are checked by comparing them to these.
    """
    return _ENCODE(record).encode()


def _refuse_floats(value: Json) -> None:
    """Languages print them differently, so hashes of them do not last."""
    if isinstance(value, float):
        raise StorageError("a value to be hashed holds a float: expected whole numbers and text")
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            _refuse_floats(inner)


def new_salt() -> bytes:
    """The 32 random bytes of one commitment; they live with the item's key and are destroyed with it."""
    return os.urandom(SALT_BYTES)


def commitment(salt: bytes, content: bytes) -> str:
    """What the log holds of an item: HMAC-SHA-256, hexadecimal. A plain hash of a short post could be guessed."""
    if len(salt) != SALT_BYTES:
        raise StorageError(f"a salt of {len(salt)} bytes; expected {SALT_BYTES}")
    return hmac.digest(salt, content, hashlib.sha256).hex()


def is_opened_by(commit: str, salt: bytes, content: bytes) -> bool:
    """Whether a commitment is that of this content under this salt."""
    return hmac.compare_digest(commit, commitment(salt, content))
