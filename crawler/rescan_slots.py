"""A rescan spread over workers: a slot for each place, and how far a place is stands in the database."""

import asyncio
from collections.abc import Callable

from config.settings import Settings
from crawler.assemble import now
from crawler.broker import CHORES, Send
from crawler.rescan_order import order_for, rescanner_for
from crawler.rescan_processes import Reader
from crawler.rescanning import LAST_WAIT_S, Rescanner, rescan_place
from crawler.trying import Place
from evidence.errors import BrokerLost, SourceTaken, StorageError
from storage.leases import PROCESS
from storage.mongo import Store
from storage.rescans import Rescan, Share, Tally, find_rescan, read_share
from storage.slots import Kind, Slot, claim_slot, end_slot, latest_slot, note_handed

DONE, TAKEN = "done", "taken"
OTHER = "a worker has another watchlist, register or version: bring all of them up to the same one, then rescan"
LOOK_S, AGAIN_S = 0.5, 5.0
"""Between two looks how far a worker is; until a broker that does not answer is asked again."""
AT_ONCE = 32
"""Places that wait in the queue together."""


def reader_by_workers(store: Store, rescan: Rescan, send: Send, is_stopped: Callable[[], bool]) -> Reader:
    """One that has places read by whichever worker is free; a place that was begun is ended there also after a stop."""

    async def read(place: Place, wait_s: float, tell: Callable[[Tally], None]) -> Share:
        slot = await _ask(store, rescan, place, send)
        told = (await read_share(store, rescan, place.source)).tally
        while True:
            last = await latest_slot(store, Kind.RESCAN, slot.subject, 0, now())
            share = await read_share(store, rescan, place.source)
            tell(_difference(share.tally, told))
            told = share.tally
            if last is None or last.done_at is not None or is_stopped():
                return _checked(place, share, last.outcome if last else None)
            if last.is_to_hand(PROCESS, now()):
                await _hand(store, slot, send)
            await asyncio.sleep(LOOK_S)

    return read


async def _ask(store: Store, rescan: Rescan, place: Place, send: Send) -> Slot:
    subject = f"{rescan.id}\n{place.source}"
    last = await latest_slot(store, Kind.RESCAN, subject, 0, now())
    if last is not None and last.done_at is None:
        return last.slot
    slot = Slot(kind=Kind.RESCAN, subject=subject, at=now())
    if await claim_slot(store, slot, PROCESS, now()):
        await _hand(store, slot, send)
    return slot


async def _hand(store: Store, slot: Slot, send: Send) -> None:
    try:
        await send(CHORES, slot.id)
    except BrokerLost:
        await asyncio.sleep(AGAIN_S)
    else:
        await note_handed(store, slot, now())


def _checked(place: Place, share: Share, outcome: str | None) -> Share:
    if outcome == TAKEN:
        raise SourceTaken(place.source)
    if outcome == OTHER:
        raise StorageError(OTHER)
    return share


def _difference(tally: Tally, before: Tally) -> Tally:
    return Tally(**{name: getattr(tally, name) - getattr(before, name) for name in Tally.__slots__})


class RescanSlots:
    """The worker's side: words and register are compiled once for all places of a rescan."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._ready: tuple[str, Rescanner] | None = None

    async def do(self, slot: Slot, is_stopped: Callable[[], bool]) -> bool:
        """Rescan the place of a slot; False where it was stopped before the end.

        Raises:
            StorageError: the database cannot be used.
        """
        name, _, source = slot.subject.partition("\n")
        rescan, order = await find_rescan(self._store, name), await order_for(self._store, self._settings, None)
        place = next((place for place in order.places if place.source == source), None)
        if rescan is None or place is None or order.what != name.partition(" ")[0]:
            await end_slot(self._store, slot, OTHER, now())
            return True
        if self._ready is None or self._ready[0] != order.what:
            self._ready = order.what, await rescanner_for(self._store, self._settings, order)
        try:
            share = await rescan_place(place, rescan, self._ready[1], LAST_WAIT_S, is_stopped)
        except SourceTaken:
            await end_slot(self._store, slot, TAKEN, now())
            return True
        if share.is_done:
            await end_slot(self._store, slot, DONE, now())
        return share.is_done
