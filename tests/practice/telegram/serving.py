"""What tests of the practice Telegram share: a small world, a client of it, and waiting for what comes."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from telethon import TelegramClient, events
from telethon.sessions import StringSession

from practice.telegram.server import TelegramServer
from practice.telegram.sessions import make_string_session, new_auth_key

START = 1_700_000_000
PHONE, CODE = "+9996620000", "22222"
RICH = [
    {
        "id": 1,
        "text": "bold link #tag",
        "entities": [
            {"type": "bold", "offset": 0, "length": 4},
            {"type": "text_url", "offset": 5, "length": 4, "url": "https://a.example/"},
            {"type": "hashtag", "offset": 10, "length": 4},
        ],
        "views": 5,
        "forwards": 1,
        "reactions": {"👍": 3},
    },
    {"id": 2, "text": "from elsewhere", "fwd": {"channel": "beta_room", "post": 9}},
    {"id": 3, "text": "one", "photo": {}, "grouped_id": 77},
    {"id": 4, "text": "", "photo": True, "grouped_id": 77},
    {"id": 5, "poll": {"question": "Tea?", "answers": [["Yes", 3], ["No", 1]]}},
    {"id": 6, "text": "edited text", "edit_date": START + 500},
    {"id": 7, "text": "a file", "document": {"name": "a.pdf"}},
    {"id": 8, "text": "reply", "reply_to": 1},
    {"id": 10, "service": "pin"},
]
CHAT = [
    {"id": 1, "service": "channel_create", "value": "Alpha Chat", "date": START},
    {"id": 2, "text": "auto forward", "fwd": {"channel": "alpha_news", "post": 3}, "from_channel": "alpha_news"},
    {"id": 3, "text": "a comment", "from": 2001, "reply_to": 2},
]
SPEC: dict[str, Any] = {
    "users": [{"id": 2001, "first_name": "Ada", "username": "ada_loop"}, {"id": 2003, "deleted": True}],
    "channels": [
        {
            "id": 5001,
            "username": "alpha_news",
            "title": "Alpha News",
            "participants_count": 1234,
            "linked": "alpha_chat",
            "generate": {"count": 500, "gap_every": 70},
        },
        {
            "id": 5002,
            "username": "alpha_chat",
            "title": "Alpha Chat",
            "kind": "megagroup",
            "participants_count": 88,
            "members": [2001, 2003],
            "messages": CHAT,
        },
        {
            "id": 5003,
            "username": "rich_posts",
            "title": "Rich Posts",
            "member": True,
            "messages": [{"date": START + 60 * turn, **message} for turn, message in enumerate(RICH)],
        },
        {
            "id": 5004,
            "username": "beta_room",
            "title": "Beta",
            "participants_count": 3,
            "messages": [{"id": 9, "text": "origin", "date": START}],
        },
        {"id": 5005, "title": "Closed", "access": "private", "invite": "AbCdEf12345", "participants_count": 42},
        {
            "id": 6001,
            "kind": "chat",
            "title": "Old group",
            "member": True,
            "members": [2001],
            "messages": [{"id": 1, "text": "old", "from": 2001, "date": START}],
        },
    ],
}
"""A joined channel, others that are not, a discussion group, a private channel and a basic group."""


class Stopwatch:
    """A clock in seconds since 1970 that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """What it shows."""
        return self.now

    def forward(self, seconds: float) -> None:
        """Move it."""
        self.now += seconds


Seen = list[tuple[str, int, str]]


@asynccontextmanager
async def open_client(server: TelegramServer, **options: Any) -> AsyncIterator[TelegramClient]:
    """A connected, signed-in client with a key of its own."""
    key = new_auth_key()
    server.register(key)
    session = options.pop("session", None) or StringSession(make_string_session(server.port, key))
    client = TelegramClient(session, 1, "hash", **options)
    await client.connect()
    try:
        yield client
    finally:
        await client.disconnect()


@asynccontextmanager
async def open_stranger(server: TelegramServer) -> AsyncIterator[TelegramClient]:
    """A connected client that has just made a key and is not signed in."""
    session = StringSession()
    session.set_dc(2, "127.0.0.1", server.port)
    client = TelegramClient(session, 1, "hash")
    await client.connect()
    try:
        yield client
    finally:
        await client.disconnect()


def watch(client: TelegramClient) -> Seen:
    """What the client is told of from now on: kind, id and text."""
    seen: Seen = []

    async def add(event: events.NewMessage.Event) -> None:
        if isinstance(event, events.MessageDeleted.Event):
            seen.extend(("deleted", native_id, "") for native_id in event.deleted_ids)
        else:
            kind = "edited" if isinstance(event, events.MessageEdited.Event) else "new"
            seen.append((kind, event.message.id, event.raw_text))

    for kind in (events.NewMessage(), events.MessageEdited(), events.MessageDeleted()):
        client.add_event_handler(add, kind)
    return seen


async def until(is_so: Callable[[], object], timeout_s: float = 5.0) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: it is not, so many seconds later.
    """
    end = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(f"still not so after {timeout_s} s")
        await asyncio.sleep(0.005)
