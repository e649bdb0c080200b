"""Telegram's messages in the form that is kept: what gets through, and that nothing else does."""

import json
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from telethon.tl import types

from channels.telegram.convert import keep_channel, keep_messages, names_of
from evidence.cipher import pseudonym
from practice.telegram.channel import hash64
from practice.telegram.media import DOCUMENTS, FILE_REFERENCE, HASH_MARK, THUMBNAIL, draw_media
from tests.channels.telegram.serving import KEY

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECONDS = int(AT.timestamp())
ROOM, PERSON, CLOSED = 5001, 2001, 5005
CHATS = [
    types.Channel(id=ROOM, title="Alpha", photo=types.ChatPhotoEmpty(), date=AT, username="alpha", access_hash=77),
    types.ChannelForbidden(id=CLOSED, access_hash=78, title="Closed"),
]
TODO = types.TodoList(
    types.TextWithEntities("할 일", []),
    [types.TodoItem(turn, types.TextWithEntities(word, [])) for turn, word in enumerate(("하나", "둘"))],
)
USERS = [types.User(id=PERSON, first_name="Ada", last_name="L", username="ada_loop", phone="999", access_hash=79)]


def keep(*messages: Any, source: str = "https://t.me/alpha") -> list[dict[str, Any]]:
    """What is kept of an answer with these messages."""
    result = SimpleNamespace(chats=CHATS, users=USERS)
    return keep_messages(result, messages, partial(pseudonym, KEY, source))


def message(**more: Any) -> types.Message:
    """A message of the room."""
    fields = {"id": 7, "peer_id": types.PeerChannel(ROOM), "date": AT, "message": ""} | more
    return types.Message(**fields)


def kept_of(**more: Any) -> dict[str, Any]:
    """What a message leaves besides its id, date and text."""
    (kept,) = keep(message(**more))
    return {name: value for name, value in kept.items() if name not in ("id", "date", "text")}


def test_a_plain_message_is_id_date_and_text() -> None:
    """Nothing is kept of what is not there."""
    assert [{"id": 7, "date": SECONDS, "text": "하나"}] == keep(message(message="하나"))


@pytest.mark.parametrize(
    ("spec", "kept"),
    [
        ({"photo": True}, {"media": "photo"}),
        ({"document": {"kind": "video"}}, {"media": "video"}),
        ({"document": {"kind": "gif"}}, {"media": "gif"}),
        ({"document": {"kind": "round_video"}}, {"media": "round_video"}),
        ({"document": {"kind": "voice"}}, {"media": "voice"}),
        ({"document": {"kind": "sticker"}}, {"media": "sticker"}),
        ({"document": {"kind": "audio"}}, {"media": "audio", "captions": ["연습곡"]}),
        ({"document": {"kind": "file", "name": "a.pdf"}}, {"media": "file", "captions": ["a.pdf"]}),
        ({"document": {"kind": "file", "name": ""}}, {"media": "file"}),
        (
            {"poll": {"question": "Tea?", "answers": [["Yes", 3], ["No", 1]]}},
            {"media": "poll", "captions": ["Tea?", "Yes", "No"]},
        ),
        ({"geo": {"lat": 1.5, "lon": 2.5}}, {"media": "place"}),
        ({"contact": {"phone": "9996620000", "name": "A Name"}}, {"media": "contact"}),
        ({"unsupported": True}, {"media": "unsupported"}),
        ({"webpage": {"url": "https://a.example/x", "title": "T"}}, {"preview": "https://a.example/x"}),
    ],
    ids=lambda value: next(iter(value.values())) if "media" in value else None,
)
def test_media_leave_their_kind(spec: dict[str, Any], kept: dict[str, Any]) -> None:
    """Kind, and the words that the web pages show beside it; neither bytes, references, hashes nor sizes."""
    media = draw_media(ROOM, {"id": 7, "date": SECONDS, **spec})  # type: ignore[typeddict-item]
    raw = bytes(message(media=media))
    assert (THUMBNAIL in raw) == (FILE_REFERENCE in raw) == bool({"photo", "document", "webpage"} & spec.keys())
    assert kept == kept_of(media=media)


def test_every_kind_of_document_is_among_them() -> None:
    """The table above leaves out no kind that practice draws."""
    assert {"video", "gif", "round_video", "voice", "audio", "sticker", "file"} == set(DOCUMENTS)


@pytest.mark.parametrize(
    ("media", "kept"),
    [
        (types.MessageMediaVenue(types.GeoPointEmpty(), "역", "1길", "", "", ""), ["역", "1길"]),
        (types.MessageMediaGeoLive(types.GeoPointEmpty(), 60), None),
        (types.MessageMediaDocument(), None),
        (types.MessageMediaPhoto(), None),
        (types.MessageMediaDice(3, "🎲"), None),
        (types.MessageMediaToDo(TODO), ["할 일", "하나", "둘"]),
        (types.MessageMediaWebPage(types.WebPageEmpty(1)), None),
    ],
    ids=lambda value: type(value).__name__ if value and not isinstance(value, list) else "",
)
def test_media_that_are_rare_or_gone(media: Any, kept: list[str] | None) -> None:
    """An expired photo is a photo, a place has its name, what is not known is unsupported."""
    kinds = {
        "MessageMediaVenue": "place",
        "MessageMediaGeoLive": "place",
        "MessageMediaDocument": "file",
        "MessageMediaPhoto": "photo",
        "MessageMediaDice": "unsupported",
        "MessageMediaToDo": "unsupported",
    }
    kind = kinds.get(type(media).__name__)
    expected = {**({"media": kind} if kind else {}), **({"captions": kept} if kept else {})}
    assert expected == kept_of(media=media)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (types.MessageActionChannelCreate("제목"), "Channel created"),
        (types.MessageActionChatEditTitle("새 제목"), "Channel name was changed to «새 제목»"),
        (types.MessageActionChatDeletePhoto(), "Channel photo removed"),
        (types.MessageActionPinMessage(), "pinned a message"),
        (types.MessageActionChatAddUser([PERSON]), "chat add user"),
        (types.MessageActionChatJoinedByLink(PERSON), "chat joined by link"),
        (types.MessageActionChatDeleteUser(PERSON), "chat delete user"),
        (types.MessageActionCustomAction("Ada did it"), "custom action"),
        (types.MessageActionHistoryClear(), "history clear"),
    ],
    ids=lambda value: type(value).__name__.removeprefix("MessageAction") if not isinstance(value, str) else "",
)
def test_a_service_message_says_what_happened(action: Any, words: str) -> None:
    """Never to whom or by whom."""
    spoken = types.MessageService(
        id=8, peer_id=types.PeerChannel(ROOM), date=AT, action=action, from_id=types.PeerUser(PERSON)
    )
    assert [{"id": 8, "date": SECONDS, "service": words}] == keep(spoken)


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        ({"from_id": types.PeerChannel(ROOM), "channel_post": 9}, {"name": "Alpha", "of": "alpha/9"}),
        ({"from_id": types.PeerChannel(ROOM)}, {"name": "Alpha", "of": "alpha"}),
        ({"from_id": types.PeerChannel(CLOSED), "channel_post": 9}, {"name": "Closed"}),
        ({"from_id": types.PeerChannel(1), "channel_post": 9}, {"name": None}),
        ({"from_name": "누군가"}, {"name": "누군가"}),
        ({"from_id": types.PeerUser(PERSON)}, {"name": "Ada L"}),
        ({}, {"name": None}),
    ],
    ids=["channel post", "channel", "closed", "unknown", "hidden", "person", "nothing"],
)
def test_a_forward_names_where_it_comes_from(header: dict[str, Any], kept: dict[str, Any]) -> None:
    """A public channel with its address, anything else with the name that Telegram shows; never an id."""
    assert {"forward": kept} == kept_of(fwd_from=types.MessageFwdHeader(date=AT, **header))


def test_entities_are_those_that_lead_somewhere() -> None:
    """Addresses, names, tags; neither formatting nor mentions of people by their id."""
    entities = [
        types.MessageEntityBold(0, 4),
        types.MessageEntityUrl(5, 9),
        types.MessageEntityTextUrl(15, 4, "https://a.example/"),
        types.MessageEntityMention(20, 5),
        types.MessageEntityMentionName(26, 3, PERSON),
        types.MessageEntityHashtag(30, 4),
        types.MessageEntityCashtag(35, 4),
        types.MessageEntityEmail(40, 9),
        types.MessageEntityCustomEmoji(50, 2, 123456789),
        types.MessageEntityPhone(53, 9),
    ]
    expected = [
        ["url", 5, 9],
        ["text_url", 15, 4, "https://a.example/"],
        ["mention", 20, 5],
        ["hashtag", 30, 4],
        ["cashtag", 35, 4],
        ["email", 40, 9],
    ]
    assert {"links": expected} == kept_of(entities=entities)
    assert {} == kept_of(entities=entities[:1])


def test_the_rest_of_a_message() -> None:
    """Edits that show, replies, views, albums and buttons that lead somewhere."""
    kinds = [
        types.InlineButtonTypeUrl("https://b.example/"),
        types.InlineButtonTypeCallback(b"secret"),
        types.InlineButtonTypeCopy("text"),
    ]
    row = types.KeyboardInlineButtonRow([types.KeyboardInlineButton("A", kind) for kind in kinds])
    markup = types.ReplyInlineMarkup([row])
    reply = types.MessageReplyHeader(reply_to_msg_id=3)
    more = {"edit_date": AT, "reply_to": reply, "views": 0, "grouped_id": 55, "reply_markup": markup}
    expected = {"edited": SECONDS, "reply_to": 3, "views": 0, "album": 55, "buttons": ["https://b.example/"]}
    assert expected == kept_of(**more)
    assert {} == kept_of(edit_date=AT, edit_hide=True)
    plain = types.KeyboardButtonRow([types.KeyboardButton("C", types.ButtonTypeDefault())])
    assert {} == kept_of(reply_markup=types.ReplyKeyboardMarkup([plain]))
    assert {} == kept_of(reply_markup=types.ReplyKeyboardHide())
    assert {} == kept_of(reply_to=types.MessageReplyStoryHeader(types.PeerUser(PERSON), 1))


def test_a_message_in_blocks_has_its_words() -> None:
    """What is written in paragraphs, lists and tables is text like any other, a block a line."""
    bold = types.TextBold(types.TextPlain("해솔빛고"))
    link = types.TextUrl(types.TextPlain("안내"), "https://a.example/", 0)
    blocks = [
        types.PageBlockParagraph(types.TextConcat([types.TextPlain("오늘 "), bold, types.TextEmpty()])),
        types.PageBlockList([types.PageListItemText(types.TextPlain(word)) for word in ("하나", "둘")]),
        types.PageBlockPreformatted(types.TextConcat([link, types.TextPlain(" 끝")]), ""),
    ]
    rich = types.RichMessage(blocks, [], [])
    assert ["오늘 해솔빛고\n하나\n둘\n안내 끝"] == [kept["text"] for kept in keep(message(rich_message=rich))]
    assert ["앞\n하나"] == [
        kept["text"]
        for kept in keep(message(message="앞", rich_message=types.RichMessage([blocks[1].items[0]], [], [])))
    ]


def test_messages_that_do_not_exist_leave_nothing() -> None:
    """An empty message is none; the others keep their order."""
    assert [9, 7] == [
        kept["id"] for kept in keep(message(id=9), types.MessageEmpty(8, types.PeerChannel(ROOM)), message())
    ]


def test_a_poster_is_a_pseudonym_within_one_room() -> None:
    """The same one for the same poster of a room, another one elsewhere, and of nobody else."""
    by_ada, by_room = {"from_id": types.PeerUser(PERSON)}, {"from_id": types.PeerChannel(ROOM)}
    signed = {"post_author": "Ada L"}
    names = [kept_of(**who)["by"] for who in (by_ada, by_ada, by_room, signed)]
    assert (names[0], 3) == (names[1], len(set(names)))
    (elsewhere,) = keep(message(**by_ada), source="https://t.me/beta")
    assert names[0] != elsewhere["by"]
    assert "by" not in kept_of()


def test_nothing_that_names_a_person_or_opens_a_file_gets_through() -> None:
    """Of a message with everything, no byte of an id, hash, number, reference or username is left."""
    media = draw_media(ROOM, {"id": 7, "date": SECONDS, "document": {"kind": "video"}})
    full = message(
        message="words",
        from_id=types.PeerUser(PERSON),
        via_bot_id=PERSON,
        media=media,
        reactions=types.MessageReactions([types.ReactionCount(types.ReactionEmoji("👍"), 3)]),
        replies=types.MessageReplies(3, 1, recent_repliers=[types.PeerUser(PERSON)]),
    )
    kept = json.dumps(keep(full), ensure_ascii=False)
    marks = [str(PERSON), "Ada", "ada_loop", "999", "practice.mp4", "PRACTICE", str(HASH_MARK), str(hash64("document"))]
    assert [] == [mark for mark in marks if mark in kept]
    assert {"id", "date", "text", "media", "by"} == set(keep(full)[0])


def test_a_room_says_of_itself() -> None:
    """Names in use, the main one first; counts where it was asked in full; no hash."""
    names = [types.Username("alpha", active=True), types.Username("old_one"), types.Username("also", active=True)]
    channel = types.Channel(
        id=ROOM,
        title="Alpha",
        photo=types.ChatPhotoEmpty(),
        date=AT,
        broadcast=True,
        verified=True,
        access_hash=77,
        usernames=names,
    )
    head = {"id": ROOM, "title": "Alpha", "names": ["alpha", "also"], "kind": "channel", "verified": True}
    assert (head, ["alpha", "also"]) == (keep_channel(channel), names_of(channel))
    full = SimpleNamespace(
        about="About", participants_count=5, online_count=None, linked_chat_id=9, migrated_from_chat_id=None
    )
    rest = {"about": "About", "members": 5, "online": None, "linked": 9, "migrated_from": None}
    assert head | rest == keep_channel(channel, full)
    assert [] == names_of(CHATS[1])
