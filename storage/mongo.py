"""The connection to MongoDB, and how its collections came to be. The only file that imports the driver's client.

Every write waits for a majority and the journal, every read asks the primary for what a majority has, whatever
the URI says; it is bounded by ``_id`` or by a range on an indexed field (``tests/mongo_rules.py`` watches all).
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    CollectionInvalid,
    ConfigurationError,
    DuplicateKeyError,
    InvalidURI,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)
from pymongo.monitoring import CommandListener
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from evidence.cipher import KEY_BYTES, Cipher, fingerprint
from evidence.errors import ConfigError, StorageError
from storage.driver_wait import let_driver_be_cancelled
from storage.schema import INDEXES, SCHEMA_VERSION, VALIDATORS

Document = dict[str, Any]
Session = AsyncClientSession
Collection = AsyncCollection[Document]

DATABASE = "haechi"
DURABLE = WriteConcern(w="majority", j=True)
SETTLED, STANDING_STILL = ReadConcern("majority"), ReadConcern("snapshot")
"""Of a read alone: what no election takes back. Of a transaction: one moment on all shards."""
ANSWER_S = 15
"""How long a primary is looked for, where the URI does not say; to elect one takes up to 12 s."""
CONFLICT_S, PAUSE_S = 90.0, 0.1
"""MongoDB rolls back what a killed client left open after 60 s; until then its documents are not ours to write."""
NAMESPACE_EXISTS, TOO_LONG = 48, 50
KEY, RESTORE = "key", "restore"
"""Documents of ``meta``: by what the master key is known; that a backup is being put back."""
REFUSALS = {
    1: "it failed within itself, mostly because its disk is full: its own log says more",
    14031: "its disk is full",
    18: "name or password are wrong",
    13: "this user may not do that: it needs readWrite and dbAdmin",
    20: "transactions need a replica set, one member is enough",
    121: "a document breaks a rule of its collection: another program writes here, or this is a bug",
    239: "it keeps no fixed view for so long: raise minSnapshotHistoryWindowInSeconds",
}
"""What is behind the database's own error codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An open database and the cipher that its texts are sealed with."""

    client: AsyncMongoClient[Document]
    db: AsyncDatabase[Document]
    cipher: Cipher

    def __getitem__(self, collection: str) -> Collection:
        return self.db[collection]

    async def in_transaction(self, work: Callable[[Session], Coroutine[Any, Any, None]]) -> None:
        """Do all of ``work`` or nothing of it; repeated while another writer, or an election, is in the way.

        Args:
            work: may run several times, so what it adds up outside of the database it begins anew. Where the
                server dies at the commit and has forgotten it when it is back, it runs on top of itself.

        Raises:
            PyMongoError: it went on for too long, or waiting does not heal it.
        """
        deadline = time.monotonic() + CONFLICT_S
        while True:
            try:
                async with (
                    self.client.start_session() as session,
                    await session.start_transaction(STANDING_STILL, DURABLE, ReadPreference.PRIMARY),
                ):
                    await work(session)
                    await _commit(session, deadline)
                return
            except PyMongoError as problem:
                is_passing = problem.has_error_label("TransientTransactionError") and time.monotonic() < deadline
                if not is_passing or isinstance(problem, ServerSelectionTimeoutError):
                    raise
            await asyncio.sleep(PAUSE_S)


async def _commit(session: Session, deadline: float) -> None:
    """Commit; where the answer was lost ask again, which a server that has committed answers with yes.

    The driver asks a second time by itself, which an election outlasts. A server that has not committed says
    that there is no such transaction: then all of it is done anew.
    """
    while True:
        try:
            await session.commit_transaction()
            return
        except PyMongoError as problem:
            is_unknown = problem.has_error_label("UnknownTransactionCommitResult")
            is_too_long = isinstance(problem, OperationFailure) and problem.code == TOO_LONG
            is_gone = isinstance(problem, ServerSelectionTimeoutError)
            if not is_unknown or is_too_long or is_gone or time.monotonic() > deadline:
                raise
        await asyncio.sleep(PAUSE_S)


@asynccontextmanager
async def open_store(uri: str, cipher: Cipher, listeners: Sequence[CommandListener] = ()) -> AsyncIterator[Store]:
    """Connect, and bring the schema up to date.

    Args:
        uri: of MongoDB or of the embedded server; its database name, ``haechi`` where it names none.
        cipher: seals and opens texts.
        listeners: see every command; for tests.

    Raises:
        ConfigError: the URI is none, or the store was written with another master key.
        StorageError: it does not answer, refuses us, was written by a newer Haechi, or a backup is being put back.
    """
    async with connected(uri, cipher, listeners) as store:
        under_way = await store["meta"].find_one({"_id": RESTORE})
        if under_way is not None:
            raise StorageError(
                f"a backup is being put back into this store (manifest {under_way['manifest'][:16]}):"
                " end it with the same `haechi restore DIR`; until then nothing else may use it"
            )
        await migrate(store)
        yield await under_its_root(store)


@asynccontextmanager
async def connected(uri: str, cipher: Cipher, listeners: Sequence[CommandListener] = ()) -> AsyncIterator[Store]:
    """Connect, and nothing else: for those who fill an empty database.

    Raises:
        ConfigError: the URI is none.
        StorageError: it does not answer, or refuses us.
    """
    with _problems_in_our_words():
        client = _connect(uri, listeners)
        try:
            options: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
            name = client.get_default_database(DATABASE).name
            db = client.get_database(name, options, ReadPreference.PRIMARY, DURABLE, SETTLED)
            yield Store(client=client, db=db, cipher=cipher)
        finally:
            await client.close()


def _connect(uri: str, listeners: Sequence[CommandListener]) -> AsyncMongoClient[Document]:
    names_wait = "serverselectiontimeoutms" in uri.lower()
    wait: dict[str, Any] = {} if names_wait else {"serverSelectionTimeoutMS": ANSWER_S * 1000}
    try:
        if not uri.startswith(("mongodb://", "mongodb+srv://")):
            raise InvalidURI
        let_driver_be_cancelled()
        return AsyncMongoClient(uri, event_listeners=list(listeners), appname="haechi", **wait)
    except (InvalidURI, ConfigurationError, ValueError) as problem:
        raise ConfigError(
            f"HAECHI_MONGODB_URI is not such as mongodb://db.example:27017/haechi ({type(problem).__name__})"
        ) from None


@contextmanager
def _problems_in_our_words() -> Iterator[None]:
    """Never the driver's own: they may show documents and addresses with a password."""
    try:
        yield
    except OperationFailure as problem:
        first, *_ = (problem.details or {}).get("writeErrors") or [{"code": problem.code}]
        why = REFUSALS.get(first["code"], "look for this code in the manual of MongoDB")
        raise StorageError(f"the database refuses with code {first['code']}: {why}") from None
    except PyMongoError as problem:
        raise StorageError(
            f"the database does not answer ({type(problem).__name__}): is it up, and can it be reached from here?"
        ) from None


async def migrate(store: Store) -> None:
    """Run the migrations that the database has not seen; each may run twice."""
    found = await store["meta"].find_one({"_id": "schema"})
    version = int(found["version"]) if found else 0
    if version > SCHEMA_VERSION:
        raise StorageError(f"the database has schema {version}, this Haechi knows {SCHEMA_VERSION}: use a newer one")
    if version == SCHEMA_VERSION:
        return
    for migration in dict.fromkeys(MIGRATIONS[version:]):  # each once, however many versions it stands for
        await migration(store)
    reached = {"version": SCHEMA_VERSION, "at": datetime.now(UTC)}
    await store["meta"].replace_one({"_id": "schema"}, reached, upsert=True)


async def under_its_root(store: Store) -> Store:
    """Under another key every post would read as edited and no text would open: such a store stays shut."""
    with suppress(DuplicateKeyError):  # another command may be the first one too
        if await store["meta"].find_one({"_id": KEY}) is None:
            fresh = store.cipher.rooted(os.urandom(KEY_BYTES))
            await store["meta"].insert_one({"_id": KEY, "check": _check(fresh), "roots": [fresh.wrapped_root()]})
    found = await store["meta"].find_one({"_id": KEY})
    return replace(store, cipher=cipher_of(found or {}, store.cipher))


def cipher_of(found: Document, cipher: Cipher) -> Cipher:
    """The cipher over a store's own root.

    Args:
        found: the document of ``meta`` that says by what the right master key is known.
        cipher: under the master key at hand.

    Raises:
        ConfigError: the store was written with another master key.
    """
    for root in cipher.roots(found.get("roots") or ()):
        rooted = cipher.rooted(root)
        if _check(rooted) == found.get("check"):
            return rooted
    raise ConfigError(
        f"this store was written with another master key than {cipher.name}:"
        " set HAECHI_KEY_FILE to the key that belongs to it, or put your copy of that key back"
    )


def _check(cipher: Cipher) -> bytes:
    return fingerprint(cipher.purpose_key("check of the master key"), DATABASE)


async def _create_collections(store: Store) -> None:
    for name, indexes in INDEXES.items():
        await _create_collection(store, name)
        if indexes:
            await store[name].create_indexes(indexes)


async def _create_collection(store: Store, name: str) -> None:
    """Create it unless a migration that was cut short, or another command at this moment, did."""
    try:
        with suppress(CollectionInvalid):
            await store.db.create_collection(name, **_validator(name))
    except OperationFailure as problem:
        if problem.code != NAMESPACE_EXISTS:
            raise


def _validator(name: str) -> Document:
    fields = VALIDATORS.get(name)
    if fields is None:
        return {}
    return {"validator": {"$jsonSchema": {"required": sorted(fields), "properties": fields}}}


MIGRATIONS = (_create_collections,) * SCHEMA_VERSION
"""In order; the schema's version is how many have run. So far each only brought new collections."""
