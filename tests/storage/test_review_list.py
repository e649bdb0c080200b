"""The list gives what a sorted list of everything would give, whatever is asked for, page by page."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from evidence.case import Staff
from evidence.progress import Progress, State
from evidence.records import Severity
from storage.mongo import Document, Store
from storage.reads import EPOCH
from storage.review_desk import place_fields
from storage.review_forms import progress_fields
from storage.review_lanes import RANKED
from storage.review_list import Filters, Key, Shelf, list_flags
from storage.review_queue import Queue
from tests.conftest import NOW
from tests.storage.reviewing import ANN, BEN, SEOUL, flag_document, put_flags, review

ROOMS = ("https://t.me/room", "https://t.me/other")
OFFICES: tuple[list[str], ...] = (["B10"], ["C10"], ["B10", "C10"], ["none"])
SOME = 90


def waiting(number: int, random: Random) -> Document:
    """A Flag that was taken in, and perhaps decided once."""
    at = NOW - timedelta(seconds=10 ** random.uniform(1, 6.5))
    document = flag_document(
        number,
        random.choice([str(each) for each in Severity]),
        at,
        source=random.choice((*[ROOMS[0]] * 7, ROOMS[1])),
        offices=random.choice(OFFICES),
        reasons=random.choice((["many-schools"], ["threat"])),
    )
    progress = Progress(flag=document["_id"])
    if random.random() < 0.1:
        first = review(BEN, document["_id"])
        progress = Progress(flag=document["_id"], state=State.SECOND_PENDING, version=2, first=first, needs_second=True)
    free = {"reserved_by": None, "reserved_until": EPOCH, "claimed_at": None, "lease_until": None}
    return {**document, **progress_fields(progress), **place_fields(document, progress, ()), **free}


def expected(rows: list[Document], staff: Staff, filters: Filters) -> list[str]:
    """What is asked for, by rank and age."""
    chosen = [row for row in rows if is_asked_for(row, staff, filters)]
    return [row["_id"] for row in sorted(chosen, key=lambda row: (row["lane"], row["lane_at"], row["_id"]))]


def is_asked_for(row: Mapping[str, Any], staff: Staff, filters: Filters) -> bool:
    """Told without windows and indexes."""
    return (
        (staff.offices is None or bool(staff.offices & set(row["offices"])))
        and (filters.shelf is not Shelf.SECOND or row["state"] == "second_pending")
        and filters.severity in (None, row["severity"])
        and filters.source in (None, row["source"])
        and (filters.office is None or filters.office in row["offices"])
        and (filters.older is None or NOW - row["at"] >= filters.older)
    )


async def paged(queue: Queue, staff: Staff, filters: Filters, most: int) -> list[str]:
    """All pages, each begun where the one before said, by way of an address."""
    found, after = list[str](), None
    for _ in range(SOME):
        page = await list_flags(queue, staff, filters, NOW, after, most)
        found += [row.flag for row in page.rows]
        if page.following is None:
            return found
        after = Key.read(page.following.text())
    raise AssertionError("the list has no end")


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_filter_leaves_what_it_should(store: Store, seed: int) -> None:
    """Alone and together, for the whole country, for an office and for two, in pages of seven."""
    random = Random(seed)
    rows = [waiting(number, random) for number in range(SOME)]
    await put_flags(store, *rows)
    assert {row["lane"] for row in rows} == set(RANKED)
    asked = [
        Filters(),
        Filters(severity=Severity.MEDIUM, office="C10"),
        Filters(severity=Severity.LOW),
        Filters(source=ROOMS[1]),
        Filters(source=ROOMS[0], office="none", older=timedelta(hours=3)),
        Filters(shelf=Shelf.SECOND),
        Filters(older=timedelta(days=3)),
    ]
    queue, two = Queue(store), Staff(actor="two", role="monitor", session_id="s", offices=frozenset({"C10", "none"}))
    for filters in asked:
        for staff in (ANN, SEOUL, two):
            assert expected(rows, staff, filters) == await paged(queue, staff, filters, 7), (filters, staff.offices)
