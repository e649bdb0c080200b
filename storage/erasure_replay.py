"""A restored store is told what was erased after its backup was made."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from evidence.erasure import LedgerLine
from storage.erasure import DONE, ERASURES, gone_fields, is_there
from storage.erasure_captures import IdsIn, remove_captures
from storage.erasure_destroy import destroy, lease_when_free
from storage.erasure_ledger import Ledger
from storage.mongo import Store

MOST_POSTS = 200
"""Destroyed together in one transaction."""


async def replay(store: Store, ledger: Ledger, ids_in: IdsIn, clock: Callable[[], datetime]) -> int:
    """Destroy anew what the ledger says was destroyed. The ledger is newer than the store: holds in it do not count.

    Nothing is written to the log, which has the entries or was cut before them. Posts whose time ran out without
    ever being flagged are not in the ledger: the next retention run finds them again.

    Args:
        store: restored, and used by nobody else yet.
        ledger: all of it; what is gone already is passed over.
        ids_in: ``channels.shown_ids.ids_in``.
        clock: the moment.

    Returns:
        How many posts had come back and are gone again.

    Raises:
        StorageError: the database cannot be used; call it again before anybody uses the store.
    """
    again = 0
    for lines in _batches(ledger.lines):
        gones, is_request = [line.gone for line in lines], lines[0].is_request
        again += sum([await is_there(store, gone) for gone in gones])
        async with lease_when_free(store, gones[0].source, clock) as lease:
            await destroy(store, lease, gones, clock(), is_request=is_request, beats_hold=True)
            if is_request:
                ids = {native_id for gone in gones for native_id in gone.native_ids}
                await remove_captures(store, lease.source, ids, ids_in)
        for line in lines if is_request else ():
            await _note_replayed(store, line, clock())
    return again


def _batches(lines: Sequence[LedgerLine]) -> Iterator[list[LedgerLine]]:
    """Lines of one Source and one kind."""
    groups: dict[tuple[str, bool], list[LedgerLine]] = {}
    for line in lines:
        groups.setdefault((line.gone.source, line.is_request), []).append(line)
    for group in groups.values():
        yield from (group[start : start + MOST_POSTS] for start in range(0, len(group), MOST_POSTS))


async def _note_replayed(store: Store, line: LedgerLine, at: datetime) -> None:
    """The restored store knows of the erasure too, unless it did."""
    document = {**gone_fields(line.gone), "at": line.at, "basis": line.basis, "requester": line.requester}
    document |= {"state": DONE, "entry": line.seq, "captures": 0, "done_at": line.at, "replayed_at": at}
    known = await store[ERASURES].find_one({"_id": line.gone.post}, {"state": 1})
    if known is None or known["state"] != DONE:
        await store[ERASURES].replace_one({"_id": line.gone.post}, document, upsert=True)
