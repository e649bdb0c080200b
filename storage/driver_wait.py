"""How the driver waits while it looks for a server: as Python does it from 3.12 on.

Python 3.11's ``wait_for`` waits in a task of its own. Where that runs out of time in the moment in which its caller is
cancelled, the caller gives back the lock of the driver's picture of its servers, and the task takes it afterwards, for
good: from then on no command ends. It is when the database goes that many commands wait together, and one that gives up
cancels the others.
"""

import asyncio
import sys
from collections.abc import Awaitable
from typing import TypeVar

import pymongo.lock

T = TypeVar("T")


async def _wait_for(work: Awaitable[T], most_s: float | None) -> T:
    """Wait in the caller's own task, so that it has its lock again when it goes on, however that came."""
    async with asyncio.timeout(most_s):
        return await work


def let_driver_be_cancelled() -> None:
    """Make commands that look for a server safe to cancel; nothing from Python 3.12 on."""
    if sys.version_info < (3, 12):
        setattr(pymongo.lock, "wait_for", _wait_for)  # noqa: B010 - the driver's types do not name it
