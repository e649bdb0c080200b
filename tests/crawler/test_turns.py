"""A background task goes on after a turn that failed, whatever failed it, and ends with its service."""

import asyncio

from crawler.turns import turning
from evidence.errors import StorageError


async def test_a_turn_that_fails_is_followed_by_the_next() -> None:
    """A refusal of ours and a mistake of the driver alike; at the end nothing runs on."""
    taken: list[int] = []
    enough = asyncio.Event()

    async def turn(number: int) -> None:
        taken.append(number)
        if number == 0:
            raise StorageError("away")
        if number == 1:
            raise ConnectionResetError
        enough.set()
        await asyncio.sleep(60)

    async with turning("test", turn, 0.0):
        await asyncio.wait_for(enough.wait(), 5)
    assert [0, 1, 2] == taken
    assert ["test"] != [task.get_name() for task in asyncio.all_tasks() if task.get_name() == "test"]
