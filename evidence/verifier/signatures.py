"""Ed25519 signatures: by the library ``cryptography`` where it is, else by the short code here.

Checking needs no secret, so that code which takes no care of timing is enough.
"""

import hashlib

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    IS_BUILT_IN = False
except ImportError:
    IS_BUILT_IN = True


def is_signed_by(key: bytes, signature: bytes, content: bytes) -> bool:
    """Whether an Ed25519 signature is that of a public key over a content."""
    if IS_BUILT_IN:
        return is_signed_by_built_in(key, signature, content)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


# ------------------------------------------------------------------ RFC 8032

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)

_Point = tuple[int, int, int, int]
"""x, y, z and x*y/z: extended coordinates."""
_ZERO: _Point = (0, 1, 1, 0)


def is_signed_by_built_in(key: bytes, signature: bytes, content: bytes) -> bool:
    """The same without the library, some hundred times slower."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, chosen = _unpack(key), _unpack(signature[:32])
    scale = int.from_bytes(signature[32:], "little")
    if public is None or chosen is None or scale >= _ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + content).digest()
    left = _times(scale, _BASE)
    right = _add(chosen, _times(int.from_bytes(digest, "little") % _ORDER, public))
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 == (left[1] * right[2] - right[1] * left[2]) % _P


def _add(one: _Point, two: _Point) -> _Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % _P
    b = (one[1] + one[0]) * (two[1] + two[0]) % _P
    c = 2 * one[3] * two[3] * _D % _P
    d = 2 * one[2] * two[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(scale: int, point: _Point) -> _Point:
    total = _ZERO
    while scale:
        if scale & 1:
            total = _add(total, point)
        point, scale = _add(point, point), scale >> 1
    return total


def _unpack(packed: bytes) -> "_Point | None":
    y = int.from_bytes(packed, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return (x, y, 1, x * y % _P)


_BASE = _unpack((4 * pow(5, -1, _P) % _P).to_bytes(32, "little")) or _ZERO
