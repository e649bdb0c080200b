"""Erasing put together: the log, the ledger, what reads Captures, and the certificate at the end."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from channels.shown_ids import ids_in
from evidence.case import Staff
from evidence.certificate import certificate
from evidence.checkpoint import Files
from evidence.errors import StorageError
from storage.custody import Custody
from storage.custody_blocks import read_head
from storage.erasure import Eraser, Erasure, erase
from storage.erasure_copies import packages_with
from storage.erasure_destroy import WAIT_S
from storage.erasure_ledger import LEDGER, read_ledger
from storage.erasure_replay import replay
from storage.mongo import Store
from storage.sealed import seal_entries


def ledger_of(folder: Path) -> Path:
    """Where the ledger of a data directory lies."""
    return folder / LEDGER


def eraser_for(custody: Custody, files: Files, clock: Callable[[], datetime], wait_s: float = WAIT_S) -> Eraser:
    """What erasing needs in this installation; ``wait_s``: how long a pass over a room is waited for."""
    return Eraser(custody=custody, ledger=ledger_of(files.folder), clock=clock, ids_in=ids_in, wait_s=wait_s)


async def erase_certified(store: Store, eraser: Eraser, staff: Staff, proposal: str) -> dict[str, Any]:
    """Carry out an approved erasure; returns its certificate.

    Raises:
        ConfigError: it was not approved, or the post is erased already, or not there.
        ItemHeld: it is held for a case.
        StorageError: it was begun and could not be ended; the next retention run ends it.
    """
    return await certify(store, await erase(store, eraser, staff, proposal))


async def certify(store: Store, erasure: Erasure) -> dict[str, Any]:
    """The certificate of an erasure."""
    head = await read_head(store)
    if head is None:
        raise StorageError("the custody log is empty: nothing can be certified")
    gone = erasure.order.gone
    return certificate(
        erasure.order,
        head.log,
        erasure.entry,
        await seal_entries(store, gone.items),
        erasure.captures,
        await packages_with(store, gone.items, erasure.done_at),
        erasure.done_at,
    )


async def replay_ledger(store: Store, folder: Path, clock: Callable[[], datetime]) -> int:
    """Destroy in a restored store what the ledger of a data directory says; how many posts had come back."""
    return await replay(store, read_ledger(ledger_of(folder)), ids_in, clock)
