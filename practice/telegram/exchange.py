"""The making of a key between client and server, message by message."""

import os
import struct
import time
from hashlib import sha1

from telethon import helpers
from telethon.crypto import AES, AuthKey
from telethon.extensions import BinaryReader
from telethon.tl import TLObject, functions, types

from practice.telegram.cipher import DH_G, DH_PRIME, decrypt_rsa, fingerprint, to_bytes
from practice.telegram.connection import Connection
from practice.telegram.switchboard import DC_ID, Switchboard

P, Q = 1_229_739_323, 1_402_015_859
"""The primes of the example in Telegram's documentation."""
_PRIME = int.from_bytes(DH_PRIME, "big")
UNKNOWN = struct.pack("<i", -404)
"""What a client is sent whose key is not known."""


def take_plain(board: Switchboard, connection: Connection, packet: bytes) -> bool:
    """Take a message without a key; False when the connection is to end."""
    (length,) = struct.unpack("<i", packet[16:20])
    request = BinaryReader(packet[20 : 20 + length]).tgread_object()
    match request:
        case functions.ReqPqMultiRequest() | functions.ReqPqRequest():
            return _begin(board, connection, request)
        case functions.ReqDHParamsRequest():
            return _offer(board, connection, request)
        case functions.SetClientDHParamsRequest():
            return _agree(board, connection, request)
    return isinstance(request, types.MsgsAck)


def _begin(board: Switchboard, connection: Connection, request: functions.ReqPqMultiRequest) -> bool:
    own = int.from_bytes(os.urandom(16), "big", signed=True)
    connection.exchange = {"nonce": request.nonce, "own": own}
    numbers = [fingerprint(board.private_key)]
    connection.write_plain(bytes(types.ResPQ(request.nonce, own, to_bytes(P * Q), numbers)))
    return True


def _offer(board: Switchboard, connection: Connection, request: functions.ReqDHParamsRequest) -> bool:
    """Send half of the key, once the client has proved its work."""
    numbers = connection.exchange
    if not _is_same(numbers, request) or (request.p, request.q) != (to_bytes(P), to_bytes(Q)):
        return False
    inner = _open_inner(decrypt_rsa(board.private_key, request.encrypted_data))
    if inner is None:
        connection.write(UNKNOWN)
        return True
    if not _is_same(numbers, inner):
        return False
    numbers |= {"new": inner.new_nonce, "secret": int.from_bytes(os.urandom(256), "big")}
    half = to_bytes(pow(DH_G, numbers["secret"], _PRIME))
    offer = bytes(types.ServerDHInnerData(request.nonce, request.server_nonce, DH_G, DH_PRIME, half, int(time.time())))
    plain = sha1(offer).digest() + offer  # noqa: S324 - the protocol's own
    sealed = AES.encrypt_ige(plain + os.urandom(-len(plain) % 16), *_passing_key(numbers))
    connection.write_plain(bytes(types.ServerDHParamsOk(request.nonce, request.server_nonce, sealed)))
    return True


def _agree(board: Switchboard, connection: Connection, request: functions.SetClientDHParamsRequest) -> bool:
    """Finish the key from the client's half."""
    numbers = connection.exchange
    if "secret" not in numbers or not _is_same(numbers, request):
        return False
    inner = _open_inner(AES.decrypt_ige(request.encrypted_data, *_passing_key(numbers)))
    if inner is None:
        return False
    auth = AuthKey(pow(int.from_bytes(inner.g_b, "big"), numbers["secret"], _PRIME).to_bytes(256, "big"))
    key = board.register(auth, is_signed_in=False)
    # The first salt is fixed by the exchange.
    new = numbers["new"].to_bytes(32, "little", signed=True)[:8]
    own = numbers["own"].to_bytes(16, "little", signed=True)[:8]
    (key.salt,) = struct.unpack("<q", bytes(left ^ right for left, right in zip(new, own, strict=True)))
    proof = auth.calc_new_nonce_hash(numbers["new"], 1)
    connection.write_plain(bytes(types.DhGenOk(request.nonce, request.server_nonce, proof)))
    board.note("auth_key_created", conn=connection.number, dc=DC_ID)
    return True


def _is_same(numbers: dict[str, int], request: TLObject) -> bool:
    return bool(numbers) and (numbers["nonce"], numbers["own"]) == (request.nonce, request.server_nonce)


def _open_inner(plain: bytes) -> types.PQInnerData | None:
    """What is inside a sealed part, None when its checksum does not fit."""
    try:
        inner = BinaryReader(plain[20:]).tgread_object()
    except (BufferError, ValueError, struct.error, LookupError):
        return None
    return inner if sha1(bytes(inner)).digest() == plain[:20] else None  # noqa: S324 - the protocol's own


def _passing_key(numbers: dict[str, int]) -> tuple[bytes, bytes]:
    key, start = helpers.generate_key_data_from_nonce(numbers["own"], numbers["new"])
    return bytes(key), bytes(start)
