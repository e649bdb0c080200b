"""The one entry: a directory read page by page, whatever the site and whichever way.

Importing this imports Scrapy (some 0.3 s); its first crawl blocks the loop for about as long again.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerRunner, Crawler

from channels.directory import SITES
from channels.directory.site import Site
from channels.directory.spider import MOST_PAGES, SETTINGS, DirectorySpider, Outcomes
from channels.directory.tgstat_api import BASE, read_tgstat
from channels.fetch import Fetcher
from evidence.listing import DirectoryPage
from evidence.records import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class TgstatKey:
    """The operator's key of TGStat's API, and where that is."""

    key: str
    base: str = BASE


async def read_directory(
    directory: Directory, fetcher: Fetcher, tgstat: TgstatKey | None = None
) -> AsyncGenerator[DirectoryPage, None]:
    """Read a directory from its first page on, as far as ``MOST_PAGES``.

    Close it (``aclosing``) where it may not be read to its end: that stops the crawl.

    Args:
        directory: its ``site`` is a key of ``SITES``.
        fetcher: open; every request goes through it.
        tgstat: where there is one, TGStat's API is asked and its pages are not.

    Yields:
        Pages in the order of the site. Those before an error stay valid.

    Raises:
        RateLimited: 403, 429, a challenge or a captcha: the host is left alone.
        SourceUnavailable: no answer, a forbidden address, robots.txt, a login page.
        UnreadableCapture: not a page, too large, or ``layout changed``. Never an empty list instead.
    """
    site = SITES[directory.site]
    if tgstat is not None and site.name == "tgstat":
        source = read_tgstat(directory, fetcher, tgstat.key, tgstat.base)
    else:
        source = _crawl(directory, site, fetcher)
    async with aclosing(source) as pages:
        async for page in pages:
            yield page


async def _crawl(directory: Directory, site: Site, fetcher: Fetcher) -> AsyncGenerator[DirectoryPage, None]:
    """Run the spider beside the reader; a reader that leaves early stops it."""
    outcomes: Outcomes = asyncio.Queue(MOST_PAGES + 3)
    runner = AsyncCrawlerRunner(SETTINGS)
    crawler = runner.create_crawler(DirectorySpider)
    hosts = _hosts(directory, site)
    crawl = runner.crawl(crawler, outcomes=outcomes, directory=directory, site=site, hosts=hosts, fetcher=fetcher)
    crawl.add_done_callback(lambda _: outcomes.put_nowait(None))
    problem: BaseException | None = None
    try:
        while (outcome := await outcomes.get()) is not None:
            if isinstance(outcome, DirectoryPage):
                yield outcome
            else:
                problem = problem or outcome
        await crawl
    finally:
        if not crawl.done():
            await _stop(crawler, crawl)
    if problem is not None:
        raise problem


async def _stop(crawler: Crawler, crawl: asyncio.Task[None]) -> None:
    """Cancelling the task would leave what Scrapy runs behind it going on."""
    spider = cast(DirectorySpider | None, crawler.spider)
    if spider is None:  # not begun
        crawl.cancel()
        return
    spider.let_go()
    await crawler.stop_async()
    await crawl


def _hosts(directory: Directory, site: Site) -> frozenset[str]:
    """Where a page may come from: the address's own host, and the site's other names if it is the site."""
    own = urlsplit(directory.address).netloc.lower()
    bare = own.removeprefix("www.")
    others = (bare, f"www.{bare}", *site.hosts) if site.is_at(bare) else ()
    return frozenset((own, *others))
