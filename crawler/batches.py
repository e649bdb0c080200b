"""Pages in batches: the next ones are read and examined while the last ones are being stored.

A transaction costs nearly the same for one page or for ten, so a batch waits a moment until it is full.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager, suppress

from evidence.records import Page

PATIENCE_S = 0.15
"""How long a page waits for others at the most; ten pages of a protocol's history are read in less."""


async def in_batches(pages: AsyncGenerator[Page, None], most: int) -> AsyncGenerator[tuple[Page, ...], None]:
    """Pages in their order, as many together as arrive in a moment.

    Args:
        pages: as a collector yields them; closed at the end.
        most: in a batch, and read ahead.

    Yields:
        Batches in which no post comes twice.

    Raises:
        What the collector raised, after all that it yielded before.
    """
    waiting: deque[Page] = deque()
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


def _take(waiting: deque[Page]) -> tuple[Page, ...]:
    """The first pages that have no post in common."""
    batch: list[Page] = []
    seen: set[int] = set()
    while waiting and not seen & (ids := _ids_of(waiting[0])):
        batch.append(waiting.popleft())
        seen |= ids
    return tuple(batch)


def _ids_of(page: Page) -> set[int]:
    return {post.native_id for post in page.reading.posts} | set(page.asked)
