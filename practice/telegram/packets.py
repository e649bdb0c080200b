"""Packets of a client, opened and taken apart down to single requests."""

import asyncio
import struct
import time
from collections.abc import Callable

from telethon.errors import TypeNotFoundError
from telethon.extensions import BinaryReader
from telethon.tl import TLObject, functions, types
from telethon.tl.core import GzipPacked, MessageContainer

from practice.telegram.cipher import decrypt
from practice.telegram.connection import ANSWER, Connection, Key, Session, new_number
from practice.telegram.exchange import UNKNOWN, take_plain
from practice.telegram.rpc import answer, reply
from practice.telegram.switchboard import Switchboard

_OLDEST_S, _NEWEST_S = -300, 30
"""How far a message id may be from the real time."""


def take_packet(board: Switchboard, connection: Connection, packet: bytes) -> bool:
    """Take a packet; False when the connection is to end."""
    (key_id,) = struct.unpack("<Q", packet[:8])
    if key_id == 0:
        return take_plain(board, connection, packet)
    key = board.keys.get(key_id)
    if key is None or key.is_unknown:
        board.note("unknown_key", conn=connection.number)
        connection.write(UNKNOWN)
        return True
    plain = decrypt(key.raw, packet[8:])
    if plain is None:
        board.note("bad_msg_key", conn=connection.number)
        return False
    salt, session_id, message_id, number, length = struct.unpack("<qqqii", plain[:32])
    _note_key(board, connection, key)
    if connection.session is None or connection.session.id != session_id:
        connection.session = Session(key, session_id)
    if _is_timely(board, connection.session, connection, salt, message_id, number):
        _take_message(board, connection, message_id, plain[32 : 32 + length])
    return True


def _note_key(board: Switchboard, connection: Connection, key: Key) -> None:
    if connection.key is key:
        return
    others = [other.number for other in key.connections]
    connection.key = key
    key.connections.add(connection)
    if others:
        board.note("key_in_use_twice", conn=connection.number, others=others)


def _is_timely(
    board: Switchboard, session: Session, connection: Connection, salt: int, message_id: int, number: int
) -> bool:
    """Whether salt and time are right; else the client is told what is wrong."""
    drift = (message_id >> 32) - time.time()
    if salt != session.key.salt:
        connection.queue(bytes(types.BadServerSalt(message_id, number, 48, session.key.salt)), False)
        board.note("bad_salt", conn=connection.number)
        return False
    if not _OLDEST_S <= drift <= _NEWEST_S:
        connection.queue(bytes(types.BadMsgNotification(message_id, number, 16 if drift < 0 else 17)), False)
        return False
    if not session.is_announced:
        session.is_announced = True
        connection.queue(bytes(types.NewSessionCreated(message_id, new_number(), session.key.salt)))
    return True


def _take_message(board: Switchboard, connection: Connection, message_id: int, body: bytes) -> None:
    try:
        request = BinaryReader(body).tgread_object()
    except (TypeNotFoundError, BufferError, struct.error) as error:
        board.note("parse_error", conn=connection.number, error=f"{type(error).__name__}: {str(error)[:120]}")
        reply(connection, message_id, types.RpcError(400, "INPUT_METHOD_INVALID"))
        return
    _take_object(board, connection, message_id, request)


def _take_object(board: Switchboard, connection: Connection, message_id: int, request: TLObject) -> None:
    if isinstance(request, MessageContainer):
        for message in request.messages:
            _take_object(board, connection, message.msg_id, message.obj)
    elif isinstance(request, GzipPacked):
        _take_message(board, connection, message_id, request.data)
    elif isinstance(request, functions.RpcDropAnswerRequest):
        reply(connection, message_id, types.RpcAnswerUnknown())
    elif type(request) in _TOLD:
        told = _TOLD[type(request)](connection, message_id, request)
        if told is not None:
            connection.queue(bytes(told), False, ANSWER)
    else:
        board.spawn(answer(board, connection, message_id, request))


def _tell_pong(connection: Connection, message_id: int, request: functions.PingDelayDisconnectRequest) -> types.Pong:
    if connection.timer:
        connection.timer.cancel()
    loop = asyncio.get_running_loop()
    connection.timer = loop.call_later(request.disconnect_delay, connection.close)
    return types.Pong(message_id, request.ping_id)


def _tell_salts(connection: Connection, message_id: int, _: TLObject) -> types.FutureSalts:
    now = int(time.time())
    salt = connection.key.salt if connection.key else 0
    return types.FutureSalts(message_id, now, [types.FutureSalt(now, now + 3600, salt)])


def _tell_destroyed(connection: Connection, _: int, __: TLObject) -> types.DestroyAuthKeyOk:
    if connection.key:
        connection.key.is_unknown = True
    return types.DestroyAuthKeyOk()


def _tell_state(_: Connection, message_id: int, request: types.MsgsStateReq) -> types.MsgsStateInfo:
    state = 4 if isinstance(request, types.MsgsStateReq) else 1
    return types.MsgsStateInfo(message_id, chr(state) * len(request.msg_ids))


_TOLD: dict[type, Callable[[Connection, int, TLObject], TLObject | None]] = {
    types.MsgsAck: lambda *_: None,
    types.MsgsStateInfo: lambda *_: None,
    types.MsgsAllInfo: lambda *_: None,
    types.MsgsStateReq: _tell_state,
    types.MsgResendReq: _tell_state,
    functions.PingRequest: lambda _, message_id, request: types.Pong(message_id, request.ping_id),
    functions.PingDelayDisconnectRequest: _tell_pong,
    functions.GetFutureSaltsRequest: _tell_salts,
    functions.DestroySessionRequest: lambda _, __, request: types.DestroySessionNone(request.session_id),
    functions.DestroyAuthKeyRequest: _tell_destroyed,
}
"""Requests of the protocol itself, which are no calls, and what they are told."""
