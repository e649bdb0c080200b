"""Answers read in the shorter way say what Telethon reads in them."""

import struct
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon.errors import TypeNotFoundError
from telethon.extensions import BinaryReader
from telethon.tl import TLObject, types

from channels.telegram.convert import keep_messages
from channels.telegram.decoding import Reader

AT = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
ROOM = types.PeerChannel(1_700_000_001)

FIELDS: dict[str, Any] = {
    "out": True,
    "mentioned": True,
    "silent": True,
    "post": True,
    "edit_hide": True,
    "pinned": True,
    "noforwards": True,
    "offline": True,
    "from_id": types.PeerUser(77),
    "from_boosts_applied": 3,
    "from_rank": "운영",
    "saved_peer_id": ROOM,
    "fwd_from": types.MessageFwdHeader(date=AT, from_id=ROOM, channel_post=3),
    "via_bot_id": 2**40,
    "reply_to": types.MessageReplyHeader(reply_to_msg_id=1),
    "media": types.MessageMediaContact("010", "지우", "", "", 0),
    "reply_markup": types.ReplyInlineMarkup([]),
    "entities": [types.MessageEntityUrl(3, 19), types.MessageEntityBold(0, 2)],
    "replies": types.MessageReplies(replies=1, replies_pts=2),
    "edit_date": AT,
    "post_author": "운영자",
    "grouped_id": 2**50,
    "reactions": types.MessageReactions(results=[]),
    "restriction_reason": [types.RestrictionReason("all", "terms", "closed")],
    "ttl_period": 60,
    "effect": 5,
    "report_delivery_until_date": AT,
    "paid_message_stars": 7,
    "summary_from_language": "ko",
}
"""What a message may have besides, each with a value; Telethon writes these together or not at all: ``COUNTED``."""
COUNTED = {"views": 12, "forwards": 0}

ORDINARY = types.Message(id=1, peer_id=ROOM, date=AT, message="급식 뭐 나와?", post=True, **COUNTED)
FULL = types.Message(id=2, peer_id=ROOM, date=AT, message="여기 https://example.org 참고 " * 20, **FIELDS, **COUNTED)
EMPTY_MEDIA = types.Message(id=3, peer_id=ROOM, date=AT, message="")
EMPTY_MEDIA.media = types.MessageMediaEmpty()
SERVICE = types.MessageService(id=4, peer_id=ROOM, date=AT, action=types.MessageActionChatEditTitle("새 이름"))
GONE = types.MessageEmpty(id=5, peer_id=ROOM)


def answer(*messages: TLObject) -> bytes:
    """A page of history."""
    return bytes(types.messages.ChannelMessages(pts=1, count=9, messages=list(messages), topics=[], chats=[], users=[]))


def in_both_ways(content: bytes) -> tuple[Any, Any]:
    """As our reader and as Telethon's reads it; both to the same end."""
    ours, theirs = Reader(content), BinaryReader(content)
    read = ours.tgread_object(), theirs.tgread_object()
    assert ours.tell_position() == theirs.tell_position() == len(content)
    return read


def test_all_kinds_of_messages_are_read_as_telethon_reads_them() -> None:
    """Every field of the schema is the same, and so is what is kept of it."""
    ours, theirs = in_both_ways(answer(ORDINARY, FULL, SERVICE, GONE))
    assert theirs.to_dict() == ours.to_dict()
    kept = [keep_messages(read, read.messages, lambda who: f"poster {who}") for read in (ours, theirs)]
    assert kept[0] == kept[1]
    assert ["급식 뭐 나와?", "Channel name was changed to «새 이름»"] == [kept[0][0]["text"], kept[0][2]["service"]]


@given(st.lists(st.tuples(st.sets(st.sampled_from(sorted(FIELDS))), st.booleans()), min_size=1, max_size=6))
def test_whatever_fields_there_are_are_read_as_telethon_reads_them(chosen: list[tuple[set[str], bool]]) -> None:
    """In any combination, the same one again and again, and many in one answer."""
    messages = [
        types.Message(
            id=number,
            peer_id=ROOM,
            date=AT,
            message=f"글 {number}",
            **{name: FIELDS[name] for name in names},
            **(COUNTED if is_counted else {}),
        )
        for number, (names, is_counted) in enumerate(chosen * 2)
    ]
    ours, theirs = in_both_ways(answer(*messages))
    assert theirs.to_dict() == ours.to_dict()


def test_media_that_are_none_are_none() -> None:
    """Telethon takes them away itself."""
    ours, theirs = in_both_ways(answer(EMPTY_MEDIA))
    kept = [keep_messages(read, read.messages, str) for read in (ours, theirs)]
    assert [{"id": 3, "date": int(AT.timestamp()), "text": ""}] == kept[0] == kept[1]


@given(st.lists(st.text(max_size=300), max_size=4), st.integers(0, 2**31 - 1))
def test_words_of_any_length_are_read(words: list[str], number: int) -> None:
    """Strings are filled up to four bytes, and written in another way from 254 bytes on."""
    messages = [types.Message(id=number, peer_id=ROOM, date=AT, message=word, post_author=word) for word in words]
    ours, _ = in_both_ways(answer(*messages))
    assert [(number, word, word) for word in words] == [
        (message.id, message.message, message.post_author) for message in ours.messages
    ]


@given(st.integers(1, 400))
def test_an_answer_that_was_cut_short_is_refused(length: int) -> None:
    """Wherever it ends: nothing of it is taken for an answer."""
    content = answer(ORDINARY, FULL)
    with pytest.raises((BufferError, struct.error)):
        Reader(content[:-length]).tgread_object()


def test_what_the_schema_does_not_know_is_refused() -> None:
    """As by Telethon, with the code that it does not know."""
    with pytest.raises(TypeNotFoundError) as caught:
        Reader(b"\x01\x02\x03\x04rest").tgread_object()
    assert caught.value.invalid_constructor_id == 0x04030201
