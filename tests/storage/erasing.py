"""Posts to be erased, and two persons who agree on it."""

from pathlib import Path

from channels.shown_ids import ids_in
from evidence.approval import ERASE
from evidence.case import Staff
from evidence.erasure import Basis, Requester, about_code
from storage.approvals import approve, propose
from storage.custody import Custody
from storage.erasure import Eraser
from storage.erasure_ledger import LEDGER
from storage.mongo import Store
from tests.conftest import Clock
from tests.storage.making import NAMING, keep, page, post
from tests.storage.sealing import PEER, flagged, seal

ONE = Staff(actor="staff-1", role="operator", session_id="session-1")
TWO = Staff(actor="staff-2", role="operator", session_id="session-2")
ABOUT = (Basis.SUBJECT, Requester.VICTIM)
POST = f"{PEER}:2"


def eraser(custody: Custody, folder: Path, clock: Clock) -> Eraser:
    """What erases in a test, with the program's own reader of Captures; it waits for no pass."""
    return Eraser(custody=custody, ledger=folder / LEDGER, clock=clock, ids_in=ids_in, wait_s=0.0)


async def fill(store: Store, *native_ids: int) -> list[str]:
    """Keep posts that name a school, each flagged and sealed; ids of the items."""
    await keep(store, page(*(post(native_id, f"{NAMING} {native_id}") for native_id in native_ids)))
    return await seal(store, *(flagged(native_id, f"{NAMING} {native_id}") for native_id in native_ids))


async def agreed(store: Store, custody: Custody, clock: Clock, name: str = POST) -> str:
    """A proposal that another person approved."""
    made = await propose(store, custody, ONE, ERASE, about_code(name, *ABOUT), "letter 12", clock())
    return (await approve(store, custody, TWO, made.id, clock())).id
