"""What the machine flags reaches people by itself."""

from pathlib import Path

from crawler.assemble import now
from crawler.crawl import Crawler
from crawler.intake import bring_in
from crawler.passes import pass_over
from evidence.records import Watchlist
from practice.web import PracticeWeb
from storage.mongo import Store
from storage.reviews import read_queue
from tests.conftest import Clock
from tests.storage.making import everything
from tests.storage.reviewing import BEN, opened_desk


async def test_flags_take_their_place_once(
    store: Store, own_database: str, crawler: Crawler, watchlist: Watchlist, clock: Clock, tmp_path: Path
) -> None:
    """Every Flag of a pass is in the queue, its like was looked for, and a second look changes nothing."""
    await pass_over(watchlist.sources, crawler, lambda run: None)
    async with opened_desk(store, clock, tmp_path) as desk:
        flags = everything(own_database)["flags"]
        assert len(flags) == await bring_in(desk, now())
        assert 0 == await bring_in(desk, now())
        assert {flag["_id"] for flag in flags} == {near["_id"] for near in everything(own_database)["near"]}
        assert len(flags) == len(await read_queue(desk, BEN, now(), 100))
        assert not [flag for flag in everything(own_database)["flags"] if "unplaced" in flag]


async def test_changed_post_is_looked_at_again(
    store: Store,
    own_database: str,
    crawler: Crawler,
    watchlist: Watchlist,
    practice_web: PracticeWeb,
    clock: Clock,
    tmp_path: Path,
) -> None:
    """A Flag whose post was edited loses its mark once that was taken in."""
    await pass_over(watchlist.sources, crawler, lambda run: None)
    async with opened_desk(store, clock, tmp_path) as desk:
        await bring_in(desk, now())
    flagged = next(flag for flag in everything(own_database)["flags"] if flag["source"].endswith("practice_rumours"))
    practice_web.world.edit("practice_rumours", int(flagged["_id"].split(":")[1]), clock(), "고쳐 쓴 글입니다")
    await pass_over(watchlist.sources, crawler, lambda run: None)
    assert [flag for flag in everything(own_database)["flags"] if flag.get("unread")]
    async with opened_desk(store, clock, tmp_path) as desk:
        await bring_in(desk, now())
    assert not [flag for flag in everything(own_database)["flags"] if "unread" in flag]
