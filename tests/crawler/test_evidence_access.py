"""The log of access: who, when, from where, whose, what, and why; of persons, not of the program's own parts."""

import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from crawler.commands.evidence_access import access_row
from crawler.staff import staff_here
from evidence.access import Access, read_access
from evidence.case import Staff
from evidence.checkpoint import Files
from evidence.cipher import Cipher
from storage.access import accesses, reasons
from storage.cases import add_case, put_items
from storage.custody import Custody, open_custody
from storage.mongo import Store
from storage.reveals import record_reveal
from tests.conftest import MASTER_KEY, NOW, Clock
from tests.crawler.serving import call
from tests.storage.sealing import flagged, seal

ONE, TWO = (Staff(actor=f"staff-{name}", role="operator", session_id=f"s-{name}@desk-{name}") for name in "ab")
ITEM = "1900000001:1:1"


@pytest_asyncio.fixture
async def custody(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Custody]:
    """The log, in which two persons looked at an item an hour apart."""
    async with open_custody(store, clock, Files(folder=tmp_path)) as opened:
        await seal(store, flagged(1, "a"))
        case = await add_case(store, opened, ONE, "who?", clock())
        await put_items(store, opened, ONE, case.id, [ITEM], clock())
        await record_reveal(store, opened, ONE, "evidence", ITEM, "call of 010-2345-6789", clock())
        clock.forward(hours=1)
        await record_reveal(store, opened, TWO, "evidence", ITEM, "second look", clock())
        yield opened


async def listed(
    store: Store, since_h: float | None = None, until_h: float = 9, actor: str | None = None
) -> list[Access]:
    """Accesses between two hours after the first one."""
    since = None if since_h is None else NOW + timedelta(hours=since_h)
    return [one async for one in accesses(store, since, NOW + timedelta(hours=until_h), actor)]


async def test_the_five_fields(store: Store, custody: Custody) -> None:
    """And reason code and words; the seal of the item, which no person made, is not among them."""
    found = await listed(store)
    assert ["case-add", "case-put", "reveal", "reveal"] == [one.what for one in found]
    why = await reasons(store, None, NOW + timedelta(days=1))
    row = access_row(found[2], why[found[2].entry])
    assert {
        "who": "staff-a",
        "role": "operator",
        "when": "2026-11-20T09:00:00Z",
        "from_where": "desk-a",
        "whose": f"evidence {ITEM}",
        "what": "reveal",
        "reason_code": None,
        "reason": "call of [전화]",
        "entry": found[2].entry,
    } == row
    assert ITEM == found[1].reason_code


async def test_of_a_time_and_of_a_person(store: Store, custody: Custody) -> None:
    """From one moment on, before another one, of one person."""
    assert ["staff-b"] == [one.actor for one in await listed(store, since_h=1)]
    assert 3 == len(await listed(store, until_h=1)) == len(await listed(store, actor="staff-a"))
    assert [] == await listed(store, actor="staff-c")


async def test_two_who_look_at_the_same_moment_are_two(store: Store, custody: Custody, clock: Clock) -> None:
    """Each has an entry and a reason of their own."""
    at = clock.forward(minutes=1)
    entries = [await record_reveal(store, custody, who, "evidence", ITEM, who.actor, at) for who in (TWO, ONE)]
    why = await reasons(store, None, NOW + timedelta(days=1))
    assert ["staff-b", "staff-a"] == [why[entry] for entry in entries]


def test_a_command_says_from_which_machine() -> None:
    """In the log itself, so that it cannot be changed later."""
    staff = staff_here(Cipher(MASTER_KEY))
    assert staff.session_id.endswith(f"@{socket.gethostname()}")


@pytest.mark.slow
def test_the_command(env: dict[str, str]) -> None:
    """Rows of what this account did; words where nobody did anything."""
    assert "nobody looked at anything" in call("evidence", "access", env=env).out
    assert 0 == call("case", "add", "who?", env=env).code
    (row,) = call("evidence", "access", "--since", "1h", "--json", env=env).rows
    assert ("case-add", socket.gethostname()) == (row["what"], row["from_where"])
    assert [] == call("evidence", "access", "--actor", "staff-x", "--json", env=env).rows
    assert 2 == call("evidence", "access", "--since", "soon", env=env).code


def test_the_programs_own_entries_are_none() -> None:
    """They are told apart without reading the whole entry."""
    assert read_access(b'{"actor":"collector","actor_role":"system"}') is None
