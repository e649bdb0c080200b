"""Lanes read from their oldest on, a stretch at a time: never a wrong answer, and little that is read in vain."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from storage.mongo import Document, Store
from storage.review_lanes import HELD, LEAST, MANY, RANKED, Lanes, Lead
from tests.conftest import NOW
from tests.storage.reviewing import flag_document, put_flags

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def waiting(number: int, at: datetime, **more: Any) -> Document:
    """A Flag that waits in a lane."""
    return flag_document(number, at=at, **{"lane": "P2", "lane_at": at, "state": "queued", **more})


def names(documents: Iterable[Document]) -> list[str]:
    """Their ids."""
    return [document["_id"] for document in documents]


class Counted(Lanes):
    """Lanes that say what was read of them."""

    read_so_far: int = 0

    async def read(self, lane: str, lead: Lead | None, low: datetime, high: datetime) -> list[Document]:
        """The same, counted."""
        found = await super().read(lane, lead, low, high)
        self.read_so_far += len(found)
        return found


async def test_a_long_lane_is_not_read_as_a_whole(store: Store) -> None:
    """Not even by a process that never saw it; and the same Flags come as if it were."""
    rows = [waiting(n, NOW - 20 * DAY + n * 60 * MINUTE) for n in range(450)]
    await put_flags(store, *rows)
    lanes = Counted(store)
    found, is_all = await lanes.heads("P2", None, NOW, 10)
    assert (names(rows[:LEAST]), False) == (names(found)[:LEAST], is_all)
    assert lanes.read_so_far < 150
    before = lanes.read_so_far
    assert names(found)[:LEAST] == names((await lanes.heads("P2", None, NOW, 10))[0])[:LEAST]
    assert lanes.read_so_far - before < 3 * LEAST


async def test_what_was_learned_never_hides_anything(store: Store) -> None:
    """One that comes back older than all, a front that is worked off, and a lane that runs dry."""
    rows = [waiting(n, NOW - DAY + n * MINUTE) for n in range(250)]
    await put_flags(store, *rows)
    lanes = Lanes(store)
    await lanes.heads("P2", None, NOW, 10)
    await put_flags(store, waiting(900, NOW - 300 * DAY))
    assert "1900000001:900" == (await lanes.heads("P2", None, NOW, 10))[0][0]["_id"]
    for worked_off in (rows[:150], rows[150:245]):
        await store["flags"].delete_many({"_id": {"$in": names(worked_off)}})
        behind = rows[rows.index(worked_off[-1]) + 1]
        assert ["1900000001:900", behind["_id"]] == names((await lanes.heads("P2", None, NOW, 10))[0])[:2]
    found, is_all = await lanes.heads("P2", None, NOW, 10)
    assert (names(rows[245:]), True) == (names(found)[1:], is_all)


@pytest.mark.parametrize("seed", range(3))
async def test_heads_are_those_of_a_sorted_list(store: Store, seed: int) -> None:
    """Whatever the times are, whatever was read before, for all and for an office."""
    random, rows = Random(seed), list[Document]()
    for number in range(150):
        at = NOW - timedelta(seconds=10 ** random.uniform(0, 7))
        rows.append(waiting(number, at, offices=random.choice((["B10"], ["C10"], ["B10", "C10"], []))))
    lanes, left = Lanes(store), sorted(rows, key=lambda row: (row["lane_at"], row["_id"]))
    await put_flags(store, *rows)
    for _ in range(5):
        for lead in (None, Lead("offices", "B10"), Lead("offices", "C10")):
            expected = names(row for row in left if lead is None or lead.value in row["offices"])
            found, is_all = await lanes.heads("P2", lead, NOW, 5)
            assert (expected[: len(found)], len(found) == len(expected)) == (names(found), is_all)
            assert len(found) >= min(LEAST, len(expected))
        gone = left[: random.randrange(5, 40)]
        left = left[len(gone) :]
        await store["flags"].delete_many({"_id": {"$in": names(gone)}})


async def test_stretches_go_on_behind_a_place(store: Store) -> None:
    """From there to the end, each Flag once, in the order of age."""
    rows = [waiting(n, NOW - DAY + n * MINUTE) for n in range(100)]
    await put_flags(store, *rows, waiting(999, NOW, lane=HELD))
    lanes, found = Lanes(store), list[Document]()
    async for documents, _end in lanes.stretches("P2", None, NOW, since=rows[40]["lane_at"], length=3 * MINUTE):
        found += documents
    assert names(rows[40:]) == names(found)


async def test_a_short_lane_is_asked_for_once(store: Store) -> None:
    """Once it is known to be short, until it is not any more."""
    lanes = Counted(store)
    for lane in RANKED:
        assert ([], True) == await lanes.heads(lane, None, NOW, 10)
    await put_flags(store, *(waiting(n, NOW - DAY + n * MINUTE) for n in range(MANY + 20)))
    assert MANY + 20 == len((await lanes.heads("P2", None, NOW, 10))[0])
    assert 2 * LEAST > len((await lanes.heads("P2", None, NOW, 10))[0])
