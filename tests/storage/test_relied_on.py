"""What is relied on of the database, with the answers that MongoDB documents: never those that a server gave.

Here it runs on the embedded server; ``make mongodb HAECHI_MONGODB_URI=…`` asks your own. Each operator, stage and
expression that the rules allow stands in a table, so what is added there has to be checked here.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Int64, MaxKey, MinKey
from pymongo import ASCENDING, DeleteMany, IndexModel, InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, WriteError

from storage.leases import Operation
from storage.mongo import STANDING_STILL, Document, Store
from tests.conftest import NOW
from tests.mongo_rules import EXPRESSIONS, FILTERS, STAGES, UPDATES

PLACE = "checked"
"""A collection of the check's own: the rules of ours are not asked of it."""
ROWS: tuple[Document, ...] = (
    {"_id": "a", "n": 1, "tags": ["x", "y"], "rows": [{"v": 1, "w": 2}], "at": NOW},
    {"_id": "b", "n": 2, "tags": ["y"], "rows": [{"v": 1, "w": 1}, {"v": 2, "w": 2}], "at": NOW + timedelta(hours=1)},
    {"_id": "c", "n": Int64(2**53 + 1), "tags": [], "none": None, "at": NOW + timedelta(days=1)},
)

ALL = {"_id": {"$in": [row["_id"] for row in ROWS]}}

FOUND: list[tuple[str, Document, str]] = [
    ("$eq", {"n": {"$eq": 2}}, "b"),
    ("$eq", {"n": Int64(2**53)}, ""),
    ("$in", {"_id": {"$in": ["a", "c", "z"]}}, "ac"),
    ("$nin", {"_id": {"$nin": ["a"]}}, "bc"),
    ("$ne", {"tags": {"$ne": "x"}}, "bc"),
    ("$gte", {"n": {"$gte": 2}}, "bc"),
    ("$gt", {"n": {"$gt": 2**53}}, "c"),
    ("$lt", {"at": {"$gte": NOW, "$lt": NOW + timedelta(hours=1)}}, "a"),
    ("$lte", {"_id": {"$gte": MinKey(), "$lte": MaxKey()}}, "abc"),
    ("$all", {"tags": {"$all": ["x", "y"]}}, "a"),
    ("$elemMatch", {"rows": {"$elemMatch": {"v": 1, "w": 2}}}, "a"),
    ("$exists", {"none": {"$exists": True}}, "c"),
    ("$and", {"$and": [{"n": {"$gt": 0}}, {"n": {"$lt": 2}}]}, "a"),
    ("$or", {"$or": [{"n": 1}, {"tags": []}]}, "ac"),
    ("$eq", {"rows.v": 2}, "b"),
    ("$eq", {"none": None}, "abc"),
]
CHANGED: list[tuple[str, Document, Document, Document]] = [
    ("$set", {"a": 1}, {"$set": {"b.c": 2}}, {"a": 1, "b": {"c": 2}}),
    ("$unset", {"a": 1, "b": 2}, {"$unset": {"b": ""}}, {"a": 1}),
    ("$inc", {"a": Int64(2**53)}, {"$inc": {"a": 1, "b": 2}}, {"a": 2**53 + 1, "b": 2}),
    ("$min", {"a": 5}, {"$min": {"a": 3}}, {"a": 3}),
    ("$max", {"a": 5}, {"$max": {"a": 3, "b": 1}}, {"a": 5, "b": 1}),
    ("$push", {"a": [1]}, {"$push": {"a": 1}}, {"a": [1, 1]}),
    ("$addToSet", {"a": [1]}, {"$addToSet": {"a": 1}}, {"a": [1]}),
    ("$each", {"a": [1]}, {"$addToSet": {"a": {"$each": [1, 2]}}}, {"a": [1, 2]}),
    ("$pull", {"a": [1, 2, 1]}, {"$pull": {"a": 1}}, {"a": [2]}),
    ("$setOnInsert", {"a": 1}, {"$set": {"b": 1}, "$setOnInsert": {"a": 9}}, {"a": 1, "b": 1}),
]
GROUPED: list[tuple[str, Document, Any]] = [
    ("$sum", {"$sum": "$n"}, 2**53 + 4),
    ("$sum", {"$sum": 1}, 3),
    ("$min", {"$min": "$n"}, 1),
    ("$max", {"$max": "$at"}, NOW + timedelta(days=1)),
    ("$first", {"$first": "$_id"}, "a"),
    ("$last", {"$last": "$_id"}, "c"),
    ("$push", {"$push": "$_id"}, ["a", "b", "c"]),
    ("$addToSet", {"$addToSet": "$none"}, [None]),
    ("$cond", {"$sum": {"$cond": ["$tags", 1, 0]}}, 3),
]
STAGED: list[tuple[str, Sequence[Document], list[Document]]] = [
    ("$match", [{"$match": {"n": 1}}, {"$project": {"n": 1}}], [{"_id": "a", "n": 1}]),
    ("$project", [{"$match": {"n": 1}}, {"$project": {"_id": 0, "n": 1}}], [{"n": 1}]),
    ("$set", [{"$match": {"n": 1}}, {"$project": {"n": 1}}, {"$set": {"m": "$n"}}], [{"_id": "a", "n": 1, "m": 1}]),
    ("$unwind", [{"$unwind": "$rows"}, {"$project": {"_id": 0, "v": "$rows.v"}}], [{"v": 1}, {"v": 1}, {"v": 2}]),
    ("$sort", [{"$sort": {"_id": -1}}, {"$project": {"_id": 1}}], [{"_id": "c"}, {"_id": "b"}, {"_id": "a"}]),
    ("$group", [{"$group": {"_id": "$none", "number": {"$sum": 1}}}], [{"_id": None, "number": 3}]),
]


def test_whatever_is_allowed_is_checked() -> None:
    """The rules and these tables name the same."""
    assert FILTERS == {name for name, _, _ in FOUND}
    assert UPDATES == {name for name, *_ in CHANGED}
    assert STAGES == {name for name, _, _ in STAGED}
    assert EXPRESSIONS == {name for name, _, _ in GROUPED}


async def test_filters(store: Store) -> None:
    """Every filter finds what MongoDB's manual says; 64-bit numbers are compared exactly."""
    await store[PLACE].insert_many(ROWS)
    for name, asked, expected in FOUND:
        found = [row["_id"] async for row in store[PLACE].find({"$and": [asked], **ALL}, {"_id": 1})]
        assert (name, asked, expected) == (name, asked, "".join(sorted(found)))


async def test_updates(store: Store) -> None:
    """Every operator leaves what MongoDB's manual says."""
    for number, (name, before, change, after) in enumerate(CHANGED):
        await store[PLACE].insert_one({"_id": number, **before})
        await store[PLACE].update_one({"_id": number}, change, upsert=True)
        assert (name, {"_id": number, **after}) == (name, await store[PLACE].find_one({"_id": number}))


async def test_groups(store: Store) -> None:
    """What is counted together; a missing field is grouped as null, and left out of sets."""
    await store[PLACE].insert_many(ROWS)
    for name, expression, expected in GROUPED:
        grouped: Document = {"$group": {"_id": None, "found": expression}}
        steps: list[Document] = [{"$match": ALL}, {"$sort": {"_id": 1}}, grouped]
        (row,) = await (await store[PLACE].aggregate(steps)).to_list(None)
        assert (name, expected) == (name, row["found"])


async def test_stages(store: Store) -> None:
    """Every stage gives what MongoDB's manual says."""
    await store[PLACE].insert_many(ROWS)
    for name, steps, expected in STAGED:
        found = await (await store[PLACE].aggregate([{"$match": ALL}, {"$sort": {"_id": 1}}, *steps])).to_list(None)
        assert (name, expected) == (name, found)


async def test_what_is_there_twice_is_named(store: Store) -> None:
    """Code 11000 with the key; in order the first one ends the batch, without order the others are written."""
    await store[PLACE].insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError) as caught:
        await store[PLACE].insert_one({"_id": 1})
    details = caught.value.details or {}
    assert ({"_id": 1}, {"_id": 1}) == (details["keyPattern"], details["keyValue"])
    for is_ordered, written in ((True, 1), (False, 2)):
        names = [10 * (1 + is_ordered), 1, 10 * (1 + is_ordered) + 1]
        with pytest.raises(BulkWriteError) as refused:
            await store[PLACE].insert_many([{"_id": name} for name in names], ordered=is_ordered)
        problem = refused.value.details
        assert (written, [(1, 11000)]) == (
            problem["nInserted"],
            [(each["index"], each["code"]) for each in problem["writeErrors"]],
        )


async def test_a_unique_index_over_lists(store: Store) -> None:
    """No element stands in the lists of two documents; as often as it likes in one."""
    await store[PLACE].create_indexes([IndexModel([("requests", ASCENDING)], unique=True)])
    await store[PLACE].insert_one({"_id": 1, "requests": [b"a", b"b", b"b"]})
    with pytest.raises(DuplicateKeyError):
        await store[PLACE].insert_one({"_id": 2, "requests": [b"c", b"a"]})


async def test_a_claim_by_upsert(store: Store) -> None:
    """Where the document is there and does not fit, an upsert is refused as a duplicate: so leases are taken."""
    await store[PLACE].insert_one({"_id": "x", "until": 5})
    with pytest.raises(DuplicateKeyError):
        await store[PLACE].update_one({"_id": "x", "until": {"$lte": 4}}, {"$set": {"until": 9}}, upsert=True)
    claims = [store[PLACE].update_one({"_id": "x", "until": 5}, {"$set": {"until": 9}}) for _ in range(8)]
    assert 1 == sum([done.matched_count for done in await asyncio.gather(*claims)])
    same = await store[PLACE].update_one({"_id": "x"}, {"$set": {"until": 9}})
    assert (1, 0) == (same.matched_count, same.modified_count)


async def test_a_batch_runs_in_its_order(store: Store) -> None:
    """And the counts add up."""
    writes: list[InsertOne[Document] | Operation] = [
        InsertOne({"_id": 1, "n": 1}),
        UpdateOne({"_id": 1}, {"$inc": {"n": 1}}),
        ReplaceOne({"_id": 2}, {"_id": 2, "n": 1}, upsert=True),
        DeleteMany({"_id": {"$in": [1]}}),
        UpdateOne({"_id": 1}, {"$setOnInsert": {"n": 7}}, upsert=True),
    ]
    done = await store[PLACE].bulk_write(writes)
    assert (1, 1, 2, 1) == (done.inserted_count, done.modified_count, done.upserted_count, done.deleted_count)
    assert {1: 7, 2: 1} == {row["_id"]: row["n"] async for row in store[PLACE].find({"_id": {"$in": [1, 2]}})}


async def test_ranges_are_whole_and_in_order(store: Store) -> None:
    """More than one answer of the server holds, newest first, within bounds; texts are ordered by their bytes."""
    await store[PLACE].create_indexes([IndexModel([("source", ASCENDING), ("at", ASCENDING)])])
    moments = [NOW + timedelta(minutes=number) for number in range(250)]
    await store[PLACE].insert_many([{"_id": f"a {at.isoformat()}", "source": "a", "at": at} for at in moments])
    asked = {"_id": {"$gte": "a ", "$lt": "a!"}, "source": "a", "at": {"$gte": moments[20], "$lt": moments[240]}}
    found = [row["at"] async for row in store[PLACE].find(asked, batch_size=50).sort("at", -1).limit(200)]
    assert moments[239:39:-1] == found


async def test_a_transaction_is_seen_when_it_is_committed(store: Store) -> None:
    """It sees itself and the moment of its beginning, others see nothing of it before."""
    await store[PLACE].insert_many([{"_id": 1, "n": 1}, {"_id": 2, "n": 1}])
    async with store.client.start_session() as session:
        await session.start_transaction(STANDING_STILL, store.db.write_concern)
        await store[PLACE].update_one({"_id": 1}, {"$set": {"n": 2}}, session=session)
        await store[PLACE].update_one({"_id": 2}, {"$set": {"n": 9}})
        inside = [await store[PLACE].find_one({"_id": name}, session=session) for name in (1, 2)]
        outside = [await store[PLACE].find_one({"_id": name}) for name in (1, 2)]
        assert ([2, 1], [1, 9]) == ([row and row["n"] for row in inside], [row and row["n"] for row in outside])
        await session.commit_transaction()
    assert {"_id": 1, "n": 2} == await store[PLACE].find_one({"_id": 1})


async def test_two_transactions_in_one_place(store: Store) -> None:
    """The second to write gets code 112 and the label by which it knows that it may begin anew."""
    await store[PLACE].insert_one({"_id": 1, "n": 1})
    async with store.client.start_session() as first, store.client.start_session() as second:
        for session in (first, second):
            await session.start_transaction(STANDING_STILL, store.db.write_concern)
        await store[PLACE].update_one({"_id": 1}, {"$inc": {"n": 1}}, session=first)
        with pytest.raises(OperationFailure) as caught:
            await store[PLACE].update_one({"_id": 1}, {"$inc": {"n": 1}}, session=second)
        await first.commit_transaction()
    assert (112, True) == (caught.value.code, caught.value.has_error_label("TransientTransactionError"))


async def test_what_a_document_must_have(store: Store) -> None:
    """A validator refuses with code 121; an index that lets go of documents says after how many seconds."""
    with pytest.raises(WriteError) as caught:
        await store["index"].insert_one({"_id": 1, "entries": "text"})
    assert 121 == caught.value.code
    assert 0 == (await store["captures"].index_information())["expires_at_1"]["expireAfterSeconds"]


async def test_values_come_back_as_they_went(store: Store) -> None:
    """64-bit numbers, bytes, Korean, milliseconds of UTC, nothing at all; the order of fields is kept."""
    at = datetime(1960, 1, 1, 0, 0, 0, 123_000, tzinfo=UTC)
    row = {
        "_id": 1,
        "big": -(2**63),
        "bytes": bytes(range(256)),
        "text": "한국어 🇰🇷",
        "at": at,
        "none": None,
        "list": [{}],
    }
    await store[PLACE].insert_one(row)
    found = await store[PLACE].find_one({"_id": 1})
    assert list(row.items()) == list((found or {}).items())
