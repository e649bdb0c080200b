"""``result.json`` as a stream: whole, of an account, cut, broken and absurd."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from channels.export import open_export
from channels.export.chunks import read_pieces
from evidence.errors import ConfigError, UnreadableCapture
from tests.channels.export.making import ROOM, account, chat, message, read_posts, read_until_fault, write

OTHER = {"name": "이웃방", "type": "private_supergroup", "id": 1_900_000_888}
SAVED = {"type": "saved_messages", "id": 1}


def ids(posts: Iterable[Any]) -> list[int]:
    """Their ids in order."""
    return [post.native_id for post in posts]


def test_keys_in_any_order(tmp_path: Path) -> None:
    """Another program may have sorted them: what the chat is may stand behind its messages."""
    path = tmp_path / "result.json"
    path.write_text(json.dumps(chat(message(1), message(2)), sort_keys=True), encoding="utf-8")
    assert ([1, 2], "햇살 알림방") == (ids(read_posts(path)), open_export(path).place.title)


def test_a_byte_order_mark(tmp_path: Path) -> None:
    """Some editors put one in front."""
    path = tmp_path / "export.txt"
    path.write_text(json.dumps(chat(message(1))), encoding="utf-8-sig")
    assert [1] == ids(read_posts(path))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("햇살 알림방", [1, 2]), ("1900000777", [1, 2]), ("이웃방", [7, 8, 9]), ("1", [5]), ("4", [30])],
)
def test_an_account_gives_the_chat_that_is_named(tmp_path: Path, wanted: str, expected: list[int]) -> None:
    """By name or id, in the list of chats or of those that were left; nothing of the others."""
    left = chat(message(30), name="옛 방", id=4)
    saved = SAVED | {"messages": [message(5)]}
    export = account(
        saved,
        chat(message(1), message(2)),
        chat(*map(message, (7, 8, 9)), **OTHER),
        left=(chat(message(20), name="먼 방", id=3), left),
    )
    assert expected == ids(read_posts(write(tmp_path, export), wanted))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (None, "an export of a whole account: name the one chat to read by its name or id"),
        ("없는 방", '"없는 방": no chat has this name or id among the 3 of this export'),
        ("같은 방", '"같은 방": 2 chats have this name or id among the 3 of this export'),
    ],
)
def test_an_account_without_one_chat_is_refused(tmp_path: Path, wanted: str | None, expected: str) -> None:
    """In one line, which names what was asked for."""
    twins = [chat(message(1), name="같은 방", id=number) for number in (3, 4)]
    with pytest.raises(ConfigError) as caught:
        open_export(write(tmp_path, account(*twins, chat())), wanted)
    assert expected == str(caught.value)


def test_another_chat_than_the_only_one(tmp_path: Path) -> None:
    """A name that does not fit is a mistake, not a wish for the other chat."""
    path = write(tmp_path, chat(message(1)))
    assert [1] == ids(read_posts(path, "1900000777"))
    with pytest.raises(ConfigError, match="is not the name or the id of the only chat"):
        open_export(path, "이웃방")


@pytest.mark.parametrize("size", [400, 900, 2_000])
def test_a_cut_file_gives_all_before_the_cut(tmp_path: Path, size: int) -> None:
    """Every whole message is read, and the line says after which one it ends."""
    path = write(tmp_path, chat(*(message(number, "소풍") for number in range(1, 30))))
    whole = path.read_bytes()[:size]
    path.write_bytes(whole)
    found, why = read_until_fault(path)
    assert list(range(1, whole.count(b"\n  }") + 1)) == found
    assert f"cut off after message {len(found)}: all up to it is whole" == why


@pytest.mark.parametrize("size", [2, 200])
def test_a_file_cut_before_its_messages(tmp_path: Path, size: int) -> None:
    """Nothing can be read of it, and that is what it says."""
    path = write(tmp_path, {"about": "x" * 300} | chat(message(1)))
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(UnreadableCapture, match=r"^cut off before its first message$"):
        open_export(path)


def test_a_cut_account(tmp_path: Path) -> None:
    """The chat in which it was cut can be read up to there."""
    path = write(tmp_path, account(chat(message(1)), chat(*map(message, range(1, 9)), **OTHER)))
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b'"id": 8')])
    expected = [1, 2, 3, 4, 5, 6, 7], "cut off after message 7: all up to it is whole"
    assert expected == read_until_fault(path, "이웃방")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty: 0 bytes"),
        (b"\xff\xfe{\0", "is UTF-16 or UTF-32 text: expected UTF-8, as Telegram Desktop writes it"),
        (b"[]", "not a Telegram Desktop export: neither messages nor chats.list in it"),
        (b'{"rows": [{"id": 1}]}', "not a Telegram Desktop export: neither messages nor chats.list in it"),
        (b'{"name": "x", "messages": 3}', "not a Telegram Desktop export: neither messages nor chats.list in it"),
        (b"hello", "not JSON before its first message"),
        (b'{"a": "' + "글".encode("cp949") + b'"}', "not UTF-8 text before its first message"),
        (b'{"a": ' + b"[" * 5_000, "not an export: nested more than 200 levels deep"),
        (b'{"a": ' + b"9" * 5_000, "not an export: a number of more than 99 digits in it"),
    ],
)
def test_what_is_no_export(tmp_path: Path, content: bytes, expected: str) -> None:
    """One line says what it is instead."""
    path = tmp_path / "result.json"
    path.write_bytes(content)
    with pytest.raises(UnreadableCapture) as caught:
        open_export(path)
    assert expected == str(caught.value)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("{]", "not JSON after message 1: all up to it is whole"),
        ('"' + "글".encode("cp949").decode("latin-1") + '"', "not UTF-8 text after message 1: all up to it is whole"),
        ("1e9999999999999999999999", "not JSON after message 1: all up to it is whole"),
        ('{"id": 9999999999999999999}', "message 2: its id is not one that Telegram gives: expected 1 to 2^53"),
        ('{"id": 0}', "message 2: its id is not one that Telegram gives: expected 1 to 2^53"),
    ],
)
def test_what_breaks_behind_the_first_message(tmp_path: Path, raw: str, expected: str) -> None:
    """The first message is read; the line says where and what."""
    head = json.dumps(chat(message(1))).removesuffix("]}")
    path = tmp_path / "result.json"
    path.write_bytes(f"{head}, {raw}, {json.dumps(message(3))}]}}".encode("latin-1"))
    assert ([1], expected) == read_until_fault(path)


def test_a_string_without_end(tmp_path: Path) -> None:
    """It is refused at 1 MB, long before it is whole in memory; escaped quotes do not end it."""
    path = tmp_path / "result.json"
    path.write_text(json.dumps(chat(message(1))).removesuffix("]}") + ', {"id": 2, "text": "', encoding="utf-8")
    with path.open("ab") as file:
        file.write(b'\\"' * 2**20)
    assert ([1], "not an export: a single value of more than 1 MB in it, after message 1: all up to it is whole") == (
        read_until_fault(path)
    )


def test_messages_without_an_id_are_left_out(tmp_path: Path) -> None:
    """They are counted; what is no message at all is one of them."""
    path = write(tmp_path, chat(message(1), message(None), "x", 7, None, [], message("4"), message(True), message(9)))
    (batch,) = open_export(path).posts()
    assert ([1, 9], 7, 9) == (ids(batch.posts), batch.left_out, batch.position)


@pytest.mark.parametrize(("given", "repeated"), [([1, 2, 3], 0), ([5, 5, 5], 2), ([3, 1, 2, 4], 2), ([-9, -8, 1], 0)])
def test_repeated_ids_are_counted(tmp_path: Path, given: list[int], repeated: int) -> None:
    """All messages are read, and whoever stores them learns that ids are no key here."""
    (batch,) = open_export(write(tmp_path, chat(*map(message, given)))).posts()
    assert (given, repeated) == (ids(batch.posts), batch.repeated)


@pytest.mark.parametrize("before", range(65_520, 65_540))
def test_pieces_join_anywhere(tmp_path: Path, before: int) -> None:
    """Neither a character nor an escape is lost where one piece of the file ends."""
    head = json.dumps(ROOM, ensure_ascii=False)[:-1] + ', "messages": [{"id": 1, "text": "'
    filler = "a" * (before - len(head.encode()))
    path = tmp_path / "result.json"
    path.write_text(head + filler + r"글\x0B\\\\\"\n\u0041끝" + '"}]}', encoding="utf-8")
    (post,) = read_posts(path)
    assert '글\x0b\\\\"\nA끝' == post.text.removeprefix(filler)
    assert path.stat().st_size == [bytes_read for _, bytes_read in read_pieces(path)][-1]


@pytest.mark.parametrize("text", ["[" * 4_096, "{" * 4_096, '"' * 4_096, "\\" * 4_096, "9" * 4_096, "\\x" * 2_048])
def test_brackets_in_texts_are_words(tmp_path: Path, text: str) -> None:
    """Only the file's own brackets, quotes and numbers count."""
    path = write(tmp_path, chat(*(message(number, text) for number in range(1, 40))))
    assert {text} == {post.text for post in read_posts(path)}


def test_messages_of_a_fault_name_no_words(tmp_path: Path) -> None:
    """What is wrong with a file is told without what stands in it."""
    path = tmp_path / "result.json"
    path.write_text('{"messages": [{"text": "비밀"}, {"비밀" x', encoding="utf-8")
    with pytest.raises(UnreadableCapture) as caught:
        open_export(path)
    assert not re.search("비밀", str(caught.value))
