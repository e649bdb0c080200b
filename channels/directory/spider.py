"""The one spider, and the settings that keep Scrapy from doing anything by itself.

Scrapy asks, in order and one at a time; ``Fetcher`` fetches: address guard, robots, pace, size and
honest name are there and nowhere else. What is not named in these settings does not run.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Iterator
from typing import Any, Self, TypeAlias, cast

from scrapy import Request, Spider, signals
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response
from twisted.python.failure import Failure

from channels.directory.capture import capture_of
from channels.directory.pages import ReadPage, read_page
from channels.directory.site import Site
from channels.directory.walls import Wall
from channels.fetch import Fetcher
from channels.fetch import Response as Fetched
from evidence.errors import RateLimited, SourceError, SourceUnavailable, UnreadableCapture
from evidence.listing import DirectoryPage
from evidence.records import Directory

logging.getLogger("scrapy").setLevel(logging.WARNING)  # below, it logs addresses and every item

MOST_PAGES = 20
"""Of one directory in one pass."""


class Fetches(BaseDownloadHandler):
    """Downloads through ``Fetcher``: a middleware could not pin the address that was checked."""

    lazy = True

    async def download_request(self, request: Request) -> Response:
        """Fetch one page; a ``SourceError`` goes to the request's errback."""
        fetched = await cast("DirectorySpider", self.crawler.spider).fetch(request.url)
        request.meta["fetched"] = fetched
        return HtmlResponse(fetched.url, body=fetched.body, request=request)


class HandsOver:
    """Takes each item to whoever reads the directory."""

    def __init__(self, spider: "DirectorySpider") -> None:
        self._spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making one."""
        return cls(cast("DirectorySpider", crawler.spider))

    def process_item(self, item: DirectoryPage) -> DirectoryPage:
        """Scrapy's name for it."""
        self._spider.outcomes.put_nowait(item)
        return item


SETTINGS: dict[str, Any] = {
    "TWISTED_REACTOR_ENABLED": False,  # our loop is already running
    "DOWNLOAD_HANDLERS_BASE": {},  # no file:, data:, ftp: or s3:
    "DOWNLOAD_HANDLERS": {"http": Fetches, "https": Fetches},
    # Robots, retries, redirects, cookies, cache, proxies and compression: Fetcher's, or nobody's.
    "DOWNLOADER_MIDDLEWARES_BASE": {},
    "SPIDER_MIDDLEWARES_BASE": {},
    "EXTENSIONS_BASE": {},  # among them a telnet console and a remote control that listen
    "ITEM_PIPELINES": {HandsOver: 1},
    # Said twice, should an entry of the lists above ever come back.
    "ROBOTSTXT_OBEY": False,
    "RETRY_ENABLED": False,
    "REDIRECT_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "COOKIES_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "MEMUSAGE_ENABLED": False,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "STATS_DUMP": False,
    # One at a time: stopping waits for whatever is queued. Pauses are those of the Fetcher's Pace.
    "CONCURRENT_REQUESTS": 1,
    "DOWNLOAD_DELAY": 0,
}
"""No secret may stand here: Scrapy logs what is set."""

Outcomes: TypeAlias = asyncio.Queue[DirectoryPage | BaseException | None]
"""Pages; what ended the crawl early; None at its end. Holds all of one crawl, so that it never waits."""


class DirectorySpider(Spider):
    """Reads one directory, page after page, and yields ``DirectoryPage`` items only."""

    name = "directory"

    def __init__(
        self, *, outcomes: Outcomes, directory: Directory, site: Site, hosts: Collection[str], fetcher: Fetcher
    ) -> None:
        super().__init__()
        self.outcomes = outcomes
        self._directory, self._site, self._hosts, self._fetcher = directory, site, hosts, fetcher
        self._asking: asyncio.Task[Fetched] | None = None
        self._pages = 0
        self._is_stopped = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's way of making one; mistakes in ``parse`` are handed over instead of only logged."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.fail, signals.spider_error)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Begin with the directory's own address."""
        yield self._ask(self._site.first_page(self._directory.address))

    async def fetch(self, url: str) -> Fetched:
        """Fetch a page, unless the crawl is stopped."""
        if self._is_stopped:
            raise IgnoreRequest("the crawl was stopped")
        self._asking = asyncio.ensure_future(self._fetcher.get(url, self._hosts))
        try:
            await asyncio.wait({self._asking})
            if self._asking.cancelled():
                raise IgnoreRequest("the crawl was stopped")
            return self._asking.result()
        finally:
            self._asking.cancel()

    def let_go(self) -> None:
        """End the request that is under way and make no more, so that stopping need not wait."""
        self._is_stopped = True
        if self._asking is not None:
            self._asking.cancel()

    def parse(self, response: Response) -> Iterator[DirectoryPage | Request]:
        """Read a page; ask for the one that follows."""
        self._pages += 1
        fetched: Fetched = response.meta["fetched"]
        try:
            page = self._read(response, fetched)
        except SourceError as problem:
            self.outcomes.put_nowait(problem)
            return
        goes_on = page.next_url is not None and self._pages < MOST_PAGES
        yield self._item(page, fetched, self._note(page, goes_on))
        if page.next_url is not None and goes_on:
            yield self._ask(page.next_url)

    def fail(self, failure: Failure) -> None:
        """Remember what ended the crawl early."""
        problem = failure.value
        if not isinstance(problem, IgnoreRequest):
            self.outcomes.put_nowait(problem)

    def _ask(self, url: str) -> Request:
        return Request(url, errback=self.fail)  # an address asked for once is not asked for again

    def _read(self, response: Response, fetched: Fetched) -> ReadPage:
        try:
            page = read_page(self._site, cast(HtmlResponse, response).text, fetched.url)
        except UnreadableCapture as problem:
            raise UnreadableCapture(f"{fetched.url}: {problem}") from None
        if page.wall is Wall.LOGIN:
            raise SourceUnavailable(f"{fetched.url}: {page.wall}: the list is not public")
        if page.wall is not None:
            wait_s = self._fetcher.leave_alone(fetched.url)
            raise RateLimited(f"{fetched.url}: {page.wall}; left alone for {wait_s:.0f} s", wait_s)
        return page

    def _note(self, page: ReadPage, goes_on: bool) -> str | None:
        notes = []
        if page.listed.left_out:
            notes.append(f"{page.listed.left_out:,} rooms beyond the first {len(page.listed.rooms):,} left out")
        if page.next_url is not None and not goes_on:
            notes.append(f"more pages than the {MOST_PAGES} that a pass reads")
        if page.has_more and page.next_url is None:
            notes.append("the site shows more to its own page only")
        return "; ".join(notes) or None

    def _item(self, page: ReadPage, fetched: Fetched, note: str | None) -> DirectoryPage:
        return DirectoryPage(
            site=self._site.name,
            capture=capture_of(self._directory, fetched.url, fetched, page.kept),
            rooms=page.listed.rooms,
            left_out=page.listed.left_out,
            note=note,
        )
