"""What every command to the database must keep to, so that the embedded server and MongoDB answer alike.

The allow-list is what works on both. What is missing here is not forbidden for good: add it with its answer from
MongoDB's manual to ``tests/storage/test_relied_on.py``, which checks either server.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from storage.schema import INDEXES, SHARD_KEYS

Command = Mapping[str, Any]

TALK = {"saslStart", "saslContinue", "ping", "endSessions", "abortTransaction", "getMore", "killCursors"} | {
    *("hello", "buildInfo", "dbStats", "serverStatus"),
}
"""Commands that neither search nor write documents: the driver's, and those that ask for the server's health."""

OPTIONS: dict[str, set[str]] = {
    "find": {"filter", "projection", "sort", "limit", "batchSize", "singleBatch", "readConcern"},
    "aggregate": {"pipeline", "cursor", "readConcern", "writeConcern"},
    "insert": {"documents", "ordered", "readConcern", "writeConcern"},
    "update": {"updates", "ordered", "readConcern", "writeConcern"},
    "delete": {"deletes", "ordered", "readConcern", "writeConcern"},
    "commitTransaction": {"writeConcern"},
    "listCollections": {"filter", "nameOnly", "cursor"},
    "listIndexes": {"cursor"},
    "create": {"validator", "writeConcern"},
    "createIndexes": {"indexes", "writeConcern"},
    "dropDatabase": {"writeConcern", "comment"},
}
ALWAYS = {"$db", "lsid", "txnNumber", "autocommit", "startTransaction", "$clusterTime", "$readPreference"}
STATEMENT = {"update": {"q", "u", "multi", "upsert", "arrayFilters"}, "delete": {"q", "limit"}}
INDEX_OPTIONS = {"name", "key", "unique", "sparse", "partialFilterExpression", "expireAfterSeconds"}

FILTERS = {"$eq", "$in", "$nin", "$ne", "$gte", "$gt", "$lt", "$lte", "$all", "$elemMatch", "$exists", "$and", "$or"}
UPDATES = {"$set", "$setOnInsert", "$unset", "$inc", "$min", "$max", "$push", "$addToSet", "$pull", "$each"}
STAGES = {"$match", "$project", "$set", "$unwind", "$group", "$sort"}
EXPRESSIONS = {"$sum", "$min", "$max", "$first", "$last", "$push", "$addToSet", "$cond"}
VALIDATORS = {"$jsonSchema"}

WRITES = {"insert", "update", "delete", "create", "createIndexes", "dropDatabase"}
DURABLE = {"w": "majority", "j": True}
AGAIN = {**DURABLE, "wtimeout": 10_000}
"""Of a commit that the driver repeats because its answer was lost."""
SETTLED = ("majority", "snapshot")
PRIMARY = ("primary", "primaryPreferred")
"""The second is what the driver says to a server that it was told to talk to alone."""

INDEX_FIELDS = {name: [list(index.document["key"]) for index in indexes] for name, indexes in INDEXES.items()}


class Rules(CommandListener):
    """Notes every command that breaks a rule; a test asserts at its end that there was none."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.commands: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        """Called by the driver before a command is sent; what is raised here would be lost."""
        self.commands.append(event.command_name)
        self.violations += violations(event.command_name, event.command)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing is asked of answers."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing is asked of refusals."""


def violations(name: str, command: Command) -> list[str]:
    """Rules that a command breaks, each with the command's name."""
    if name in TALK:
        return []
    if name not in OPTIONS:
        return [f"{name}: is not on the list of commands"]
    found = [f"option {option}" for option in command if option not in OPTIONS[name] | ALWAYS | {name}]
    for rule in (_durability, _settled, _operators, _single_writes, _bounds, _indexes):
        found += rule(name, command)
    return [f"{name} {command[name]}: {what}" for what in found]


def _durability(name: str, command: Command) -> Iterator[str]:
    """Majority and journal; in a transaction its commit says so and nothing else may."""
    concern = command.get("writeConcern")
    if name == "commitTransaction":
        is_right = concern in (DURABLE, AGAIN)
    elif name in WRITES or name == "aggregate":
        is_right = concern is None if "autocommit" in command else name == "aggregate" or concern == DURABLE
    else:
        is_right = True
    if not is_right:
        yield f"write concern {concern}"


def _settled(name: str, command: Command) -> Iterator[str]:
    """What is read decides what is written: it comes from the primary, and no election takes it back."""
    level = command.get("readConcern", {}).get("level")
    if command.get("$readPreference", {"mode": PRIMARY[0]})["mode"] not in PRIMARY:
        yield f"read preference {command['$readPreference']}"
    if "autocommit" in command:
        if command.get("startTransaction") and level != "snapshot":
            yield f"a transaction of read concern {level}"
    elif name in ("find", "aggregate") and level not in SETTLED:
        yield f"read concern {level}"


def _operators(name: str, command: Command) -> Iterator[str]:
    """Only operators, stages and expressions of the list."""
    yield from _others(command.get("filter", {}), FILTERS)
    yield from _others(command.get("validator", {}), VALIDATORS)
    for stage in command.get("pipeline", ()):
        yield from (f"stage {key}" for key in stage if key not in STAGES)
        yield from _others(list(stage.values()), FILTERS | EXPRESSIONS)
    for statement in (*command.get("updates", ()), *command.get("deletes", ())):
        yield from (f"option {key}" for key in statement if key not in STATEMENT[name])
        yield from _others(statement["q"], FILTERS)
        if any(key.startswith("$") for key in statement.get("u", {})):
            yield from _others(statement["u"], UPDATES)


def _others(value: Any, allowed: set[str]) -> Iterator[str]:
    """Operators anywhere in a value that are not allowed."""
    if isinstance(value, Mapping):
        yield from (f"operator {key}" for key in value if key.startswith("$") and key not in allowed)
        for inner in value.values():
            yield from _others(inner, allowed)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for inner in value:
            yield from _others(inner, allowed)


def _single_writes(name: str, command: Command) -> Iterator[str]:
    """A write of one document names it and its shard: a sharded collection needs that, and so does repeating."""
    needed = dict.fromkeys(("_id", *SHARD_KEYS.get(str(command[name]), ())))
    for statement in (*command.get("updates", ()), *command.get("deletes", ())):
        is_single = not statement.get("multi") if name == "update" else statement["limit"] == 1
        if is_single:
            yield from (
                f"writes one document without its {field}"
                for field in needed
                if not _is_equality(statement["q"].get(field))
            )
    for document in command.get("documents", ()):
        yield from (f"inserts a document without its {field}" for field in needed if field not in document)


def _bounds(name: str, command: Command) -> Iterator[str]:
    """A search has an ``_id`` or a closed range on an index: nothing here is pushed down but that."""
    if name == "find":
        asked = command.get("filter", {})
    elif name == "aggregate":
        asked = command["pipeline"][0].get("$match", {}) if command["pipeline"] else {}
    else:
        return
    indexes = [["_id"], *INDEX_FIELDS.get(str(command[name]), [])]
    if not _is_listed(asked.get("_id")) and not any(_is_range_on(fields, asked) for fields in indexes):
        yield f"searches without a bound on an index: {sorted(asked)}"


def _is_range_on(fields: Sequence[str], asked: Mapping[str, Any]) -> bool:
    """Whether leading fields are given by equality and the next one by a range."""
    for field in fields:
        value = asked.get(field)
        if isinstance(value, Mapping):
            return {"$gte", "$lt"} <= set(value) or {"$gte", "$lte"} <= set(value)
        if not _is_equality(value):
            return False
    return False


def _is_equality(value: Any) -> bool:
    return value is not None and (not isinstance(value, Mapping) or set(value) == {"$eq"})


def _is_listed(value: Any) -> bool:
    return _is_equality(value) or (isinstance(value, Mapping) and set(value) == {"$in"})


def _indexes(name: str, command: Command) -> Iterator[str]:
    """Plain ascending and descending keys."""
    for index in command.get("indexes", ()) if name == "createIndexes" else ():
        yield from (f"index option {option}" for option in index if option not in INDEX_OPTIONS)
        yield from (f"index kind {kind}" for kind in index["key"].values() if kind not in (1, -1))
        yield from ("index on every field" for field in index["key"] if "$**" in field)
