"""Acts of two persons on a real database: proposed, approved by another one, taken once, all of it in the log."""

import json
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from evidence.case import Staff
from evidence.checkpoint import Files
from evidence.errors import ConfigError, CustodyBroken, StorageError
from storage.approvals import PROPOSALS, all_proposals, approve, approve_alone, find_proposal, propose, take
from storage.custody import Custody, open_custody
from storage.mongo import Store
from tests.conftest import NOW, Clock
from tests.storage.making import everything

ONE, TWO = (Staff(actor=f"staff-{name}", role="investigator", session_id="session-1") for name in ("one", "two"))
SEOUL = Staff(actor="staff-seoul", role="supervisor", session_id="session-2", offices=frozenset({"B10"}))
ABOUT = "case-00000001/police"


@pytest_asyncio.fixture
async def custody(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Custody]:
    """The log of the store."""
    async with open_custody(store, clock, Files(folder=tmp_path)) as opened:
        yield opened


def logged(uri: str) -> list[dict[str, Any]]:
    """Entries of the log."""
    blocks = sorted(everything(uri)["custody"], key=lambda block: block["_id"])
    return [json.loads(line) for block in blocks for line in zlib.decompress(block["packed"]).split(b"\n")]


async def test_what_another_person_approved_is_taken_once(store: Store, custody: Custody, own_database: str) -> None:
    """And each step is in the log, without the reason's words."""
    made = await propose(store, custody, ONE, "export", ABOUT, " 경찰 요청 ", NOW)
    assert ("waiting", "경찰 요청", NOW + timedelta(days=3)) == (made.state(NOW), made.reason, made.expires_at)
    approved = await approve(store, custody, TWO, made.id, NOW)
    assert ("approved", "staff-two", False) == (approved.state(NOW), approved.approved_by, approved.is_alone)
    assert made.id == (await take(store, made.id, "export", ABOUT, NOW)).id
    with pytest.raises(ConfigError, match="is used: an approval is used once"):
        await take(store, made.id, "export", ABOUT, NOW)
    assert [("used", made.id)] == [(one.state(NOW), one.id) for one in await all_proposals(store, NOW.replace(hour=23))]
    entries = [(entry["action"], entry["target_type"], entry["target_id"]) for entry in logged(own_database)[1:]]
    assert [("propose", "export", ABOUT), ("approve", "export", ABOUT)] == entries
    assert {made.id} == {entry["reason_code"] for entry in logged(own_database)[1:]}
    stored = repr([everything(own_database)[name] for name in (PROPOSALS, "custody")])
    assert "경찰" not in stored
    assert repr("경찰".encode())[2:-1] not in stored


async def test_nobody_approves_their_own(store: Store, custody: Custody) -> None:
    """Nor does what was not approved, or for something else, let anything be done."""
    made = await propose(store, custody, ONE, "export", ABOUT, "asked for", NOW)
    with pytest.raises(ConfigError, match="whoever proposed it cannot approve it"):
        await approve(store, custody, ONE, made.id, NOW)
    with pytest.raises(ConfigError, match="is not approved"):
        await take(store, made.id, "export", ABOUT, NOW)
    await approve(store, custody, TWO, made.id, NOW)
    for act, about in (("erase", ABOUT), ("export", "case-00000002/police")):
        with pytest.raises(ConfigError, match="propose it anew"):
            await take(store, made.id, act, about, NOW)
    with pytest.raises(ConfigError, match="is approved: only what waits"):
        await approve(store, custody, SEOUL, made.id, NOW)


async def test_a_changed_approver_does_not_count(store: Store, custody: Custody) -> None:
    """Whoever writes past the store cannot make one person two, nor change the reason that was given."""
    made = await propose(store, custody, ONE, "export", ABOUT, "asked for", NOW)
    await store[PROPOSALS].update_one({"_id": made.id}, {"$set": {"approved_by": ONE.actor}})
    with pytest.raises(ConfigError, match="is not approved"):
        await take(store, made.id, "export", ABOUT, NOW)
    await store[PROPOSALS].update_one({"_id": made.id}, {"$set": {"commit": "00" * 32}})
    with pytest.raises(CustodyBroken, match="not what was committed to"):
        await find_proposal(store, made.id)


@pytest.mark.parametrize(("act", "lasts"), [("reveal", timedelta(minutes=15)), ("erase", timedelta(days=3))])
async def test_it_expires(store: Store, custody: Custody, act: str, lasts: timedelta) -> None:
    """Before it is approved, and after."""
    late, early = NOW + lasts, NOW + lasts - timedelta(milliseconds=1)
    one, two = [await propose(store, custody, ONE, act, f"item-{number}", "asked for", NOW) for number in (1, 2)]
    await approve(store, custody, TWO, one.id, early)
    with pytest.raises(ConfigError, match=f"{two.id} is expired"):
        await approve(store, custody, TWO, two.id, late)
    with pytest.raises(ConfigError, match=f"{one.id} is expired"):
        await take(store, one.id, act, "item-1", late)


async def test_both_must_see_its_offices(store: Store, custody: Custody) -> None:
    """A scope covers what lies within it; what touches every office is for those who see every one."""
    other = Staff(actor="staff-busan", role="supervisor", session_id="session-3", offices=frozenset({"C10"}))
    made = await propose(store, custody, SEOUL, "hold", "case-00000001", "a", NOW, offices=frozenset({"B10"}))
    with pytest.raises(ConfigError, match="outside of the offices"):
        await approve(store, custody, other, made.id, NOW)
    assert "staff-two" == (await approve(store, custody, TWO, made.id, NOW)).approved_by
    with pytest.raises(ConfigError, match="outside of the offices"):
        await propose(store, custody, SEOUL, "export", ABOUT, "a", NOW)


async def test_one_alone(store: Store, custody: Custody, own_database: str) -> None:
    """Goes on with their own proposal only, and the log says so."""
    made = await propose(store, custody, ONE, "export", ABOUT, "nobody else is here", NOW)
    with pytest.raises(ConfigError, match="another person proposed it: approve it"):
        await approve_alone(store, custody, TWO, made.id, NOW)
    await approve_alone(store, custody, ONE, made.id, NOW)
    assert (await take(store, made.id, "export", ABOUT, NOW)).is_alone
    assert "approve-alone" == logged(own_database)[-1]["action"]


async def test_nothing_counts_that_the_log_did_not_take(store: Store, clock: Clock, own_database: str) -> None:
    """Nobody appends: no proposal, and no approval of one."""
    async with open_custody(store, clock, None, wait_s=0.05) as silent:
        with pytest.raises(StorageError, match="nothing may be done"):
            await propose(store, silent, ONE, "export", ABOUT, "a", NOW)
        assert [] == everything(own_database)[PROPOSALS]


async def test_what_is_wrong_is_named(store: Store, custody: Custody) -> None:
    """No reason, no such proposal, and what is no id of one."""
    for work, message in (
        (propose(store, custody, ONE, "export", ABOUT, " ", NOW), "the reason of the export is empty"),
        (approve(store, custody, ONE, "proposal-0000000000000000", NOW), "nothing was proposed under this id"),
        (take(store, "x", "export", ABOUT, NOW), '"x" is no proposal: expected an id such as'),
    ):
        with pytest.raises(ConfigError, match=message):
            await work
