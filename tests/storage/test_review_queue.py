"""The order of the queue, in words and fast."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import pytest_asyncio

from evidence.progress import Progress, Step
from evidence.records import Count, Severity
from evidence.waiting import Rank, Why
from storage.forms import count_document
from storage.mongo import Document, Store
from storage.reads import EPOCH
from storage.review_desk import Desk, Wish, place_fields
from storage.review_forms import progress_fields
from storage.review_intake import take_in
from storage.review_lanes import DISPUTED, HELD
from storage.review_reads import read_standing
from storage.reviews import act, claim, claim_next, read_queue
from tests.conftest import NOW, Clock
from tests.storage.reviewing import ANN, BEN, SEOUL, SUE, decide, flag_document, opened_desk, put_flags, review, second

MINUTE = timedelta(minutes=1)


@pytest_asyncio.fixture
async def desk(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk with its log."""
    async with opened_desk(store, clock, tmp_path) as opened:
        yield opened


async def test_who_comes_first(desk: Desk) -> None:
    """By rank, then by age; what is overdue says so, and what is long overdue overtakes a fresh graver one."""
    rows: list[tuple[str, timedelta, dict[str, Any]]] = [
        ("low", timedelta(0), {}),
        ("medium", timedelta(0), {}),
        ("critical", timedelta(0), {}),
        ("high", timedelta(0), {}),
        ("high", 30 * MINUTE, {}),
        ("medium", timedelta(0), {"reasons": ["synthetic-media-threat"]}),
        ("high", timedelta(hours=9), {}),
    ]
    documents = [
        flag_document(number, severity, NOW - age, **more) for number, (severity, age, more) in enumerate(rows)
    ]
    await put_flags(desk.store, *documents)
    assert 7 == await take_in(desk, NOW)
    found = await read_queue(desk, ANN, NOW, 50)
    assert [6, 2, 4, 3, 5, 1, 0] == [int(one.flag[-1]) for one in found]
    assert (Why.SEVERITY, Why.OVERDUE) == found[0].why
    assert (Rank.P1, (Why.SEVERITY, Why.THREAT)) == (found[4].rank, found[4].why)
    assert [found[0]] == await read_queue(desk, ANN, NOW, 1)


async def test_a_surging_room_moves_up(desk: Desk) -> None:
    """By its counts of the last days."""
    for days, value in ((3, 1_000), (0, 1_300)):
        at = NOW - timedelta(days=days, minutes=1)
        count = Count(source="https://t.me/room", at=at, value=value, low=value, high=value, origin="landing")
        await desk.store["counts"].insert_one(count_document(count))
    await put_flags(desk.store, flag_document(1))
    (one,) = await read_queue(desk, ANN, NOW, 5)
    assert (Rank.P1, (Why.SEVERITY, Why.SURGE)) == (one.rank, one.why)


async def test_nobody_is_offered_what_is_not_theirs(desk: Desk) -> None:
    """What they decided first, skipped, were recused from, or what is outside their offices."""
    flags = await put_flags(
        desk.store,
        flag_document(1, "high", offices=["B10"]),
        flag_document(2, offices=["B10", "C10"]),
        flag_document(3, offices=["C10"]),
        flag_document(4),
    )
    await claim(desk, ANN, flags[0], NOW)
    await decide(desk, ANN, flags[0])
    for flag, step in ((flags[1], Step.SKIP), (flags[2], Step.RECUSE)):
        await claim(desk, ANN, flag, NOW)
        await act(desk, ANN, flag, Wish(step=step), NOW)
    assert [flags[3]] == [one.flag for one in await read_queue(desk, ANN, NOW, 9)]
    assert flags[:2] == [one.flag for one in await read_queue(desk, SEOUL, NOW, 9)]
    assert flags == [one.flag for one in await read_queue(desk, BEN, NOW, 9)]


async def test_a_place_tells_nothing_of_the_first_review(desk: Desk) -> None:
    """Whatever the first one found, the second finds the same rank, reasons and due time; afterwards it counts."""
    flags = await put_flags(desk.store, *(flag_document(number, "low") for number in range(2)))
    everything = Desk(store=desk.store, custody=desk.custody, queue=desk.queue, share=1.0)
    for flag, severity in zip(flags, (Severity.LOW, Severity.CRITICAL), strict=True):
        await claim(everything, ANN, flag, NOW)
        await act(everything, ANN, flag, Wish(step=Step.DECIDE, review=review(ANN, flag, severity=severity)), NOW)
    mild, grave = await read_queue(everything, BEN, NOW, 9)
    assert flags == [mild.flag, grave.flag]
    assert replace(mild, flag=grave.flag) == grave
    assert (Rank.P2, (Why.SEVERITY, Why.SECOND)) == (mild.rank, mild.why)
    standing = [await read_standing(desk.store, BEN, flag) for flag in flags]
    assert replace(standing[0], progress=standing[1].progress) == standing[1]
    await claim(everything, BEN, flags[1], NOW)
    await second(everything, BEN, flags[1], "likely")
    document = await desk.store["flags"].find_one({"_id": flags[1]})
    assert document is not None
    assert ("disputed", "P0") == (document["lane"], document["rank"])


async def test_what_supervisors_look_after(desk: Desk) -> None:
    """Disputes, what is held, and what was raised as urgent until one of them has looked."""
    one, two, _other = await put_flags(
        desk.store, flag_document(1, "high"), flag_document(2), flag_document(3, offices=["C10"])
    )
    for staff, decision in ((ANN, decide), (BEN, second)):
        await claim(desk, staff, one, NOW)
        await decision(desk, staff, one, "confirmed" if staff is ANN else "likely")
    await claim(desk, ANN, two, NOW)
    await act(desk, ANN, two, Wish(step=Step.URGENT), NOW)
    assert [one] == [each.flag for each in await desk.queue.standing(DISPUTED, SUE, NOW, 9)]
    assert [(two, "ann")] == [(each.flag, each.owner) for each in await desk.queue.standing(HELD, SUE, NOW, 9)]
    assert [] == await desk.queue.standing(HELD, SEOUL, NOW, 9)
    (urgent,) = await desk.queue.urgent(SUE, NOW)
    assert (two, NOW + timedelta(hours=24)) == (urgent[0].flag, urgent[1])
    await act(desk, SUE, two, Wish(step=Step.CHECK), NOW)
    assert [] == await desk.queue.urgent(SUE, NOW)


def queued(document: Document) -> Document:
    """A Flag that was taken in."""
    progress = Progress(flag=document["_id"])
    free = {"reserved_by": None, "reserved_until": EPOCH, "claimed_at": None, "lease_until": None}
    return {**document, **progress_fields(progress), **place_fields(document, progress, ()), **free}


@pytest.mark.slow
async def test_a_page_of_twenty_thousand_is_fast(desk: Desk) -> None:
    """A page under 100 ms, a claim under 200 ms, once a process has seen where the queue begins."""
    severities = ("low", "medium", "high", "critical")
    for start in range(0, 20_000, 1_000):
        rows = (
            flag_document(n, severities[n % 4], NOW - n * MINUTE, offices=["B10"] if n % 17 == 0 else ["C10"])
            for n in range(start, start + 1_000)
        )
        await put_flags(desk.store, *(queued(row) for row in rows))
    figures = {}
    for name, staff in (("all", ANN), ("office", SEOUL)):
        for turn in ("first", "again"):
            times = []
            for _ in range(1 if turn == "first" else 20):
                began = time.perf_counter()
                assert 50 == len(await read_queue(desk, staff, NOW, 50))
                times.append(time.perf_counter() - began)
            figures[f"{name} {turn}"] = median(times)
    times = []
    for _ in range(10):
        began = time.perf_counter()
        assert await claim_next(desk, ANN, NOW)
        times.append(time.perf_counter() - began)
    figures["claim"] = median(times)
    shown = {name: f"{value * 1000:.0f} ms" for name, value in figures.items()}
    assert max(figures["all again"], figures["office again"]) < 0.1, shown
    assert figures["claim"] < 0.2, shown
