"""What tests of Telegram's protocol share: accounts at a practice server, a clock that waits move, a memory."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from telethon.crypto import AuthKey
from telethon.tl import functions, types

from channels.pace import Pace
from channels.telegram.account import SHORT_WAIT_S, Account, Application
from channels.telegram.accounts import Accounts
from channels.telegram.collector import TelegramCollector
from channels.telegram.guard import Hint
from channels.telegram.intervals import Intervals
from channels.telegram.memory import Memory
from channels.telegram.session import Credential, empty_session
from crawler.telegram import PAUSE_S
from evidence.accounts import Peer
from evidence.cipher import pseudonym
from evidence.records import Cursor, Page, Source
from practice.telegram.channel import hash64
from practice.telegram.server import HOST, TelegramServer
from practice.telegram.sessions import new_auth_key
from practice.telegram.switchboard import DC_ID
from tests.practice.telegram.serving import Stopwatch

APPLICATION = Application(api_id=1, api_hash="practice-hash")
KEY = bytes(range(32))
NEWS, CHAT, RICH, BETA = (
    Source(address=f"https://t.me/{name}", backfill_s=None)
    for name in ("alpha_news", "alpha_chat", "rich_posts", "beta_room")
)
HISTORY, FULL, LOOK_UP = "messages.getHistory", "channels.getFullChannel", "contacts.resolveUsername"


class Notebook:
    """A memory of accounts that lasts as long as the test."""

    def __init__(self) -> None:
        self.peers: dict[str, Peer] = {}
        self.looked_up: list[tuple[str, datetime]] = []
        self.posts: dict[str, list[int]] = {}
        self.out_of_use: dict[str, tuple[str, datetime]] = {}
        self.times_saved = 0

    async def find_peer(self, source: str) -> Peer | None:
        """The peer kept for a Source."""
        return self.peers.get(source)

    async def keep_peer(self, peer: Peer) -> None:
        """Keep it in place of the one known."""
        self.peers[peer.source] = peer

    async def rooms_by_account(self) -> Mapping[str, int]:
        """How many Sources each account reads."""
        return Counter(peer.account for peer in self.peers.values())

    async def look_ups(self, account: str, since: datetime, until: datetime) -> int:
        """How many names an account looked up."""
        return sum(1 for label, at in self.looked_up if label == account and since <= at <= until)

    async def note_look_up(self, account: str, at: datetime) -> None:
        """Count a look-up."""
        self.looked_up.append((account, at))

    async def kept_ids(self, source: str, since: datetime, until: datetime) -> Sequence[int]:
        """Kept posts of a Source, whenever they were posted."""
        return self.posts.get(source, [])

    async def save_holds(self) -> None:
        """Count that waits were stored."""
        self.times_saved += 1

    async def put_out_of_use(self, account: str, why: str, at: datetime) -> None:
        """Remember why and since when."""
        self.out_of_use[account] = (why, at)


def moment(stopwatch: Stopwatch) -> datetime:
    """What a stopwatch shows."""
    return datetime.fromtimestamp(stopwatch(), UTC)


def make_pace(stopwatch: Stopwatch, pause_s: float | None = None) -> Pace:
    """The pace of the crawler, whose waits take none of our time: they move the stopwatch."""

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(0)
        stopwatch.forward(seconds)

    return Pace(
        pause_s,
        stopwatch,
        random.Random(1),
        usual_s=PAUSE_S,
        patience_s=SHORT_WAIT_S,
        longest_s=float("inf"),
        sleep=sleep,
    )


def new_credential(server: TelegramServer, key: AuthKey | None = None) -> Credential:
    """A signed-in session; the server is told of its key."""
    session = empty_session(DC_ID, HOST, server.port)
    session.auth_key = key or new_auth_key()
    server.register(session.auth_key)
    return session


@asynccontextmanager
async def open_account(
    server: TelegramServer,
    stopwatch: Stopwatch,
    memory: Memory | None = None,
    label: str = "monitor",
    *,
    pace: Pace | None = None,
    session: Credential | None = None,
    hint: Hint | None = None,
    timeout_s: float = 5.0,
    first_pause_s: float = 0.001,
) -> AsyncIterator[Account]:
    """An account with a session of its own, closed at the end."""
    account = Account(
        label,
        session or new_credential(server),
        APPLICATION,
        pace or make_pace(stopwatch),
        memory or Notebook(),
        lambda: moment(stopwatch),
        hint,
        timeout_s=timeout_s,
        first_pause_s=first_pause_s,
    )
    try:
        yield account
    finally:
        await account.close()


def make_collector(
    stopwatch: Stopwatch, memory: Memory, *accounts: Account, intervals: Intervals | None = None
) -> TelegramCollector:
    """A collector over these accounts."""
    by_label = {account.label: account for account in accounts}
    together = Accounts(by_label, memory, lambda: moment(stopwatch))
    return TelegramCollector(together, memory, partial(pseudonym, KEY), intervals or Intervals(pause_s=PAUSE_S))


async def one_pass(
    collector: TelegramCollector, source: Source, stopwatch: Stopwatch, cursor: Cursor | None = None
) -> list[Page]:
    """All Pages of a pass."""
    return [page async for page in collector.collect(source, cursor, moment(stopwatch))]


def history_of(native_id: int = 5001, **more: Any) -> functions.messages.GetHistoryRequest:
    """A request for the newest messages of a channel of the small world."""
    peer = types.InputPeerChannel(native_id, hash64("channel", native_id))
    limits = {"offset_id": 0, "add_offset": 0, "limit": 5, "max_id": 0, "min_id": 0, "hash": 0} | more
    return functions.messages.GetHistoryRequest(peer=peer, offset_date=None, **limits)


def full_of(native_id: int = 5001) -> functions.channels.GetFullChannelRequest:
    """A request for all that a channel says of itself."""
    return functions.channels.GetFullChannelRequest(types.InputChannel(native_id, hash64("channel", native_id)))


def ids_in(pages: Sequence[Page]) -> list[int]:
    """Ids of all posts that pages show, parts of albums included."""
    return [native_id for page in pages for post in page.reading.posts for native_id in post.native_ids]


def bytes_of(pages: Sequence[Page]) -> bytes:
    """All that is kept of pages."""
    return b"\n".join(page.capture.kept for page in pages if page.capture)
