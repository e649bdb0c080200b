"""A call from its arrival to its reply: faults, limits, the answer, and its line in the book."""

import asyncio
import struct
import time
from dataclasses import dataclass
from typing import Any

from telethon.tl import TLObject, functions, types

from practice.telegram.answers import ANSWERS, OPEN_TO_ALL, Answered
from practice.telegram.answers.caller import Caller, method_name, tags_of
from practice.telegram.calls import Call
from practice.telegram.connection import ANSWER, Connection, Key, Session
from practice.telegram.faults import Fault, Refused
from practice.telegram.switchboard import Switchboard, squeeze

_WRAPPERS = (
    functions.InvokeWithLayerRequest,
    functions.InitConnectionRequest,
    functions.InvokeWithoutUpdatesRequest,
    functions.InvokeAfterMsgRequest,
    functions.InvokeAfterMsgsRequest,
    functions.InvokeWithMessagesRangeRequest,
    functions.InvokeWithTakeoutRequest,
)
_SECRETS = {"api_hash", "phone_code", "password", "bytes", "bot_auth_token"}
_TRUE, _FALSE, _VECTOR, _RESULT = 0x997275B5, 0xBC799737, 0x1CB5C415, 0xF35C6D01


class _Silence(Exception):
    """A fault leaves the call without an answer."""


@dataclass(slots=True, kw_only=True)
class _Turn:
    """One call under way."""

    board: Switchboard
    connection: Connection
    session: Session
    query: TLObject
    method: str
    tags: set[str]
    is_quiet: bool
    """Whether the client wants no updates."""
    call: Call
    fault: Fault | None = None

    @property
    def key(self) -> Key:
        """Whose call it is."""
        return self.session.key


async def answer(board: Switchboard, connection: Connection, message_id: int, request: TLObject) -> None:
    """Answer one call, or do what a fault wants."""
    turn = _begin(board, connection, request)
    started = time.perf_counter()
    with board.world.book.in_flight(turn.key.id, turn.method):
        try:
            result = await _find_result(turn)
        except Refused as refusal:
            turn.call["error"], turn.call["code"] = refusal.message, refusal.code
            result = types.RpcError(refusal.code, refusal.message)
        except _Silence as silence:
            turn.call["error"] = str(silence)
            return
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # A mistake of ours must neither hang the client nor pass unseen.
            turn.call["error"], turn.call["code"] = f"PRACTICE_FAILED {error!r}", 500
            board.note("answer_failed", method=turn.method, error=repr(error))
            result = types.RpcError(400, "PRACTICE_FAILED")
    if connection.is_closed:
        turn.call.setdefault("error", "CLIENT_GONE")
        return
    reply(connection, message_id, result, turn.fault.action if turn.fault else None)
    turn.call["ms"] = round((time.perf_counter() - started) * 1000, 2)
    if turn.fault and turn.fault.action in ("drop_after", "truncate"):
        await connection.close_soon()


def reply(connection: Connection, message_id: int, result: Answered, action: str | None = None) -> None:
    """Send a result, spoilt as a fault wants."""
    body = _serialize(result)
    body = body if isinstance(result, types.RpcError) else squeeze(body)
    body = struct.pack("<Iq", _RESULT, message_id) + body
    match action:
        case "truncate":
            connection.write_half(body)
        case "garbage":
            connection.write_answer(body, is_garbage=True)
        case "corrupt_crc":
            connection.write_answer(body, is_broken=True)
        case _:
            connection.queue(body, True, ANSWER)


def _begin(board: Switchboard, connection: Connection, request: TLObject) -> _Turn:
    session, world = connection.session, board.world
    if session is None:
        raise ConnectionError("a call came before its session")
    query, is_quiet = _unwrap(board, connection, session.key, request)
    method, tags = method_name(query), tags_of(world, query)
    call = Call(t=world.clock(), rel=round(world.rel(), 4), conn=connection.number, method=method, args=brief(query))
    call["key"] = f"{session.key.id:016x}"
    if tags:
        call["about"] = min((tag for tag in tags if not tag.lstrip("-").isdecimal()), default=min(tags))
    if is_quiet:
        call["no_updates"] = True
    world.calls.append(call)
    return _Turn(
        board=board,
        connection=connection,
        session=session,
        query=query,
        method=method,
        tags=tags,
        is_quiet=is_quiet,
        call=call,
    )


def _unwrap(board: Switchboard, connection: Connection, key: Key, request: TLObject) -> tuple[TLObject, bool]:
    """The call inside what is wrapped around it, and whether the client wants no updates."""
    is_quiet = False
    while isinstance(request, _WRAPPERS):
        if isinstance(request, functions.InvokeWithLayerRequest):
            key.layer = request.layer
        elif isinstance(request, functions.InitConnectionRequest):
            names = ("api_id", "device_model", "system_version", "app_version", "lang_code")
            client = {name: getattr(request, name) for name in names}
            board.note("init_connection", conn=connection.number, layer=key.layer, **client)
        elif isinstance(request, functions.InvokeWithoutUpdatesRequest):
            is_quiet = True
        request = request.query
    return request, is_quiet


async def _find_result(turn: _Turn) -> Answered:
    await _suffer(turn)
    _check(turn)
    if turn.query.CONSTRUCTOR_ID not in ANSWERS:
        turn.board.note("unknown_method", method=turn.method)
        raise Refused("INPUT_METHOD_INVALID")
    caller = Caller(world=turn.board.world, board=turn.board, session=turn.session)
    result = ANSWERS[turn.query.CONSTRUCTOR_ID](caller, turn.query)
    is_open = turn.query.CONSTRUCTOR_ID in OPEN_TO_ALL
    if not turn.is_quiet and turn.key.user_id and not is_open and not turn.session.gets_updates:
        turn.session.gets_updates = True
        turn.board.note("updates_on", conn=turn.connection.number)
    turn.call["result"] = type(result).__name__
    messages = getattr(result, "messages", None)
    if isinstance(messages, list):
        turn.call["n"] = len(messages)
    return result


async def _suffer(turn: _Turn) -> None:
    """Do what the first fault that matches wants."""
    world = turn.board.world
    fault = next((fault for fault in world.faults if fault.applies(turn.method, turn.tags, world.rel())), None)
    if fault is None:
        return
    turn.fault = fault
    turn.call["fault"] = fault.error or fault.action or "slow"
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.action == "drop":
        turn.connection.close(abort=True)
        raise _Silence("DROPPED")
    if fault.action == "ignore":
        raise _Silence("IGNORED")
    if fault.action == "bad_salt":
        turn.board.rotate_salt()
    if fault.error:
        raise Refused(fault.error, fault.code)


def _check(turn: _Turn) -> None:
    """Refuse whoever may not call, or not now."""
    key, world = turn.key, turn.board.world
    if key.layer is None:
        raise Refused("CONNECTION_NOT_INITED")
    if key.revoked:
        raise Refused(key.revoked)
    if turn.query.CONSTRUCTOR_ID not in OPEN_TO_ALL and not key.user_id:
        raise Refused("AUTH_KEY_UNREGISTERED")
    for limit in world.limits:
        limit.check(turn.method, world.clock())


def _serialize(result: Answered) -> bytes:
    if isinstance(result, bool):
        return struct.pack("<I", _TRUE if result else _FALSE)
    if isinstance(result, list):
        return struct.pack("<Ii", _VECTOR, len(result)) + b"".join(map(bytes, result))
    return bytes(result)


def brief(part: Any, depth: int = 0) -> Any:
    """A small view of a request, ready for JSON; secrets are left out.

    Args:
        part: the request, or something in it.
        depth: how deep inside.
    """
    if isinstance(part, TLObject):
        shown = {
            name: "***" if name in _SECRETS else brief(value, depth + 1)
            for name, value in vars(part).items()
            if value not in (None, [], b"")
        }
        return {"_": type(part).__name__, **shown} if depth else shown
    if isinstance(part, list | tuple):
        rest = [f"+{len(part) - 20}"] if len(part) > 20 else []
        return [brief(one, depth + 1) for one in part[:20]] + rest
    if isinstance(part, bytes):
        return f"<{len(part)} bytes>"
    return part if isinstance(part, str | int | float | bool | None) else str(part)
