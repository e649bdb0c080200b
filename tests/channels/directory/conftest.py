"""What tests of directories share: the practice directory over real sockets, and reading one to its end."""

from collections.abc import AsyncIterator

import pytest_asyncio

from channels.directory.collect import TgstatKey, read_directory
from channels.fetch import Fetcher
from evidence.errors import SourceError
from evidence.listing import DirectoryPage
from evidence.records import Directory
from practice.directory.web import PracticeDirectory
from practice.world import World


@pytest_asyncio.fixture
async def directory(world: World) -> AsyncIterator[PracticeDirectory]:
    """The practice world's rooms as several sites list them, four a page."""
    server = PracticeDirectory(world)
    await server.start()
    yield server
    await server.stop()


def listed_at(site: str, address: str, *names: str) -> Directory:
    """A directory of the watchlist."""
    return Directory(site=site, address=address, every_s=3_600, name_matches=names)


async def read_all(
    fetcher: Fetcher, site: str, address: str, *names: str, tgstat: TgstatKey | None = None
) -> list[DirectoryPage]:
    """Every page of a directory."""
    return [page async for page in read_directory(listed_at(site, address, *names), fetcher, tgstat)]


async def read_until_blind(fetcher: Fetcher, site: str, address: str) -> tuple[list[DirectoryPage], SourceError | None]:
    """The pages that came, and what ended them."""
    pages = []
    try:
        async for page in read_directory(listed_at(site, address), fetcher):
            pages.append(page)
    except SourceError as problem:
        return pages, problem
    return pages, None
