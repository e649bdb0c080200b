"""Reviews on a real database: one owner, the log first, leases that lapse, undo, scope, changes of posts."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from evidence.case import Staff
from evidence.errors import ReviewRefused, StorageError
from evidence.progress import Event, State, Step, review_act
from evidence.records import Severity
from evidence.review import ClaimState, Disposition
from evidence.watching import NO_OFFICE
from evidence.workflow import replay
from storage.custody import open_custody
from storage.exposure import read_exposure
from storage.mongo import Store
from storage.review_desk import Desk, Wish
from storage.review_forms import read_progress
from storage.review_intake import take_changes, tidy
from storage.review_list import Filters, list_flags
from storage.review_reads import decision_lines, read_events, read_history, read_pairs, read_standing
from storage.reviews import act, claim, claim_next, read_queue, renew, undo
from tests.conftest import NOW, Clock
from tests.storage.making import everything
from tests.storage.reviewing import (
    ANN,
    BEN,
    CAL,
    SEOUL,
    SUE,
    decide,
    desk_of,
    flag_document,
    opened_desk,
    put_flags,
    review,
    second,
)
from tests.storage.test_cases import logged

LATER = NOW.replace(year=2027)


@pytest_asyncio.fixture
async def desk(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk with its log."""
    async with opened_desk(store, clock, tmp_path) as opened:
        yield opened


async def test_a_flag_from_queue_to_final_by_three_people(desk: Desk, own_database: str) -> None:
    """Claimed, decided, reviewed blindly, disputed, settled; each act is in the log, words in nothing but seals."""
    (flag,) = await put_flags(desk.store, flag_document(1, "high"))
    claimed = await claim_next(desk, ANN, NOW)
    assert claimed is not None
    assert (flag, "ann", NOW + timedelta(minutes=15)) == (
        claimed.progress.flag,
        claimed.progress.owner,
        claimed.lease_until,
    )
    assert State.SECOND_PENDING is (await decide(desk, ANN, flag, note="담임에게 들은 말")).state
    assert None is await claim_next(desk, ANN, NOW)
    assert (await claim_next(desk, BEN, NOW)) is not None
    assert None is (await read_standing(desk.store, BEN, flag)).progress.first
    assert [Step.CLAIM, Step.CLAIM] == [told.event.step for told in await read_history(desk.store, BEN, flag)]
    assert State.DISPUTED is (await second(desk, BEN, flag, "rumour_hoax")).state
    verdict = Wish(step=Step.ADJUDICATE, review=review(SUE, flag, "rumour_hoax"), note="확인된 바 없음")
    final = await act(desk, SUE, flag, verdict, NOW)
    assert final.outcome is not None
    assert Disposition.RUMOUR_HOAX is final.outcome.disposition
    assert ClaimState.REFUTED is (await read_standing(desk.store, ANN, flag)).claim
    notes = [told.note for told in await read_history(desk.store, ANN, flag) if told.note]
    assert ["담임에게 들은 말", "확인된 바 없음"] == notes
    actions = [entry["action"] for entry in logged(own_database) if entry["target_id"] == flag]
    expected = ["claim", "decide", "claim", "second", "adjudicate"]
    assert [f"review-{step}" for step in expected] == actions
    kept = everything(own_database)
    stored = repr([kept[name] for name in ("flags", "review_events", "custody", "custody_pending")])
    assert [] == [word for word in ("담임", "확인") if word in stored or repr(word.encode())[2:-1] in stored]
    (pair,) = await read_pairs(desk.store, NOW, LATER)
    assert ("ann", "ben") == (pair[0].reviewer, pair[1].reviewer)
    assert 5 == len(await decision_lines(desk.store, [flag, flag]))


async def test_what_is_stored_is_what_the_events_give(desk: Desk) -> None:
    """After undoing, reopening and putting off."""
    (flag,) = await put_flags(desk.store, flag_document(1))
    await claim(desk, ANN, flag, NOW)
    await decide(desk, ANN, flag)
    assert State.CLAIMED is (await undo(desk, ANN, flag, NOW)).state
    await decide(desk, ANN, flag, "not_relevant")
    await act(desk, BEN, flag, Wish(step=Step.REOPEN, reason="new-facts"), NOW)
    assert State.FINAL is (await undo(desk, BEN, flag, NOW)).state
    with pytest.raises(ReviewRefused, match="the last act on it is not yours"):
        await undo(desk, ANN, flag, NOW)
    document = await desk.store["flags"].find_one({"_id": flag})
    assert document is not None
    assert read_progress(document) == replay(flag, await read_events(desk.store, flag))
    assert ("not_relevant", 6, "done") == (document["disposition"], document["version"], document["lane"])


async def test_eight_who_claim_at_once_get_eight_flags(desk: Desk, own_database: str) -> None:
    """And the log tells of eight claims, not of tries."""
    await put_flags(desk.store, *(flag_document(number) for number in range(10)))
    staff = [ANN, BEN, CAL, SUE] * 2
    claimed = await asyncio.gather(*(claim_next(desk, one, NOW) for one in staff))
    assert 8 == len({one.progress.flag for one in claimed if one is not None})
    assert 8 == sum(entry["action"] == "review-claim" for entry in logged(own_database))


async def test_one_flag_has_one_owner(desk: Desk) -> None:
    """Everybody else is told."""
    (flag,) = await put_flags(desk.store, flag_document(1))
    tries = await asyncio.gather(*(claim(desk, one, flag, NOW) for one in (ANN, BEN, CAL, SUE)), return_exceptions=True)
    assert 3 == sum(isinstance(one, ReviewRefused) for one in tries)


async def test_a_claim_lapses_by_itself(desk: Desk, clock: Clock) -> None:
    """After 15 minutes without an act on it; with them, after an hour."""
    (flag,) = await put_flags(desk.store, flag_document(1))
    await claim_next(desk, ANN, NOW)
    assert None is await claim_next(desk, BEN, clock.forward(minutes=14))
    assert NOW + timedelta(minutes=29) == await renew(desk, ANN, flag, clock.now)
    for _ in range(4):
        until = await renew(desk, ANN, flag, clock.forward(minutes=11))
    assert NOW + timedelta(minutes=60) == until
    late = clock.forward(minutes=3)
    with pytest.raises(ReviewRefused, match="the time to act on it is up"):
        await decide(desk, ANN, flag, at=late)
    with pytest.raises(ReviewRefused, match="not yours any more"):
        await renew(desk, ANN, flag, late)
    claimed = await claim_next(desk, BEN, late)
    assert claimed is not None
    steps = [(event.step, event.actor) for event in await read_events(desk.store, flag)]
    assert [(Step.CLAIM, "ann"), (Step.LAPSE, "timer"), (Step.CLAIM, "ben")] == steps


async def test_put_off_until_a_time(desk: Desk, clock: Clock) -> None:
    """It wakes up by itself, for everybody."""
    (flag,) = await put_flags(desk.store, flag_document(1))
    await claim(desk, ANN, flag, NOW)
    await act(desk, ANN, flag, Wish(step=Step.SNOOZE, until=NOW + timedelta(hours=2)), NOW)
    assert None is await claim_next(desk, BEN, clock.forward(hours=1))
    assert await claim_next(desk, BEN, clock.forward(hours=1)) is not None


async def test_nothing_happens_that_the_log_did_not_take(store: Store, clock: Clock) -> None:
    """Nobody appends: no claim, and the flag is free for the next one at once."""
    (flag,) = await put_flags(store, flag_document(1))
    async with open_custody(store, clock, None, wait_s=0.05) as silent:
        with pytest.raises(StorageError, match="nothing may be done"):
            await claim_next(desk_of(store, silent), ANN, NOW)
    document = await store["flags"].find_one({"_id": flag})
    assert document is not None
    assert ("queued", 0, None) == (document["state"], document["version"], document["reserved_by"])
    assert () == await read_events(store, flag)


async def test_a_crash_between_log_and_write_shows_and_can_be_repeated(desk: Desk, own_database: str) -> None:
    """The entry is there, the event is not; the same act again is written and logged no second time."""
    (flag,) = await put_flags(desk.store, flag_document(1))
    await claim(desk, ANN, flag, NOW)
    event = Event(flag=flag, number=2, step=Step.SKIP, actor="ann", role="monitor", at=NOW, flagged=Severity.MEDIUM)
    await desk.custody.record(review_act(ANN, event))  # and here the process was killed
    assert State.CLAIMED is (await read_standing(desk.store, ANN, flag)).progress.state
    assert State.QUEUED is (await act(desk, ANN, flag, Wish(step=Step.SKIP), NOW)).state
    assert [1, 2] == [event.number for event in await read_events(desk.store, flag)]
    assert 1 == sum(entry["action"] == "review-skip" for entry in logged(own_database))


async def test_scope(desk: Desk) -> None:
    """An office sees its flags and no others; those of no office are for the whole country."""
    own, _other, _none = await put_flags(
        desk.store,
        flag_document(1, offices=["B10"]),
        flag_document(2, "critical", offices=["C10"]),
        flag_document(3, "critical"),
    )
    claimed = await claim_next(desk, SEOUL, NOW)
    assert claimed is not None
    assert own == claimed.progress.flag
    assert None is await claim_next(desk, SEOUL, NOW)
    for flag in ("1900000001:2", "1900000001:3", "1900000001:4"):
        with pytest.raises(ReviewRefused, match="no such flag among those that you may see"):
            await claim(desk, SEOUL, flag, NOW)


async def test_universities_are_a_scope_like_an_office(desk: Desk) -> None:
    """Whoever has it is offered what names one of them, is shown it in the list, and sees no school of an office."""
    staff = Staff(actor="uni", role="monitor", session_id="session-uni", offices=frozenset({NO_OFFICE}))
    flags = await put_flags(
        desk.store,
        flag_document(1, offices=[NO_OFFICE]),
        flag_document(2, offices=["B10", NO_OFFICE]),
        flag_document(3, offices=["B10"]),
    )
    assert flags[:2] == [one.flag for one in await read_queue(desk, staff, NOW, 9)]
    listed = await list_flags(desk.queue, ANN, Filters(office=NO_OFFICE), NOW, None, 9)
    assert flags[:2] == [row.flag for row in listed.rows]
    claimed = await claim_next(desk, staff, NOW)
    assert claimed is not None
    assert flags[0] == claimed.progress.flag


async def test_a_duplicate_names_what_is_there(desk: Desk) -> None:
    """And no duplicate of another."""
    one, two, three = await put_flags(desk.store, *(flag_document(number) for number in (1, 2, 3)))
    for flag in (two, three):
        await claim(desk, ANN, flag, NOW)

    def same(flag: str, other: str) -> Wish:
        return Wish(step=Step.DECIDE, review=review(ANN, flag, "duplicate_of", duplicate_of=other))

    assert State.FINAL is (await act(desk, ANN, two, same(two, one), NOW)).state
    for other, why in (("1:1", "no such flag"), (two, "a duplicate itself"), (three, "names another Flag")):
        with pytest.raises(ReviewRefused, match=why):
            await act(desk, ANN, three, same(three, other), NOW)


async def test_a_changed_post_wakes_and_reopens(desk: Desk, own_database: str) -> None:
    """A confirmed flag is reviewed anew, one that waited for a change wakes up, a queued one moves up."""
    flags = await put_flags(desk.store, *(flag_document(number) for number in (1, 2, 3)))
    await read_queue(desk, ANN, NOW, 9)
    await claim(desk, ANN, flags[0], NOW)
    await decide(desk, ANN, flags[0])
    await claim(desk, ANN, flags[1], NOW)
    snooze = Wish(step=Step.SNOOZE, until=NOW + timedelta(hours=9), wakes_on="revision")
    await act(desk, ANN, flags[1], snooze, NOW)
    for flag in flags:
        changed = {"unread": 1, "severity": "critical", "revision": 2}
        await desk.store["flags"].update_one({"_id": flag}, {"$set": changed})
    assert (3, 0) == (await take_changes(desk, NOW), await take_changes(desk, NOW))
    kept = {document["_id"]: document for document in everything(own_database)["flags"]}
    assert ["reopened", "queued", "queued"] == [kept[flag]["state"] for flag in flags]
    assert ["P0", "P0", "P0"] == [kept[flag]["lane"] for flag in flags]


async def test_tidying_twice_frees_once(desk: Desk, clock: Clock, own_database: str) -> None:
    """Two processes at the same moment."""
    await put_flags(desk.store, flag_document(1))
    await claim_next(desk, ANN, NOW)
    late = clock.forward(minutes=16)
    other = desk_of(desk.store, desk.custody)
    await asyncio.gather(tidy(desk, late), tidy(other, late))
    assert 1 == sum(entry["action"] == "review-lapse" for entry in logged(own_database))
    assert 2 == len(await read_events(desk.store, "1900000001:1"))


async def test_an_assigned_one_counts_for_whoever_gets_it(desk: Desk) -> None:
    """And is theirs at once."""
    (flag,) = await put_flags(desk.store, flag_document(1))
    await act(desk, SUE, flag, Wish(step=Step.ASSIGN, whom="cal"), NOW)
    assert 1 == (await read_exposure(desk.store, "cal", NOW)).total
    assert State.FINAL is (await decide(desk, CAL, flag)).state


async def test_nothing_is_done_to_an_erased_one(desk: Desk) -> None:
    """Nor shown."""
    (flag,) = await put_flags(desk.store, flag_document(1, state="erased"))
    assert None is await claim_next(desk, ANN, NOW)
    for work in (claim(desk, ANN, flag, NOW), read_standing(desk.store, ANN, flag)):
        with pytest.raises(ReviewRefused, match="its post was erased"):
            await work
