"""What people did on a day and what waits, read as it stands at a moment."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from evidence.day import Day
from evidence.progress import State, Step
from evidence.review import Disposition
from storage.day import read_day
from storage.mongo import Store
from storage.review_desk import Desk
from storage.reviews import claim, read_queue
from tests.conftest import NOW, Clock
from tests.storage.reviewing import ANN, BEN, CAL, decide, flag_document, opened_desk, put_flags, second
from tests.storage.test_day import COUNT, DAY, SEOUL

LATER = NOW + timedelta(minutes=12)
OFFICES = {"offices": ["B10"], "levels": ["high"]}


async def read(store: Store, as_of_h: float = 30) -> Day:
    """The day, some hours after the Flags."""
    return await read_day(store, DAY, SEOUL, [], NOW + timedelta(hours=as_of_h), COUNT)


async def reviewed(store: Store, desk: Desk) -> list[str]:
    """Five Flags: decided, decided by two who agree, by two who differ, claimed, and one that waits."""
    flags = await put_flags(
        store,
        flag_document(1, "low", NOW, **OFFICES),
        flag_document(2, "high", NOW, **OFFICES),
        flag_document(3, "high", NOW, **OFFICES),
        flag_document(4, "medium", NOW - timedelta(days=3), **OFFICES),
        flag_document(5, "low", NOW, **OFFICES),
    )
    await read_queue(desk, ANN, NOW, 9)
    for flag in flags[:3]:
        await claim(desk, ANN, flag, NOW + timedelta(minutes=5))
        await decide(desk, ANN, flag, at=LATER)
    for flag, disposition in ((flags[1], "confirmed"), (flags[2], "not_relevant")):
        await claim(desk, BEN, flag, LATER)
        await second(desk, BEN, flag, disposition, at=LATER + timedelta(minutes=5))
    await claim(desk, CAL, flags[3], LATER)
    return flags


async def test_what_was_done_and_what_waits(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Decided with times, waiting with ages, second reviews with whether they agree, all with their offices."""
    async with opened_desk(store, clock, tmp_path) as desk:
        await reviewed(store, desk)
        day = await read(store)
    assert 4 == len(day.flags)
    assert [(Disposition.CONFIRMED, ("B10",), ("high",))] * 2 == [
        (flag.disposition, flag.offices, flag.levels) for flag in day.decided
    ]
    assert {timedelta(minutes=5)} == {flag.first_look_at - flag.at for flag in day.decided if flag.first_look_at}
    assert [State.CLAIMED, State.DISPUTED, State.QUEUED] == sorted(flag.state for flag in day.waiting)
    assert [False, True] == sorted(act.agrees for act in day.acted if act.agrees is not None)
    assert {(True, "confirmed", "confirmed"), (False, "confirmed", "not_relevant")} == {
        (act.agrees, *act.found) for act in day.acted if act.found
    }
    assert 3 == sum(act.step is Step.DECIDE for act in day.acted)
    assert {("B10",)} == {act.offices for act in day.acted}


async def test_what_was_decided_later_was_not_decided_then(store: Store) -> None:
    """As of a moment before the decision it waits; afterwards it is decided, and waits no more."""
    final: dict[str, Any] = {
        "state": "final",
        "lane": "done",
        "lane_at": LATER,
        "decided_at": LATER,
        "disposition": "confirmed",
    }
    await put_flags(store, flag_document(1, **final))
    then, since = await read(store, as_of_h=0.15), await read(store, as_of_h=1)
    assert (
        [(State.QUEUED, None)]
        == [(flag.state, flag.disposition) for flag in then.flags]
        == [(flag.state, flag.disposition) for flag in then.waiting]
    )
    assert ((), ()) == (then.decided, since.waiting)
    assert [(State.FINAL, Disposition.CONFIRMED)] == [(flag.state, flag.disposition) for flag in since.decided]


async def test_flags_that_nobody_queued_yet_wait(store: Store) -> None:
    """They came a moment ago, or nobody opened the queue; those of the next day do not wait on this one."""
    await put_flags(store, flag_document(1), flag_document(2, at=NOW + timedelta(days=1)))
    day = await read(store, as_of_h=48)
    assert [State.QUEUED] == [flag.state for flag in day.waiting]
    assert 1 == len(day.flags)
