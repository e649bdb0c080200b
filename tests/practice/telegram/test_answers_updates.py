"""Tests of updates: live ones, gaps, differences, and polling without having joined."""

import asyncio
from pathlib import Path

import pytest
from telethon import TelegramClient, functions, types

from practice.telegram.server import TelegramServer
from practice.telegram.sessions import write_session
from practice.telegram.world import TelegramWorld
from tests.practice.telegram.serving import Seen, Stopwatch, open_client, until, watch


def texts(seen: Seen) -> list[str]:
    """Texts of the messages that were seen."""
    return [text for _, _, text in seen]


async def poll(client: TelegramClient, room: str, pts: int, limit: int = 100) -> types.updates.ChannelDifference:
    """Ask what happened in a room since a position."""
    request = functions.updates.GetChannelDifferenceRequest(room, types.ChannelMessagesFilterEmpty(), pts, limit)
    return await client(request)


async def test_live_updates(client: TelegramClient, telegram: TelegramWorld) -> None:
    """New, edited and removed messages of a joined channel arrive as they happen."""
    seen = watch(client)
    native_id = telegram.post("rich_posts", {"text": "live"})
    telegram.edit("rich_posts", native_id, text="live 2")
    await until(lambda: len(seen) == 2)
    telegram.delete("rich_posts", native_id)
    await until(lambda: ("deleted", native_id, "") in seen)
    assert {("new", native_id), ("edited", native_id), ("deleted", native_id)} == {row[:2] for row in seen}


async def test_nothing_comes_from_a_room_that_is_neither_joined_nor_polled(
    client: TelegramClient, telegram: TelegramWorld
) -> None:
    """A post in another channel is not told of, one in a joined channel afterwards is."""
    seen = watch(client)
    telegram.post("alpha_news", {"text": "unseen"})
    telegram.post("rich_posts", {"text": "seen"})
    await until(lambda: seen)
    assert ["seen"] == texts(seen)


async def test_polling_brings_live_updates_for_a_while(
    client: TelegramClient, telegram: TelegramWorld, stopwatch: Stopwatch
) -> None:
    """A poll of a channel that is not joined subscribes for as long as the world says, and joins nothing."""
    seen = watch(client)
    difference = await poll(client, "alpha_news", telegram.find("alpha_news").pts)
    assert isinstance(difference, types.updates.ChannelDifferenceEmpty)
    assert 30 == difference.timeout
    telegram.post("alpha_news", {"text": "passive"})
    await until(lambda: seen)
    stopwatch.forward(telegram.passive_s + 1)
    telegram.post("alpha_news", {"text": "too late"})
    telegram.post("rich_posts", {"text": "joined"})
    await until(lambda: "joined" in texts(seen))
    assert ["passive", "joined"] == texts(seen)
    assert (1, []) == (telegram.report()["most_polled"], telegram.joins())


async def test_difference_tells_news_edits_and_removals(client: TelegramClient, telegram: TelegramWorld) -> None:
    """A difference holds new messages and, apart, edits and removals of older ones."""
    pts = telegram.find("beta_room").pts
    native_id = telegram.post("beta_room", {"text": "one"})
    telegram.edit("beta_room", native_id, text="one, mended")
    telegram.edit("beta_room", 9, text="changed")
    telegram.delete("beta_room", 9)
    difference = await poll(client, "beta_room", pts)
    assert ["one, mended"] == [message.message for message in difference.new_messages]
    assert [[9]] == [update.messages for update in difference.other_updates]
    assert (pts + 4, True) == (difference.pts, difference.final)


async def test_difference_in_slices_or_too_long(client: TelegramClient, telegram: TelegramWorld) -> None:
    """Behind by more than the limit, nothing is told but the newest; with patience, slices are."""
    pts = telegram.find("beta_room").pts
    telegram.apply({"type": "burst", "channel": "beta_room", "count": 30})
    assert isinstance(await poll(client, "beta_room", pts, 20), types.updates.ChannelDifferenceTooLong)
    telegram.toolong_after = 1000
    difference = await poll(client, "beta_room", pts, 20)
    assert (20, False) == (len(difference.new_messages), difference.final)
    assert 10 == len((await poll(client, "beta_room", difference.pts, 20)).new_messages)


async def test_too_long_makes_a_client_ask(client: TelegramClient, telegram: TelegramWorld) -> None:
    """Told that too much happened, a client asks for what it missed, of a channel and of the account."""
    seen = watch(client)
    telegram.post("rich_posts", {"text": "one"})
    await until(lambda: seen)
    telegram.post("rich_posts", {"text": "two"}, deliver=False)
    telegram.channel_too_long("rich_posts")
    await until(lambda: "two" in texts(seen))
    telegram.private_message("hello", deliver=False)
    telegram.updates_too_long()
    await until(lambda: "hello" in texts(seen))


@pytest.mark.slow
async def test_gap_is_repaired_once_it_is_noticed(client: TelegramClient, telegram: TelegramWorld) -> None:
    """An update that was lost is fetched after the next one; an edit that was lost is not."""
    seen = watch(client)
    telegram.post("rich_posts", {"text": "one"})
    await until(lambda: seen)
    telegram.edit("rich_posts", 1, text="lost edit", deliver=False)
    telegram.post("rich_posts", {"text": "lost"}, deliver=False)
    telegram.post("rich_posts", {"text": "three"})
    await until(lambda: len(seen) == 3)
    assert {"one", "lost", "three"} == set(texts(seen))
    assert telegram.count("updates.getChannelDifference") == 1


@pytest.mark.slow
async def test_catch_up_after_a_restart(server: TelegramServer, telegram: TelegramWorld, tmp_path: Path) -> None:
    """A client that catches up is told of everything new, 100 messages at a time."""
    telegram.toolong_after = 1000
    path = tmp_path / "kept.session"
    server.register(write_session(path, server.port))
    async with open_client(server, session=str(path)) as client:
        seen = watch(client)
        telegram.post("rich_posts", {"text": "before"})
        await until(lambda: seen)
    telegram.apply({"type": "burst", "channel": "rich_posts", "count": 250, "text": "away"})
    telegram.private_message("hello")
    client = TelegramClient(str(path), 1, "hash", catch_up=True)
    seen = watch(client)
    await client.connect()
    await until(lambda: len(seen) == 251)
    await client.disconnect()
    assert [f"away {turn}" for turn in range(250)] == [text for text in texts(seen) if text != "hello"]


async def test_a_client_without_updates_gets_none(server: TelegramServer, telegram: TelegramWorld) -> None:
    """A client that wants none is sent none, and its calls say so."""
    async with open_client(server, receive_updates=False) as client:
        seen = watch(client)
        await client.get_entity("alpha_news")
        telegram.post("rich_posts", {"text": "quiet"})
        await asyncio.sleep(0.05)
        assert [] == seen
    assert all(call.get("no_updates") for call in telegram.calls)
