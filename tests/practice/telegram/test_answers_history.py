"""Tests of reading messages: pages, ids, searches, and what messages carry."""

import asyncio

import pytest
from telethon import TelegramClient, functions, types

from practice.telegram.media import FILE_REFERENCE, HASH_MARK, THUMBNAIL
from practice.telegram.world import TelegramWorld


async def read_ids(client: TelegramClient, room: str, **how: object) -> list[int]:
    """Ids that a client reads, in its order."""
    return [message.id async for message in client.iter_messages(room, wait_time=0, **how)]


async def test_whole_history_page_by_page(client: TelegramClient, telegram: TelegramWorld) -> None:
    """All messages come newest first, gaps left out, nothing joined and nothing written."""
    assert telegram.find("alpha_news").ids[::-1] == await read_ids(client, "alpha_news")
    assert ([], [], []) == (telegram.joins(), telegram.writes(), telegram.media())
    assert telegram.count("messages.getHistory") == 6


async def test_offsets(client: TelegramClient, telegram: TelegramWorld) -> None:
    """Pages may go forward from an id, or back from a date."""
    room = telegram.find("alpha_news")
    assert [key for key in room.ids if key > 300] == await read_ids(client, "alpha_news", reverse=True, min_id=300)
    date = room.msgs[60]["date"]
    assert [59, 58, 57] == await read_ids(client, "alpha_news", limit=3, offset_date=date)


async def test_ids_that_are_gone_come_back_empty(client: TelegramClient) -> None:
    """Asked for by id, a message that is not there is None."""
    found = await client.get_messages("alpha_news", ids=[1, 71, 10**6])
    assert [True, False, False] == [message is not None for message in found]


async def test_searches(client: TelegramClient) -> None:
    """Words find messages of a channel, and channels by name."""
    assert [42] == await read_ids(client, "alpha_news", search="post 42:")
    found = await client(functions.contacts.SearchRequest("alpha", 10))
    assert {"alpha_news", "alpha_chat"} == {chat.username for chat in found.chats}


async def test_what_messages_carry(client: TelegramClient) -> None:
    """Entities, reactions, forwards, albums, polls, edits, files, replies and service messages arrive."""
    messages = {message.id: message async for message in client.iter_messages("rich_posts")}
    assert "https://a.example/" == messages[1].entities[1].url
    assert (5, 1, 3) == (messages[1].views, messages[1].forwards, messages[1].reactions.results[0].count)
    assert (5004, 9) == (messages[2].fwd_from.from_id.channel_id, messages[2].fwd_from.channel_post)
    assert 77 == messages[3].grouped_id == messages[4].grouped_id
    assert "Tea?" == messages[5].poll.poll.question.text
    assert messages[6].edit_date
    assert "a.pdf" == messages[7].file.name
    assert 1 == messages[8].reply_to_msg_id
    assert isinstance(messages[10], types.MessageService)


async def test_media_are_recognisable(client: TelegramClient) -> None:
    """Thumbnails, file references and access hashes have marks by which a kept one is found."""
    photo = (await client.get_messages("rich_posts", ids=3)).photo
    assert FILE_REFERENCE + b"3" == photo.file_reference
    assert THUMBNAIL + b"3" == photo.sizes[0].bytes
    assert HASH_MARK == photo.access_hash >> 32


async def test_files_are_counted(client: TelegramClient, telegram: TelegramWorld) -> None:
    """Fetching a file works, and shows in the report."""
    message = await client.get_messages("rich_posts", ids=7)
    assert 1000 == len(await client.download_media(message, bytes))
    assert telegram.report()["media"] == len(telegram.media()) > 0


async def test_origin_of_a_forward_is_reached_through_the_message(client: TelegramClient) -> None:
    """The origin comes without a usable access hash; naming the message gets at it."""
    await client.get_messages("rich_posts", ids=2)
    with pytest.raises(ValueError, match="Could not find the input entity"):
        await client.get_input_entity(types.PeerChannel(5004))
    room = await client.get_input_entity("rich_posts")
    full = await client(functions.channels.GetFullChannelRequest(types.InputChannelFromMessage(room, 2, 5004)))
    assert 3 == full.full_chat.participants_count


async def test_comments_and_dialogs(client: TelegramClient) -> None:
    """Comments are found in the linked group; dialogs are what is joined."""
    assert [3] == await read_ids(client, "alpha_news", reply_to=3)
    assert {"Rich Posts", "Old group"} == {dialog.name for dialog in await client.get_dialogs()}


async def test_packed_request_and_ordered_requests(client: TelegramClient) -> None:
    """A request above 512 bytes comes packed, and several in one container: both are answered."""
    found = await client.get_messages("alpha_news", ids=list(range(101, 201)))
    assert 99 == len([message for message in found if message])
    requests = [functions.help.GetNearestDcRequest(), functions.updates.GetStateRequest()]
    nearest, state = await asyncio.wait_for(client(requests, ordered=True), 2)
    assert (2, 1) == (nearest.nearest_dc, state.pts)
