"""The same rooms read from their web pages and through Telegram: the same posts, whichever way, and both in turn."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from crawler.crawl import crawl_source
from crawler.passes import pass_over
from evidence.cipher import Cipher
from evidence.records import CrawlRun, Outcome, Seen, Source, Via
from practice.story import build_world
from practice.telegram.mirror import mirror
from practice.web import PracticeWeb
from storage.forms import read_post
from storage.index import known_posts
from storage.mongo import Document, Store, open_store
from tests.conftest import MASTER_KEY
from tests.crawler.serving import GROUP, changes
from tests.crawler.telegram_making import Loopback, Running, check_manners, signed_in
from tests.storage.custody import past_the_store
from tests.storage.making import everything

NAMES = ("practice_talk", "practice_rumours", "practice_news", "practice_games", "practice_pictures")
SEEN_ALIKE = (
    *("text", "captions", "links", "media", "forwarded_from", "reply_to"),
    *("posted_at", "native_ids", "address", "is_service"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """A world that is served both ways, and two stores: one for what the web says, one for Telegram."""

    telegram: Loopback
    web: PracticeWeb
    beside: Store
    beside_uri: str

    async def step(self) -> None:
        """Let everything happen that the script holds, but for the last step, in which rooms move."""
        while self.web.world.steps_left > 1:
            self.web.world.advance(self.telegram.clock().replace(microsecond=0))

    async def read(self, via: Via, store: Store, passes: int = 1) -> list[CrawlRun]:
        """Passes over all rooms one way into one store."""
        sources = [Source(address=f"https://t.me/{name}", via=via, backfill_s=None) for name in NAMES]
        runs: list[CrawlRun] = []
        async with replace(self.telegram, store=store).crawler(*sources) as crawler:
            for _ in range(passes):
                runs += await pass_over(sources, crawler, lambda run: None)
        return runs

    async def known(self, store: Store) -> dict[str, dict[int, Seen]]:
        """The index by room."""
        rooms = [self.web.world.rooms[name] for name in NAMES]
        return {
            room.username: await known_posts(store, str(room.peer_id), [1], spans=[(1, room.next_id)]) for room in rooms
        }


@pytest_asyncio.fixture
async def both(store: Store, own_database: str, tmp_path: Path) -> AsyncIterator[Both]:
    """The standard practice world."""
    clock = Running()
    web = PracticeWeb(build_world(clock()), clock)
    await web.start()
    named = urlsplit(own_database)
    beside_uri = named._replace(path=f"{named.path}_beside").geturl()
    telegram = mirror(web.world, clock.seconds)
    with past_the_store(own_database, "meta") as meta, past_the_store(beside_uri, "meta") as beside_meta:
        beside_meta.insert_one(meta.find_one({"_id": "key"}) or {})  # one root: fingerprints can be compared
    async with (
        open_store(beside_uri, Cipher(MASTER_KEY)) as beside,
        signed_in(telegram, clock, store, own_database, tmp_path, web.base) as loopback,
    ):
        yield Both(telegram=loopback, web=web, beside=beside, beside_uri=beside_uri)
        await beside.client.drop_database(beside.db)
    await web.stop()


def posts_in(store: Store, uri: str) -> dict[str, dict[str, Any]]:
    """What is kept of each post, by its id."""
    shown = {}
    for document in everything(uri)["posts"]:
        kept = read_post(document, store.cipher)
        shown[kept.id] = {name: getattr(kept.post, name) for name in SEEN_ALIKE}
        shown[kept.id]["address"] = str(kept.post.address).lower()  # pages show a name as its owner writes it
        shown[kept.id] |= {"mentions": kept.mentions, "flag": kept.flag, "removed": kept.removed_at is not None}
    return shown


@pytest.mark.slow
async def test_both_ways_give_the_same(both: Both) -> None:
    """Ids, texts, links, mentions and flags of every post; and the marks of those that are not kept."""
    store, beside = both.telegram.store, both.beside
    for passes in (1, 4):
        via_telegram = await both.read(Via.TELEGRAM, store, passes)
        via_web = await both.read(Via.TELEGRAM_WEB, beside, passes)
        assert [(run.outcome, run.members) for run in via_web] == [(run.outcome, run.members) for run in via_telegram]
        assert await both.known(beside) == await both.known(store)
        assert posts_in(beside, both.beside_uri) == posts_in(store, both.telegram.uri)
        await both.step()
    assert 15 < len(posts_in(store, both.telegram.uri))
    check_manners(both.telegram.world)


@pytest.mark.slow
@pytest.mark.parametrize("first", [Via.TELEGRAM, Via.TELEGRAM_WEB])
async def test_the_way_may_be_switched(both: Both, first: Via) -> None:
    """The same store goes on: nothing is new, edited or removed because of it, there and back."""
    store = both.telegram.store
    other = Via.TELEGRAM_WEB if first is Via.TELEGRAM else Via.TELEGRAM
    await both.read(first, store)
    await both.step()
    await both.read(first, store, passes=4)
    before = _still(both.telegram.uri)
    for via in (other, first, other):
        assert {(0, 0, 0)} == {changes(run) for run in await both.read(via, store, passes=2)}
    assert before == _still(both.telegram.uri)
    check_manners(both.telegram.world)


def _still(uri: str) -> list[list[Document]]:
    """Documents that only a change of a post may move."""
    stored = everything(uri)
    return [sorted(stored[name], key=lambda document: str(document["_id"])) for name in ("posts", "flags", "index")]


async def test_a_group_is_read_where_the_web_shows_nothing(both: Both) -> None:
    """What its people say is examined; the web side only counts them."""
    source = Source(address=GROUP, via=Via.TELEGRAM, backfill_s=None)
    public = replace(source, via=Via.TELEGRAM_WEB)
    async with both.telegram.crawler(source) as crawler:
        seen = await crawl_source(source, crawler)
    async with both.telegram.crawler(public) as crawler:
        blind = await crawl_source(public, crawler)
    assert (Outcome.WATCHED, Outcome.BLIND) == (seen.outcome, blind.outcome)
    assert (True, seen.members) == (seen.new > 3, blind.members)
    assert seen.mentions > 0
    check_manners(both.telegram.world)
