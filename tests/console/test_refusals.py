"""What is refused, and what is said when the database is away: plainly to people, by ids to the log."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from structlog.testing import capture_logs

from console.cookies import FORM_COOKIE, SESSION_COOKIE, form_key
from console.serving import serving
from console.visit import Console
from evidence.cipher import Cipher
from evidence.roles import Role
from storage.custody import Custody
from storage.mongo import Store, connected
from tests.conftest import MASTER_KEY, Clock
from tests.console.asking import Caller, signed_in, visitor
from tests.console.conftest import make_console
from tests.storage.reviewing import flag_document, put_flags
from tests.storage.test_cases import logged

NOBODY_THERE = "mongodb://127.0.0.1:1/away?serverSelectionTimeoutMS=20"
KOREAN = "저장소가 지금 응답하지 않습니다."
ENGLISH = "The store does not answer just now. Nothing was changed; try again in a moment."


@pytest_asyncio.fixture
async def cut_off(custody: Custody, clock: Clock) -> AsyncIterator[Console]:
    """A console whose database is gone."""
    async with (
        connected(NOBODY_THERE, Cipher(MASTER_KEY)) as away,
        serving(
            lambda host, port: make_console(away, custody, clock, f"http://{host}:{port}"), "127.0.0.1", 0
        ) as served,
    ):
        yield served


@pytest.mark.parametrize(("lang", "line"), [("ko", KOREAN), ("en", ENGLISH)])
async def test_a_database_that_is_away_is_a_sentence(
    cut_off: Console, client: ClientSession, lang: str, line: str
) -> None:
    """With 503, in the language of whoever asks, and nothing of where or what it is; programs get both."""
    caller = Caller(cut_off, client, {SESSION_COOKIE: "a" * 43})
    with capture_logs() as lines:
        page = await caller.get("/queue", **{"Accept-Language": lang})
        told = await caller.get("/api/queue")
    assert (503, True) == (page.status, page.line().startswith(line))
    assert "no-store" == page.headers["Cache-Control"]
    error = json.loads(told.text)["error"]
    assert (503, 503, ENGLISH, True) == (
        told.status,
        error["status"],
        error["message"],
        error["message_ko"].startswith(KOREAN),
    )
    for text in (page.text, told.text, str(lines)):
        assert not [word for word in ("27017", "127.0.0.1:1/", "mongo", "Timeout:", "Traceback") if word in text]
    kinds = {(line["event"], line["kind"]) for line in lines if line["event"] == "request failed"}
    assert {("request failed", "ServerSelectionTimeoutError")} == kinds


async def test_refusals_are_logged_by_permission(console: Console, client: ClientSession) -> None:
    """Who, by pseudonym, may not do what; not what they named, nor how they are called."""
    (flag,) = await put_flags(console.store, flag_document(7, offices=["C10"]))
    viewer = await signed_in(console, client, Role.VIEWER, name="김하늘")
    monitor = await signed_in(console, client, Role.MONITOR, name="이바다", offices=frozenset({"B10"}))
    with capture_logs() as lines:
        assert 403 == (await viewer.get("/queue")).status
        assert 404 == (await monitor.get(f"/queue/{flag}")).status
        assert 303 == (await visitor(console, client).get("/queue")).status
    assert viewer.person is not None
    assert monitor.person is not None
    refused = [line for line in lines if line["event"] == "refused" and line["log_level"] == "warning"]
    assert [
        ("decide", viewer.person.id, "GET /queue", False),
        ("decide", monitor.person.id, "GET /queue/{flag}", True),
    ] == [(line["permission"], line["who"], line["where"].split(":")[0], line["is_out_of_scope"]) for line in refused]
    assert not [word for word in ("김하늘", "이바다", flag, "some") if word in str(refused)]


async def test_the_log_says_from_where(console: Console, client: ClientSession, own_database: str) -> None:
    """Behind the ``@`` of the session: of acts, of sign-ins that failed, and of those who sign out."""
    caller = await signed_in(console, client, Role.MONITOR)
    await visitor(console, client).post("/sign-in", {"name": "nobody", "password": "wrong"})
    await caller.post("/sign-out")
    sessions = {entry["action"]: entry["session_id"] for entry in logged(own_database)}
    assert "none@127.0.0.1" == sessions["sign-in-failed"]
    assert "@127.0.0.1" == sessions["sign-out"][16:]


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("203.0.113.9, 2001:DB8::7", "2001:db8::7"),
        ("192.0.2.7, 김하늘 <script>", "127.0.0.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", "127.0.0.1"),
    ],
)
async def test_an_address_is_an_address(
    client: ClientSession, store: Store, custody: Custody, clock: Clock, own_database: str, said: str, known: str
) -> None:
    """What a proxy says of where somebody comes from is believed as far as it is one; else the log knows the proxy."""
    ports: list[int] = []

    def make(host: str, port: int) -> Console:
        ports.append(port)
        return make_console(store, custody, clock, "https://haechi.example")

    secret = "b" * 43
    async with serving(make, "127.0.0.1", 0) as served:
        headers = {"Host": "haechi.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": said}
        form = {"csrf": form_key(served, secret), "name": "nobody", "password": "wrong"}
        address = f"http://127.0.0.1:{ports[0]}/sign-in"
        headers["Cookie"] = f"__Host-{FORM_COOKIE}={secret}"
        async with client.post(address, headers=headers, data=form) as answer:
            assert 422 == answer.status
    (failed,) = [entry for entry in logged(own_database) if entry["action"] == "sign-in-failed"]
    assert f"none@{known}" == failed["session_id"]
