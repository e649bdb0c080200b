"""Transactions while a primary goes and another one comes, by the words that MongoDB's driver specification gives."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from pymongo.errors import OperationFailure

from evidence.cipher import Cipher
from storage.embedded import embedded_server
from storage.leases import replacing
from storage.mongo import Document, Session, Store, open_store
from storage.search_tail import TAIL
from storage.whole import EVERY
from tests.conftest import MASTER_KEY, NOW
from tests.mongo_rules import Rules
from tests.storage.making import NAMING, keep, page, post
from tests.storage.relay import Relay, Said, relayed

EACH = 80
"""Pairs of documents that each of eight writers writes."""
COMMIT, ABORT = "commitTransaction", "abortTransaction"
TRANSIENT = {"errorLabels": ["TransientTransactionError"], "ok": 0.0}
TIMED_OUT = Said(
    answer={"ok": 1.0, "writeConcernError": {"code": 64, "errmsg": "waiting for replication timed out"}},
    server_gets=COMMIT,
)
STEPPED_DOWN = Said(answer={"code": 11602, "errmsg": "InterruptedDueToReplStateChange", "ok": 0.0}, server_gets=COMMIT)
TOO_LONG = Said(answer={"code": 50, "errmsg": "operation exceeded time limit", "ok": 0.0}, server_gets=ABORT)
NO_TRANSACTION = Said(answer={"code": 251, "errmsg": "NoSuchTransaction", **TRANSIENT}, server_gets=ABORT)
FORGOTTEN = Said(answer={"code": 251, "errmsg": "NoSuchTransaction", **TRANSIENT}, server_gets=COMMIT)
NOT_PRIMARY = Said(answer={"code": 10107, "errmsg": "NotWritablePrimary", **TRANSIENT}, server_gets=ABORT)


@pytest_asyncio.fixture
async def wire(own_database: str, rules: Rules) -> AsyncIterator[tuple[Store, Relay]]:
    """A store behind a relay; its commands keep to the rules however often they are repeated."""
    asked = urlsplit(own_database)
    if asked.scheme != "mongodb" or "," in asked.netloc or asked.hostname != "127.0.0.1" or "tls" in asked.query:
        pytest.skip("a relay stands before one server on this machine, without TLS; HAECHI_MONGODB_URI names another")
    with relayed(own_database) as (relay, uri):
        async with open_store(uri, Cipher(MASTER_KEY), [rules]) as store:
            yield store, relay
            await store.client.drop_database(store.db)
    assert [] == rules.violations


async def add(store: Store) -> int:
    """Add one to a number within a transaction; how many times that was tried."""
    tries = 0

    async def work(session: Session) -> None:
        nonlocal tries
        tries += 1
        await store["meta"].update_one({"_id": "x"}, {"$inc": {"number": 1}}, upsert=True, session=session)

    await store.in_transaction(work)
    return tries


async def number(store: Store) -> int:
    """The number as it stands."""
    found = await store["meta"].find_one({"_id": "x"})
    return found["number"] if found else 0


async def test_a_commit_of_unknown_end_is_asked_for_again(wire: tuple[Store, Relay]) -> None:
    """However often it times out: the work is done once, and tried once."""
    store, relay = wire
    relay.instead[COMMIT] = [TIMED_OUT] * 3
    assert (1, 1) == (await add(store), await number(store))


async def test_a_transaction_that_is_not_known_is_done_anew(wire: tuple[Store, Relay]) -> None:
    """A new primary that never heard of it says so at the commit."""
    store, relay = wire
    relay.instead[COMMIT] = [NO_TRANSACTION]
    assert (2, 1) == (await add(store), await number(store))


async def test_a_page_that_is_stored_and_said_to_be_unknown(wire: tuple[Store, Relay]) -> None:
    """Its new documents are there when it is written again: they are replaced, not doubled and not refused."""
    store, relay = wire
    relay.instead[COMMIT] = [FORGOTTEN]
    is_kept, findings = await keep(store, page(post(1, NAMING), post(2)))
    assert (True, 2, []) == (is_kept, len(findings), relay.instead[COMMIT])
    stored = {name: await store[name].count_documents({"_id": EVERY}) for name in ("captures", "index", "posts", TAIL)}
    assert {"captures": 1, "index": 1, "posts": 1, TAIL: 1} == stored


async def test_a_commit_that_took_too_long_is_not_repeated(wire: tuple[Store, Relay]) -> None:
    """The driver's specification leaves that to whoever set the time."""
    store, relay = wire
    relay.instead[COMMIT] = [TOO_LONG]
    with pytest.raises(OperationFailure):
        await add(store)


@pytest.mark.slow
async def test_a_write_to_what_is_no_primary_any_more(wire: tuple[Store, Relay]) -> None:
    """It is done anew where the primary is; the driver looks for it for half a second at least."""
    store, relay = wire
    relay.instead["update"] = [NOT_PRIMARY] * 2
    assert (3, 1) == (await add(store), await number(store))


@pytest.mark.slow
async def test_a_primary_that_steps_down_at_the_commit(wire: tuple[Store, Relay]) -> None:
    """More often than the driver asks by itself."""
    store, relay = wire
    relay.instead[COMMIT] = [STEPPED_DOWN] * 3
    assert (1, 1) == (await add(store), await number(store))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["update", COMMIT])
async def test_a_request_that_never_arrives(wire: tuple[Store, Relay], name: str) -> None:
    """The wire is cut before the server hears of it."""
    store, relay = wire
    relay.lost_requests[name] = 3
    await add(store)
    assert 1 == await number(store)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["update", COMMIT])
async def test_an_answer_that_never_arrives(wire: tuple[Store, Relay], name: str) -> None:
    """The wire is cut after the server has done it: it is not done twice."""
    store, relay = wire
    relay.lost_answers[name] = 3
    await add(store)
    assert 1 == await number(store)


@pytest.mark.slow
async def test_a_database_that_dies_in_the_middle_of_writing(tmp_path: Path, rules: Rules) -> None:
    """Killed and started again three times: eight writers go on by themselves; nothing is lost, halved or doubled."""
    with ExitStack() as servers:
        uri = servers.enter_context(embedded_server(tmp_path))
        relay, through = servers.enter_context(relayed(uri))
        patient = f"{through}&serverSelectionTimeoutMS=60000"
        async with open_store(patient, Cipher(MASTER_KEY), [rules]) as store:
            told, done = asyncio.Queue[str](), list[str]()
            writing = [asyncio.create_task(write(store, f"{name}", told)) for name in range(8)]
            for _ in range(3):
                done += [await told.get() for _ in range(100)]
                os.kill(json.loads((tmp_path / "server.json").read_text())["pid"], signal.SIGKILL)
                again = await asyncio.to_thread(servers.enter_context, embedded_server(tmp_path))
                relay.server = urlsplit(again).port or 0
            await asyncio.gather(*writing)
            done += [told.get_nowait() for _ in range(told.qsize())]
            found = {document["_id"] async for document in store["near"].find({"_id": EVERY}, {"_id": 1})}
            pairs = {document["_id"] async for document in store["near_bands"].find({"_id": EVERY}, {"_id": 1})}
    assert (set(done), set(done)) == (found, pairs)
    assert (EACH * 8, []) == (len(done), rules.violations)


async def write(store: Store, name: str, told: asyncio.Queue[str]) -> None:
    """Write pairs of documents, each pair or nothing of it, and note which are acknowledged."""
    for number in range(EACH):
        document: Document = {"_id": f"{name}:{number}", "leader": name, "at": NOW}

        async def work(session: Session, document: Document = document) -> None:
            await store["near"].bulk_write([replacing(document)], session=session)
            await store["near_bands"].bulk_write([replacing(document)], session=session)

        await store.in_transaction(work)
        told.put_nowait(document["_id"])
