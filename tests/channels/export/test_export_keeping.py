"""What is kept of an export: batches to go on from, no media, no names; the same posts again."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from channels.export import Export, open_export, read_kept
from evidence.records import Forward
from tests.channels.export.making import (
    NOT_INCLUDED,
    block,
    chat,
    generic,
    message,
    notice,
    page,
    said,
    service,
    write,
    write_page,
)

PERSON = {"from": "김아무개", "from_id": "user42"}
EVERYTHING = [
    service(1, "create_group", actor="김아무개", actor_id="user42", title="햇살", members=["김아무개", "이아무개"]),
    message(2, "글", **PERSON, author="박아무개"),
    message(3, "글", **PERSON, photo="photos/photo_3@01-01-2026.jpg", photo_file_size=9, thumbnail="t_thumb.jpg"),
    message(4, [{"type": "custom_emoji", "text": "🔥", "document_id": "stickers/sticker.webp"}], **PERSON),
    message(5, "", file=NOT_INCLUDED, file_name="김아무개.mp4", media_type="video_file", **PERSON),
    message(6, "", file="files/식단표.pdf", file_name="식단표.pdf", **PERSON),
    message(7, "글", forwarded_from="이아무개", **PERSON),
    message(8, "글", forwarded_from="이아무개", forwarded_from_id="user43", saved_from="이아무개", **PERSON),
    message(9, "글", forwarded_from="이웃방", forwarded_from_id="channel5", **PERSON),
    message(10, "", contact_information={"first_name": "이아무개", "phone_number": "+82 2 000"}, **PERSON),
    message(
        11, "글", reactions=[{"type": "emoji", "emoji": "👍", "count": 2, "recent": [{"from": "이아무개"}]}], **PERSON
    ),
    message(12, "글", **{"from": None, "from_id": "user44"}),
    message(13, "방의 글"),
    message(14, "", poll={"question": "소풍?", "answers": [{"text": "산", "voters": 1, "chosen": True}]}, **PERSON),
    service(15, "pin_message", actor="김아무개", actor_id="user42", message_id=2, information_text="이아무개 said"),
]


def pseudonym(person: str) -> str:
    """Tells persons apart within a test."""
    return "p-" + hashlib.sha256(person.encode()).hexdigest()[:6]


def opened(folder: Path, *messages: Any) -> Export:
    """A group's export."""
    return open_export(write(folder, chat(*messages, type="public_supergroup")))


def test_batches_and_going_on(tmp_path: Path) -> None:
    """A hundred each; from any position the same posts follow."""
    export = opened(tmp_path, *map(message, range(1, 251)))
    batches = list(export.posts())
    assert [(100, 100), (100, 200), (50, 250)] == [(len(batch.posts), batch.position) for batch in batches]
    assert batches[1:] == list(export.posts(start=100))
    assert [post.native_id for post in next(export.posts(start=249)).posts] == [250]
    assert [] == list(export.posts(start=250))
    assert [export.size_bytes] == [batch.bytes_read for batch in batches[-1:]]


def test_repeated_ids_are_known_after_going_on(tmp_path: Path) -> None:
    """What came before the start counts too."""
    export = opened(tmp_path, message(9), message(1), message(2))
    assert [2] == [batch.repeated for batch in export.posts(start=1)]


def test_no_two_posts_share_a_key(tmp_path: Path) -> None:
    """Ids that are no safe key are replaced by the place in the export, the same at each reading; both are kept."""
    export = opened(tmp_path, *map(message, (5, 5, {"no": "id"}, 4, 6, 10**12)))
    (batch,) = export.posts(is_keyed=True)
    assert [5, 10**12 + 2, 10**12 + 4, 6, 10**12 + 6] == [post.native_id for post in batch.posts]
    assert [None, 5, 4, None, 10**12] == [kept.get("given_id") for kept in json.loads(batch.kept)["messages"]]
    assert batch.posts == read_kept(batch.kept)
    assert batch.posts[2:] == next(export.posts(start=3, is_keyed=True)).posts
    assert [5, 5, 4, 6, 10**12] == [post.native_id for post in next(export.posts()).posts]


@pytest.mark.parametrize("hides_names", [True, False])
def test_what_is_kept_reads_the_same(tmp_path: Path, hides_names: bool) -> None:
    """Canonical JSON, from which the posts can be read again."""
    for batch in opened(tmp_path, *EVERYTHING).posts(pseudonym=pseudonym if hides_names else None):
        assert batch.posts == read_kept(batch.kept)
        value = json.loads(batch.kept)
        again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        assert again == batch.kept
        assert ["id", "messages", "name", "type"] == list(value)


def test_no_media_and_no_lists_of_people_are_kept(tmp_path: Path) -> None:
    """Neither paths nor names of media files nor who is a member or reacted, even where names stay."""
    (batch,) = opened(tmp_path, *EVERYTHING).posts()
    kept = batch.kept.decode()
    assert [] == re.findall(r"photos/|thumb|stickers/|\.mp4|files/|\+82|File not included|recent|members", kept)
    assert ("식단표.pdf",) == batch.posts[5].captions


def test_no_names_are_kept_where_they_are_hidden(tmp_path: Path) -> None:
    """Posters, signatures, origins and actors; the room's and other channels' names stay."""
    (batch,) = opened(tmp_path, *EVERYTHING).posts(pseudonym=pseudonym)
    assert "아무개" not in batch.kept.decode()
    posts = {post.native_id: post for post in batch.posts}
    assert pseudonym("user42") == posts[1].author == posts[3].author
    assert pseudonym("박아무개") == posts[2].author
    assert pseudonym("user44") == posts[12].author
    assert "햇살 알림방" == posts[13].author
    assert [Forward(name=name, address=None) for name in (pseudonym("이아무개"), pseudonym("user43"), "이웃방")] == [
        posts[number].forwarded_from for number in (7, 8, 9)
    ]


def test_no_names_are_kept_of_pages(tmp_path: Path) -> None:
    """Pages write names into service messages: what was done is kept, not by whom."""
    blocks = [
        notice(1, "김아무개 created group «햇살» with members 이아무개 and 박아무개"),
        notice(2, "김아무개 invited 이아무개"),
        notice(3, "김아무개 pinned this message"),
        notice(4, "김아무개 did something new"),
        block(5, said("글"), "김아무개"),
        block(6, generic("media_contact", "이아무개"), None),
        block(7, said("글"), "이아무개"),
    ]
    (batch,) = open_export(write_page(tmp_path, page(*blocks))).posts(pseudonym=pseudonym)
    assert "아무개" not in batch.kept.decode()
    assert ["created group «햇살»", "invited", "pinned this message", ""] == [post.text for post in batch.posts[:4]]
    assert [pseudonym("김아무개")] * 2 + [pseudonym("이아무개")] == [post.author for post in batch.posts[4:]]
    assert batch.posts == read_kept(batch.kept)


def test_hashes(tmp_path: Path) -> None:
    """Of one file its own; of a set that of its sorted names and hashes."""
    export = opened(tmp_path, message(1))
    assert hashlib.sha256(export.files[0].read_bytes()).hexdigest() == export.sha256()
    path = write_page(tmp_path, page(block(1, said("글")), following="messages2.html"))
    second = write_page(tmp_path, page(block(2, said("글"))), "messages2.html")
    lines = [f"{file.name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n" for file in (path, second)]
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == open_export(path).sha256()


def test_hostile_fields(tmp_path: Path) -> None:
    """A field of another type than it should have is as if it were not there."""
    names = ["text", "from", "from_id", "author", "forwarded_from", "date", "edited", "file", "media_type", "title"]
    names += ["poll", "reactions", "inline_bot_buttons", "text_entities", "date_unixtime", "place_name", "address"]
    values: list[Any] = [None, 7, 1.5, True, [], {}, [[[{}]]], [{"type": "url", "data": 7}], {"text": [7]}]
    messages = [message() | {"id": 1 + number} | dict.fromkeys(names, value) for number, value in enumerate(values)]
    (batch,) = opened(tmp_path, *messages).posts(pseudonym=pseudonym)
    assert len(values) == len(batch.posts)
    assert batch.posts == read_kept(batch.kept)
