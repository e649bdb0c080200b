"""How a command works over the open store: with the log at hand, or only reading."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from config.settings import load_settings
from crawler.assemble import evidence_store, now
from crawler.database import database
from crawler.output import set_up_logging, warn_of_practice
from crawler.staff import staff_here
from evidence.case import Staff
from evidence.checkpoint import Files
from storage.custody import Custody, open_custody
from storage.mongo import Store
from storage.practice import is_practice

T = TypeVar("T")
Work = Callable[[Store, Custody, Staff], Awaitable[T]]


def run_logged(work: Work[T]) -> T:
    """Do something over the open store with the log at hand."""
    set_up_logging()
    settings = load_settings()

    async def run(uri: str) -> T:
        async with (
            evidence_store(settings, uri) as store,
            open_custody(store, now, Files(folder=settings.data_dir)) as custody,
        ):
            warn_of_practice(settings, await is_practice(store))
            return await work(store, custody, staff_here(store.cipher))

    with database(settings) as uri:
        return asyncio.run(run(uri))


def run_reading(work: Callable[[Store, Staff], Awaitable[T]]) -> T:
    """Do something over the open store that leaves no entry."""
    set_up_logging()
    settings = load_settings()

    async def run(uri: str) -> T:
        async with evidence_store(settings, uri) as store:
            warn_of_practice(settings, await is_practice(store))
            return await work(store, staff_here(store.cipher))

    with database(settings) as uri:
        return asyncio.run(run(uri))
