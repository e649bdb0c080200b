"""Whose turn it is to ask a web host: one process at a time, so that the host sees one pace whatever our number."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from storage.leases import PROCESS, held_here, is_over
from storage.mongo import Document, Store

HOST_TURNS = "host_turns"
TURN = timedelta(seconds=90)
"""Longer than any request; a process that died in one keeps its turn no longer."""


class StoredTurns:
    """The turns of all hosts, in the store."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def take(self, host: str) -> tuple[bool, float, int]:
        """Try to take a host's turn.

        Returns:
            Whether it is ours now; the seconds until the host is free, 0 where somebody asks it just now;
            and how often it was held since it gave trouble first.
        """
        now = self._clock()
        here = {"holder": PROCESS, **held_here(now + TURN)}
        held = await self._store[HOST_TURNS].find_one({"_id": host})
        if held is None:
            return await self._take_first({"_id": host, "free_at": now, "holds": 0, **here}), 0.0, 0
        left_s = max(0.0, (held["free_at"] - now).total_seconds())
        if left_s or not is_over(held, now):
            return False, left_s, held["holds"]
        as_seen: Document = {"_id": host, "holder": held["holder"], "until": held["until"]}
        taken = await self._store[HOST_TURNS].update_one(as_seen, {"$set": here})
        return bool(taken.matched_count), 0.0, held["holds"]

    async def _take_first(self, document: Document) -> bool:
        try:
            await self._store[HOST_TURNS].insert_one(document)
        except DuplicateKeyError:
            return False
        return True

    async def give_back(self, host: str, left_s: float, holds: int) -> None:
        """Let the host be asked again in so many seconds, by whoever comes first then."""
        now = self._clock()
        after: Document = {"until": now, "free_at": now + timedelta(seconds=max(0.0, left_s)), "holds": holds}
        await self._store[HOST_TURNS].update_one({"_id": host, "holder": PROCESS}, {"$set": after})

    async def note_holds(self, holds: Mapping[str, tuple[float, int]]) -> None:
        """Let all processes wait where a host asked this one to, in the form of ``save_holds``."""
        now = self._clock()
        for host, (left_s, number) in holds.items():
            longer: Document = {"$max": {"free_at": now + timedelta(seconds=left_s)}, "$set": {"holds": number}}
            await self._store[HOST_TURNS].update_one({"_id": host}, longer)
