"""Tests of rooms seen from outside: names, counts, what is closed, and joining, which is counted."""

import pytest
from telethon import TelegramClient, errors, functions, types

from practice.telegram.world import TelegramWorld


async def count(client: TelegramClient, room: str) -> int:
    """How many have joined, as the room says."""
    full = await client(functions.channels.GetFullChannelRequest(room))
    return int(full.full_chat.participants_count)


async def test_a_name_leads_to_its_room(client: TelegramClient) -> None:
    """A public name is found in any case, and the room is not joined by that."""
    room = await client.get_entity("https://t.me/Alpha_News")
    assert ("Alpha News", True, True) == (room.title, room.left, room.broadcast)


async def test_names_that_lead_nowhere(client: TelegramClient) -> None:
    """A name that nobody has, and one that nobody may have, are refused."""
    with pytest.raises(ValueError, match="No user has"):
        await client.get_entity("nobody_here")
    with pytest.raises(errors.UsernameInvalidError):
        await client(functions.contacts.ResolveUsernameRequest("a b"))


async def test_counts_follow_schedule_and_hand(client: TelegramClient, telegram: TelegramWorld) -> None:
    """The number of subscribers is exact, moves when due, and as it is set."""
    room = telegram.find("alpha_news")
    room.participants_schedule = [(0, 1250), (telegram.rel() + 900, 7)]
    assert 1250 == await count(client, "alpha_news")
    telegram.members("alpha_news", 9)
    assert 9 == await count(client, "alpha_news")


async def test_a_room_turns_private(client: TelegramClient, telegram: TelegramWorld) -> None:
    """What was readable is refused once it is private, and again readable when it is public."""
    room = await client.get_input_entity("beta_room")
    telegram.set("beta_room", access="private")
    with pytest.raises(errors.ChannelPrivateError):
        await client.get_messages(room, limit=1)
    with pytest.raises(ValueError, match="No user has"):
        await client.get_entity("beta_room")
    telegram.set("beta_room", access="public")
    assert 1 == len(await client.get_messages(room, limit=1))


async def test_a_name_goes_to_another_room(client: TelegramClient, telegram: TelegramWorld) -> None:
    """A room that takes a name has it alone; the other one keeps its id."""
    old = (await client.get_entity("beta_room")).id
    telegram.set("alpha_chat", username="beta_room")
    assert 5002 == (await client.get_entity("beta_room")).id != old
    assert telegram.find(old).username is None


async def test_members_are_not_listed_for_channels(client: TelegramClient) -> None:
    """Who subscribed to a channel is told to nobody."""
    with pytest.raises(errors.ChatAdminRequiredError):
        await client.get_participants("alpha_news")


async def test_invites_are_looked_at_without_joining(client: TelegramClient, telegram: TelegramWorld) -> None:
    """An invite says how many are inside; one that does not exist has expired."""
    with pytest.raises(errors.InviteHashExpiredError):
        await client(functions.messages.CheckChatInviteRequest("ZZZZZZZZZ"))
    invite = await client(functions.messages.CheckChatInviteRequest("AbCdEf12345"))
    assert (42, []) == (invite.participants_count, telegram.joins())


async def test_joins_are_counted(client: TelegramClient, telegram: TelegramWorld) -> None:
    """Joining works, by name and by invite, and each is a join and a write in the report."""
    await client(functions.channels.JoinChannelRequest("alpha_news"))
    await client(functions.messages.ImportChatInviteRequest("AbCdEf12345"))
    assert telegram.find("alpha_news").member
    report = telegram.report()
    assert (2, 2, 0) == (report["joins"], report["writes"], report["media"])


async def test_writes_are_counted_even_when_unknown(client: TelegramClient, telegram: TelegramWorld) -> None:
    """A post, a reading mark and a method that the server does not know are writes all the same."""
    with pytest.raises(errors.ChatWriteForbiddenError):
        await client.send_message("alpha_chat", "hello")
    await client.send_read_acknowledge("rich_posts", max_id=1)
    with pytest.raises(errors.RPCError):
        await client(functions.account.SetAccountTTLRequest(types.AccountDaysTTL(7)))
    methods = [call["method"] for call in telegram.writes()]
    assert ["messages.sendMessage", "channels.readHistory", "account.setAccountTTL"] == methods


async def test_basic_group_becomes_a_supergroup(client: TelegramClient, telegram: TelegramWorld) -> None:
    """The old group names its heir and both say so in a message."""
    assert "Old group" == (await client(functions.messages.GetFullChatRequest(6001))).chats[0].title
    telegram.add_channel({"id": 7001, "username": "new_home", "kind": "megagroup"})
    telegram.migrate(6001, 7001)
    chat = (await client(functions.messages.GetChatsRequest([6001]))).chats[0]
    assert chat.deactivated
    assert 7001 == chat.migrated_to.channel_id
    full = await client(functions.channels.GetFullChannelRequest("new_home"))
    assert 6001 == full.full_chat.migrated_from_chat_id
