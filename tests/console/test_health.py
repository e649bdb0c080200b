"""What machines ask the console: does it live, can it serve?"""

from aiohttp import ClientSession

from console.cookies import SESSION_COOKIE
from console.visit import Console
from storage.mongo import RESTORE
from storage.schema import SCHEMA_VERSION
from tests.console.asking import Caller

PROBES = ("/healthz", "/readyz")


async def test_a_probe_gets_one_word_and_no_session(console: Console, client: ClientSession) -> None:
    """Under any name, with any cookie, without leaving one; and it tells nothing else."""
    caller = Caller(console, client, {SESSION_COOKIE: "x" * 43})
    answers = [await caller.get(path, Host="10.0.0.7") for path in PROBES]
    assert [(200, "ok\n"), (200, "ready\n")] == [(answer.status, answer.text) for answer in answers]
    assert [{}, {}] == [dict(answer.cookies) for answer in answers]
    assert 405 == (await caller.ask("DELETE", "/healthz", headers={"Host": console.host})).status


async def test_not_ready_while_a_backup_is_put_back(console: Console, client: ClientSession) -> None:
    """It lives all the same: a restart would not help."""
    await console.store["meta"].insert_one({"_id": RESTORE, "manifest": "0" * 64})
    caller = Caller(console, client)
    assert (503, "not ready\n") == ((answer := await caller.get("/readyz")).status, answer.text)
    assert 200 == (await caller.get("/healthz")).status


async def test_not_ready_over_a_newer_schema(console: Console, client: ClientSession) -> None:
    """Another process was upgraded: this one is to be stopped."""
    await console.store["meta"].update_one({"_id": "schema"}, {"$set": {"version": SCHEMA_VERSION + 1}})
    assert 503 == (await Caller(console, client).get("/readyz")).status
