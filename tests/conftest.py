"""What many tests share: a database server, a store of their own in it, the practice web, a clock."""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import pytest_asyncio
from hypothesis import settings
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from evidence.cipher import Cipher
from practice.story import build_world
from practice.web import PracticeWeb
from storage.embedded import embedded_server
from storage.mongo import Store, open_store
from tests.mongo_rules import Rules

settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")  # a test that fails today fails tomorrow; `--hypothesis-profile=default` explores

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MASTER_KEY = bytes(range(32))


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The moment that it shows."""
        return self.now

    def forward(self, **by: float) -> datetime:
        """Move it, as ``timedelta(**by)``."""
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock at 2026-11-20 09:00 UTC, which is 18:00 in Seoul."""
    return Clock()


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the machine that runs the tests do not count in them."""
    for name in [name for name in os.environ if name.startswith("HAECHI_") and name != "HAECHI_TEST_DATA"]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def database_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server that ``HAECHI_MONGODB_URI`` names, else one embedded server for the whole run."""
    named = os.environ.get("HAECHI_MONGODB_URI")
    if named:
        if _server(named) is None:
            pytest.exit("HAECHI_MONGODB_URI: the server that it names does not answer, or refuses", 2)
        yield named
        return
    with embedded_server(tmp_path_factory.mktemp("database")) as uri:
        yield uri


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say of which server the results are, where it is not the embedded one."""
    named = os.environ.get("HAECHI_MONGODB_URI")
    if named:
        terminalreporter.write_line(f"database: {_server(named) or 'does not answer'}")


def _server(uri: str) -> str | None:
    """What it is; None where it does not answer."""
    try:
        with MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=5_000) as client:
            hello, version = client.admin.command("hello"), client.server_info()["version"]
    except PyMongoError:
        return None
    kind = "mongos" if hello.get("msg") == "isdbgrid" else f"set {hello.get('setName')}"
    return f"{urlsplit(uri).hostname}, MongoDB {version}, {kind}"


@pytest.fixture
def own_database(database_uri: str) -> str:
    """The server's URI with a database in it that nobody else uses."""
    return urlsplit(database_uri)._replace(path=f"/test_{uuid4().hex[:12]}").geturl()


@pytest.fixture
def rules() -> Rules:
    """Watches the commands of ``store``."""
    return Rules()


@pytest_asyncio.fixture
async def store(own_database: str, rules: Rules) -> AsyncIterator[Store]:
    """A store of the test's own; afterwards every command it sent is held against the rules."""
    async with open_store(own_database, Cipher(MASTER_KEY), [rules]) as opened:
        yield opened
        await opened.client.drop_database(opened.db)
    assert [] == rules.violations


@pytest_asyncio.fixture
async def practice_web(clock: Clock) -> AsyncIterator[PracticeWeb]:
    """The standard practice world as it stands at ``clock``, served on loopback."""
    web = PracticeWeb(build_world(clock()), clock)
    await web.start()
    yield web
    await web.stop()
