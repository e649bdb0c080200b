"""Tests of the Telegram world without a server: what happens in it, and its operations as JSON."""

import stat
from pathlib import Path

import pytest

from practice.telegram.cipher import keep_private_key, write_public_pem
from practice.telegram.inventing import invent_messages
from practice.telegram.world import TelegramWorld
from tests.practice.telegram.serving import Stopwatch


def test_dates_follow_the_clock(telegram: TelegramWorld, stopwatch: Stopwatch) -> None:
    """Posts and edits are dated by the clock that the world was given."""
    native_id = telegram.post("beta_room", {"text": "one"})
    stopwatch.forward(36_000)
    telegram.edit("beta_room", native_id, text="two")
    message = telegram.find("beta_room").msgs[native_id]
    assert (1_800_000_000, 1_800_036_000, "two") == (message["date"], message["edit_date"], message["text"])


def test_ids_are_not_used_twice(telegram: TelegramWorld) -> None:
    """After a removal the next message has the next id, and removing again moves nothing."""
    room = telegram.find("beta_room")
    telegram.delete("beta_room", 9)
    pts = room.pts
    telegram.delete("beta_room", [9, 12])
    assert (pts, 10) == (room.pts, telegram.post("beta_room", {"text": "next"}))


@pytest.mark.parametrize("ref", ["beta_room", "@Beta_Room", 5004, "5004", -1005004, "-1005004"])
def test_a_room_has_many_names(telegram: TelegramWorld, ref: str | int) -> None:
    """A room is found by name, id and marked id."""
    assert "Beta" == telegram.find(ref).title


def test_unknown_room_and_attribute_are_refused(telegram: TelegramWorld) -> None:
    """What does not exist is refused by name."""
    with pytest.raises(KeyError, match="nobody"):
        telegram.post("nobody", {})
    with pytest.raises(KeyError, match="colour"):
        telegram.set("beta_room", colour="red")
    with pytest.raises(ValueError, match="access 'secret' is none of public, private"):
        telegram.set("beta_room", access="secret")


def test_operations(telegram: TelegramWorld) -> None:
    """Everything that a script may do, it does."""
    room = telegram.find("beta_room")
    assert [10, 11] == telegram.apply({"type": "album", "channel": 5004, "messages": [{"photo": {}}, {"photo": {}}]})
    assert [12, 13, 14] == telegram.apply({"type": "burst", "channel": 5004, "count": 3})
    telegram.apply({"type": "edit", "channel": 5004, "id": 9, "text": "changed"})
    telegram.apply({"type": "views", "channel": 5004, "id": 9, "views": 70})
    telegram.apply({"type": "delete", "channel": 5004, "ids": [12, 13]})
    telegram.apply({"type": "set", "channel": 5004, "title": "Gamma"})
    assert 7002 == telegram.apply({"type": "add_channel", "channel": {"id": 7002, "kind": "megagroup"}})
    telegram.apply({"type": "migrate", "chat": 6001, "channel": 7002})
    telegram.apply({"type": "fault", "method": "help.*", "error": "INTERNAL"})
    assert ([9, 10, 11, 14], "changed", 70) == (room.ids, room.msgs[9]["text"], room.msgs[9]["views"])
    assert room.msgs[10]["grouped_id"] == room.msgs[11]["grouped_id"]
    assert ("Gamma", 6001, 1) == (room.title, telegram.find(7002).migrated_from, len(telegram.faults))
    telegram.apply({"type": "clear_faults"})
    assert [] == telegram.faults
    with pytest.raises(ValueError, match="unknown operation 'dance'"):
        telegram.apply({"type": "dance"})


def test_invented_messages_are_always_the_same() -> None:
    """Equal seeds invent equal messages, others do not, and ids leave gaps where they are wanted."""
    first, same = list(invent_messages(count=9, gap_every=4)), list(invent_messages(count=9, gap_every=4))
    assert first == same != list(invent_messages(count=9, gap_every=4, seed=2))
    assert [1, 2, 3, 4, 6, 7, 8, 9, 11] == [message["id"] for message in first]


def test_server_key_is_kept(tmp_path: Path) -> None:
    """A key that was made once is read again, and only its owner may."""
    path = tmp_path / "server.pem"
    made = write_public_pem(keep_private_key(path))
    assert made == write_public_pem(keep_private_key(path))
    assert made.startswith("-----BEGIN RSA PUBLIC KEY-----")
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
