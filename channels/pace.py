"""How often a host is asked: one request at a time, pauses with jitter, and waits that are obeyed.

Pages of t.me begin to look absent at about 300 requests a minute; the default stays at a tenth. With
Telegram's own protocol each method of an account is such a host: its waits are for a method.
"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from evidence.errors import RateLimited

PAUSE_S = 2.0
JITTER = 0.5
"""A pause is between ``1 - JITTER`` and ``1 + JITTER`` times as long as it should be."""
PATIENCE_S = 30.0
"""A shorter wait is waited for, a longer one ends the pass blind."""
FIRST_HOLD_S, LONGEST_HOLD_S = 60.0, 3_600.0
"""Where the host does not say how long; each hold is twice as long as the one before."""
FORGIVEN_S = 3_600.0
"""So long without trouble, and the next hold starts short again. One good answer proves nothing: pages
that a limit makes look absent are good answers too."""
LONGEST_ASKED_S = 86_400.0
"""A longer wait that a web host asks for is taken for a mistake."""
MOST_SLOWER = 4
"""A host that had to hold us is asked less often: with pauses twice as long for each hold, so many times at most."""
LOOK_S = 0.2
"""Between two looks whether another process is done with a host."""


class Turns(Protocol):
    """Turns that several processes share. The store implements it."""

    async def take(self, host: str) -> tuple[bool, float, int]:
        """Try to take a turn: whether it is ours, else in how many seconds it may be, and the host's holds."""
        ...

    async def give_back(self, host: str, left_s: float, holds: int) -> None:
        """Let the host be asked again in so many seconds."""
        ...


@dataclass(slots=True)
class _Host:
    pause_s: float
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    held_until: float = 0.0
    asked_s: float = 0.0
    waiting: int = 0
    holds: int = 0

    def forgive(self, now: float) -> None:
        """Forget the holds once the last one ended long ago."""
        if now > self.held_until + FORGIVEN_S:
            self.holds = 0


class Pace:
    """Turns of all hosts. What they asked for can be handed on to the next process."""

    def __init__(
        self,
        pause_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        chance: random.Random | None = None,
        *,
        usual_s: float = PAUSE_S,
        patience_s: float = PATIENCE_S,
        longest_s: float = LONGEST_ASKED_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        turns: Turns | None = None,
    ) -> None:
        """Set the pauses.

        Args:
            pause_s: overrides every pause, without jitter; for practice and tests.
            clock: seconds, never going back.
            chance: where the jitter comes from.
            usual_s: between two requests to a host that asks for nothing else.
            patience_s: a shorter wait is waited for, a longer one is raised.
            longest_s: longest wait that is believed.
            sleep: waits for seconds of ``clock``.
            turns: shared with other processes, so that a host sees one pace; None keeps them here.
        """
        self._fixed_s = pause_s
        self._clock = clock
        self._chance = chance or random.Random()  # noqa: S311 - jitter is no secret
        self._patience_s = patience_s
        self._longest_s = longest_s
        self._sleep = sleep
        self._usual_s = usual_s
        self._turns = turns
        self._hosts: dict[str, _Host] = defaultdict(lambda: _Host(pause_s=usual_s))

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait until the host may be asked again, and keep others waiting meanwhile.

        Raises:
            RateLimited: the host asked for a wait that is too long to sit out.
        """
        state = self._hosts[host]
        state.waiting += 1
        try:
            await state.lock.acquire()
        finally:
            state.waiting -= 1
        try:
            await self._wait(host, state)
            async with self._shared(host, state):
                try:
                    yield
                finally:
                    state.free_at = max(state.free_at, self._clock() + self._pause_s(state))
        finally:
            state.lock.release()

    async def _wait(self, host: str, state: _Host) -> None:
        self.check(host)
        wait_s = state.free_at - self._clock()
        if wait_s > 0:
            await self._sleep(wait_s)

    @asynccontextmanager
    async def _shared(self, host: str, state: _Host) -> AsyncIterator[None]:
        """Keep other processes waiting too, and learn what the host asked of them meanwhile."""
        if self._turns is None:
            yield
            return
        while True:
            is_ours, left_s, holds = await self._turns.take(host)
            if holds > state.holds:
                self.restore({host: (left_s, holds)})
            if is_ours:
                break
            state.free_at = max(state.free_at, self._clock() + (left_s or LOOK_S))
            await self._wait(host, state)
        try:
            yield
        finally:
            await self._turns.give_back(host, state.free_at - self._clock(), state.holds)

    def check(self, host: str) -> None:
        """See whether a turn would be had at all.

        Raises:
            RateLimited: the host asked for a wait that is too long to sit out.
        """
        state = self._hosts[host]
        wait_s = state.free_at - self._clock()
        if wait_s > self._patience_s and state.holds:
            raise RateLimited(f"{host} asked us to wait {state.asked_s:.0f} s, which are not over", wait_s)

    def queue_s(self, host: str) -> float:
        """How long a turn that is asked for now would wait, about."""
        state = self._hosts[host]
        return max(0.0, state.free_at - self._clock()) + (state.waiting + state.lock.locked()) * self._pause_s(state)

    def slow_down(self, host: str, pause_s: float) -> None:
        """Keep at least this pause from now on: robots.txt asks for it."""
        self._hosts[host].pause_s = max(self._usual_s, pause_s)

    def hold(self, host: str, retry_after_s: float | None) -> float:
        """Leave the host alone: for as long as it says, else longer each time. Returns the seconds."""
        state = self._hosts[host]
        state.forgive(self._clock())
        longer = min(LONGEST_HOLD_S, FIRST_HOLD_S * 2.0 ** min(state.holds, 10))
        wait_s = longer if retry_after_s is None else min(self._longest_s, max(1.0, retry_after_s))
        state.holds += 1
        state.asked_s = wait_s
        state.free_at = state.held_until = self._clock() + wait_s
        return wait_s

    def known_holds(self) -> dict[str, tuple[float, int]]:
        """By host that was held: seconds until it may be asked, negative once that is over, and how often."""
        now = self._clock()
        return {host: (state.held_until - now, state.holds) for host, state in self._hosts.items() if state.holds}

    def restore(self, holds: Mapping[str, tuple[float, int]]) -> None:
        """Go on from what an earlier process knew of hosts, in the form of ``known_holds``."""
        for host, (left_s, number) in holds.items():
            state = self._hosts[host]
            state.free_at = state.held_until = self._clock() + left_s
            state.holds, state.asked_s = number, left_s

    def _pause_s(self, state: _Host) -> float:
        if self._fixed_s is not None:
            return self._fixed_s
        state.forgive(self._clock())
        slower = 2.0 ** min(state.holds, MOST_SLOWER)
        return slower * state.pause_s * self._chance.uniform(1 - JITTER, 1 + JITTER)
