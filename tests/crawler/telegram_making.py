"""A practice Telegram with an account signed in to it, rooms to read there, and the check after every scenario."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from channels.pace import Pace
from channels.telegram.account import Account, Application
from channels.telegram.accounts import Accounts
from channels.telegram.collector import TelegramCollector
from channels.telegram.intervals import Intervals
from channels.telegram.session import read_session
from config.settings import Settings
from config.watchlist import packaged_defaults
from crawler.assemble import crawler_for, now
from crawler.crawl import Crawler
from evidence.cipher import pseudonym
from evidence.item import Setting
from evidence.records import Source, Via, Watchlist
from practice.telegram.channel import Channel, Message
from practice.telegram.server import TelegramServer
from practice.telegram.sessions import write_session
from practice.telegram.world import TelegramWorld
from storage.accounts import StoredAccounts
from storage.forms import read_post
from storage.index import known_posts
from storage.keep import load_cursor
from storage.mongo import Document, Store
from tests.storage.making import criteria, everything

SETTING = Setting(collector="haechi test", configuration_sha256="0" * 64, watchlist_version=1)

PEER = 1_900_000_900
ROOM = Source(address="https://t.me/loop_room", via=Via.TELEGRAM, backfill_s=None)
SPARSE_S, DENSE_S = 7_200, 60
"""Between two posts: of a room whose history is read, and of one that is watched closely."""
TIMEOUT_S, PAUSE_S = 0.3, 0.01


class Running:
    """The real clock, which can be put forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """The moment that it shows."""
        return now() + self._ahead

    def seconds(self) -> float:
        """As the practice world counts."""
        return self().timestamp()

    def forward(self, **by: float) -> None:
        """Put it forward, as ``timedelta(**by)``."""
        self._ahead += timedelta(**by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loopback:
    """A practice Telegram, an account that is signed in to it, and a store of its own."""

    world: TelegramWorld
    server: TelegramServer
    store: Store
    uri: str
    settings: Settings
    clock: Running

    def open_room(self, count: int, step_s: int = SPARSE_S, **more: Any) -> Channel:
        """A room under the name of ``ROOM``, its newest post from a minute ago."""
        messages = list(write_history(count, self.clock.seconds() - 60, step_s, more.pop("album_every", 0)))
        room = {"id": PEER, "username": ROOM.name, "title": "Loop", "participants_count": 321}
        return self.world.add_channel({**room, "messages": messages, **more})

    @asynccontextmanager
    async def crawler(self, *sources: Source) -> AsyncIterator[Crawler]:
        """A crawler as a command makes it, as after a fresh start of the program."""
        terms, rules = packaged_defaults()
        watchlist = Watchlist(timezone="Asia/Seoul", sources=sources or (ROOM,), terms=terms, rules=rules)
        async with crawler_for(self.store, watchlist, self.settings) as crawler:
            yield replace(crawler, clock=self.clock)

    @asynccontextmanager
    async def impatient(self) -> AsyncIterator[Crawler]:
        """The same with one account that waits neither long for an answer nor before it connects again."""
        memory = StoredAccounts(self.store)
        account = Account(
            "loop",
            read_session(self.settings.sessions[0]),
            Application(api_id=1, api_hash="hash"),
            Pace(0.0, usual_s=0.0, patience_s=61.0),
            memory,
            self.clock,
            timeout_s=TIMEOUT_S,
            first_pause_s=PAUSE_S,
        )
        key = self.store.cipher.purpose_key("pseudonyms of posters")
        accounts = Accounts({"loop": account}, memory, self.clock)
        collector = TelegramCollector(accounts, memory, partial(pseudonym, key), Intervals(pause_s=0.0))
        yield Crawler(
            setting=Setting(collector="haechi test", configuration_sha256="0" * 64, watchlist_version=1),
            store=self.store,
            collectors={Via.TELEGRAM: collector},
            criteria=criteria(),
            clock=self.clock,
        )
        await account.close()


@asynccontextmanager
async def signed_in(
    world: TelegramWorld, clock: Running, store: Store, uri: str, home: Path, web_base: str = "http://127.0.0.1:9"
) -> AsyncIterator[Loopback]:
    """Serve a world to an account whose session lies in ``home``.

    Args:
        world: what is served.
        clock: the world's and the crawlers'.
        store: open.
        uri: of its database.
        home: a directory of its own.
        web_base: where the web pages are; nobody listens there unless it is given.
    """
    async with TelegramServer(world) as server:
        server.register(write_session(home / "loop.session", server.port))
        settings = Settings(
            data_dir=home / "home",
            web_base=web_base,
            allow_loopback=True,
            pace_s=0.0,
            schools=Path(str(files("practice") / "schools.csv")),
            telegram_session=str(home / "loop.session"),
            telegram_api_id=1,
            telegram_api_hash="hash",
            legal_basis="practice",
        )
        yield Loopback(world=world, server=server, store=store, uri=uri, settings=settings, clock=clock)


def write_history(count: int, until: float, step_s: int, album_every: int = 0) -> Iterator[Message]:
    """Messages from 1 on with a gap in their ids at every 90th; every 25th names a school.

    Args:
        count: how many ids are given out.
        until: date of the newest.
        step_s: seconds between two.
        album_every: so many ids apart, an album of three begins; 0: never.
    """
    for native_id in range(1, count + 1):
        if native_id % 90 == 0:
            continue
        place = native_id % album_every if album_every else album_every + 3
        message = Message(id=native_id, text=words(native_id), date=int(until) - (count - native_id) * step_s, views=3)
        if album_every and place < 3 and native_id >= album_every and (native_id - place + 2) <= count:
            message["grouped_id"] = native_id - place
            message["photo"] = True
            message["text"] = words(native_id - place) if place == 0 else ""
        yield message


def words(native_id: int) -> str:
    """What a post says at first."""
    return naming(native_id) if native_id % 25 == 0 else f"오늘은 비가 온다 {native_id}"


def naming(turn: int) -> str:
    """Words that name a school and raise a Flag."""
    return f"해솔빛고 딥페이크 이야기 {turn}"


def posts_of(channel: Channel) -> dict[int, str]:
    """The posts that are there now by their first id, with what they say; the parts of an album are one."""
    first: dict[Any, int] = {}
    posts: dict[int, list[str]] = {}
    for native_id in channel.ids:
        message = channel.msgs[native_id]
        head = first.setdefault(message.get("grouped_id", f"single {native_id}"), native_id)
        posts.setdefault(head, []).append(message.get("text", ""))
    return {head: "\n".join(filter(None, texts)) for head, texts in posts.items()}


async def check(loopback: Loopback, *sources: Source, examined_from: int = 0) -> None:
    """After a scenario: nothing was lost, nothing is there twice, and nothing was asked but what a reader asks.

    Args:
        loopback: where it happened.
        sources: the rooms that are there still; ``ROOM`` where none is given.
        examined_from: posts below this id were there before the watch.
    """
    check_manners(loopback.world)
    stored = everything(loopback.uri)
    assert sorted(post["_id"] for post in stored.get("posts", ())) == sorted(
        flag["_id"] for flag in stored.get("flags", ())
    )
    for source in sources or (ROOM,):
        await _check_room(loopback, source, stored, examined_from)


def check_manners(world: TelegramWorld) -> None:
    """Nothing joined, written or fetched; no wait cut short; one call of a method at a time."""
    report = world.report()
    assert (0, 0, 0, []) == tuple(report[name] for name in ("joins", "writes", "media", "flood_wait_violations"))
    assert {1} >= set(report["most_in_flight"].values()), report["most_in_flight"]
    wrong = ("answer_failed", "task_failed", "unknown_method", "key_in_use_twice", "script_error")
    assert [] == [note for note in world.net if note["event"] in wrong]


async def _check_room(
    loopback: Loopback, source: Source, stored: dict[str, list[Document]], examined_from: int
) -> None:
    """The index knows what is there and what was; a kept post says what it says there; the Cursor stands above."""
    cursor = await load_cursor(loopback.store, source.address)
    assert cursor is not None
    channel = loopback.world.channels[int(cursor.peer)]
    posts = {head: text for head, text in posts_of(channel).items() if head >= cursor.oldest_id}
    top = max([*channel.ids, *channel.deleted_ids, 1])
    known = await known_posts(loopback.store, cursor.peer, [1], spans=[(1, top)])
    assert set(posts) == {native_id for native_id, seen in known.items() if not seen.is_removed}
    ever = channel.deleted_ids | set(channel.ids)
    assert set(known) <= ever
    assert None is cursor.gap_high
    assert max(channel.ids, default=0) <= cursor.newest_id
    assert cursor.newest_id in ever
    documents = {post["native_id"]: post for post in stored["posts"] if post["source"] == source.address}
    assert len(documents) == sum(post["source"] == source.address for post in stored["posts"])
    assert set(documents) == {native_id for native_id, seen in known.items() if seen.is_kept}
    assert {head for head, text in posts.items() if head >= examined_from and "해솔빛고" in text} <= set(documents)
    for native_id, document in documents.items():
        assert (native_id in posts) == (document["removed_at"] is None)
        if native_id in posts:
            assert posts[native_id] == read_post(document, loopback.store.cipher).post.text
