"""The crawl loop in trouble: each fault is its own outcome with one clear reason, and nothing is lost."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from channels.collector import Collector
from config.settings import Settings
from crawler.assemble import crawler_for
from crawler.crawl import Crawler, crawl_source
from crawler.passes import pass_over
from evidence.records import CrawlRun, Cursor, Outcome, Page, Source, Via, Watchlist
from practice.web import PracticeWeb
from storage.index import known_posts
from storage.keep import load_cursor
from storage.mongo import Store
from tests.conftest import Clock
from tests.crawler.serving import TALK, changes
from tests.storage.making import everything

MakeCrawler = Callable[[], "asyncio.Task[Crawler]"]
FAULTS: list[tuple[dict[str, Any], str, int]] = [
    ({"absence_after": 0}, "looks absent, and so does @telegram: rate limiting", 0),
    ({"too_many": True}, "answered 429; left alone for 30 s", 0),
    ({"status": 403}, "answered 403; left alone for 60 s", 0),
    ({"status": 500}, "answered 500", 0),
    ({"status": 503}, "answered 503", 0),
    ({"garbage": "binary"}, "page", 1),
    ({"garbage": "zeros"}, "larger than 4,000,000 bytes", 1),
    ({"cut": True}, "the answer was cut or wrongly compressed", 1),
    ({"robots": 503}, "answered 503: we stay out until it answers", 0),
    ({"robots": 429}, "answered 429: we stay out until it answers", 0),
    ({"robots": "User-agent: *\nDisallow: /s/"}, "disallows /s/practice_talk", 0),
]


@pytest.mark.parametrize(("fault", "reason", "failed"), FAULTS, ids=lambda value: str(value)[:30])
async def test_each_fault_is_blind_for_one_clear_reason(
    crawlers: MakeCrawler, practice_web: PracticeWeb, fault: dict[str, Any], reason: str, failed: int
) -> None:
    """Nothing is concluded, the reason is one line, and the next pass after the fault finds everything."""
    for name, value in fault.items():
        setattr(practice_web.faults, name, value)
    run = await crawl_source(TALK, await crawlers())
    assert Outcome.BLIND is run.outcome
    assert run.reason is not None
    assert reason in run.reason
    assert "\n" not in run.reason
    assert (failed, 0) == (run.failed, run.new + run.removed)
    assert run.captures == run.kept + run.unchanged + run.failed
    practice_web.faults = type(practice_web.faults)()
    healed = await crawl_source(TALK, await crawlers())
    assert (Outcome.WATCHED, (70, 0, 0)) == (healed.outcome, changes(healed))


@pytest.mark.parametrize("pages", [1, 2, 3, 4])
async def test_absence_in_the_middle_loses_nothing(
    crawlers: MakeCrawler, practice_web: PracticeWeb, pages: int
) -> None:
    """What was read before the limit is stored; the next pass reads the rest and nothing twice."""
    practice_web.faults.absence_after = pages
    first = await crawl_source(TALK, await crawlers())
    practice_web.faults.absence_after = None
    second = await crawl_source(TALK, await crawlers())
    assert (70, 0, Outcome.WATCHED) == (first.new + second.new, first.removed + second.removed, second.outcome)
    cursor = await load_cursor((await crawlers()).store, TALK.address)
    assert cursor is not None
    assert (None, 75 - 2) == (cursor.gap_high, cursor.newest_id)


async def test_limits_are_never_taken_for_removals(crawlers: MakeCrawler, practice_web: PracticeWeb) -> None:
    """A post is missing and the single page says so, but so does that of a post that is listed."""
    await crawl_source(TALK, await crawlers())
    practice_web.world.remove("practice_talk", 60)
    practice_web.faults.absence_after = 2
    run = await crawl_source(TALK, await crawlers())
    assert 0 == run.removed
    practice_web.faults.absence_after = None
    assert 1 == (await crawl_source(TALK, await crawlers())).removed


async def test_members_are_rounded_where_the_landing_page_fails(crawler: Crawler, practice_web: PracticeWeb) -> None:
    """The pass is watched; the count says how precise it is, and the reason why."""
    practice_web.faults.absence_after = 4
    run = await crawl_source(TALK, crawler)
    assert (Outcome.WATCHED, 3_860) == (run.outcome, run.members)
    assert "members not exact, landing page: it looks absent while posts are shown: rate limiting" == run.reason
    count = await crawler.store["counts"].find_one({"_id": f"{TALK.address} preview {run.ended_at.isoformat()}"})
    assert count is None or count["low"] < count["high"]


# ------------------------------------------------------------------ places that are no readable channel


async def test_a_closed_room_is_gone(crawler: Crawler, practice_web: PracticeWeb) -> None:
    """Confirmed beside a control page that is there."""
    await crawl_source(TALK, crawler)
    practice_web.world.close("practice_talk")
    run = await crawl_source(TALK, crawler)
    assert (Outcome.GONE, (0, 0, 0)) == (run.outcome, changes(run))
    assert f"{TALK.address} shows no public room; a control page was there at the same time" == run.reason


async def test_another_room_under_the_name_is_gone(crawler: Crawler, practice_web: PracticeWeb) -> None:
    """Its posts are not those of the room that was watched: nothing of it is stored."""
    await crawl_source(TALK, crawler)
    practice_web.world.close("practice_talk")
    practice_web.world.rename("practice_news", "practice_talk")
    run = await crawl_source(TALK, crawler)
    assert (Outcome.GONE, 0) == (run.outcome, run.new)
    assert run.reason is not None
    assert "now shows another room (id 1900000303, watched was 1900000101)" in run.reason


@pytest.mark.parametrize(
    ("name", "outcome", "reason"),
    [
        ("practice_person", Outcome.REFUSED, "https://t.me/practice_person is a user, not a public room"),
        ("practice_bot", Outcome.REFUSED, "https://t.me/practice_bot is a bot, not a public room"),
        ("practice_closed", Outcome.BLIND, "is a channel without public preview: members are counted"),
        ("practice_group", Outcome.BLIND, "is a group without public preview: members are counted"),
        ("practice_nobody", Outcome.GONE, "shows no public room; a control page was there at the same time"),
    ],
)
async def test_other_places(crawler: Crawler, name: str, outcome: Outcome, reason: str) -> None:
    """People and bots are refused, rooms without preview are blind, and nobody is gone."""
    run = await crawl_source(Source(address=f"https://t.me/{name}"), crawler)
    assert outcome is run.outcome
    assert run.reason is not None
    assert reason in run.reason
    assert run.captures == run.kept + run.unchanged + run.failed


# ------------------------------------------------------------------ around the pages


class Exploding(Collector):
    """A collector with a mistake in it."""

    async def collect(self, source: Source, cursor: Cursor | None, now: datetime) -> AsyncGenerator[Page, None]:
        """Fail as nobody expected."""
        raise RuntimeError("a surprise")
        yield  # pragma: no cover

    async def confirm_removed(self, source: Source, suspects: Sequence[int], witness: int | None) -> tuple[Page, ...]:
        """Never asked."""
        return ()


async def test_a_crash_in_one_source_ends_no_other(crawler: Crawler) -> None:
    """It is blind, for a reason that names the kind of surprise and not its words."""
    both = replace(crawler, collectors={**crawler.collectors, Via.TELEGRAM: Exploding()})
    broken = Source(address="https://t.me/broken", via=Via.TELEGRAM)
    with capture_logs() as logged:
        first, second = await pass_over([broken, TALK], both, lambda run: None)
    assert (Outcome.BLIND, "unexpected RuntimeError; see the log") == (first.outcome, first.reason)
    assert (Outcome.WATCHED, 70) == (second.outcome, second.new)
    assert [broken.address] == [line["source"] for line in logged if line["log_level"] == "error"]


async def test_via_telegram_without_a_session_is_blind(crawler: Crawler) -> None:
    """The reason says what to set."""
    run = await crawl_source(replace(TALK, via=Via.TELEGRAM), crawler)
    assert (
        Outcome.BLIND,
        "no Telegram session: set HAECHI_TELEGRAM_SESSION (docs/telegram.md says how to get one)",
    ) == (run.outcome, run.reason)
    assert 0 == run.captures


@pytest.mark.parametrize(("days", "outcome"), [(-1, Outcome.REFUSED), (0, Outcome.WATCHED), (1, Outcome.WATCHED)])
async def test_a_source_is_watched_until_its_last_day(
    crawler: Crawler, clock: Clock, practice_web: PracticeWeb, days: int, outcome: Outcome
) -> None:
    """The day itself counts; afterwards nothing is asked of the web."""
    until = clock().date() + timedelta(days=days)
    run = await crawl_source(replace(TALK, until=until), crawler)
    assert outcome is run.outcome
    if outcome is Outcome.REFUSED:
        assert f"watched until {until}: take it off the watchlist or set a later day" == run.reason
        assert {} == practice_web.requests


async def test_a_cancelled_pass_leaves_whole_pages(crawler: Crawler, practice_web: PracticeWeb) -> None:
    """Stopped between two pages it stores no run; the next pass goes on from there."""
    practice_web.faults.delay_s = 0.03
    under_way = asyncio.create_task(crawl_source(TALK, crawler))
    await asyncio.sleep(0.08)
    under_way.cancel()
    with pytest.raises(asyncio.CancelledError):
        await under_way
    practice_web.faults.delay_s = 0.0
    cursor = await load_cursor(crawler.store, TALK.address)
    before = len(await known_posts(crawler.store, "1900000101", [1]))
    run = await crawl_source(TALK, crawler)
    assert (70, cursor is None) == (run.new + before, before == 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted(Collector):
    """A collector before whose first page something else happens."""

    inner: Collector
    meanwhile: Callable[[], Awaitable[object]]

    async def collect(self, source: Source, cursor: Cursor | None, now: datetime) -> AsyncGenerator[Page, None]:
        """The pages, afterwards."""
        await self.meanwhile()
        async for page in self.inner.collect(source, cursor, now):
            yield page

    async def confirm_removed(self, source: Source, suspects: Sequence[int], witness: int | None) -> tuple[Page, ...]:
        """Never asked."""
        return ()


def interrupted(crawler: Crawler, meanwhile: Callable[[], Awaitable[object]]) -> Crawler:
    """The crawler with such a collector."""
    inner = crawler.collectors[Via.TELEGRAM_WEB]
    return replace(crawler, collectors={Via.TELEGRAM_WEB: Interrupted(inner=inner, meanwhile=meanwhile)})


async def test_two_commands_read_a_source_once(crawler: Crawler, own_database: str) -> None:
    """The one that comes second is blind for a clear reason and leaves no run and no blind hour."""
    second: list[CrawlRun] = []

    async def meanwhile() -> None:
        second.append(await crawl_source(TALK, crawler))

    first = await crawl_source(TALK, interrupted(crawler, meanwhile))
    assert (Outcome.WATCHED, (70, 0, 0)) == (first.outcome, changes(first))
    assert [(Outcome.BLIND, "another command is reading this source just now", 0)] == [
        (run.outcome, run.reason, run.captures) for run in second
    ]
    stored = everything(own_database)
    assert (1, [0], []) == (
        len(stored["runs"]),
        [hour["blind_passes"] for hour in stored["coverage"]],
        stored["leases"],
    )


async def test_a_pass_that_lost_its_source_ends(crawler: Crawler, own_database: str) -> None:
    """Another command took over after the lease had run out: what is written from then on is the other one's."""
    taken = {"$set": {"holder": "another process"}}
    leases = crawler.store["leases"]
    run = await crawl_source(TALK, interrupted(crawler, lambda: leases.update_one({"_id": TALK.address}, taken)))
    assert (Outcome.BLIND, "another command is reading this source just now") == (run.outcome, run.reason)
    stored = everything(own_database)
    assert [[]] * 3 == [stored[name] for name in ("runs", "coverage", "posts")]
    assert ["another process"] == [lease["holder"] for lease in stored["leases"]]


async def test_a_wait_outlives_its_process(
    store: Store, watchlist: Watchlist, settings: Settings, practice_web: PracticeWeb
) -> None:
    """The next one does not ask the host before that is over."""
    practice_web.faults.status = 403
    async with crawler_for(store, watchlist, settings) as crawler:
        await crawl_source(TALK, crawler)
    practice_web.faults.status = None
    asked = sum(practice_web.requests.values())
    async with crawler_for(store, watchlist, settings) as crawler:
        run = await crawl_source(TALK, crawler)
    assert (Outcome.BLIND, asked) == (run.outcome, sum(practice_web.requests.values()))
    assert run.reason is not None
    assert "asked us to wait" in run.reason
