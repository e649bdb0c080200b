"""Who looked at what, out of the custody log, and the reasons that reveals were given for."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

from evidence.access import Access, read_access
from evidence.custody import unpack
from storage.custody_blocks import read_blocks
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


async def reasons(store: Store, since: datetime | None, until: datetime) -> dict[int, str]:
    """The reasons that reveals of that time were given for, by the number of their entry."""
    found = store["reveals"].find({"at": {"$gte": since or EPOCH, "$lt": until}}, {"entry": 1, "reason": 1})
    return {reveal["entry"]: reveal["reason"] async for reveal in found}
