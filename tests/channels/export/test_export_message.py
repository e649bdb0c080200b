"""Messages of ``result.json`` read as posts."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from channels.export import open_export
from evidence.records import Forward, Media, PlaceKind
from tests.channels.export.making import LOCAL, NOT_INCLUDED, UNIX, chat, message, read_one, service, write

MOMENT = datetime.fromtimestamp(int(UNIX), UTC)
LINK = {"type": "link", "text": "https://a.example/x"}


@pytest.mark.parametrize(
    ("fields", "zone", "expected"),
    [
        ({}, None, MOMENT),
        ({"date_unixtime": int(UNIX)}, None, MOMENT),
        ({"date_unixtime": UNIX, "date": None}, None, MOMENT),
        ({"date_unixtime": None}, None, None),
        ({"date_unixtime": None}, ZoneInfo("Asia/Seoul"), MOMENT),
        ({"date_unixtime": None, "date": "2026-09-21T14:13:20Z"}, None, MOMENT),
        ({"date_unixtime": "yesterday", "date": "yesterday"}, ZoneInfo("Asia/Seoul"), None),
        ({"date_unixtime": "9" * 40, "date": "0001-01-01T00:00:00"}, ZoneInfo("Asia/Seoul"), None),
    ],
)
def test_times_are_utc_or_unknown(
    tmp_path: Path, fields: dict[str, Any], zone: ZoneInfo | None, expected: datetime | None
) -> None:
    """The second since 1970 is exact; a local time needs a zone and is otherwise not guessed."""
    assert expected == read_one(tmp_path, message(**fields), zone=zone).posted_at


@pytest.mark.parametrize(
    ("text", "expected", "links"),
    [
        ("", "", ()),
        ("한 줄\n두 줄", "한 줄\n두 줄", ()),
        ("a  b\t c \n d", "a b c\nd", ()),
        (["앞 ", {"type": "bold", "text": "굵게"}, " 뒤"], "앞 굵게 뒤", ()),
        ([LINK, LINK], "https://a.example/xhttps://a.example/x", ("https://a.example/x",)),
        ([{"type": "link", "text": "a.example:8080/x"}], "a.example:8080/x", ("http://a.example:8080/x",)),
        ([{"type": "link", "text": "t.me/room_one"}], "t.me/room_one", ("https://t.me/room_one",)),
        ([{"type": "text_link", "text": "여기", "href": "https://b.example/"}], "여기", ("https://b.example/",)),
        ([{"type": "text_link", "text": "여기", "href": "javascript:alert(1)"}], "여기", ()),
        ([{"type": "text_link", "text": "여기", "href": "https://cdn4.telesco.pe/file/x.jpg"}], "여기", ()),
        ([{"type": "mention", "text": "@room_one"}], "@room_one", ("https://t.me/room_one",)),
        ([{"type": "email", "text": "a@b.example"}], "a@b.example", ("mailto:a@b.example",)),
        ([{"type": "phone", "text": "+82 2 000"}], "+82 2 000", ("tel:+82 2 000",)),
        ([{"type": "mention_name", "text": "아무개", "user_id": 7}], "아무개", ()),
        ([{"type": "hashtag", "text": "#소풍"}, {"type": "bank_card", "text": "0000"}], "#소풍0000", ()),
        ([{"type": "custom_emoji", "text": "🔥", "document_id": "stickers/s.webp"}], "🔥", ()),
        (["앞", {"type": "blockquote", "text": "말\n했다"}, "뒤"], "앞\n말\n했다\n뒤", ()),
        (["코드:\n", {"type": "pre", "text": "x = 1", "language": "py"}], "코드:\nx = 1", ()),
        ([{"type": "unheard_of", "text": "새것"}, {"text": "x"}, 7, None, ["y"], {"type": 1, "text": 2}], "새것x", ()),
        ("https://cdn4.telesco.pe/file/x.jpg 봐", "[media address left out] 봐", ()),
        ("\ufdd0점\x00\ufdd1", "점", ()),
        ("é̶̷̸ ë…", "é̶̷̸ ë…", ()),
    ],
)
def test_text_is_a_string_or_a_list(tmp_path: Path, text: Any, expected: str, links: tuple[str, ...]) -> None:
    """Parts are joined in order as the web shows them; links lead where a browser would go."""
    post = read_one(tmp_path, message(text=text))
    assert (expected, links) == (post.text, post.links)


def test_text_of_entities_alone(tmp_path: Path) -> None:
    """Where there is no text, its entities are it."""
    parts = [{"type": "plain", "text": "나들이 "}, LINK]
    post = read_one(tmp_path, message(text_entities=parts))
    assert ("나들이 https://a.example/x", ("https://a.example/x",)) == (post.text, post.links)


@pytest.mark.parametrize(
    ("fields", "kind", "captions"),
    [
        ({"photo": "photos/p.jpg", "width": 9}, "photo", ()),
        ({"photo": NOT_INCLUDED}, "photo", ()),
        ({"photo": "(File unavailable, please try again later)"}, "photo", ()),
        ({"file": NOT_INCLUDED, "media_type": "video_file", "file_name": "내 이름.mp4"}, "video", ()),
        ({"file": "f", "media_type": "animation"}, "gif", ()),
        ({"file": "f", "media_type": "video_message"}, "round_video", ()),
        ({"file": "f", "media_type": "voice_message"}, "voice", ()),
        ({"file": "f", "media_type": "sticker", "sticker_emoji": "🔥"}, "sticker", ()),
        ({"file": "f", "media_type": "audio_file", "performer": "합창반", "title": "교가"}, "audio", ("교가",)),
        ({"file": "f", "media_type": "audio_file", "file_name": "교가.mp3"}, "audio", ("교가.mp3",)),
        ({"file": NOT_INCLUDED, "file_name": "식단표.pdf", "mime_type": "application/pdf"}, "file", ("식단표.pdf",)),
        ({"file": "(File exceeds maximum size. Change data exporting settings to download.)"}, "file", ()),
        (
            {"poll": {"question": "소풍?", "answers": [{"text": "산", "voters": 0}, {"text": "강"}]}},
            "poll",
            ("소풍?", "산", "강"),
        ),
        ({"poll": "없음"}, "poll", ()),
        ({"contact_information": {"first_name": "아무개", "phone_number": "+82"}}, "contact", ()),
        ({"location_information": {"latitude": 1.5, "longitude": 2}}, "place", ()),
        ({"place_name": "도서관", "address": "1길", "location_information": {}}, "place", ("도서관", "1길")),
        ({"type": "unsupported"}, "unsupported", ()),
    ],
)
def test_media_are_kinds(tmp_path: Path, fields: dict[str, Any], kind: str, captions: tuple[str, ...]) -> None:
    """Fault 18: whether the file is there or a note stands in its place, only its kind is read."""
    post = read_one(tmp_path, message(**fields))
    assert ((Media(kind=kind, number=1),), captions) == (post.media, post.captions)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, False),
        ({"edited": LOCAL, "edited_unixtime": UNIX}, True),
        ({"edited": "1970-01-01T09:00:00"}, False),
        ({"edited": "1970-01-01T09:00:00", "edited_unixtime": "0"}, False),
    ],
)
def test_edited(tmp_path: Path, fields: dict[str, Any], expected: bool) -> None:
    """As the export says; old ones write the year 1970 for never."""
    assert expected is read_one(tmp_path, message(**fields)).is_edited


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"forwarded_from": "이웃방", "forwarded_from_id": "channel5"}, Forward(name="이웃방", address=None)),
        ({"forwarded_from": "아무개"}, Forward(name="아무개", address=None)),
        ({"forwarded_from": None}, Forward(name=None, address=None)),
    ],
)
def test_forwards(tmp_path: Path, fields: dict[str, Any], expected: Forward | None) -> None:
    """An export names the origin and never its address; null is a deleted account."""
    assert expected == read_one(tmp_path, message(**fields)).forwarded_from


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"reply_to_message_id": 7}, 7),
        ({"reply_to_message_id": 7, "reply_to_peer_id": "channel5"}, None),
        ({"reply_to_message_id": 10**30}, None),
        ({"reply_to_message_id": "7"}, None),
    ],
)
def test_replies(tmp_path: Path, fields: dict[str, Any], expected: int | None) -> None:
    """A reply into another chat answers no post of this one."""
    assert expected == read_one(tmp_path, message(**fields)).reply_to


def test_author(tmp_path: Path) -> None:
    """A signature before the room's name, as on the web; a deleted account has none."""
    assert "햇살 알림방" == read_one(tmp_path, message(via_bot="@vote")).author
    assert "반장" == read_one(tmp_path, message(author="반장")).author
    assert read_one(tmp_path, message() | {"from": None}).author is None


@pytest.mark.parametrize(
    ("action", "fields", "expected"),
    [
        ("create_channel", {"title": "햇살"}, "Channel created"),
        ("edit_group_title", {"title": "새 이름"}, "Channel name was changed to «새 이름»"),
        ("topic_edit", {"new_title": "질문"}, "topic_edit «질문»"),
        ("invite_members", {"members": ["아무개", None]}, "invite_members"),
        ("never_heard_of", {"photo": "photos/p.jpg"}, "never_heard_of"),
    ],
)
def test_service_actions(tmp_path: Path, action: str, fields: dict[str, Any], expected: str) -> None:
    """As the web says it where we know, else raw; never with names of members."""
    post = read_one(tmp_path, service(3, action, actor="햇살 알림방", **fields))
    assert (True, expected, "햇살 알림방", ()) == (post.is_service, post.text, post.author, post.media)


@pytest.mark.parametrize(
    ("chat_type", "kind"),
    [
        ("public_channel", PlaceKind.CHANNEL),
        ("private_channel", PlaceKind.CHANNEL),
        ("public_supergroup", PlaceKind.GROUP),
        ("private_supergroup", PlaceKind.GROUP),
        ("private_group", PlaceKind.GROUP),
        ("bot_chat", PlaceKind.BOT),
        ("personal_chat", PlaceKind.USER),
        ("saved_messages", PlaceKind.USER),
        ("replies", PlaceKind.USER),
        ("verification_codes", PlaceKind.USER),
        ("never_heard_of", PlaceKind.USER),
    ],
)
def test_kinds_of_chats(tmp_path: Path, chat_type: str, kind: PlaceKind) -> None:
    """Conversations of persons can be read and must not be imported; private rooms say that they are."""
    export = open_export(write(tmp_path, chat(message(), type=chat_type)))
    is_room = kind in (PlaceKind.CHANNEL, PlaceKind.GROUP)
    assert (kind, 1_900_000_777, "햇살 알림방") == (export.place.kind, export.place.native_id, export.place.title)
    assert (is_room, not chat_type.startswith("public")) == (export.refusal is None, export.is_private)
