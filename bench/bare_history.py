"""All of a room's history by raw requests, nothing kept: ``python -m bench.bare_history SESSION ROOM``."""

import asyncio
import sys

from telethon import TelegramClient
from telethon.tl import functions

AT_ONCE = 100


async def read(session: str, room: str) -> int:
    """Read every page with Telethon alone; returns how many messages there were."""
    client = TelegramClient(session, 1, "practice")
    await client.connect()
    peer, before, number = await client.get_input_entity(room), 0, 0
    while True:
        request = functions.messages.GetHistoryRequest(
            peer=peer, offset_id=before, offset_date=None, add_offset=0, limit=AT_ONCE, max_id=0, min_id=0, hash=0
        )
        messages = (await client(request)).messages
        if not messages:
            break
        number, before = number + len(messages), messages[-1].id
    await client.disconnect()
    return number


if __name__ == "__main__":
    print(asyncio.run(read(*sys.argv[1:])))
