"""The connection: migrations, what is refused, and failures in one clear line."""

import asyncio
import socket
from typing import Any
from urllib.parse import quote_plus, urlsplit

import pytest
from pymongo.errors import BulkWriteError, OperationFailure, WriteError

from evidence.cipher import Cipher, fingerprint
from evidence.errors import ConfigError, StorageError
from storage.mongo import STANDING_STILL, Document, Session, Store, connected, migrate, open_store
from storage.rewrap import keep_one_root, offer_root
from storage.schema import INDEXES, SCHEMA_VERSION, VALIDATORS
from tests.conftest import MASTER_KEY, NOW

CIPHER = Cipher(MASTER_KEY)


async def test_all_collections_and_indexes_are_made(store: Store) -> None:
    """A new database holds every collection, and each of its indexes beside that of ``_id``."""
    assert set(INDEXES) == set(await store.db.list_collection_names())
    for name, indexes in INDEXES.items():
        made = await store[name].index_information()
        assert {"_id_", *(index.document["name"] for index in indexes)} == set(made)


async def test_migrations_may_run_twice(store: Store) -> None:
    """Neither a migration that was cut short nor one that is done already does harm."""
    await store["meta"].delete_one({"_id": "schema"})
    await migrate(store)
    await migrate(store)
    schema = await store["meta"].find_one({"_id": "schema"})
    assert schema is not None
    assert SCHEMA_VERSION == schema["version"]


async def test_two_commands_may_migrate_at_once(own_database: str) -> None:
    """The first start of two commands at the same moment works in both."""

    async def start() -> None:
        async with open_store(own_database, CIPHER):
            pass

    await asyncio.gather(*(start() for _ in range(4)))
    async with open_store(own_database, CIPHER) as store:
        assert set(INDEXES) == set(await store.db.list_collection_names())
        await store.client.drop_database(store.db)


async def test_a_newer_schema_is_refused(store: Store, own_database: str) -> None:
    """A store of a later Haechi is left alone, and the message says what to do."""
    await store["meta"].replace_one({"_id": "schema"}, {"version": SCHEMA_VERSION + 1}, upsert=True)
    with pytest.raises(StorageError) as caught:
        async with open_store(own_database, CIPHER):
            pass
    assert str(caught.value) == (
        f"the database has schema {SCHEMA_VERSION + 1}, this Haechi knows {SCHEMA_VERSION}: use a newer one"
    )


async def test_another_master_key_is_refused(store: Store, own_database: str) -> None:
    """Before anything is read or written; the message names the key that was used and what to set."""
    other = Cipher(bytes(32), "that of /keys/other.key")
    with pytest.raises(ConfigError) as caught:
        async with open_store(own_database, other):
            pass
    assert str(caught.value) == (
        "this store was written with another master key than that of /keys/other.key:"
        " set HAECHI_KEY_FILE to the key that belongs to it, or put your copy of that key back"
    )
    async with open_store(own_database, CIPHER):
        pass


async def test_the_key_is_not_in_the_store(store: Store) -> None:
    """Only eight keyed bytes by which it is known again, and the root that it wraps."""
    found = await store["meta"].find_one({"_id": "key"})
    assert found is not None
    assert ({"_id", "check", "roots"}, 8, [44]) == (set(found), len(found["check"]), list(map(len, found["roots"])))


async def test_a_store_of_the_first_ones_keeps_working(store: Store, own_database: str) -> None:
    """It knows no root: keys of purposes come from its master key, until and after that is changed."""
    check = fingerprint(CIPHER.purpose_key("check of the master key"), "haechi")
    await store["meta"].replace_one({"_id": "key"}, {"check": check})
    async with open_store(own_database, CIPHER) as first:
        assert first.cipher.purpose_key("x") == CIPHER.purpose_key("x")
        await offer_root(first, Cipher(bytes(32), others=[MASTER_KEY]).rooted_as(first.cipher))
    async with open_store(own_database, Cipher(bytes(32), others=[MASTER_KEY])) as changed:
        assert changed.cipher.purpose_key("x") == CIPHER.purpose_key("x")
        await keep_one_root(changed)
    async with open_store(own_database, Cipher(bytes(32))) as changed:
        assert changed.cipher.purpose_key("x") == CIPHER.purpose_key("x")
    with pytest.raises(ConfigError):
        async with open_store(own_database, CIPHER):
            pass


async def test_a_store_into_which_a_backup_is_put_back_stays_shut(store: Store, own_database: str) -> None:
    """Whoever comes is told how to end it."""
    await store["meta"].insert_one({"_id": "restore", "manifest": "ab" * 32})
    with pytest.raises(StorageError, match="end it with the same `haechi restore DIR`"):
        async with open_store(own_database, CIPHER):
            pass


GOOD: dict[str, Document] = {
    "captures": {
        "source": "a",
        "url": "u",
        "at": NOW,
        "received_sha256": "0",
        "sealed": b"1",
        "key": b"2",
    },
    "index": {"entries": b"1"},
    "posts": {"source": "a", "native_id": 2**40, "at": NOW, "revision": 1, "sealed": b"1", "key": b"2"},
    "flags": {"source": "a", "at": NOW, "severity": "low", "reasons": []},
    "counts": {"source": "a", "at": NOW, "value": 1, "low": 1, "high": 1, "origin": "landing"},
    "coverage": {"source": "a", "at": NOW, "passes": 0, "blind_passes": 0},
    "runs": {"source": "a", "at": NOW, "outcome": "watched"},
    "leases": {"holder": "a", "host": "b", "pid": 1, "until": NOW},
    "holds": {"free_at": NOW, "holds": 1},
}


@pytest.mark.parametrize("name", VALIDATORS)
async def test_validators_accept_what_is_whole(store: Store, name: str) -> None:
    """A document with every field of the right type is stored."""
    await store[name].insert_one({"_id": "x", **GOOD[name]})


@pytest.mark.parametrize(("name", "field"), [(name, field) for name, fields in VALIDATORS.items() for field in fields])
async def test_validators_refuse_what_is_not(store: Store, name: str, field: str) -> None:
    """A field that is missing or of another type is refused by the database itself."""
    without = {key: value for key, value in GOOD[name].items() if key != field}
    for bad in (without, {**GOOD[name], field: {"another": "type"}}):
        with pytest.raises(WriteError) as caught:
            await store[name].insert_one({"_id": "x", **bad})
        assert 121 == caught.value.code


async def test_a_refused_document_is_told_without_its_content(own_database: str) -> None:
    """The message names the code and not the document."""
    with pytest.raises(StorageError) as caught:
        async with open_store(own_database, CIPHER) as store:
            await store["index"].insert_one({"_id": "x", "entries": "비밀"})
    assert str(caught.value) == (
        "the database refuses with code 121: a document breaks a rule of its collection:"
        " another program writes here, or this is a bug"
    )


async def test_a_refused_batch_is_told_by_the_code_of_its_first_document() -> None:
    """Inside a batch the code of the batch itself says nothing."""
    from storage.mongo import _problems_in_our_words

    details: dict[str, Any] = {"writeErrors": [{"code": 121, "index": 0}]}
    with pytest.raises(StorageError, match="code 121"), _problems_in_our_words():
        raise BulkWriteError(details)


@pytest.mark.slow
async def test_nothing_listens() -> None:
    """A server that cannot be reached is one clear line; the driver takes half a second at least."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        uri = f"mongodb://127.0.0.1:{probe.getsockname()[1]}/?serverSelectionTimeoutMS=50"
        with pytest.raises(StorageError) as caught:
            async with open_store(uri, CIPHER):
                pass
    assert str(caught.value) == (
        "the database does not answer (ServerSelectionTimeoutError): is it up, and can it be reached from here?"
    )


async def test_a_wrong_password_is_refused(database_uri: str) -> None:
    """The message says that it is the password, and does not show it."""
    uri = urlsplit(database_uri)
    if uri.password is None:
        pytest.skip("the server of HAECHI_MONGODB_URI asks for no password")
    wrong = uri._replace(netloc=f"{uri.username}:{quote_plus('wr:ng')}@{uri.hostname}:{uri.port}").geturl()
    with pytest.raises(StorageError) as caught:
        async with open_store(wrong, CIPHER):
            pass
    assert str(caught.value) == "the database refuses with code 18: name or password are wrong"


@pytest.mark.parametrize(
    "uri", ["nonsense", "http://a.example", "mongodb://", "mongodb://a:b:c@host", "mongodb://h:x/"]
)
async def test_what_is_no_uri_is_named_and_not_shown(uri: str) -> None:
    """A URI may hold a password, so the message only says which setting is meant."""
    with pytest.raises(ConfigError) as caught:
        async with open_store(uri, CIPHER):
            pass
    assert str(caught.value).startswith("HAECHI_MONGODB_URI is not such as mongodb://db.example:27017/haechi (")
    assert uri not in str(caught.value).replace("mongodb://db.example", "")


async def test_the_database_is_haechi_where_the_uri_names_none(database_uri: str) -> None:
    """Name of the database: from the URI, else ``haechi``."""
    async with connected(urlsplit(database_uri)._replace(path="/").geturl(), CIPHER) as store:
        assert "haechi" == store.db.name


async def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    """What was written before the failure is not there afterwards."""

    async def work(session: Session) -> None:
        await store["meta"].insert_one({"_id": "first"}, session=session)
        raise KeyError("second")

    with pytest.raises(KeyError):
        await store.in_transaction(work)
    assert await store["meta"].find_one({"_id": "first"}) is None


async def test_a_transaction_waits_for_another_one(store: Store) -> None:
    """A document that another transaction is writing is written as soon as that one is over."""
    await store["meta"].insert_one({"_id": "x", "by": "nobody"})
    tries = 0

    async def work(session: Session) -> None:
        nonlocal tries
        tries += 1
        await store["meta"].replace_one({"_id": "x"}, {"by": "second"}, session=session)

    async with store.client.start_session() as other:
        await other.start_transaction(STANDING_STILL, store.db.write_concern)
        await store["meta"].replace_one({"_id": "x"}, {"by": "first"}, session=other)
        waiting = asyncio.create_task(store.in_transaction(work))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await other.commit_transaction()
    await waiting
    assert {"_id": "x", "by": "second"} == await store["meta"].find_one({"_id": "x"})
    assert tries > 1


async def test_a_transaction_is_not_repeated_for_ever(store: Store) -> None:
    """A refusal that waiting does not heal ends it at once."""
    tries = 0

    async def work(session: Session) -> None:
        nonlocal tries
        tries += 1
        await store["index"].insert_one({"_id": "x"}, session=session)

    with pytest.raises(OperationFailure):
        await store.in_transaction(work)
    assert 1 == tries


async def test_times_come_back_aware(store: Store) -> None:
    """Times are UTC and aware, in whole milliseconds."""
    await store["meta"].insert_one({"_id": "at", "at": NOW.replace(microsecond=123_000)})
    found = await store["meta"].find_one({"_id": "at"})
    assert found is not None
    assert NOW.replace(microsecond=123_000) == found["at"]
    assert found["at"].utcoffset() is not None
