"""Legal holds: set and lifted by two persons; what is held is not erased."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from evidence.checkpoint import Files
from evidence.errors import ConfigError, ItemHeld
from evidence.legal_hold import hold_code
from storage.approvals import approve, propose
from storage.cases import add_case, put_items
from storage.custody import Custody, open_custody
from storage.erasure import check_erasable, erase, finish_erasures
from storage.erasure_destroy import destroy, find_gone, lease_when_free
from storage.legal_holds import all_holds, check_holdable, held_items, hold_case, release_case, spread_holds
from storage.mongo import Store
from tests.conftest import NOW, Clock
from tests.storage.erasing import ONE, POST, TWO, agreed, eraser, fill

UNTIL = date(2027, 5, 1)


async def held_case(store: Store, custody: Custody, *items: str) -> str:
    """A case with these items, held."""
    case = (await add_case(store, custody, ONE, "who?", NOW)).id
    await put_items(store, custody, ONE, case, items, NOW)
    made = await propose(store, custody, ONE, "hold", hold_code(case, UNTIL), "trial", NOW)
    await approve(store, custody, TWO, made.id, NOW)
    await hold_case(store, custody, TWO, made.id, NOW)
    return case


async def released(store: Store, custody: Custody, case: str) -> None:
    """Lift its hold."""
    made = await propose(store, custody, TWO, "release", case, "ended", NOW)
    await approve(store, custody, ONE, made.id, NOW)
    await release_case(store, custody, ONE, made.id, NOW)


async def hold_of(store: Store, item: str) -> object:
    """The field of an item."""
    document = await store["evidence"].find_one({"_id": item})
    return document["hold"] if document else "gone"


async def test_a_held_item_is_not_erased(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Not before the hold is lifted; neither the check nor the destruction itself lets it pass."""
    (item,) = await fill(store, 2)
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        proposal = await agreed(store, custody, clock)
        case = await held_case(store, custody, item)
        assert [case] == await hold_of(store, item)
        with pytest.raises(ItemHeld, match=f"{item} is held for {case}: `haechi case release"):
            await erase(store, eraser(custody, tmp_path, clock), TWO, proposal)
        async with lease_when_free(store, "https://t.me/room", clock) as lease:
            with pytest.raises(ItemHeld):
                await destroy(store, lease, [await find_gone(store, POST)], clock(), is_request=True)
        await released(store, custody, case)
        assert None is await hold_of(store, item)
        await erase(store, eraser(custody, tmp_path, clock), TWO, proposal)
    assert () == await all_holds(store, clock())


async def test_what_is_put_into_a_held_case_is_held(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Also later; an item of two held cases stays held when one is released."""
    first, second = await fill(store, 2, 3)
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        case = await held_case(store, custody, first)
        await put_items(store, custody, ONE, case, [second], NOW)
        with pytest.raises(ItemHeld):
            await check_erasable(store, second, NOW)
        assert [case] == await hold_of(store, second)
        other = await held_case(store, custody, second)
        await released(store, custody, case)
        assert ([other], None) == (await hold_of(store, second), await hold_of(store, first))
        assert {second: other} == await held_items(store, NOW)
        await spread_holds(store, NOW)


async def test_an_erasure_begun_before_a_hold_waits(store: Store, clock: Clock, tmp_path: Path) -> None:
    """It is told, and ended once the hold is lifted."""
    (item,) = await fill(store, 2)
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        tool = eraser(custody, tmp_path, clock)
        await erase(store, tool, TWO, await agreed(store, custody, clock))
        await store["erasures"].update_one({"_id": POST}, {"$set": {"state": "begun"}})
        await fill(store, 2)
        case = await held_case(store, custody, item)
        ended, (why,) = await finish_erasures(store, tool)
        assert ((), True) == (ended, f"is held for {case}" in why)
        await released(store, custody, case)
        assert 1 == len((await finish_erasures(store, tool))[0])


async def test_old_holds_are_listed(store: Store, clock: Clock, tmp_path: Path) -> None:
    """After 180 days, and past the day on which somebody was to look."""
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        case = await held_case(store, custody)
    (hold,) = await all_holds(store, NOW)
    assert (case, "staff-1", "staff-2", UNTIL) == (hold.case, hold.proposed_by, hold.approved_by, hold.until)
    assert ((), ("old", "past its day")) == (hold.why_listed(NOW), hold.why_listed(NOW + timedelta(days=181)))
    with pytest.raises(ConfigError, match="is held already"):
        await check_holdable(store, case)


async def test_one_person_holds_nothing(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Nor does an approval for another day."""
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        case = (await add_case(store, custody, ONE, "who?", NOW)).id
        made = await propose(store, custody, ONE, "hold", hold_code(case, UNTIL), "trial", NOW)
        with pytest.raises(ConfigError, match="is not approved"):
            await hold_case(store, custody, ONE, made.id, NOW)
        with pytest.raises(ConfigError, match="there is no such case"):
            await check_holdable(store, "case-00000000")
        odd = await propose(store, custody, ONE, "hold", case, "trial", NOW)
        with pytest.raises(ConfigError, match="is no hold: expected CASE/YYYY-MM-DD"):
            await hold_case(store, custody, ONE, odd.id, NOW)
