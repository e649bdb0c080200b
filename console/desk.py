"""The desk of a console: what flags are reviewed at, who looks at which just now, and what is kept going beside it."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from aiohttp import web

from console.events import Event
from console.visit import CONSOLE, Console
from evidence.records import Count
from evidence.roles import Permission
from storage.flag_view import read_curve
from storage.review_desk import Desk, open_desk
from storage.review_list import raised_since

log = structlog.get_logger()

LOOKS_LAST = timedelta(minutes=60)
"""As long as the longest claim."""
CURVE_LASTS = timedelta(minutes=2)
MOST_LOOKS, MOST_CURVES = 20_000, 500
EVERY_S, SOON_S = 5.0, 1.0
LATE = timedelta(minutes=2)
"""A page may be kept so long after it was read."""


@dataclass(slots=True)
class Looks:
    """Whose text somebody has before them: it was counted and logged, and may be shown to them again for a while."""

    clock: Callable[[], datetime]
    _until: "OrderedDict[tuple[str, str], datetime]" = field(default_factory=OrderedDict)

    def note(self, actor: str, flag: str) -> None:
        """They look at it."""
        self._until[actor, flag] = self.clock() + LOOKS_LAST
        self._until.move_to_end((actor, flag))
        if len(self._until) > MOST_LOOKS:
            self._until.popitem(last=False)

    def has(self, actor: str, flag: str) -> bool:
        """Whether they looked at it a while ago."""
        until = self._until.get((actor, flag))
        return until is not None and self.clock() < until


@dataclass(slots=True)
class Curves:
    """Counts of rooms as they were read a moment ago: many flags are of one room."""

    console: Console
    _known: "OrderedDict[str, tuple[datetime, tuple[Count, ...]]]" = field(default_factory=OrderedDict)

    async def of(self, source: str) -> tuple[Count, ...]:
        """Of a room, oldest first."""
        now = self.console.clock()
        at, counts = self._known.get(source, (None, ()))
        if at is None or now - at > CURVE_LASTS:
            counts = await read_curve(self.console.store, source, now)
            self._known[source] = (now, counts)
            self._known.move_to_end(source)
        if len(self._known) > MOST_CURVES:
            self._known.popitem(last=False)
        return counts


DESK: "web.AppKey[Desk]" = web.AppKey("desk", Desk)
LOOKS: "web.AppKey[Looks]" = web.AppKey("looks", Looks)
CURVES: "web.AppKey[Curves]" = web.AppKey("curves", Curves)


def set_up_desk(app: web.Application) -> None:
    """Give an application its desk, and what is kept going beside it."""
    console = app[CONSOLE]
    app[DESK] = open_desk(console.store, console.custody, console.review_share)
    app[LOOKS] = Looks(console.clock)
    app[CURVES] = Curves(console)
    app.cleanup_ctx.append(_kept_up)


def desk_of(request: web.Request) -> Desk:
    """The desk of the console that answers."""
    return request.config_dict[DESK]


def looks_of(request: web.Request) -> Looks:
    """Who looks at what."""
    return request.config_dict[LOOKS]


def curves_of(request: web.Request) -> Curves:
    """How many members rooms had."""
    return request.config_dict[CURVES]


# ------------------------------------------------------------------ live events


def tell_of_flag(console: Console, flag: str, offices: frozenset[str], now: str, by: str) -> None:
    """Let those who see it know that a Flag was ``taken``, ``given`` (``by``: to whom), is ``free`` or is ``over``."""
    values = {"flag": flag, "now": now, "by": by}
    console.events.publish(Event(kind="queue", permission=Permission.DECIDE, offices=offices, values=values))


# ------------------------------------------------------------------ beside


async def _kept_up(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(_watch(app[CONSOLE], app[DESK]), name="news of the queue")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _watch(console: Console, desk: Desk) -> None:
    """Find where the queue begins before somebody waits for it; then tell of new Flags, whoever raised them."""
    told: frozenset[str] | None = None
    is_first = True
    while True:
        await asyncio.sleep(SOON_S if is_first else EVERY_S)
        turn = asyncio.create_task(_turn(console, desk, told, is_first=is_first))
        try:
            await asyncio.wait([turn])
        finally:
            turn.cancel()
        problem = None if turn.cancelled() else turn.exception()
        if problem is not None:  # the store may be away; the next turn tells what this one left
            log.warning("the queue was not looked at", kind=type(problem).__name__)
        elif not turn.cancelled():
            told, is_first = turn.result(), False


async def _turn(console: Console, desk: Desk, told: frozenset[str] | None, *, is_first: bool) -> frozenset[str]:
    if is_first:
        await desk.queue.find_fronts(console.clock())
    return await tell_of_new_flags(console, told)


async def tell_of_new_flags(console: Console, told: frozenset[str] | None) -> frozenset[str]:
    """Tell of the Flags of the last minutes that are not in ``told`` (None: of none of them); gives them all."""
    at = console.clock()
    found = await raised_since(console.store, at - LATE, at + LATE)
    fresh = Counter(offices for flag, offices in found.items() if told is not None and flag not in told)
    for offices, number in fresh.items():
        values: dict[str, int | str] = {"now": "new", "number": number}
        console.events.publish(Event(kind="queue", permission=Permission.DECIDE, offices=offices, values=values))
    return frozenset(found)
