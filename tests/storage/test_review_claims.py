"""Many who claim at the same moment: each gets another Flag, in the order of the queue, with little in vain."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from evidence.case import Staff
from evidence.errors import ReviewRefused
from evidence.progress import State, Step
from evidence.records import Severity
from evidence.waiting import Rank
from storage.mongo import Store
from storage.review_desk import Desk, Wish
from storage.review_queue import Queue, Waiting
from storage.reviews import act, claim_next, read_queue, spread
from tests.conftest import NOW, Clock
from tests.storage.reviewing import ANN, BEN, CAL, desk_of, flag_document, opened_desk, put_flags
from tests.storage.test_cases import logged

CROWD = [Staff(actor=f"m-{number}", role="monitor", session_id="s") for number in range(16)]


@pytest_asyncio.fixture
async def desk(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk with its log."""
    async with opened_desk(store, clock, tmp_path) as opened:
        yield opened


@dataclass(slots=True)
class Offered(Queue):
    """A queue that counts how often a Flag was tried."""

    tries: Counter[str] = field(default_factory=Counter)

    def begin_trying(self, flag: str, version: int) -> None:
        """The same, counted."""
        self.tries[flag] += 1
        Queue.begin_trying(self, flag, version)


async def test_a_crowd_in_one_process_never_meets(desk: Desk, own_database: str) -> None:
    """Sixteen who claim at once get the first sixteen, each tried by one alone; the log tells of sixteen claims."""
    flags = await put_flags(desk.store, *(flag_document(number, "low") for number in range(20)))
    grave = await put_flags(desk.store, *(flag_document(100 + number, "critical") for number in range(5)))
    queue = Offered(desk.store)
    crowded = Desk(store=desk.store, custody=desk.custody, queue=queue, share=0.0)
    claimed = await asyncio.gather(*(claim_next(crowded, one, NOW) for one in CROWD))
    theirs = {one.progress.flag for one in claimed if one is not None}
    assert {*grave, *sorted(flags)[:11]} == theirs
    assert dict.fromkeys(theirs, 1) == queue.tries
    assert 16 == sum(entry["action"] == "review-claim" for entry in logged(own_database))


async def test_two_processes_never_give_one_flag_to_two(desk: Desk, own_database: str) -> None:
    """They know nothing of each other; what one reserved the other leaves alone, unlogged."""
    await put_flags(desk.store, *(flag_document(number) for number in range(10)))
    others = desk_of(desk.store, desk.custody)
    claims = [claim_next(desks, one, NOW) for desks, one in zip([desk, others] * 4, CROWD[:8], strict=True)]
    claimed = await asyncio.gather(*claims)
    owners = {one.progress.flag: one.progress.owner for one in claimed if one is not None}
    assert (8, {one.actor for one in CROWD[:8]}) == (len(owners), set(owners.values()))
    assert 8 == sum(entry["action"] == "review-claim" for entry in logged(own_database))


async def test_one_that_was_given_back_is_offered_again(desk: Desk) -> None:
    """At once, to others and to the same person."""
    (flag,) = await put_flags(desk.store, flag_document(1))
    for staff in (ANN, ANN, BEN):
        claimed = await claim_next(desk, staff, NOW)
        assert claimed is not None
        assert (State.CLAIMED, staff.actor) == (claimed.progress.state, claimed.progress.owner)
        assert None is await claim_next(desk, CAL, NOW)
        await act(desk, staff, flag, Wish(step=Step.RELEASE), NOW)
    assert [flag] == [one.flag for one in await read_queue(desk, CAL, NOW, 9)]


async def test_who_may_not_claim_is_told_soon(desk: Desk) -> None:
    """After three, and none of them is kept from others."""
    flags = await put_flags(desk.store, *(flag_document(number) for number in range(9)))
    viewer = Staff(actor="vic", role="viewer", session_id="s")
    with pytest.raises(ReviewRefused, match="the role viewer may not"):
        await claim_next(desk, viewer, NOW)
    claimed = await claim_next(desk, ANN, NOW)
    assert claimed is not None
    assert flags[0] == claimed.progress.flag


def one_waiting(number: int, rank: str) -> Waiting:
    """Somebody has to look at it."""
    return Waiting(
        flag=str(number),
        source="https://t.me/room",
        state=State.QUEUED,
        severity=Severity.LOW,
        rank=Rank(rank),
        why=(),
        at=NOW,
        due_at=NOW,
        urgency=1.0,
        version=0,
    )


@given(st.lists(st.sampled_from(Rank)), st.sampled_from(Rank), st.text())
def test_whoever_lost_one_goes_on_elsewhere_in_its_rank(ranks: list[Rank], rank: Rank, actor: str) -> None:
    """Nothing is lost, other ranks keep their places, and the rank in question is only turned."""
    waiting = [one_waiting(number, rank) for number, rank in enumerate(ranks)]
    turned = spread(waiting, rank, actor)
    assert [one.rank for one in waiting] == [one.rank for one in turned]
    assert [one for one in waiting if one.rank is not rank] == [one for one in turned if one.rank is not rank]
    before, after = ([one.flag for one in some if one.rank is rank] for some in (waiting, turned))
    assert not before or after in [before[place:] + before[:place] for place in range(len(before))]
    assert turned == spread(waiting, rank, actor)


def test_people_go_on_at_different_places() -> None:
    """Of fifty who lost the same one most try another one next."""
    waiting = [one_waiting(number, "P2") for number in range(24)]
    nexts = Counter(spread(waiting, Rank.P2, f"staff-{number:012x}")[0].flag for number in range(50))
    assert len(nexts) >= 18
    assert max(nexts.values()) <= 7
