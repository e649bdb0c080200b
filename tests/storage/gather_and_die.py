"""A program that gathers the index and kills itself before its n-th command to the database."""

import asyncio
import sys

from evidence.cipher import Cipher
from storage.mongo import open_store
from storage.search_gather import gather
from tests.conftest import MASTER_KEY, NOW
from tests.storage.erase_and_die import Deadly
from tests.storage.searching import TOGETHER


async def main(uri: str, last: int, least: int) -> None:
    """Gather, or die on the way."""
    deadly = Deadly(last)
    async with open_store(uri, Cipher(MASTER_KEY), [deadly]) as store:
        deadly.is_armed = True
        await gather(store, NOW, least, TOGETHER)
        deadly.is_armed = False


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
