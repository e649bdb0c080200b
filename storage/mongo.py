"""The connection to MongoDB, its collections and how they came to be. The only file that imports motor.

Every write waits for a majority and the journal; every read is bounded by ``_id`` or by a range on
an indexed field (``tests/mongo_rules.py`` watches both).
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson.codec_options import CodecOptions
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo import ASCENDING, IndexModel
from pymongo.errors import CollectionInvalid, OperationFailure, PyMongoError
from pymongo.monitoring import CommandListener
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from evidence.cipher import Cipher
from evidence.errors import StorageError

Document = dict[str, Any]
Session = AsyncIOMotorClientSession
Collection = AsyncIOMotorCollection[Document]

DATABASE = "haechi"
SCHEMA_VERSION = 1
DURABLE = WriteConcern(w="majority", j=True)

INDEXES: dict[str, list[IndexModel]] = {
    "captures": [
        IndexModel([("source", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
    ],
    "index": [],
    "posts": [
        IndexModel([("source", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("at", ASCENDING)]),
        IndexModel([("seen_at", ASCENDING)]),
    ],
    "flags": [IndexModel([("source", ASCENDING), ("at", ASCENDING)]), IndexModel([("at", ASCENDING)])],
    "counts": [IndexModel([("source", ASCENDING), ("at", ASCENDING)]), IndexModel([("at", ASCENDING)])],
    "coverage": [IndexModel([("source", ASCENDING), ("at", ASCENDING)]), IndexModel([("at", ASCENDING)])],
    "runs": [IndexModel([("source", ASCENDING), ("at", ASCENDING)]), IndexModel([("at", ASCENDING)])],
    "rooms": [IndexModel([("at", ASCENDING)])],
    "cursors": [],
    "watchlists": [],
    "reveals": [],
    "meta": [],
}
"""Every collection. Lists are read newest first by ``at``, of one source or of all."""

_TEXT, _TIME, _BYTES, _NUMBER = (
    {"bsonType": "string"},
    {"bsonType": "date"},
    {"bsonType": "binData"},
    {"bsonType": ["int", "long"]},
)
VALIDATORS: dict[str, Document] = {
    "captures": {"source": _TEXT, "url": _TEXT, "at": _TIME, "received_sha256": _TEXT, "sealed": _BYTES, "key": _BYTES},
    "index": {"entries": _BYTES},
    "posts": {"source": _TEXT, "native_id": _NUMBER, "at": _TIME, "revision": _NUMBER, "sealed": _BYTES, "key": _BYTES},
    "flags": {"source": _TEXT, "at": _TIME, "severity": _TEXT, "reasons": {"bsonType": "array"}},
    "counts": {"source": _TEXT, "at": _TIME, "value": _NUMBER, "low": _NUMBER, "high": _NUMBER, "origin": _TEXT},
    "coverage": {"source": _TEXT, "at": _TIME, "passes": _NUMBER},
    "runs": {"source": _TEXT, "at": _TIME, "outcome": _TEXT},
}
"""Fields that a document must have, and their types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An open database and the cipher that its texts are sealed with."""

    client: "AsyncIOMotorClient[Document]"
    db: "AsyncIOMotorDatabase[Document]"
    cipher: Cipher

    def __getitem__(self, collection: str) -> Collection:
        return self.db[collection]

    async def in_transaction(self, work: Callable[[Session], Coroutine[Any, Any, None]]) -> None:
        """Do all of ``work`` or nothing of it; repeated on a conflict with another writer."""
        async with await self.client.start_session() as session:
            await session.with_transaction(work, write_concern=DURABLE)


@asynccontextmanager
async def open_store(uri: str, cipher: Cipher, listeners: Sequence[CommandListener] = ()) -> AsyncIterator[Store]:
    """Connect, and bring the schema up to date.

    Args:
        uri: of MongoDB or of the embedded server; its database name, ``haechi`` where it names none.
        cipher: seals and opens texts.
        listeners: see every command; for tests.

    Raises:
        StorageError: it does not answer, refuses us, or was written by a newer Haechi.
    """
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
        uri, serverSelectionTimeoutMS=10_000, event_listeners=list(listeners), appname="haechi"
    )
    try:
        options: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
        name = client.get_default_database(DATABASE).name
        db = client.get_database(
            name, codec_options=options, write_concern=DURABLE, read_concern=ReadConcern("majority")
        )
        store = Store(client=client, db=db, cipher=cipher)
        await migrate(store)
        yield store
    except OperationFailure as problem:
        raise StorageError(
            f"the database refuses: {problem.code} {problem.details and problem.details.get('codeName')}"
        ) from None
    except PyMongoError as problem:
        raise StorageError(f"the database does not answer: {type(problem).__name__}") from None
    finally:
        client.close()


async def migrate(store: Store) -> None:
    """Run the migrations that the database has not seen; each may run twice."""
    found = await store["meta"].find_one({"_id": "schema"})
    version = int(found["version"]) if found else 0
    if version > SCHEMA_VERSION:
        raise StorageError(f"the database has schema {version}, this Haechi knows {SCHEMA_VERSION}: use a newer one")
    for number, migration in enumerate(MIGRATIONS[version:], start=version + 1):
        await migration(store)
        await store["meta"].replace_one({"_id": "schema"}, {"version": number, "at": datetime.now(UTC)}, upsert=True)


async def _create_collections(store: Store) -> None:
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):  # made by a migration that was cut short
            await store.db.create_collection(name, **_validator(name))
        if indexes:
            await store[name].create_indexes(indexes)


def _validator(name: str) -> Document:
    fields = VALIDATORS.get(name)
    if fields is None:
        return {}
    return {"validator": {"$jsonSchema": {"required": sorted(fields), "properties": fields}}}


MIGRATIONS = (_create_collections,)
"""In order; the schema's version is how many have run."""
