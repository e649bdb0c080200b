"""Eight people at once on a real database: random acts, and afterwards everything is held against the events."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from evidence.case import Staff
from evidence.checkpoint import Files
from evidence.errors import ReviewRefused
from evidence.progress import Event, Progress, State, Step, review_act
from evidence.review import Review
from evidence.workflow import replay
from storage.custody import open_custody
from storage.mongo import Store
from storage.review_desk import Desk, Wish
from storage.review_forms import read_progress
from storage.review_reads import read_events
from storage.reviews import act, claim_next, undo
from tests.conftest import NOW, Clock
from tests.storage.making import everything
from tests.storage.reviewing import desk_of, flag_document, opened_desk, put_flags, review
from tests.storage.test_cases import logged

STAFF = [Staff(actor=f"m-{n}", role="monitor", session_id="s") for n in range(4)]
STAFF += [Staff(actor=f"i-{n}", role="investigator", session_id="s") for n in range(2)]
STAFF += [Staff(actor=f"s-{n}", role="supervisor", session_id="s") for n in range(2)]
SEVERITIES = ("low", "medium", "high", "critical")

WORKER = """
import asyncio, sys
from evidence.cipher import Cipher
from storage.custody import open_custody
from storage.mongo import open_store
from tests.conftest import NOW
from tests.storage.reviewing import desk_of
from tests.storage.test_review_machine import STAFF, work

async def main(uri, number):
    async with open_store(uri, Cipher(bytes(range(32)))) as store:
        async with open_custody(store, lambda: NOW, None) as custody:
            desk, mine = desk_of(store, custody), STAFF[number * 2 : number * 2 + 2]
            await asyncio.gather(*(work(desk, staff, seed, 12) for seed, staff in enumerate(mine, start=number * 10)))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


async def work(desk: Desk, staff: Staff, seed: int, times: int) -> None:
    """Claim and do random things for a while; refusals are part of it."""
    random, at = Random(seed), NOW
    for _ in range(times):
        at += timedelta(minutes=random.choice((1, 1, 1, 20)))
        try:
            claimed = await claim_next(desk, staff, at)
            if claimed is None:
                await settle_some(desk, staff, random, at)
                continue
            wish = random_wish(staff, claimed.progress, random)
            progress = await act(desk, staff, claimed.progress.flag, wish, at)
            if random.random() < 0.2:
                await undo(desk, staff, progress.flag, at)
        except ReviewRefused:
            continue


def random_wish(staff: Staff, progress: Progress, random: Random) -> Wish:
    """Mostly a decision."""
    step = Step.SECOND if progress.state is State.SECOND_CLAIMED else Step.DECIDE
    step = random.choice((step, step, step, Step.SKIP, Step.RELEASE, Step.URGENT))
    said: Review | None = None
    if step in (Step.DECIDE, Step.SECOND):
        said = review(staff, progress.flag, random.choice(("confirmed", "not_relevant")))
    return Wish(step=step, review=said)


async def settle_some(desk: Desk, staff: Staff, random: Random, at: datetime) -> None:
    """Settle a dispute, or have something reviewed anew."""
    numbers = [f"1900000001:{number}" for number in range(12)]
    flag = random.choice(numbers)
    wishes = (
        Wish(step=Step.ADJUDICATE, review=review(staff, flag, "likely"), note="words"),
        Wish(step=Step.REOPEN, reason="mistake"),
    )
    await act(desk, staff, flag, random.choice(wishes), at)


async def check(store: Store, uri: str) -> int:
    """Hold everything against the events and the log; how many events there are."""
    kept = everything(uri)
    requests = [entry["request"] for entry in logged(uri)]
    for document in kept["flags"]:
        events = await read_events(store, document["_id"])
        assert read_progress(document) == replay(document["_id"], events)
        assert (document["owner"] is None) is (document["lane"] != "held")
        for event in events:
            assert 1 == requests.count(review_act(_staff(event), event).request)
        assert all(before is None for before in _owners_before_claims(events))
    return len(kept["review_events"])


def _owners_before_claims(events: Sequence[Event]) -> Iterator[str | None]:
    """Who held a Flag when somebody claimed it, told without the table."""
    owner: str | None = None
    for event in events:
        if event.step is Step.CLAIM:
            yield owner
            owner = event.actor
        elif event.step not in (Step.URGENT, Step.CALM, Step.CHECK, Step.NOTE):
            owner = event.actor if event.step is Step.WITHDRAW else None


def _staff(event: Event) -> Staff:
    return Staff(actor=event.actor, role=event.role, session_id="")


@pytest.mark.parametrize("desks", [1, 3])
@pytest.mark.parametrize(("times", "least"), [(2, 12), pytest.param(15, 90, marks=pytest.mark.slow)])
async def test_eight_people_at_once(
    store: Store, clock: Clock, tmp_path: Path, own_database: str, times: int, least: int, desks: int
) -> None:
    """Twelve flags, so that they meet, at one desk or several: every flag is what its events in the log give."""
    flags = [flag_document(number, SEVERITIES[number % 4]) for number in range(12)]
    async with opened_desk(store, clock, tmp_path) as desk:
        await put_flags(store, *flags)
        some = [desk, *(desk_of(store, desk.custody) for _ in range(desks - 1))]
        await asyncio.gather(*(work(some[seed % desks], staff, seed, times) for seed, staff in enumerate(STAFF)))
        assert least < await check(store, own_database)


def start(number: int, uri: str) -> "subprocess.Popen[bytes]":
    """A process with two of the staff."""
    return subprocess.Popen([sys.executable, "-c", WORKER, uri, str(number)], cwd=Path(__file__).parents[2])


@pytest.mark.slow
async def test_four_processes_at_once(store: Store, clock: Clock, tmp_path: Path, own_database: str) -> None:
    """The same from processes that know nothing of each other and hand their entries to one appender."""
    await put_flags(store, *(flag_document(number, SEVERITIES[number % 4]) for number in range(12)))
    async with open_custody(store, clock, Files(folder=tmp_path), serves=True):
        workers = [start(number, own_database) for number in range(4)]
        assert [0] * 4 == [await asyncio.to_thread(worker.wait, 240) for worker in workers]
        assert 60 < await check(store, own_database)
