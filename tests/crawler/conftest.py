"""A crawler over the practice world, and a data directory in which commands find a practised day."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
import pytest_asyncio

from config.settings import Settings
from config.watchlist import parse_watchlist
from crawler.assemble import crawler_for, now
from crawler.crawl import Crawler
from evidence.records import Watchlist
from practice.directory.web import PracticeDirectory
from practice.story import build_world
from practice.telegram.world import TelegramWorld
from practice.web import PracticeWeb
from storage.embedded import embedded_server
from storage.mongo import Store
from tests.conftest import Clock
from tests.crawler.serving import Beside, call
from tests.crawler.telegram_making import Loopback, Running, signed_in
from tests.rabbitmq import RabbitMq, rabbitmq

WATCHLIST_FILE = Path(str(files("practice") / "watchlist.yaml"))
SCHOOLS_FILE = Path(str(files("practice") / "schools.csv"))


@pytest.fixture
def watchlist() -> Watchlist:
    """The packaged watchlist of practice: five channels and a chatroom."""
    return parse_watchlist(WATCHLIST_FILE.read_text(encoding="utf-8"), "practice")


@pytest.fixture
def settings(practice_web: PracticeWeb) -> Settings:
    """Of an installation that reads the practice web without pauses."""
    return Settings(web_base=practice_web.base, allow_loopback=True, pace_s=0.0, schools=SCHOOLS_FILE)


@pytest_asyncio.fixture
async def crawlers(
    store: Store, watchlist: Watchlist, settings: Settings, clock: Clock
) -> AsyncIterator[Callable[[], "asyncio.Task[Crawler]"]]:
    """Makes crawlers, each as after a fresh start of the program: nothing is remembered of hosts."""
    async with AsyncExitStack() as stack:

        async def make() -> Crawler:
            await store["holds"].delete_many({})
            crawler = await stack.enter_async_context(crawler_for(store, watchlist, settings))
            return replace(crawler, clock=clock)

        yield lambda: asyncio.ensure_future(make())


@pytest_asyncio.fixture
async def crawler(crawlers: Callable[[], "asyncio.Task[Crawler]"]) -> Crawler:
    """A crawler over the practice web."""
    return await crawlers()


@pytest_asyncio.fixture
async def listing(practice_web: PracticeWeb) -> AsyncIterator[PracticeDirectory]:
    """The practice rooms as five sites list them, four a page."""
    server = PracticeDirectory(practice_web.world)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="session")
def beside() -> Iterator[Beside]:
    """A loop beside the tests."""
    loop = Beside()
    yield loop
    loop.close()


@pytest.fixture
def site(beside: Beside) -> Iterator[PracticeWeb]:
    """The standard practice world of this moment, served while commands run."""
    web = PracticeWeb(build_world(now()), now)
    beside.run(web.start())
    yield web
    beside.run(web.stop())


@pytest.fixture(scope="session")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMq]:
    """A RabbitMQ for the whole run; tests use queues or databases of their own. It is there again after each."""
    with rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as broker:
        yield broker


@pytest.fixture(scope="session")
def practised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory after ``haechi demo --once``, with its server kept up. Tests only read in it."""
    data_dir = tmp_path_factory.mktemp("practised")
    with embedded_server(data_dir):
        ended = call("demo", "--once", "--json", env={"HAECHI_DATA_DIR": str(data_dir)})
        assert (0, 16) == (ended.code, len(ended.rows))
        yield data_dir


@pytest.fixture
def env(tmp_path: Path, own_database: str, site: PracticeWeb) -> dict[str, str]:
    """Settings of commands that read ``site`` into a database of their own."""
    return {
        "HAECHI_DATA_DIR": str(tmp_path / "home"),
        "HAECHI_MONGODB_URI": own_database,
        "HAECHI_WEB_BASE": site.base,
        "HAECHI_ALLOW_LOOPBACK": "1",
        "HAECHI_PACE_S": "0",
        "HAECHI_SCHOOLS": str(SCHOOLS_FILE),
    }


@pytest_asyncio.fixture
async def loopback(store: Store, own_database: str, tmp_path: Path) -> AsyncIterator[Loopback]:
    """A practice Telegram without rooms, and an account that is signed in to it."""
    clock = Running()
    async with signed_in(TelegramWorld(clock=clock.seconds), clock, store, own_database, tmp_path) as opened:
        yield opened
