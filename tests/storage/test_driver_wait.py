"""Commands that are cancelled while no server is found leave a client that can be used."""

import asyncio
import subprocess
import sys
from pathlib import Path

from evidence.cipher import Cipher
from evidence.errors import StorageError
from storage.mongo import Store, connected
from tests.conftest import MASTER_KEY

NOWHERE = "mongodb://127.0.0.1:9/haechi?directConnection=true&serverSelectionTimeoutMS=300"
ROUNDS, TOGETHER, PATIENCE_S = 5, 12, 60.0
GIVE_UP = "import asyncio; from tests.storage.test_driver_wait import give_up; asyncio.run(give_up())"


async def _ask(store: Store, number: int) -> None:
    await store["meta"].find_one({"_id": number})


async def give_up() -> None:
    """Say each time that the one who asked last had its answer."""
    for _ in range(ROUNDS):
        try:
            await _give_up_together()
        except StorageError:
            sys.stdout.write("answered\n")


async def _give_up_together() -> None:
    """The first that finds no server cancels the others; then one more asks."""
    async with connected(NOWHERE, Cipher(MASTER_KEY)) as store:
        tasks = [asyncio.create_task(_ask(store, number)) for number in range(TOGETHER)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _ask(store, 1)


def test_who_gives_up_cancels_the_others() -> None:
    """As a service does when its database is gone: the next command is answered by an error, not by silence.

    In a process of its own: where that fails, nothing in it ends any more, and no timeout either.
    """
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", GIVE_UP], cwd=root, stdout=subprocess.PIPE, text=True, timeout=PATIENCE_S, check=True
    )
    assert ["answered"] * ROUNDS == ended.stdout.split()
