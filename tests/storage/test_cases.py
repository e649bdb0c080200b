"""Cases on a real database: every act is in the log before it takes effect, and no words are in the clear."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from evidence.case import LONGEST_QUESTION, Staff
from evidence.checkpoint import Files
from evidence.errors import ConfigError, CustodyBroken, StorageError
from storage.cases import add_case, add_note, all_cases, put_items, read_case
from storage.custody import Custody, open_custody
from storage.mongo import Store
from storage.reveals import record_reveal
from tests.conftest import NOW, Clock
from tests.storage.making import everything
from tests.storage.sealing import flagged, seal

STAFF = Staff(actor="staff-1", role="operator", session_id="session-1")
LATER = NOW.replace(year=2027)


@pytest_asyncio.fixture
async def custody(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Custody]:
    """The log of the store."""
    async with open_custody(store, clock, Files(folder=tmp_path)) as opened:
        yield opened


def logged(uri: str) -> list[dict[str, Any]]:
    """Entries of the log."""
    blocks = sorted(everything(uri)["custody"], key=lambda block: block["_id"])
    return [json.loads(line) for block in blocks for line in zlib.decompress(block["packed"]).split(b"\n")]


async def test_a_case_has_items_and_notes(store: Store, custody: Custody) -> None:
    """In the order in which they came; putting an item again changes nothing."""
    one, two = await seal(store, flagged(1, "a"), flagged(2, "b"))
    await seal(store, flagged(2, "b, edited"), revision=2)
    case = await add_case(store, custody, STAFF, "  who passes it on? ", NOW)
    assert (one,) == await put_items(store, custody, STAFF, case.id, [one, one], NOW)
    assert (two, "1900000001:2:2") == await put_items(store, custody, STAFF, case.id, [one, "1900000001:2"], NOW)
    note = await add_note(store, custody, STAFF, case.id, "ask the office", NOW)
    found = await read_case(store, case.id, LATER)
    assert ("who passes it on?", (note,)) == (found.question, found.notes)
    assert [one, two, "1900000001:2:2"] == [item.id for item in found.items]
    assert [(case.id, 3, ())] == [(each.id, len(each.items), each.notes) for each in await all_cases(store, LATER)]


async def test_each_act_is_in_the_log(store: Store, custody: Custody, own_database: str) -> None:
    """By ids and codes; words by their commitment alone, and nowhere in the database in the clear."""
    (item,) = await seal(store, flagged(1, "a"))
    case = await add_case(store, custody, STAFF, "누가 명단을 퍼뜨리나", NOW)
    await put_items(store, custody, STAFF, case.id, [item], NOW)
    note = await add_note(store, custody, STAFF, case.id, "담임에게 묻기", NOW)
    await record_reveal(store, custody, STAFF, "evidence", item, "검사의 요청", NOW)
    entries = [(entry["action"], entry["target_id"], entry["reason_code"]) for entry in logged(own_database)]
    expected = [
        ("case-add", case.id, ""),
        ("case-put", case.id, item),
        ("case-note", note.id, case.id),
        ("reveal", item, ""),
    ]
    assert expected == [entry for entry in entries if entry[0] not in ("begin", "seal")]
    commits = {entry["action"]: entry["commit"] for entry in logged(own_database)}
    assert 64 == len(commits["case-add"]) == len(commits["case-note"]) == len(commits["reveal"])
    kept = everything(own_database)
    stored = repr([kept[name] for name in ("cases", "notes", "custody", "custody_pending")])
    assert [] == [
        words for words in ("명단", "담임", "검사") if words in stored or repr(words.encode())[2:-1] in stored
    ]


async def test_two_reveals_in_one_moment_are_two(store: Store, custody: Custody, own_database: str) -> None:
    """Of the same thing by the same person, with an entry and a reason each."""
    reveals = (record_reveal(store, custody, STAFF, "evidence", "item", reason, NOW) for reason in ("one", "two"))
    entries = await asyncio.gather(*reveals)
    assert 2 == len({*entries, *(entry["seq"] for entry in logged(own_database) if entry["action"] == "reveal")})
    kept = everything(own_database)["reveals"]
    assert {(entries[0], "one"), (entries[1], "two")} == {(each["entry"], each["reason"]) for each in kept}


async def test_nothing_happens_that_the_log_did_not_take(store: Store, clock: Clock, own_database: str) -> None:
    """Nobody appends: no case, no item in it, no note, no reveal."""
    (item,) = await seal(store, flagged(1, "a"))
    await store["cases"].insert_one({"_id": "case-00000001", "at": NOW, "opened_by": "x", "items": []})
    async with open_custody(store, clock, None, wait_s=0.05) as silent:
        for act in (
            add_case(store, silent, STAFF, "a", NOW),
            put_items(store, silent, STAFF, "case-00000001", [item], NOW),
            add_note(store, silent, STAFF, "case-00000001", "a", NOW),
            record_reveal(store, silent, STAFF, "evidence", item, "a", NOW),
        ):
            with pytest.raises(StorageError, match="nothing may be done"):
                await act
    kept = everything(own_database)
    assert ([[]], [], []) == ([case["items"] for case in kept["cases"]], kept["notes"], kept["reveals"])


async def test_what_is_wrong_is_named(store: Store, custody: Custody) -> None:
    """Empty words, too many, cases and items that do not exist."""
    case = await add_case(store, custody, STAFF, "a", NOW)
    for work, message in (
        (add_case(store, custody, STAFF, " ", NOW), "the question of a case is empty"),
        (add_case(store, custody, STAFF, "a" * (LONGEST_QUESTION + 1), NOW), "501 characters; expected at most 500"),
        (add_note(store, custody, STAFF, case.id, "", NOW), "the note is empty"),
        (add_note(store, custody, STAFF, "case-ffffffff", "a", NOW), "case-ffffffff: there is no such case"),
        (put_items(store, custody, STAFF, case.id, ["1:2:3"], NOW), "1:2:3: nothing is sealed under this id"),
    ):
        with pytest.raises(ConfigError, match=message):
            await work


async def test_a_changed_question_does_not_open(store: Store, custody: Custody) -> None:
    """Nor one that was put in another's place with a salt of its own."""
    one, two = [await add_case(store, custody, STAFF, words, NOW) for words in ("a", "b")]
    other = await store["cases"].find_one({"_id": two.id})
    assert other is not None
    await store["cases"].update_one({"_id": one.id}, {"$set": {"salt": other["salt"]}})
    with pytest.raises(CustodyBroken, match=f"the text of {one.id} is not what was sealed"):
        await read_case(store, one.id, LATER)
    await store["cases"].update_one({"_id": one.id}, {"$set": {name: other[name] for name in ("key", "sealed")}})
    with pytest.raises(StorageError, match=f"the text of {one.id} does not open"):
        await read_case(store, one.id, LATER)


async def test_two_put_the_same_item_at_once(store: Store, custody: Custody) -> None:
    """It is in the case once."""
    (item,) = await seal(store, flagged(1, "a"))
    case = await add_case(store, custody, STAFF, "a", NOW)
    await asyncio.gather(*(put_items(store, custody, STAFF, case.id, [item], NOW.replace(hour=h)) for h in (1, 2)))
    assert [item] == [each.id for each in (await read_case(store, case.id, LATER)).items]
