"""The one appender of the custody log. An act is done only after its entry is durable.

Whoever holds the lease appends; each taking of it has a number, the epoch, that every block is
written with: an appender that slept through its lease writes nothing more. Entries that come while
a block is written go into the next one together. Other processes put theirs into
``custody_pending`` and wait until the appender has moved them into the log, in one transaction.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError, PyMongoError

from evidence.checkpoint import Files, append_note, last_note, sign_head
from evidence.custody import (
    BEGIN,
    MOST_ENTRIES,
    ROTATE,
    Act,
    Block,
    Head,
    key_act,
    make_block,
    new_head,
    request_hash,
    signed_bytes,
)
from evidence.errors import ConfigError, SourceTaken, StorageError
from evidence.keys import NEXT, change_key, new_key, read_key, write_key
from storage.custody_blocks import (
    APPENDER,
    CUSTODY,
    PENDING,
    block_document,
    find_requests,
    read_head,
)
from storage.custody_lease import LEASE, Lead, release, take_lead
from storage.custody_pending import hand_over, read_pending
from storage.custody_queue import Queue
from storage.leases import PROCESS
from storage.mongo import Session, Store

POLL_S = 0.1
"""How often an appender looks for entries of others, and others whether theirs are written."""
WAIT_S = 30.0
NOTE_ENTRIES, NOTE_EVERY = 1_000, timedelta(minutes=5)
"""A checkpoint after so many entries, or so long after the last one if there are new ones."""


@dataclass(slots=True)
class Custody:
    """The log as a process uses it; made by ``open_custody``."""

    store: Store
    clock: Callable[[], datetime]
    files: Files | None
    serves: bool
    wait_s: float
    _queue: Queue = field(default_factory=Queue)
    _is_ending: bool = False
    _lead: Lead | None = None
    _head: Head | None = None
    _noted: int = 0
    _noted_at: datetime | None = None
    _looked_at: float = 0.0
    _problem: str = "no appender took it"
    _task: "asyncio.Task[None] | None" = None

    async def record(self, *acts: Act) -> tuple[int, ...]:
        """Write entries, and return once they are durable. Do nothing of what they say before that.

        A repeated request is not written again. An entry that came too late for this call may still be
        written by another process: then the log says that something was about to be done.

        Returns:
            The number (``seq``) of each entry.

        Raises:
            StorageError: they are not durable in time (30 s); what they announce must not be done.
        """
        if any(act.action in (BEGIN, ROTATE) for act in acts):
            raise StorageError("custody: begin and rotate-key are entries that the log itself writes")
        return await self._wait_for([self._queue.ask(act) for act in acts])

    async def rotate(self) -> int:
        """Change to a fresh key, by an entry that the old and the new one sign; returns its number.

        Raises:
            StorageError: as ``record``; also where this process has no key.
        """
        if self.files is None:
            raise StorageError("custody: the key can be changed only where it lies")
        place = self.files.key.with_name(self.files.key.name + NEXT)
        await asyncio.to_thread(write_key, place, new_key())
        key = await asyncio.to_thread(read_key, place)
        act = key_act(ROTATE, key.public, PROCESS)
        (seq,) = await self._wait_for([self._queue.ask(act, key)])
        return seq

    async def _wait_for(self, futures: Sequence["asyncio.Future[int]"]) -> tuple[int, ...]:
        if self._task is None or self._task.done():
            raise StorageError("custody: the log is closed: nothing was recorded, nothing may be done")
        _, late = await asyncio.wait([*futures], timeout=self.wait_s) if futures else ((), ())
        if late:
            self._queue.forget(late)
            raise StorageError(
                f"custody: not durable within {self.wait_s:.0f} s ({self._problem}): nothing may be done"
            )
        return tuple(future.result() for future in futures)

    # ------------------------------------------------------------------ the appender's loop

    async def _work(self) -> None:
        while self._queue or not self._is_ending:
            await self._pause()
            try:
                await self._turn()
            except SourceTaken:
                await self._drop_lead()
            except PyMongoError as problem:  # whether it was written is not known: looked up before the next try
                self._head, self._problem = None, type(problem).__name__
                await asyncio.sleep(POLL_S)
            except (StorageError, ConfigError) as problem:
                await self._drop_lead()
                self._queue.fail(problem)
        await self._leave()

    async def _pause(self) -> None:
        """Until there is something to write, or it is time to look again."""
        is_looking = self.serves or self._lead or self._queue.is_waiting
        if not self._queue or is_looking:
            try:
                async with asyncio.timeout(POLL_S if is_looking else None):
                    await self._queue.news.wait()
            except TimeoutError:
                pass
        self._queue.news.clear()

    async def _turn(self) -> None:
        if self._lead is None and self.files is not None and (self._queue or self.serves):
            await self._take(self.files)
        if self._lead is not None:
            self._head = self._head or await read_head(self.store) or new_head(self._lead.key.public)
            if await self._append(self._lead, self._head) and not self._looked_at:
                self._queue.news.set()
            await self._note_if_due()
        elif self._queue:
            await self._leave_to_others()

    async def _leave_to_others(self) -> None:
        """Put our entries where the appender finds them, and see which it has written."""
        self._queue.settle(await find_requests(self.store, self._queue.hashes))
        fresh = self._queue.not_handed_over()
        await hand_over(self.store, [asked.act for asked in fresh])
        for asked in fresh:
            asked.is_pending = True

    # ------------------------------------------------------------------ the lease

    async def _take(self, files: Files) -> None:
        """Become the appender if nobody is.

        Raises:
            ConfigError: the key here is not the log's.
            CustodyBroken: the log ends before our own last checkpoint.
        """
        taken = await take_lead(self.store, files, self.clock())
        if taken is None:
            return
        self._lead, head = taken
        self._head = head or new_head(self._lead.key.public)
        note = await asyncio.to_thread(last_note, files.notes)
        self._noted, self._noted_at = (note.size, note.at) if note else (0, None)

    async def _drop_lead(self) -> None:
        """Somebody else appends, or wrote without being the appender."""
        if self._lead is not None:
            await release(self.store, self._lead, self.clock())
        self._lead = None

    async def _append(self, lead: Lead, head: Head) -> bool:
        """Write one block of what is asked for here and by others; False where there is nothing."""
        own = self._queue.next_block()
        changes_key = bool(own and own[0].key)
        others = [] if changes_key else await self._others(MOST_ENTRIES - 1 - len(own))
        if not (own or others):
            return False
        acts = {act.request: act for act in (*(asked.act for asked in own), *others)}
        if head.size == 0:
            begin = key_act(BEGIN, head.key, PROCESS)
            acts = {begin.request: begin, **({} if changes_key else acts)}
        block, after = make_block(head, list(acts.values()), lead.epoch, self.clock())
        signing = (lead.key, *(asked.key for asked in own if asked.key and after.key != head.key))
        block = replace(block, signatures=tuple(key.sign(signed_bytes(block)) for key in signing))
        waiting = [*(asked.act for asked in own if asked.is_pending), *others]
        try:
            await self._write(lead, block, [request_hash(act.request).hex() for act in waiting])
        except DuplicateKeyError:
            await self._drop_written(block)
            return True
        self._head = after
        if after.key != head.key and self.files is not None:
            await asyncio.to_thread(change_key, self.files.key)
            self._lead = replace(lead, key=signing[-1])
        self._queue.settle({request: block.first + place for place, request in enumerate(block.requests)})
        return True

    async def _others(self, most: int) -> list[Act]:
        """What other processes ask for, looked for now and then."""
        now = time.monotonic()
        if most <= 0 or now - self._looked_at < POLL_S:
            return []
        found = await read_pending(self.store, most)
        self._looked_at = now if len(found) < most else 0.0  # there are more
        return found

    async def _write(self, lead: Lead, block: Block, pending: Sequence[str]) -> None:
        """Block and lease together, and nothing without the lease."""
        longer = {"$set": {"until": self.clock() + LEASE, "last": block.first}, "$inc": {"renewals": 1}}
        mine = {"_id": CUSTODY, "holder": lead.holder, "epoch": lead.epoch}

        async def work(session: Session) -> None:
            if not (await self.store[APPENDER].update_one(mine, longer, session=session)).matched_count:
                raise SourceTaken(CUSTODY)
            await self.store[CUSTODY].insert_one(block_document(block), session=session)
            if pending:
                await self.store[PENDING].delete_many({"_id": {"$in": list(pending)}}, session=session)

        await self.store.in_transaction(work)

    async def _drop_written(self, block: Block) -> None:
        """Some of it is in the log already: a repeated request, or a write whose answer was lost.

        Raises:
            SourceTaken: none is; another appender wrote in our place.
        """
        written = await find_requests(self.store, block.requests)
        if not written:
            raise SourceTaken(CUSTODY)
        await self.store[PENDING].delete_many({"_id": {"$in": [request.hex() for request in written]}})
        self._queue.settle(written)
        self._head = await read_head(self.store) or self._head

    # ------------------------------------------------------------------ checkpoints

    async def _note_if_due(self) -> None:
        head = self._head
        if head is None or head.size <= self._noted:
            return
        is_time = self._noted_at is None or self.clock() - self._noted_at >= NOTE_EVERY
        if is_time or head.size - self._noted >= NOTE_ENTRIES:
            await self._note()

    async def _note(self) -> None:
        if self._head is None or self._lead is None or self.files is None or self._head.size <= self._noted:
            return
        note = sign_head(self._head, self._lead.key, self.clock())
        await asyncio.to_thread(append_note, self.files.notes, note)
        self._noted, self._noted_at = note.size, note.at

    async def _leave(self) -> None:
        """What others still wait for, the last checkpoint; the next appender need not wait."""
        with suppress(SourceTaken):
            while self.serves and self._lead and self._head:
                self._looked_at = 0.0
                if not await self._append(self._lead, self._head):
                    break
        await self._note()
        await self._drop_lead()


@asynccontextmanager
async def open_custody(
    store: Store, clock: Callable[[], datetime], files: Files | None, *, serves: bool = False, wait_s: float = WAIT_S
) -> AsyncIterator[Custody]:
    """The log, as long as it is needed; at the end what was asked for is written, and a checkpoint made.

    Args:
        store: open.
        clock: the moment, aware.
        files: key and checkpoints of this installation; None on a machine that only hands its entries over.
        serves: append for other processes too, also while this one records nothing: the service.
        wait_s: how long an entry may take to become durable.
    """
    custody = Custody(store, clock, files, serves, wait_s)
    custody._task = asyncio.create_task(custody._work(), name="custody")
    try:
        yield custody
    finally:
        custody._is_ending = True
        custody._queue.news.set()
        await custody._task
