"""The retention run: what ran out goes, what is held or open stays, each class leaves its record."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from evidence.canonical import commitment
from evidence.checkpoint import Files
from evidence.records import Outcome
from evidence.retention import Kept, read_periods
from evidence.verdict import State
from storage.custody import open_custody
from storage.erasure_ledger import LEDGER, read_ledger
from storage.index import known_posts
from storage.leases import leased
from storage.mongo import Document, Store
from storage.passes import end_pass
from storage.retention import Row, run_retention, survey
from tests.conftest import NOW, Clock
from tests.storage.custody import verdict_of
from tests.storage.erasing import eraser, fill
from tests.storage.making import NAMING, SOURCE, crawl_run, everything, keep, page, post
from tests.storage.sealing import PEER
from tests.storage.test_legal_holds import held_case, released

PERIODS = read_periods(None)
PLAIN = "해솔빛고 급식 맛있다"


async def decide(store: Store, native_id: int, disposition: str, at: datetime, **more: Any) -> None:
    """A person's decision, as the desk writes it."""
    decided: Document = {"state": "final", "disposition": disposition, "decided_at": at, **more}
    await store["flags"].update_one({"_id": f"{PEER}:{native_id}"}, {"$set": decided})


async def run(store: Store, clock: Clock, folder: Path) -> dict[Kept, Row]:
    """A run, by class."""
    async with open_custody(store, clock, Files(folder=folder)) as custody:
        rows = await run_retention(store, eraser(custody, folder, clock), PERIODS, lambda done, whole: None)
    return {row.kept: row for row in rows}


async def numbers(store: Store, now: datetime) -> dict[str, int]:
    """What a run would destroy, without classes that have nothing."""
    return {str(row.kept): row.due for row in await survey(store, PERIODS, now) if row.due}


async def left(store: Store) -> list[str]:
    """Native ids of the kept posts."""
    return sorted(
        [
            document["_id"].rpartition(":")[2]
            async for document in store["posts"].find({"_id": {"$gte": "", "$lt": "a"}})
        ]
    )


async def test_each_class_has_its_time(store: Store, own_database: str, clock: Clock, tmp_path: Path) -> None:
    """One post of each class, seen as the days pass."""
    await fill(store, 2, 3, 4, 5, 6)
    await keep(store, page(post(7, PLAIN)))
    await decide(store, 2, "not_relevant", NOW)
    await decide(store, 3, "confirmed", NOW)
    await decide(store, 4, "confirmed", NOW, referral="sent")
    await decide(store, 5, "likely", NOW, referral="outcome", outcome_at=NOW + timedelta(days=100))
    expected = {
        29: {"captures": 2},
        31: {"captures": 2, "dismissed": 1},
        91: {"captures": 2, "dismissed": 1, "mentioned": 1},
        366: {"captures": 2, "dismissed": 1, "mentioned": 1, "confirmed": 1},
        466: {"captures": 2, "dismissed": 1, "mentioned": 1, "confirmed": 1, "referred": 1},
    }
    assert expected == {days: await numbers(store, NOW + timedelta(days=days)) for days in expected}
    clock.forward(days=466)
    before = everything(own_database)
    rows = await run(store, clock, tmp_path)
    assert (["4", "6"], [f"{PEER}:6"]) == (await left(store), list(rows[Kept.OPEN].long_open))
    assert 1 == len(before["index"])
    assert {} == await numbers(store, clock())
    assert State.NOT_ANCHORED == (await verdict_of(store)).state
    gone = {line.gone.post: line.requester for line in read_ledger(tmp_path / LEDGER).lines}
    assert dict.fromkeys((f"{PEER}:2", f"{PEER}:3", f"{PEER}:5"), "retention") == gone


async def test_a_record_says_what_when_and_why(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Its ids are committed to; the entry in the log carries the same commitment."""
    await fill(store, 2, 3)
    for native_id in (2, 3):
        await decide(store, native_id, "rumour_hoax", NOW)
    clock.forward(days=31)
    rows = await run(store, clock, tmp_path)
    (record,) = [
        one async for one in store["destructions"].find({"at": {"$gte": NOW, "$lt": NOW + timedelta(days=99)}})
    ]
    assert ("dismissed", "30 days from the decision", 2, 2, "done", 0) == tuple(
        record[name] for name in ("class", "rule", "count", "items", "state", "left")
    )
    names = f"{PEER}:2\n{PEER}:3".encode()
    assert (commitment(record["salt"], names), False) == (record["commit"], "posts" in record)
    assert (record["entry"],) == rows[Kept.DISMISSED].entries
    assert (2, 2) == (rows[Kept.DISMISSED].due, rows[Kept.DISMISSED].destroyed)


async def test_what_is_held_stays(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Until the hold is lifted."""
    first, _ = await fill(store, 2, 3)
    for native_id in (2, 3):
        await decide(store, native_id, "not_relevant", NOW)
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        case = await held_case(store, custody, first)
    clock.forward(days=31)
    row = (await run(store, clock, tmp_path))[Kept.DISMISSED]
    assert ((1, 1, 1), ["2"]) == ((row.due, row.destroyed, row.held), await left(store))
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        await released(store, custody, case)
    await run(store, clock, tmp_path)
    assert [] == await left(store)


async def test_a_room_that_is_read_is_left_for_the_next_run(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Nothing is destroyed beside a pass; the row says so."""
    await keep(store, page(post(7, PLAIN)))
    clock.forward(days=91)
    async with leased(store, SOURCE, clock()):
        row = (await run(store, clock, tmp_path))[Kept.MENTIONED]
    assert ((1, 0, 1), ["7"]) == ((row.due, row.destroyed, row.left), await left(store))
    row = (await run(store, clock, tmp_path))[Kept.MENTIONED]
    assert ((1, 0), []) == ((row.destroyed, row.left), await left(store))


async def test_a_record_that_was_begun_is_ended(store: Store, clock: Clock, tmp_path: Path) -> None:
    """By the next run, under the same entry."""
    await fill(store, 2)
    await decide(store, 2, "not_relevant", NOW)
    kept = await store["posts"].find_one({"_id": f"{PEER}:2"})
    clock.forward(days=31)
    (entry,) = (await run(store, clock, tmp_path))[Kept.DISMISSED].entries
    gone = {"_id": f"{PEER}:2", "source": SOURCE, "native_ids": [2], "items": [f"{PEER}:2:1"]}
    (record,) = [one async for one in store["destructions"].find({"at": {"$gte": NOW, "$lt": clock() + timedelta(1)}})]
    await store["destructions"].update_one({"_id": record["_id"]}, {"$set": {"state": "begun", "posts": [gone]}})
    await store["posts"].insert_one(kept or {})
    await run(store, clock, tmp_path)
    ended = await store["destructions"].find_one({"_id": record["_id"]})
    assert ended is not None
    assert (["done", entry], []) == ([ended["state"], ended["entry"]], await left(store))


async def test_a_mention_that_ran_out_may_come_back_changed(store: Store, clock: Clock, tmp_path: Path) -> None:
    """The same text is not taken up again, another one is; of what was sealed no text is."""
    await fill(store, 2)
    await decide(store, 2, "not_relevant", NOW)
    await keep(store, page(post(7, PLAIN)))
    clock.forward(days=91)
    await run(store, clock, tmp_path)
    await keep(store, page(post(2, f"{NAMING} 2"), post(7, PLAIN), at=clock()))
    assert [] == await left(store)
    is_kept, _ = await keep(store, page(post(2, f"{NAMING}!"), post(7, f"{PLAIN}!"), at=clock()))
    assert (True, ["7"]) == (is_kept, await left(store))
    seen = await known_posts(store, PEER, [2, 7])
    assert (True, False, False) == (seen[2].is_closed, seen[2].is_erased, seen[7].is_closed)


async def test_who_looked_is_forgotten_after_three_years(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Reveals and proposals older than that, and nothing younger; with a record."""
    for days in (0, 1_000):
        at = NOW + timedelta(days=days)
        await store["reveals"].insert_one({"_id": f"{at.isoformat()} evidence 1", "at": at, "reason": "letter"})
    clock.forward(days=1_097)
    row = (await run(store, clock, tmp_path))[Kept.ACCESS]
    (kept,) = [one async for one in store["reveals"].find({"_id": {"$gte": "", "$lt": "a"}})]
    assert (1, 1, NOW + timedelta(days=1_000)) == (row.due, row.destroyed, kept["at"])
    (record,) = [one async for one in store["destructions"].find({"at": {"$gte": NOW, "$lt": clock() + timedelta(1)}})]
    assert ("access", 1, row.entries) == (record["class"], record["count"], (record["entry"],))


async def test_passes_are_forgotten_and_their_hours_stay(
    store: Store, own_database: str, clock: Clock, tmp_path: Path
) -> None:
    """Two of three, a day between them; the third is at its bound."""
    for days in (0, 1, 2):
        await end_pass(store, crawl_run(Outcome.WATCHED, NOW + timedelta(days=days)), 600, None)
    hours = len(everything(own_database)["coverage"])
    clock.forward(days=402)
    assert 2 == (await numbers(store, clock()))["passes"]
    row = (await run(store, clock, tmp_path))[Kept.PASSES]
    stored = everything(own_database)
    (left_over,) = stored["runs"]
    assert (2, 2, NOW + timedelta(days=2)) == (row.due, row.destroyed, left_over["at"])
    assert hours == len(stored["coverage"]) > 0
