"""Puts the web side together: what fetches, the collector of public pages, what reads directories."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

from channels.fetch import Fetcher
from channels.pace import Pace
from channels.telegram_web import TelegramWeb
from config.settings import Settings
from evidence.listing import DirectoryPage
from evidence.records import Directory, Watchlist

ReadDirectory = Callable[[Directory], AsyncGenerator[DirectoryPage, None]]


@asynccontextmanager
async def web_side(
    watchlist: Watchlist, settings: Settings, pace: Pace, posters: Callable[[str, str], str]
) -> AsyncIterator[tuple[TelegramWeb, ReadDirectory]]:
    """The collector and the reader of directories over one fetcher, whose connections are closed at the end.

    Args:
        watchlist: names the rooms that are watched.
        settings: whom hosts can reach, and under which addresses pages are read.
        pace: of the hosts.
        posters: a poster's pseudonym, from the Source's address and what the page calls them.
    """
    async with Fetcher(contact=settings.contact, pace=pace, allow_loopback=settings.allow_loopback) as fetcher:
        names = tuple(source.name for source in watchlist.sources)
        yield TelegramWeb(fetcher, settings.web_base, names, posters), _directory_reader(fetcher, settings)


def _directory_reader(fetcher: Fetcher, settings: Settings) -> ReadDirectory:
    """What reads directories; Scrapy is imported with the first one."""

    def read(directory: Directory) -> AsyncGenerator[DirectoryPage, None]:
        from channels.directory.collect import TgstatKey, read_directory

        key = TgstatKey(key=settings.tgstat_key) if settings.tgstat_key else None
        return read_directory(directory, fetcher, key)

    return read
