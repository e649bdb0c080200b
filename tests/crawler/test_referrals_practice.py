"""What becomes of referred posts, seen by the collector in the practice world as days go by."""

from pathlib import Path

import pytest
import time_machine

from crawler.crawl import Crawler
from crawler.referrals import look_again
from evidence.records import Watchlist
from evidence.referral import Seen
from pipelines.digest import counter_of, make_digest
from practice.web import PracticeWeb
from practice.world import Draft
from storage.cases import add_case, put_items
from storage.custody import Custody
from storage.day import read_day
from storage.mongo import Document, Store
from storage.referral_forms import Sending
from storage.referrals import approve_referral, find_referral, record_sent
from tests.conftest import Clock
from tests.crawler.referring import DRAFTER, OTHER, drafted, opened_log
from tests.crawler.serving import passes
from tests.crawler.test_summary_golden import SCHOOLS

pytestmark = pytest.mark.slow

TALK, NEWS = "practice_talk", "practice_news"
UP, GONE, UNKNOWN = Seen.UP, Seen.GONE, Seen.UNKNOWN


async def confirmed(store: Store, web: PracticeWeb, clock: Clock, crawler: Crawler, watchlist: Watchlist) -> list[str]:
    """Two posts of one room and one of another, read by the collector and confirmed by review."""
    for room, word in ((TALK, "첫째"), (TALK, "둘째"), (NEWS, "셋째")):
        web.world.post(room, clock.forward(minutes=1), Draft(text=f"해솔빛고 딥페이크 합성물 {word}"))
    with time_machine.travel(clock(), tick=True):
        await passes(watchlist, crawler)
    flags: dict[str, Document] = {}
    for room, number in ((TALK, 2), (NEWS, 1)):
        asked = {"source": f"https://t.me/{room}", "at": {"$gte": clock(), "$lt": clock.now.replace(year=2027)}}
        found = sorted(
            [flag async for flag in store["flags"].find(asked)], key=lambda flag: int(flag["_id"].split(":")[1])
        )
        flags |= {flag["_id"]: flag for flag in found[-number:]}
    change = {"state": "final", "disposition": "confirmed", "category": "synthetic-media", "decided_at": clock()}
    for name in flags:
        await store["flags"].update_one({"_id": name}, {"$set": {**change, "decided_severity": "high"}})
    return list(flags)


async def sent(store: Store, custody: Custody, folder: Path, posts: list[str]) -> str:
    """A referral of them that a person sent; gives its id."""
    at = custody.clock()
    case = await add_case(store, custody, DRAFTER, "who?", at)
    await put_items(store, custody, DRAFTER, case.id, posts, at)
    made = await drafted(store, custody, folder, case.id)
    await approve_referral(store, custody, OTHER, made.referral.id, at)
    await record_sent(store, custody, OTHER, made.referral.id, Sending(at=at, how="form"), at)
    return made.referral.id


async def test_the_collector_measures_what_is_still_up(
    store: Store, watchlist: Watchlist, crawler: Crawler, practice_web: PracticeWeb, clock: Clock, tmp_path: Path
) -> None:
    """One post is removed, the room of another closes, the third stays; a day without passes is a day unknown."""
    async with opened_log(store, clock, tmp_path) as custody:
        posts = await confirmed(store, practice_web, clock, crawler, watchlist)
        name, begun = await sent(store, custody, tmp_path, posts), clock()
        native_id = int(posts[0].rpartition(":")[2])

        async def after(hours: float, *, reads: bool = True) -> list[dict[int, Seen]]:
            clock.now = begun
            clock.forward(hours=hours)
            if reads:
                with time_machine.travel(clock(), tick=True):
                    await passes(watchlist, crawler)
            await look_again(store, clock())
            found = await find_referral(store, None, name)
            return [{one.hours: one.seen for one in found.upstream if one.post == post} for post in posts]

        practice_web.world.remove(TALK, native_id)
        assert [{}, {}, {}] == await after(20)
        assert [{24: GONE}, {24: UP}, {24: UP}] == await after(25)
        practice_web.world.close(NEWS)
        assert [{24: GONE}, {24: UP}, {24: UP}] == await after(41)
        assert [{24: GONE, 48: GONE}, {24: UP, 48: UP}, {24: UP, 48: GONE}] == await after(49)
        assert UNKNOWN is (await after(73, reads=False))[1][72]
        assert [{24: GONE, 48: GONE, 72: GONE}, {24: UP, 48: UP, 72: UP}, {24: UP, 48: GONE, 72: GONE}] == await after(
            75
        )
        day = await read_day(store, begun.date(), "Asia/Seoul", watchlist.sources, clock(), counter_of(SCHOOLS))
        (line,) = make_digest(day).referrals
        assert (1, 1, {"24": 1, "48": 1, "72": 1}) == (line.drafted, line.sent, line.still_up)
