"""A background task of the service that works in turns: one that fails is logged, and the next one tries again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count

import structlog

from evidence.errors import HaechiError

log = structlog.get_logger()

Turn = Callable[[int], Awaitable[None]]
"""Does what there is to do; its number counts from 0."""


@asynccontextmanager
async def turning(name: str, turn: Turn, every_s: float) -> AsyncIterator[None]:
    """Take turns as long as it is needed; the first one at once, the others ``every_s`` after the one before ended."""
    task = asyncio.create_task(_keep_turning(name, turn, every_s), name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_turning(name: str, turn: Turn, every_s: float) -> None:
    for number in count():
        this = asyncio.ensure_future(turn(number))
        try:
            await asyncio.wait([this])
        finally:
            this.cancel()
            await asyncio.wait([this])  # it lets go of what it holds before the store is closed
        problem = None if this.cancelled() else this.exception()
        if problem is not None:  # the store may be away for a moment: its driver's own words may show documents
            words = str(problem) if isinstance(problem, HaechiError) else type(problem).__name__
            log.warning("a turn failed", task=name, problem=words)
        await asyncio.sleep(every_s)
