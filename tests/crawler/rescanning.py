"""Rescans over a store that tests fill: begun, read in this process, ended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from config.watchlist import packaged_defaults
from crawler.crawl import Crawler
from crawler.rescan_processes import reader_here
from crawler.rescan_round import Round, read_places
from crawler.rescanning import Rescanner
from crawler.trying import places_to_try
from evidence.records import Rule, Severity, Source
from pipelines import Criteria, compile_criteria
from pipelines.schools import compile_register
from storage.mongo import Document, Store
from storage.rescans import Rescan, begin_rescan, end_rescan
from storage.retro import Manner
from tests.storage.making import SETTING

ROOM = "https://t.me/practice_rumours"


def real_now() -> datetime:
    """Pages are received by the real clock."""
    at = datetime.now(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def seeing_nothing(crawler: Crawler) -> Crawler:
    """One that knows neither word nor rule nor school."""
    return replace(crawler, criteria=compile_criteria(compile_register(()), (), (), crawler.criteria.fingerprint_key))


def without_schools(crawler: Crawler) -> Crawler:
    """One that knows no school, and flags whoever has a word for synthetic media."""
    terms, _ = packaged_defaults()
    rule = Rule(id="the-word", mentions=0, terms=("synthetic-media",), severity=Severity.LOW)
    key = crawler.criteria.fingerprint_key
    return replace(crawler, criteria=compile_criteria(compile_register(()), terms, (rule,), key))


def rescanner(
    store: Store,
    criteria: Criteria,
    mentioned_kept: timedelta = timedelta(days=90),
    clock: Callable[[], datetime] = real_now,
) -> Rescanner:
    """With the packaged time for posts that only name a school."""
    manner = Manner(setting=SETTING, mentioned_kept=mentioned_kept)
    return Rescanner(store=store, criteria=criteria, manner=manner, pseudonym=lambda _, who: f"p-{who}", clock=clock)


async def begin(store: Store, what: str = "w") -> Rescan:
    """Over all Captures of the last week."""
    until = real_now() + timedelta(seconds=1)
    return await begin_rescan(store, what, "all all", until - timedelta(days=7), until, begun_at=until)


async def rescan(
    store: Store,
    criteria: Criteria,
    *,
    mentioned_kept: timedelta = timedelta(days=90),
    is_stopped: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] = real_now,
) -> Round:
    """Read all places; a rescan that was not ended goes on. A place that is held is not waited for."""
    begun = await begin(store)
    places = await places_to_try(store, None, real_now() + timedelta(days=900))
    async with reader_here(rescanner(store, criteria, mentioned_kept, clock), begun, is_stopped) as reader:
        found = await read_places(places, [reader], is_stopped, lambda _: None, (0.0, 0.0))
    if found.is_done:
        await end_rescan(store, begun, found.total, real_now())
    return found


def of_posts(documents: list[Document]) -> dict[str, Any]:
    """What a post is, whenever it was found."""
    names = ("source", "native_ids", "address", "posted_at", "at", "revision", "mentions", "flag", "terms", "offices")
    return {document["_id"]: [document[name] for name in names] for document in documents}


def source(name: str) -> Source:
    """A room that is read from its beginning."""
    return Source(address=f"https://t.me/{name}", backfill_s=None)
