"""How a service hears that it is to end."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

SIGNS = (signal.SIGTERM, signal.SIGINT)
_listening: list[Callable[[], None]] = []


@contextmanager
def told_by_signals(told: Callable[[], None]) -> Iterator[None]:
    """Be told of each SIGTERM and SIGINT, as long as it is needed; so is whoever was listening already."""
    loop = asyncio.get_running_loop()
    if not _listening:
        for sign in SIGNS:
            loop.add_signal_handler(sign, _tell)
    _listening.append(told)
    try:
        yield
    finally:
        _listening.remove(told)
        if not _listening:
            for sign in SIGNS:
                loop.remove_signal_handler(sign)


def _tell() -> None:
    for told in _listening:
        told()


@asynccontextmanager
async def called_when(event: asyncio.Event, call: Callable[[], None]) -> AsyncIterator[None]:
    """Call something as soon as an event is set, as long as it is needed."""

    async def wait() -> None:
        await event.wait()
        call()

    task = asyncio.create_task(wait())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def passed(event: asyncio.Event, for_s: float) -> bool:
    """Wait for an event, but no longer; whether it is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(for_s):
            await event.wait()
    return event.is_set()
