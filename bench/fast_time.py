"""Time that passes only while everybody waits for it: hours of watching in minutes, over real sockets.

Work on sockets and in the database takes no time here. Whatever waits for a moment says so to ``FastTime``;
once nothing else is under way, the clock jumps to the next moment that somebody waits for.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import count
from typing import Any

from pymongo.monitoring import CommandListener, ConnectionPoolListener

from channels.pace import Pace

SETTLED = 8
"""Turns of the loop without any work before nothing is under way: what is done in one wakes others in the next."""


class FastTime:
    """The clock of everybody who takes part."""

    def __init__(self, starts_at: datetime) -> None:
        self._now = starts_at.timestamp()
        self._calls: list[tuple[float, int, Callable[[], object]]] = []
        self._number = count()
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._settled = SETTLED

    def seconds(self) -> float:
        """The moment, in seconds since 1970."""
        return self._now

    def moment(self) -> datetime:
        """The moment in UTC, in whole milliseconds as MongoDB keeps them."""
        return datetime.fromtimestamp(round(self._now, 3), UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of this clock."""
        woken = asyncio.Event()
        self.call_at(self._now + seconds, woken.set)
        await woken.wait()

    def call_at(self, at: float, call: Callable[[], object]) -> None:
        """Have something called at a moment; those of one moment in the order in which they were asked for."""
        heappush(self._calls, (at, next(self._number), call))

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """The clock stands still meanwhile."""
        self.begin()
        try:
            yield
        finally:
            self.end()

    def begin(self) -> None:
        """Something is under way until ``end``."""
        self._under_way += 1
        self._idle.clear()

    def end(self) -> None:
        """It is over."""
        self._under_way -= 1
        if not self._under_way:
            self._idle.set()

    def wait_for_news(self, turns: int) -> None:
        """Before the next jump, give what was written to a socket so many turns to be read."""
        self._settled = turns

    async def run_until(self, end: float) -> None:
        """Let time pass up to a moment."""
        while True:
            await self._settle()
            if not self._calls or self._calls[0][0] > end:
                self._now = end
                return
            at, _, call = heappop(self._calls)
            self._now = max(self._now, at)
            call()

    async def _settle(self) -> None:
        turns = 0
        while turns < self._settled:
            turns = turns + 1 if self._idle.is_set() else 0
            await self._idle.wait()
            await asyncio.sleep(0)
        self._settled = SETTLED


class WatchedDatabase(CommandListener, ConnectionPoolListener):
    """Tells ``FastTime`` of the database's work: of looking for a connection to it, and of each command."""

    def __init__(self, fast: FastTime) -> None:
        self._fast = fast

    def started(self, event: object) -> None:
        """A command is on its way, or a connection is looked for."""
        self._fast.begin()

    def succeeded(self, event: object) -> None:
        """It is over, one way or the other."""
        self._fast.end()

    failed = succeeded
    connection_check_out_started = started
    connection_checked_out = connection_check_out_failed = succeeded

    def other(self, event: object) -> None:
        """Nothing that anybody waits for."""

    pool_created = pool_ready = pool_cleared = pool_closed = other
    connection_created = connection_ready = connection_closed = connection_checked_in = other


class WatchedLoop(asyncio.SelectorEventLoop):
    """A loop that tells ``FastTime`` of work in threads."""

    time_of_all: FastTime | None = None

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> "asyncio.Future[Any]":  # type: ignore[override]  # typeshed spells it with TypeVarTuple
        """As any loop does."""
        future = super().run_in_executor(executor, func, *args)
        if self.time_of_all is not None:
            self.time_of_all.begin()
            future.add_done_callback(lambda _, end=self.time_of_all.end: end())  # type: ignore[misc]
        return future


class WatchedPace(Pace):
    """Turns in which the clock stands still while a request is under way."""

    def __init__(self, fast: FastTime, **more: Any) -> None:
        super().__init__(clock=fast.seconds, sleep=fast.sleep, **more)
        self._fast = fast

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """See ``Pace.turn``."""
        async with super().turn(host):
            with self._fast.under_way():
                yield
