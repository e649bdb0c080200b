"""Erasing a post: what goes, what stays, in which order, and that it stays gone."""

import json
from pathlib import Path

import pytest

from channels.shown_ids import ids_in
from evidence.checkpoint import Files, read_notes
from evidence.custody import unpack
from evidence.errors import ConfigError, ItemHeld, StorageError
from evidence.verdict import State
from storage.approvals import propose
from storage.custody import open_custody
from storage.custody_blocks import read_blocks
from storage.erasure import BEGUN, DONE, check_erasable, erase, finish_erasures
from storage.erasure_destroy import FLAG_KEEPS, ITEM_KEEPS
from storage.erasure_ledger import LEDGER, read_ledger
from storage.erasure_replay import replay
from storage.index import known_posts
from storage.mongo import Store
from storage.sealed import read_items
from tests.conftest import NOW, Clock
from tests.storage.custody import verdict_of
from tests.storage.erasing import ABOUT, ONE, POST, TWO, agreed, eraser, fill
from tests.storage.making import NAMING, everything, keep, page, post
from tests.storage.sealing import PEER, flagged, seal

NOTHING: tuple[object, ...] = (b"", None, [], False)


async def erased(store: Store, clock: Clock, folder: Path, name: str = POST) -> int:
    """Erase a post; the number of its entry."""
    async with open_custody(store, clock, Files(folder=folder)) as custody:
        made = await erase(store, eraser(custody, folder, clock), TWO, await agreed(store, custody, clock, name))
    return made.entry


async def test_only_ids_and_commitments_are_left(store: Store, own_database: str, clock: Clock, tmp_path: Path) -> None:
    """Item and Flag keep the fields that are named, the post is gone, the other post is untouched."""
    items = await fill(store, 2, 3)
    await store["near"].insert_one({"_id": POST, "leader": POST, "likeness": 1.0, "at": NOW, "bands": ["b"]})
    await store["near_bands"].insert_one({"_id": "b", "leaders": [POST, "1:1"]})
    before = everything(own_database)
    entry = await erased(store, clock, tmp_path)
    after = everything(own_database)
    item, other = ({one["_id"]: one for one in after["evidence"]}[name] for name in items)
    assert {*ITEM_KEEPS, "erased_at", "hold"} == set(item)
    assert other in before["evidence"]
    flag = next(one for one in after["flags"] if one["_id"] == POST)
    assert "erased" == flag["state"]
    assert [] == [
        name for name, value in flag.items() if value not in NOTHING and name not in {*FLAG_KEEPS, "state", "erased_at"}
    ]
    assert [f"{PEER}:3"] == [one["_id"] for one in after["posts"]]
    assert ([], [], [["1:1"]]) == (after["captures"], after["near"], [one["leaders"] for one in after["near_bands"]])
    (kept,) = after["erasures"]
    assert (DONE, entry, items[:1], 1) == (kept["state"], kept["entry"], kept["items"], kept["captures"])
    (shown,) = await read_items(store, items[:1])
    assert (None, None, clock()) == (shown.content, shown.salt, shown.erased_at)


async def test_the_log_holds_and_says_why(store: Store, clock: Clock, tmp_path: Path) -> None:
    """An older checkpoint still holds; the entry names ground, persons and proposal, and no word of the reason."""
    await fill(store, 2)
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        await agreed(store, custody, clock, f"{PEER}:9")
    (note, *_) = read_notes(Files(folder=tmp_path).notes).notes
    entry = await erased(store, clock, tmp_path)
    assert State.INTACT == (await verdict_of(store, note)).state
    lines = [json.loads(line) async for block in read_blocks(store) for line in unpack(block)]
    act = lines[entry]
    assert ("erase", "post", POST, "staff-2") == tuple(
        act[name] for name in ("action", "target_type", "target_id", "actor")
    )
    basis, requester, proposal, *persons = act["reason_code"].split("/")
    assert (*map(str, ABOUT), "proposed=staff-1", "approved=staff-2") == (basis, requester, *persons)
    assert proposal.startswith("proposal-")


async def test_the_ledger_has_a_line_without_text(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Ids, the moment, the entry, the ground."""
    items = await fill(store, 2)
    entry = await erased(store, clock, tmp_path)
    (row,) = [json.loads(line) for line in (tmp_path / LEDGER).read_text().splitlines() if line]
    assert {"v", "post", "source", "native_ids", "items", "at", "seq", "basis", "requester"} == set(row)
    assert (POST, items, entry, "pipa-36", "victim") == tuple(
        row[name] for name in ("post", "items", "seq", "basis", "requester")
    )
    (line,) = read_ledger(tmp_path / LEDGER).lines
    assert (POST, (2,), entry) == (line.gone.post, line.gone.native_ids, line.seq)


async def test_it_stays_gone(store: Store, own_database: str, clock: Clock, tmp_path: Path) -> None:
    """Shown again, edited, or beside news: nothing of it is stored, and no Capture that shows it."""
    await fill(store, 2, 3)
    await erased(store, clock, tmp_path)
    for shown in (f"{NAMING} 2", f"{NAMING} and more"):
        is_kept, findings = await keep(
            store, page(post(2, shown), post(4, f"{NAMING} {shown!r}"), at=clock.forward(hours=1))
        )
        assert (False, {2: "unchanged"}) == (
            is_kept,
            {one.post.native_id: str(one.change) for one in findings if one.post.native_id == 2},
        )
    after = everything(own_database)
    assert ([f"{PEER}:3", f"{PEER}:4"], []) == (sorted(one["_id"] for one in after["posts"]), after["captures"])
    seen = (await known_posts(store, PEER, [2]))[2]
    assert (True, True, False) == (seen.is_closed, seen.is_erased, seen.is_kept)


@pytest.mark.parametrize("collection", ["posts", "erasures", "evidence"])
async def test_what_was_begun_is_ended(
    store: Store, own_database: str, clock: Clock, tmp_path: Path, collection: str
) -> None:
    """Whatever was done before a kill, the next look ends it, with the same entry."""
    await fill(store, 2)
    before = everything(own_database)
    entry = await erased(store, clock, tmp_path)
    await store["erasures"].update_one({"_id": POST}, {"$set": {"state": BEGUN}})
    if collection != "erasures":
        back = next(one for one in before[collection] if POST in (one["_id"], one.get("post")))
        await store[collection].replace_one({"_id": back["_id"]}, back, upsert=True)
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        (ended,), left = await finish_erasures(store, eraser(custody, tmp_path, clock))
        assert ((), ()) == (await finish_erasures(store, eraser(custody, tmp_path, clock)))
    assert (entry, ()) == (ended.entry, left)
    assert [] == everything(own_database)["posts"]
    assert 1 == len(read_ledger(tmp_path / LEDGER).lines)


async def test_nothing_goes_without_the_log(store: Store, own_database: str, clock: Clock, tmp_path: Path) -> None:
    """An entry that is not durable stops it; later it is ended."""
    await fill(store, 2)
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        proposal = await agreed(store, custody, clock)
    async with open_custody(store, clock, None, wait_s=0.05) as deaf:
        with pytest.raises(StorageError, match="not durable"):
            await erase(store, eraser(deaf, tmp_path, clock), TWO, proposal)
    assert (1, False) == (len(everything(own_database)["posts"]), (tmp_path / LEDGER).exists())
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        (ended,), _ = await finish_erasures(store, eraser(custody, tmp_path, clock))
    assert (POST, []) == (ended.order.gone.post, everything(own_database)["posts"])


async def test_two_persons_agree_on_one_thing(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Not approved, approved for another post, used before: refused."""
    await fill(store, 2, 3)
    async with open_custody(store, clock, Files(folder=tmp_path)) as custody:
        tool = eraser(custody, tmp_path, clock)
        waiting = await propose(store, custody, ONE, "erase", f"{POST}/pipa-36/victim", "letter", clock())
        with pytest.raises(ConfigError, match="is not approved"):
            await erase(store, tool, TWO, waiting.id)
        held = await propose(store, custody, ONE, "hold", f"{POST}/pipa-36/victim", "letter", clock())
        with pytest.raises(ConfigError, match="is for hold"):
            await erase(store, tool, TWO, held.id)
        done = await agreed(store, custody, clock)
        await erase(store, tool, TWO, done)
        with pytest.raises(ConfigError, match="was erased 2026-11-20"):
            await erase(store, tool, TWO, done)
        with pytest.raises(ConfigError, match="neither a kept post nor a sealed item"):
            await check_erasable(store, "1:1", clock())


async def test_a_post_without_item_goes_too(store: Store, own_database: str, clock: Clock, tmp_path: Path) -> None:
    """One that only names a school; by the id of an item all revisions of its post go."""
    await keep(store, page(post(5, "해솔빛고 급식 맛있다")))
    await erased(store, clock, tmp_path, f"{PEER}:5")
    await seal(store, flagged(7, "a"))
    await seal(store, flagged(7, "b"), revision=2)
    gone = await check_erasable(store, f"{PEER}:7:1", NOW)
    assert (f"{PEER}:7", (f"{PEER}:7:1", f"{PEER}:7:2")) == (gone.post, gone.items)
    assert [] == everything(own_database)["posts"]


async def test_the_ledger_tells_a_restored_store(store: Store, own_database: str, clock: Clock, tmp_path: Path) -> None:
    """What came back with an older backup goes again, whatever was held in it; a second time nothing is left to do."""
    await fill(store, 2, 3)
    before = everything(own_database)
    await erased(store, clock, tmp_path)
    gone = everything(own_database)["evidence"]
    for name in ("posts", "flags", "evidence", "captures", "index"):
        await store[name].delete_many({})
        await store[name].insert_many(before[name])
    await store["evidence"].update_one({"_id": f"{POST}:1"}, {"$set": {"hold": ["case-00000000"]}})
    await store["erasures"].delete_many({})
    ledger = read_ledger(tmp_path / LEDGER)
    assert [1, 0] == [await replay(store, ledger, ids_in, clock) for _ in range(2)]
    after = everything(own_database)
    assert [f"{PEER}:3"] == [one["_id"] for one in after["posts"]]
    assert [sorted(one) for one in gone] == [sorted(one) for one in after["evidence"]]
    assert (True, DONE) == ((await known_posts(store, PEER, [2]))[2].is_erased, after["erasures"][0]["state"])


def test_a_broken_line_is_counted(tmp_path: Path) -> None:
    """The others are read; a file that is not there is empty."""
    assert ((), 0) == (read_ledger(tmp_path / "none").lines, read_ledger(tmp_path / "none").damaged)
    (tmp_path / LEDGER).write_bytes(b'{"post":"1:2"\n\n{}\n')
    assert ((), 2) == (read_ledger(tmp_path / LEDGER).lines, read_ledger(tmp_path / LEDGER).damaged)
    assert issubclass(ItemHeld, StorageError)
