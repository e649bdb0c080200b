"""Operations on a running world as JSON objects: what scripts and the control port say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from practice.telegram.world import TelegramWorld

Operation = Callable[["TelegramWorld", dict[str, Any]], Any]


def apply(world: TelegramWorld, op: Mapping[str, Any]) -> Any:
    """Run one operation.

    Args:
        world: the world; what concerns connections is passed on to its listener.
        op: its ``type`` is a key of ``OPERATIONS``, or one of the server's.

    Raises:
        ValueError: there is no such operation.
        KeyError: a channel, message or argument is missing.
    """
    rest = {name: value for name, value in op.items() if name not in ("at", "type")}
    kind = op["type"]
    if kind in OPERATIONS:
        return OPERATIONS[kind](world, rest)
    if world.listener is None:
        raise ValueError(f"unknown operation {kind!r}")
    return world.listener.control({**rest, "type": kind})


def _post(world: TelegramWorld, op: dict[str, Any]) -> int:
    return world.post(op["channel"], op.get("message"), deliver=op.get("deliver", True))


def _burst(world: TelegramWorld, op: dict[str, Any]) -> list[int]:
    text, deliver = op.get("text", "burst"), op.get("deliver", True)
    return [world.post(op["channel"], {"text": f"{text} {turn}"}, deliver=deliver) for turn in range(op["count"])]


def _album(world: TelegramWorld, op: dict[str, Any]) -> list[int]:
    return world.album(op["channel"], op["messages"], deliver=op.get("deliver", True))


def _edit(world: TelegramWorld, op: dict[str, Any]) -> None:
    world.edit(op.pop("channel"), op.pop("id"), **op)


def _delete(world: TelegramWorld, op: dict[str, Any]) -> None:
    world.delete(op["channel"], op["ids"], deliver=op.get("deliver", True))


def _set(world: TelegramWorld, op: dict[str, Any]) -> None:
    world.set(op.pop("channel"), **op)


def _fault(world: TelegramWorld, op: dict[str, Any]) -> None:
    world.fault(**op)


def _private_message(world: TelegramWorld, op: dict[str, Any]) -> int:
    return world.private_message(op.get("text", "hello"), deliver=op.get("deliver", True))


OPERATIONS: dict[str, Operation] = {
    "post": _post,
    "burst": _burst,
    "album": _album,
    "edit": _edit,
    "delete": _delete,
    "views": lambda world, op: world.views(op["channel"], op["id"], op["views"]),
    "members": lambda world, op: world.members(op["channel"], op["count"]),
    "set": _set,
    "private_message": _private_message,
    "channel_too_long": lambda world, op: world.channel_too_long(op["channel"]),
    "updates_too_long": lambda world, _: world.updates_too_long(),
    "migrate": lambda world, op: world.migrate(op["chat"], op["channel"]),
    "fault": _fault,
    "clear_faults": lambda world, _: world.faults.clear(),
    "add_channel": lambda world, op: world.add_channel(op["channel"]).id,
    "report": lambda world, _: world.report(),
    "counts": lambda world, _: {method: world.count(method) for method in {call["method"] for call in world.calls}},
}
