"""A rescan spread over processes of this machine: each with a store and criteria of its own, a place at a time.

A process that hears anything while it reads stops after its partition; so does one whose parent is gone.
"""

import asyncio
import multiprocessing
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from typing import Protocol

from config.settings import Settings
from crawler.assemble import evidence_store
from crawler.output import set_up_logging
from crawler.rescan_order import Order, rescanner_for
from crawler.rescanning import Rescanner, rescan_place
from crawler.trying import Place
from evidence.errors import HaechiError, SourceTaken, StorageError
from storage.rescans import Rescan, Share, Tally

END_S = 20.0
"""How long a process may take to end."""


class Reader(Protocol):
    """Reads places again, one at a time."""

    def __call__(self, place: Place, wait_s: float, tell: Callable[[Tally], None]) -> Awaitable[Share]:
        """Read a place to its end, or as far as it gets before the stop; see ``rescan_place``."""


@asynccontextmanager
async def reader_here(rescanner: Rescanner, rescan: Rescan, is_stopped: Callable[[], bool]) -> AsyncIterator[Reader]:
    """One that reads in this process."""

    def read(place: Place, wait_s: float, tell: Callable[[Tally], None]) -> Awaitable[Share]:
        return rescan_place(place, rescan, rescanner, wait_s, is_stopped, tell)

    yield read


@asynccontextmanager
async def reader_beside(
    settings: Settings, uri: str, order: Order, rescan: Rescan, stop: asyncio.Event
) -> AsyncIterator[Reader]:
    """One that reads in a process of its own."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_main, args=(there, settings, uri, order, rescan), daemon=True)
    process.start()
    there.close()

    async def read(place: Place, wait_s: float, tell: Callable[[Tally], None]) -> Share:
        here.send((place, wait_s))
        stopping = asyncio.create_task(_pass_on(stop, here))
        try:
            return await _hear(here, tell)
        finally:
            stopping.cancel()

    try:
        yield read
    except BaseException:
        process.kill()  # what it was about to store is stored whole or not at all
        raise
    finally:
        here.close()
        await asyncio.to_thread(process.join, END_S)
        process.kill()


async def _pass_on(stop: asyncio.Event, here: Connection) -> None:
    await stop.wait()
    here.send(None)


async def _hear(here: Connection, tell: Callable[[Tally], None]) -> Share:
    """What a process says until it is done with a place."""
    while True:
        try:
            said: object = await asyncio.to_thread(here.recv)
        except (EOFError, OSError):
            raise StorageError("a process of the rescan ended by itself: the same command goes on") from None
        if isinstance(said, Tally):
            tell(said)
        elif isinstance(said, Share):
            return said
        elif isinstance(said, str):
            raise SourceTaken(said)
        elif isinstance(said, HaechiError):
            raise said


def _main(there: Connection, settings: Settings, uri: str, order: Order, rescan: Rescan) -> None:
    """A process from its beginning to its end; Ctrl-C is for its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_up_logging()
    try:
        asyncio.run(_serve(there, settings, uri, order, rescan))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # its parent is gone, or wants no more
    except HaechiError as problem:
        there.send(StorageError(str(problem)))


async def _serve(there: Connection, settings: Settings, uri: str, order: Order, rescan: Rescan) -> None:
    async with evidence_store(settings, uri) as store:
        rescanner = await rescanner_for(store, settings, order)
        while True:
            asked = await asyncio.to_thread(there.recv)
            if asked is not None:
                there.send(await _answer(there, rescan, rescanner, *asked))


async def _answer(there: Connection, rescan: Rescan, rescanner: Rescanner, place: Place, wait_s: float) -> Share | str:
    """How far a place is; its name where a pass holds it."""
    try:
        return await rescan_place(place, rescan, rescanner, wait_s, there.poll, there.send)
    except SourceTaken:
        return place.source
