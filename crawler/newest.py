"""A Crawler over the newest stored watchlist: a worker lives longer than a version of it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial

import structlog

from config.settings import Settings
from crawler.assemble import crawler_for, stored_watchlist
from crawler.crawl import Crawler
from crawler.directories import sources_by_rule
from crawler.passes import Item
from crawler.schedule import HINTED_S
from crawler.turns import turning
from evidence.errors import ConfigError, HaechiError
from evidence.records import Source, Via, Watchlist
from storage.leases import Fence
from storage.mongo import Store
from storage.watchlists import newest_number

Hinted = Callable[[Source], Awaitable[None]]
"""Told of a Source in which something happened."""

log = structlog.get_logger()


class NewestCrawler:
    """Made with the first slot, and anew for the first slot after a newer version was stored."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        fence: Fence | None = None,
        unset: str | None = None,
        hinted: Hinted | None = None,
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            store: open.
            settings: with the only Telegram account that reads through it, or none.
            fence: what must hold wherever a pass writes.
            unset: why nothing is read via telegram here; None where it is.
            hinted: told of a Source in which something happened just now.
        """
        self._store, self._settings = store, settings
        self._fence, self._unset, self._hinted = fence, unset, hinted
        self._number: int | None = None
        self._watchlist: Watchlist | None = None
        self._crawler: Crawler | None = None
        self._stack = AsyncExitStack()

    async def find(self, address: str) -> tuple[Item | None, Crawler]:
        """What is watched under an address, None where nothing is any more; and what reads it.

        Raises:
            ConfigError: there is no watchlist that can be used, and there was none before.
        """
        crawler, watchlist = await self._newest()
        items: tuple[Item, ...] = (*watchlist.sources, *watchlist.directories)
        found = next((item for item in items if item.address == address), None)
        if found is None:
            more = await sources_by_rule(self._store, watchlist.directories, crawler.listed, crawler.clock())
            found = next((source for source in more if source.address == address), None)
        return found, crawler

    async def close(self) -> None:
        """Close its connections."""
        self._crawler = self._number = None
        await self._stack.aclose()

    async def _newest(self) -> tuple[Crawler, Watchlist]:
        number = await newest_number(self._store)
        if number != self._number:
            self._number = number
            try:
                watchlist = await stored_watchlist(self._store, self._settings)
            except HaechiError as problem:  # what runs goes on
                log.warning("the newest watchlist cannot be used", problem=str(problem))
                watchlist = None
            if watchlist is not None:
                await self._open(watchlist)
        if self._crawler is None or self._watchlist is None:
            raise ConfigError("no watchlist is stored that can be used: `haechi watchlist history` names the versions")
        return self._crawler, self._watchlist

    async def _open(self, watchlist: Watchlist) -> None:
        await self._stack.aclose()
        crawler = await self._stack.enter_async_context(crawler_for(self._store, watchlist, self._settings))
        unset = {Via.TELEGRAM: self._unset} if self._unset else crawler.unset
        self._crawler = replace(crawler, fence=self._fence, is_waiting=True, unset=unset)
        self._watchlist = watchlist
        if self._hinted is not None and crawler.due is not None:
            sources = {source.address: source for source in watchlist.sources}
            turn = partial(_take_hints, crawler.due, sources, self._hinted)
            await self._stack.enter_async_context(turning("hints", turn, 0.0))
        log.info("working on", version=self._number, sources=len(watchlist.sources))


async def _take_hints(due: "asyncio.Queue[str]", sources: dict[str, Source], hinted: Hinted, _number: int) -> None:
    addresses = {await due.get()}
    await asyncio.sleep(HINTED_S)
    while not due.empty():
        addresses.add(due.get_nowait())
    for address in sorted(addresses & sources.keys()):
        await hinted(sources[address])
