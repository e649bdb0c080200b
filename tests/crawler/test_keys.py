"""``haechi keys rotate``: changed keys, and what still works with them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.custody_blocks import CUSTODY
from tests.conftest import NOW
from tests.crawler.restoring import Place, beside
from tests.storage.custody import entries_of, past_the_store
from tests.storage.making import everything


@pytest.fixture
def place(tmp_path: Path, own_database: str) -> Place:
    """An installation with a case, whose question and note are sealed."""
    made = Place(home=tmp_path / "home", uri=own_database)
    made.home.mkdir(mode=0o700)
    assert 0 == made.call("case", "add", "누가 퍼뜨리는가").code
    return made


def question(place: Place) -> str:
    """The case's question, opened."""
    (row,) = place.call("case", "list", "--json").rows
    return str(row["question"])


def actions(place: Place) -> list[str]:
    """What the log says was done."""
    return [str(entry["action"]) for block in everything(place.uri)[CUSTODY] for entry in entries_of(block)]


@pytest.mark.slow
def test_the_master_key_is_changed(place: Place) -> None:
    """Again and again; the texts open, the old key does not fit any more, the log has each change."""
    keys = [(place.home / "master.key").read_bytes()]
    for _ in range(2):
        ended = place.call("keys", "rotate", "--json")
        assert (0, [{"key": "master", "rewrapped": 1, "damaged": []}]) == (ended.code, ended.rows)
        keys.append((place.home / "master.key").read_bytes())
    assert (3, "누가 퍼뜨리는가") == (len(set(keys)), question(place))
    assert 2 == actions(place).count("master-key")
    assert {0o600} == {path.stat().st_mode & 0o777 for path in place.home.glob("master.key*")}
    (place.home / "master.key").write_bytes(keys[0])
    assert "another master key" in place.call("case", "list").err


@pytest.mark.slow
def test_the_key_of_the_log_is_changed(place: Place) -> None:
    """By an entry that both sign; what was signed before still verifies."""
    outside = place.home.parent / "outside.txt"
    assert 0 == place.call("evidence", "checkpoint", "--out", outside).code
    before = (place.home / "custody.key").read_bytes()
    ended = place.call("keys", "rotate", "--signing", "--json")
    assert (0, [{"key": "signing", "entry": 2}]) == (ended.code, ended.rows)
    assert before != (place.home / "custody.key").read_bytes()
    assert 0 == place.call("evidence", "verify", "--checkpoint", outside).code
    assert "rotate-key" == actions(place)[-1]


@pytest.fixture
def stranger() -> Iterator[int]:
    """Another process that is alive."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.kill()


@pytest.mark.slow
def test_it_is_refused_while_the_service_is_at_work(place: Place, stranger: int) -> None:
    """A process that began before knows the old key only; nothing was changed."""
    with past_the_store(place.uri, "custody_appender") as appender:
        held = {"holder": "service", "host": os.uname().nodename, "pid": stranger, "until": NOW}
        appender.update_one({"_id": "custody"}, {"$set": held})
    ended = place.call("keys", "rotate")
    assert (1, True) == (ended.code, f"process {stranger} on" in ended.err)
    assert "stop the service first" in ended.err
    assert ["master.key"] == [path.name for path in place.home.glob("master.key*")]


@pytest.mark.slow
def test_backups_of_before_need_the_key_of_before(place: Place, tmp_path: Path) -> None:
    """Put back with the old master key, and with the log's old key, which the backup holds sealed."""
    assert 0 == place.call("backup", tmp_path / "backup").code
    old = (place.home / "master.key").read_bytes()
    assert (0, 0) == (place.call("keys", "rotate").code, place.call("keys", "rotate", "--signing").code)
    newer = (place.home / "custody.key").read_bytes()
    other = beside(place, "other").with_key_of(place)
    assert "another master key" in other.call("restore", tmp_path / "backup").err
    place.drop()
    (place.home / "master.key").write_bytes(old)
    done = place.call("restore", tmp_path / "backup", "--json")
    assert (0, 2) == (done.code, json.loads(done.out)["lost"])
    assert newer == (place.home / "custody.key.lost").read_bytes()
    assert "누가 퍼뜨리는가" == question(place)
    assert 4 == place.call("evidence", "verify", "--checkpoint", json.loads(done.out)["old_checkpoints"]).code
    assert 3 == place.call("evidence", "verify").code
