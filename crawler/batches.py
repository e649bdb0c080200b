"""Pages in batches: the next ones are read and examined while the last ones are being stored.

A transaction costs nearly the same for one page or for ten, so a batch waits a moment until it is full.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager, suppress

from crawler.taking import Step

PATIENCE_S = 0.3
"""How long a page waits for others at the most; twenty pages of a protocol's history are read in less."""


async def in_batches(pages: AsyncGenerator[Step, None], most: int) -> AsyncGenerator[tuple[Step, ...], None]:
    """Pages in their order, as many together as arrive in a moment.

    Args:
        pages: as they are examined; closed at the end.
        most: in a batch, and read ahead.

    Yields:
        Batches of one peer, in which no post comes twice.

    Raises:
        What reading or examining them raised, after all that came before.
    """
    waiting: deque[Step] = deque()
    arrived, is_full, has_room = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def read() -> None:
        try:
            async with aclosing(pages):
                async for page in pages:
                    waiting.append(page)
                    arrived.set()
                    while len(waiting) >= most:
                        is_full.set()
                        has_room.clear()
                        await has_room.wait()
        finally:
            arrived.set()
            is_full.set()

    reader = asyncio.create_task(read())
    try:
        while waiting or not reader.done():
            await arrived.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await is_full.wait()
            batch = _take(waiting)
            if not reader.done():
                is_full.clear()
                if not waiting:
                    arrived.clear()
            has_room.set()
            if batch:
                yield batch
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
    reader.result()


HandOver = Callable[[Coroutine[None, None, None]], Awaitable[None]]
"""Begins a piece of work once the one before is done; raises what that one raised, and then begins nothing."""


@asynccontextmanager
async def one_behind() -> AsyncIterator[HandOver]:
    """Work that goes on beside its caller, one piece after the other; all of it is done at the end.

    Where the caller is cancelled, so is the work. Where it fails, the work is finished first.
    """
    under_way: asyncio.Task[None] | None = None

    async def hand_over(work: Coroutine[None, None, None]) -> None:
        nonlocal under_way
        try:
            if under_way is not None:
                await under_way
        except BaseException:
            work.close()
            raise
        under_way = asyncio.create_task(work)

    try:
        yield hand_over
    except asyncio.CancelledError:
        if under_way is not None:
            under_way.cancel()
        raise
    finally:
        if under_way is not None:
            await under_way


def _take(waiting: deque[Step]) -> tuple[Step, ...]:
    """The first pages that have their peer in common, and no post."""
    batch: list[Step] = []
    seen: set[int] = set()
    while waiting and _is_of_the_same_peer(waiting[0], batch) and not seen & (ids := _ids_of(waiting[0])):
        batch.append(waiting.popleft())
        seen |= ids
    return tuple(batch)


def _is_of_the_same_peer(step: Step, batch: list[Step]) -> bool:
    return not batch or step.stored.peer == batch[0].stored.peer


def _ids_of(step: Step) -> set[int]:
    return {finding.post.native_id for finding in step.examined.findings} | set(step.examined.page.asked)
