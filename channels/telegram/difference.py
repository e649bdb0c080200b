"""Telegram's own list of what changed in a room, applied by us: Telethon would drop its edits and removals."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from telethon.tl import functions, types

from channels.telegram.accounts import Room, TooFarBehind
from channels.telegram.asking import AT_ONCE, LARGEST_ALBUM, Asked, Asking
from evidence.records import PageKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Part of what changed, in the order in which it must be applied."""

    pts: int
    """Up to which count of changes it goes."""
    answers: tuple[Asked, ...] = ()
    """Messages that are new or edited, as they are now; albums whole, in an answer of their own."""
    new_ids: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    timeout_s: int = 0
    """How long Telegram asks to wait before the next look; 0 where it does not say."""


async def changes_since(asking: Asking, room: Room, pts: int) -> AsyncIterator[Step]:
    """What changed in a room since its count of changes stood at ``pts``.

    Raises:
        TooFarBehind: at once; nothing was given.
        SourceError: the rest could not be had; what was given stays valid.
    """
    is_final = False
    while not is_final:
        request = functions.updates.GetChannelDifferenceRequest(
            channel=room.channel, filter=types.ChannelMessagesFilterEmpty(), pts=pts, limit=AT_ONCE
        )
        answer = await asking.ask(room, request)
        result = answer.result
        if isinstance(result, types.updates.ChannelDifferenceTooLong):
            raise TooFarBehind(result.dialog.pts or pts)
        pts, is_final = result.pts, bool(result.final)
        timeout_s = result.timeout or 0
        if isinstance(result, types.updates.ChannelDifferenceEmpty):
            yield Step(pts=pts, timeout_s=timeout_s)
        else:
            yield await _read_step(asking, room, answer, timeout_s)


async def _read_step(asking: Asking, room: Room, answer: Any, timeout_s: int) -> Step:
    result = answer.result
    edited = [update.message for update in result.other_updates if isinstance(update, types.UpdateEditChannelMessage)]
    removed = [update for update in result.other_updates if isinstance(update, types.UpdateDeleteChannelMessages)]
    gone = tuple(sorted({native_id for update in removed for native_id in update.messages}))
    latest = {message["id"]: message for message in asking.kept(room, result, [*result.new_messages, *edited])}
    parts = [message["id"] for message in latest.values() if "album" in message]
    single = [message for message in latest.values() if "album" not in message and message["id"] not in gone]
    answers = [asking.asked(room, answer, PageKind.DIFFERENCE, single, more={"removed": list(gone)} if gone else None)]
    near = {native_id + step for native_id in gone for step in (-1, 1)} - {0, *gone}
    ids = sorted({*parts, *near})  # what comes, or what is left, may be a part of its album only
    for start in range(0, len(ids), AT_ONCE):
        answers.append(await asking.by_id(room, ids[start : start + AT_ONCE], reach=LARGEST_ALBUM - 1))
    return Step(
        pts=result.pts,
        answers=tuple(answers),
        new_ids=tuple(message.id for message in result.new_messages),
        removed=gone,
        timeout_s=timeout_s,
    )
