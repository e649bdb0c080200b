"""Who looked at what, out of the custody log, and the reasons that reveals were given for."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

from evidence.access import Access, read_access
from evidence.custody import MOST_ENTRIES, unpack
from storage.custody_blocks import CUSTODY, LAST_SEQ, read_block, read_blocks, read_head
from storage.mongo import Store
from storage.reads import EPOCH


async def accesses(
    store: Store, since: datetime | None, until: datetime, actor: str | None = None
) -> AsyncGenerator[Access, None]:
    """Acts of persons, in the order of the log.

    Args:
        store: open.
        since: from this moment on; None for all.
        until: before this moment.
        actor: only of this pseudonym.

    Raises:
        CustodyBroken: the log cannot be read; ``haechi evidence verify`` says where.
    """
    async with aclosing(read_blocks(store)) as blocks:
        async for block in blocks:
            for line in unpack(block):
                access = read_access(line)
                if access is None or (actor is not None and access.actor != actor):
                    continue
                if (since is None or access.at >= since) and access.at < until:
                    yield access


async def accesses_back(store: Store, before: int | None = None) -> AsyncGenerator[Access, None]:
    """Acts of persons, the newest first; stop iterating when there are enough.

    Args:
        store: open.
        before: only entries with a smaller number; None for all.

    Raises:
        CustodyBroken: the log cannot be read.
    """
    head = await read_head(store)
    end = min(head.size if head else 0, LAST_SEQ if before is None else before)
    while end > 0:
        asked = {"_id": {"$gte": max(0, end - MOST_ENTRIES), "$lt": end}}
        blocks = [read_block(document, document["_id"]) async for document in store[CUSTODY].find(asked)]
        for block in sorted(blocks, key=lambda block: -block.first):
            for line in reversed(unpack(block)):
                access = read_access(line)
                if access is not None and (before is None or access.entry < before):
                    yield access
        end = min((block.first for block in blocks), default=max(0, end - MOST_ENTRIES))


async def reasons(store: Store, since: datetime | None, until: datetime) -> dict[int, str]:
    """The reasons that reveals of that time were given for, by the number of their entry."""
    found = store["reveals"].find({"at": {"$gte": since or EPOCH, "$lt": until}}, {"entry": 1, "reason": 1})
    return {reveal["entry"]: reveal["reason"] async for reveal in found}
