"""One answer for all who ask the same at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Together:
    """Asks once for many. Whoever asks gets an answer that was begun after they asked, never an older one."""

    _running: dict[Hashable, "asyncio.Task[Any]"] = field(default_factory=dict)
    _next: dict[Hashable, "asyncio.Task[Any]"] = field(default_factory=dict)

    async def ask(self, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        """Ask.

        Args:
            key: those who give the same one ask the same.
            read: finds the answer; of those who wait together, the first one's is used.
        """
        coming = self._next.get(key)
        if coming is None:
            coming = self._next[key] = asyncio.create_task(self._answer(key, read))
            coming.add_done_callback(_seen)
        return await asyncio.shield(coming)  # who goes away does not stop it for the others

    async def _answer(self, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        before = self._running.get(key)
        if before is not None:
            await asyncio.wait([before])
        mine = self._running[key] = self._next.pop(key)
        try:
            return await read()
        finally:
            if self._running.get(key) is mine:
                del self._running[key]


def _seen(task: "asyncio.Task[Any]") -> None:
    """Whoever waits is told of an error; where nobody does any more nobody is."""
    if not task.cancelled():
        task.exception()
