"""Many flags at once: seen before they are decided, taken back as a whole."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from evidence.case import Staff
from evidence.errors import ReviewRefused
from evidence.progress import Step
from evidence.records import Severity
from evidence.workflow import replay
from storage.mongo import Store
from storage.review_batches import apply_batch, preview, undo_batch
from storage.review_desk import Desk, Wish
from storage.review_forms import read_progress
from storage.review_reads import read_events
from storage.reviews import act, claim
from tests.conftest import NOW, Clock
from tests.storage.making import everything
from tests.storage.reviewing import ANN, BEN, SEOUL, SUE, flag_document, opened_desk, put_flags, review


@pytest_asyncio.fixture
async def desk(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk with its log."""
    async with opened_desk(store, clock, tmp_path) as opened:
        yield opened


async def states(desk: Desk) -> list[str]:
    """Where the flags stand, in the order of their ids."""
    found = desk.store["flags"].find({"_id": {"$gte": "1900000001:", "$lt": "1900000002"}})
    return [document["state"] for document in sorted([row async for row in found], key=lambda row: str(row["_id"]))]


async def test_previewed_decided_and_taken_back(desk: Desk) -> None:
    """What is grave, claimed or not there is left out and named; the rest comes back as it was."""
    mild = await put_flags(desk.store, *(flag_document(number) for number in range(1, 6)))
    grave, held = await put_flags(desk.store, flag_document(6, "high"), flag_document(7))
    await claim(desk, BEN, held, NOW)
    asked = [*mild, grave, held, "1:1", mild[0]]
    batch = await preview(desk, ANN, asked, review(ANN, "", "not_relevant"), NOW)
    assert tuple(mild) == batch.flags
    assert [grave, held, "1:1"] == sorted(batch.refused)
    assert "too grave" in batch.refused[grave]
    assert "it is claimed" == batch.refused[held]
    assert ["queued"] * 6 + ["claimed"] == await states(desk)
    await claim(desk, BEN, mild[4], NOW)
    outcome = await apply_batch(desk, ANN, batch.id, NOW)
    assert (tuple(mild[:4]), [mild[4]]) == (outcome.done, list(outcome.failed))
    assert outcome.done == (await apply_batch(desk, ANN, batch.id, NOW)).done
    assert ["final"] * 4 + ["claimed", "queued", "claimed"] == await states(desk)
    await act(desk, BEN, mild[0], Wish(step=Step.REOPEN, reason="mistake"), NOW)
    back = await undo_batch(desk, SUE, batch.id, NOW + timedelta(hours=23))
    assert (tuple(mild[1:4]), [mild[0], mild[4]]) == (back.done, sorted(back.failed))
    assert ["reopened", "queued", "queued", "queued", "claimed", "queued", "claimed"] == await states(desk)
    assert back.done == (await undo_batch(desk, SUE, batch.id, NOW)).done


async def test_what_is_stored_is_what_the_events_give(desk: Desk, own_database: str) -> None:
    """In a batch as for one alone."""
    flags = await put_flags(desk.store, *(flag_document(number) for number in range(1, 30)))
    batch = await preview(desk, ANN, flags, review(ANN, "", "not_relevant"), NOW)
    await apply_batch(desk, ANN, batch.id, NOW)
    for document in everything(own_database)["flags"]:
        assert read_progress(document) == replay(document["_id"], await read_events(desk.store, document["_id"]))


async def test_too_late_to_take_back(desk: Desk) -> None:
    """After 24 hours each stays as it is."""
    flags = await put_flags(desk.store, flag_document(1))
    batch = await preview(desk, ANN, flags, review(ANN, "", "not_relevant"), NOW)
    await apply_batch(desk, ANN, batch.id, NOW)
    back = await undo_batch(desk, ANN, batch.id, NOW + timedelta(hours=25))
    assert ((), flags, ["final"]) == (back.done, list(back.failed), await states(desk))


@pytest.mark.parametrize(
    ("staff", "number", "why"),
    [
        (ANN, 51, "51 flags at once: the role monitor may decide at most 50"),
        (BEN, 201, "the role investigator may decide at most 200"),
        (Staff(actor="vic", role="viewer", session_id="s"), 1, "the role viewer may decide at most 0"),
        (Staff(actor="cli", role="operator", session_id="s"), 1, "the role operator may decide at most 0"),
    ],
)
async def test_caps_by_role(desk: Desk, staff: Staff, number: int, why: str) -> None:
    """The table of roles says how many."""
    with pytest.raises(ReviewRefused, match=why):
        await preview(desk, staff, [f"1:{each}" for each in range(number)], review(staff, ""), NOW)


async def test_a_preview_is_for_whoever_asked_and_for_an_hour(desk: Desk) -> None:
    """Nobody else applies it, nobody later, and nobody sees flags of another office in it."""
    flags = await put_flags(desk.store, flag_document(1, offices=["C10"]))
    batch = await preview(desk, ANN, flags, review(ANN, ""), NOW)
    for staff, at in ((BEN, NOW), (ANN, NOW + timedelta(minutes=61))):
        with pytest.raises(ReviewRefused, match="preview again"):
            await apply_batch(desk, staff, batch.id, at)
    other = await preview(desk, SEOUL, flags, review(SEOUL, ""), NOW)
    assert ((), [*flags]) == (other.flags, list(other.refused))
    grave = await preview(desk, ANN, flags, review(ANN, "", severity=Severity.CRITICAL), NOW)
    assert () == grave.flags
