"""The rules for commands, held against commands that break them."""

from typing import Any

import pytest
from pymongo import WriteConcern

from storage.mongo import Store
from storage.schema import INDEXES, SHARD_KEYS
from tests.mongo_rules import Rules, violations

DURABLE = {"w": "majority", "j": True}
IN_TRANSACTION: dict[str, Any] = {"txnNumber": 1, "autocommit": False}
BEGUN: dict[str, Any] = {**IN_TRANSACTION, "startTransaction": True}
SETTLED = {"readConcern": {"level": "majority"}}
RANGE = {"$gte": 1, "$lt": 2}


def _aggregate(*stages: dict[str, Any]) -> dict[str, Any]:
    return {"aggregate": "posts", "pipeline": list(stages), **SETTLED}


GOOD: list[tuple[str, dict[str, Any]]] = [
    ("ping", {"ping": 1}),
    ("find", {"find": "posts", "filter": {"_id": "a"}, "$db": "x", "lsid": {}, **SETTLED}),
    ("find", {"find": "posts", "filter": {"_id": "a"}, **BEGUN, "readConcern": {"level": "snapshot"}}),
    ("find", {"find": "posts", "filter": {"_id": {"$in": ["a", "b"]}}, **SETTLED}),
    ("find", {"find": "watchlists", "filter": {"_id": {"$gte": 1, "$lte": 3}}, **SETTLED}),
    ("find", {"find": "posts", "filter": {"at": RANGE}, **SETTLED}),
    ("find", {"find": "posts", "filter": {"source": "a", "at": RANGE, "schools": {"$all": ["b"]}}, **SETTLED}),
    ("aggregate", _aggregate({"$match": {"at": RANGE}}, {"$group": {"_id": "$source"}})),
    ("insert", {"insert": "posts", "documents": [{"_id": 1}], "ordered": True, "writeConcern": DURABLE}),
    ("update", {"update": "posts", "updates": [{"q": {"_id": 1}, "u": {"a": 1}}], "writeConcern": DURABLE}),
    ("update", {"update": "posts", "updates": [{"q": {"_id": 1}, "u": {"$set": {"a": 1}}}], **IN_TRANSACTION}),
    ("delete", {"delete": "posts", "deletes": [{"q": {}, "limit": 0}], "writeConcern": DURABLE}),
    ("commitTransaction", {"commitTransaction": 1, "writeConcern": DURABLE, **IN_TRANSACTION}),
    ("createIndexes", {"createIndexes": "a", "indexes": [{"key": {"a": 1}, "name": "a"}], "writeConcern": DURABLE}),
]


@pytest.mark.parametrize(("name", "command"), GOOD, ids=lambda value: value if isinstance(value, str) else "")
def test_good_commands_pass(name: str, command: dict[str, Any]) -> None:
    """What the store sends breaks no rule."""
    assert [] == violations(name, command)


def _update(**changes: Any) -> dict[str, Any]:
    statement = {"q": {"_id": 1}, "u": {"$set": {"a": 1}}} | changes
    return {"update": "posts", "updates": [statement], "writeConcern": DURABLE}


def _find(**asked: Any) -> dict[str, Any]:
    return {"find": "posts", "filter": asked, **SETTLED}


def _index(**changes: Any) -> dict[str, Any]:
    index = {"key": {"a": 1}, "name": "a"} | changes
    return {"createIndexes": "a", "indexes": [index], "writeConcern": DURABLE}


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("findAndModify", {"findAndModify": "posts"}, "is not on the list of commands"),
    ("distinct", {"distinct": "posts"}, "is not on the list of commands"),
    ("count", {"count": "posts"}, "is not on the list of commands"),
    ("find", {**_find(_id=1), "collation": {"locale": "ko"}}, "option collation"),
    ("find", {**_find(_id=1), "hint": "at_1"}, "option hint"),
    ("create", {"create": "a", "capped": True, "writeConcern": DURABLE}, "option capped"),
    ("create", {"create": "a", "timeseries": {"timeField": "at"}, "writeConcern": DURABLE}, "option timeseries"),
    ("find", _find(_id=1, **{"$where": "1"}), "operator $where"),
    ("find", _find(_id=1, **{"$text": "a"}), "operator $text"),
    ("find", _find(_id=1, text={"$regex": "a"}), "operator $regex"),
    ("find", _find(_id=1, **{"$or": [{"a": {"$not": {"$eq": 1}}}]}), "operator $not"),
    ("aggregate", _aggregate({"$match": {"_id": 1}}, {"$lookup": {}}), "stage $lookup"),
    ("aggregate", _aggregate({"$match": {"_id": 1}}, {"$group": {"a": {"$function": 1}}}), "operator $function"),
    ("update", _update(u={"$rename": {"a": "b"}}), "operator $rename"),
    ("update", _update(collation={"locale": "ko"}), "option collation"),
    ("createIndexes", _index(key={"a": "text"}), "index kind text"),
    ("createIndexes", _index(key={"a": "hashed"}), "index kind hashed"),
    ("createIndexes", _index(key={"$**": 1}), "index on every field"),
    ("createIndexes", _index(collation={"locale": "ko"}), "index option collation"),
    ("insert", {"insert": "posts", "documents": []}, "write concern None"),
    ("insert", {"insert": "a", "documents": [], "writeConcern": {"w": 1}}, "write concern {'w': 1}"),
    ("update", {**_update(), "writeConcern": {"w": "majority"}}, "write concern {'w': 'majority'}"),
    ("update", {**_update(), **IN_TRANSACTION}, f"write concern {DURABLE}"),
    ("commitTransaction", {"commitTransaction": 1}, "write concern None"),
    ("find", {"find": "posts", "filter": {"_id": 1}}, "read concern None"),
    ("find", {**_find(_id=1), "readConcern": {"level": "local"}}, "read concern local"),
    ("find", {**_find(_id=1), "$readPreference": {"mode": "nearest"}}, "read preference {'mode': 'nearest'}"),
    ("find", {"find": "posts", "filter": {"_id": 1}, **BEGUN}, "a transaction of read concern None"),
    ("update", {"update": "posts", "updates": [], **BEGUN, **SETTLED}, "a transaction of read concern majority"),
    ("insert", {"insert": "posts", "documents": [{}], **IN_TRANSACTION}, "inserts a document without its _id"),
    ("update", _update(q={"name": 1}), "writes one document without its _id"),
    ("update", _update(q={"_id": RANGE}), "writes one document without its _id"),
    (
        "delete",
        {"delete": "posts", "deletes": [{"q": {"a": 1}, "limit": 1}], "writeConcern": DURABLE},
        "writes one document without its _id",
    ),
    ("find", _find(), "searches without a bound on an index: []"),
    ("find", {"find": "posts", **SETTLED}, "searches without a bound on an index: []"),
    ("find", _find(source="a"), "searches without a bound on an index: ['source']"),
    ("find", _find(at={"$lt": 1}), "searches without a bound on an index: ['at']"),
    ("find", _find(_id={"$nin": [1]}), "searches without a bound on an index: ['_id']"),
    ("find", _find(_id={"$gte": 1}), "searches without a bound on an index: ['_id']"),
    (
        "find",
        {"find": "captures", "filter": {"source": {"$in": ["a"]}, "at": RANGE}, **SETTLED},
        "searches without a bound on an index: ['at', 'source']",
    ),
    ("find", {"find": "captures", "filter": {"at": RANGE}, **SETTLED}, "searches without a bound on an index: ['at']"),
    ("find", {"find": "unknown", "filter": {"at": RANGE}, **SETTLED}, "searches without a bound on an index: ['at']"),
    ("aggregate", _aggregate({"$group": {"_id": "$source"}}), "searches without a bound on an index: []"),
]


@pytest.mark.parametrize(("name", "command", "what"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_bad_commands_are_named(name: str, command: dict[str, Any], what: str) -> None:
    """Each broken rule is said once, with the command that broke it."""
    (said,) = violations(name, command)
    assert said.startswith(f"{name}")
    assert said.endswith(f": {what}")


@pytest.mark.parametrize("name", SHARD_KEYS)
def test_a_write_of_one_document_names_its_shard(name: str) -> None:
    """MongoDB refuses others, or asks every shard, once the collection is sharded."""
    named = dict.fromkeys(SHARD_KEYS[name], 1)
    for missing in SHARD_KEYS[name]:
        asked = {field: 1 for field in {"_id": 1, **named} if field != missing}
        updates = [{"q": asked, "u": {"$set": {"a": 1}}}]
        said = violations("update", {"update": name, "updates": updates, "writeConcern": DURABLE})
        assert [f"update {name}: writes one document without its {missing}"] == said


def test_unique_indexes_begin_with_the_shard_key() -> None:
    """So MongoDB demands of a sharded collection; what cannot keep to it stays on one shard."""
    for name, key in SHARD_KEYS.items():
        for index in INDEXES[name]:
            its = list(index.document["key"])
            assert not index.document.get("unique") or its[: len(key)] == list(key)


async def test_a_bad_command_is_caught_on_its_way(store: Store, rules: Rules) -> None:
    """The listener sees what really goes to the server, also a collection searched in passing."""
    await store["posts"].find_one({})
    await store["posts"].with_options(write_concern=WriteConcern(w=1)).update_one({"a": 1}, {"$set": {"a": 2}})
    seen, rules.violations = rules.violations, []
    assert [
        "find posts: searches without a bound on an index: []",
        "update posts: write concern {'w': 1}",
        "update posts: writes one document without its _id",
    ] == seen
