"""Killed in the middle, a restore and a change of the master key go on where they stood, and nothing is lost."""

import asyncio
import os
import random
import signal
import time
from pathlib import Path

import pytest

from config.settings import Settings
from crawler.assemble import evidence_store
from evidence.canonical import commitment, new_salt
from evidence.cipher import load_cipher
from storage.apart import wrapped_keys
from storage.evidence import open_item
from storage.mongo import Document, cipher_of
from tests.conftest import NOW
from tests.crawler.restoring import Place, beside
from tests.crawler.serving import finish, start
from tests.storage.custody import past_the_store
from tests.storage.making import everything

ITEMS, KILLS = 3_000, 6
WORDS = "아무도 읽지 말아야 할 글"


@pytest.fixture
def place(tmp_path: Path, own_database: str) -> Place:
    """An installation with many sealed items and a log."""
    made = Place(home=tmp_path / "home", uri=own_database)
    made.home.mkdir(mode=0o700)
    made.record(1, 2)
    asyncio.run(fill(made))
    return made


async def fill(place: Place) -> None:
    """Seal items; every other document has an earlier revision with a key of its own."""
    async with evidence_store(Settings(data_dir=place.home), place.uri) as store:
        for start_at in range(0, ITEMS, 500):
            rows = []
            for number in range(start_at, start_at + 500):
                name, salt, content = f"1900000001:{number}:1", new_salt(), f"{WORDS} {number}".encode()
                sealed = store.cipher.seal(content, f"evidence {name}")
                row = {"_id": name, "post": name[:-2], "source": "a", "revision": 1, "at": NOW, "erased_at": None}
                row |= {"key": sealed.key, "sealed": sealed.text, "salt": salt, "commit": commitment(salt, content)}
                row["earlier"] = [{"key": store.cipher.seal(b"x", "y").key}] * (number % 2)
                rows.append(row)
            await store["evidence"].insert_many(rows)


def kill_in_the_middle(place: Place, more_s: float, mark: Document, *arguments: object) -> bool:
    """Start a command and kill it some time after ``meta`` holds ``mark``; whether it was still at work."""
    process = start(*map(str, arguments), env=place.env)
    deadline = time.monotonic() + 60
    with past_the_store(place.uri, "meta") as meta:
        while process.poll() is None and meta.find_one(mark) is None and time.monotonic() < deadline:
            time.sleep(0.01)
    time.sleep(more_s)
    was_there = process.poll() is None
    if was_there:
        os.kill(process.pid, signal.SIGKILL)
    finish(process)
    return was_there


async def check_opens(place: Place) -> None:
    """Every item opens and is what was committed to."""
    async with evidence_store(Settings(data_dir=place.home), place.uri) as store:
        for document in everything(place.uri)["evidence"]:
            assert open_item(store, document).decode().startswith(WORDS)


@pytest.mark.slow
def test_a_restore_that_is_killed_is_gone_on_with(place: Place, tmp_path: Path) -> None:
    """Until it is done no other command runs; then all is there once, and the log says it once."""
    out, other = tmp_path / "backup", beside(place, "other").with_key_of(place)
    assert 0 == place.call("backup", out).code
    chance, refused = random.Random(20261122), 0
    for more_s in (0.0, *(chance.uniform(0.5, 3.0) for _ in range(KILLS - 1))):  # the later ones find the mark at once
        kill_in_the_middle(other, more_s, {"_id": "restore"}, "restore", out)
        looked = other.call("list", "flags", "--json")
        if looked.code:
            refused += 1
            assert "a backup is being put back into this store" in looked.err
    assert refused
    done = other.call("restore", out, "--json")
    assert done.code == 0 or "is not empty" in done.err  # the last kill may have come too late
    before, after = everything(place.uri), everything(other.uri)
    assert before["custody"] == after["custody"][:-1]
    assert {row["_id"]: row for row in before["evidence"]} == {row["_id"]: row for row in after["evidence"]}
    assert (0, 3) == (other.call("list", "flags").code, other.call("evidence", "verify").code)
    asyncio.run(check_opens(other))


@pytest.mark.slow
def test_a_change_of_the_master_key_that_is_killed_is_gone_on_with(place: Place) -> None:
    """At each moment both what is wrapped anew and what is not opens; at the end only the new key is left."""
    old = (place.home / "master.key").read_bytes()
    texts = {row["_id"]: row["sealed"] for row in everything(place.uri)["evidence"]}
    chance = random.Random(20261122)
    kills = sum(
        [kill_and_look(place, more_s) for more_s in (0.0, *(chance.uniform(0.5, 3.0) for _ in range(KILLS - 1)))]
    )
    assert kills
    assert 0 == place.call("keys", "rotate").code
    assert ["master.key"] == [path.name for path in place.home.glob("master.key*")]
    cipher, found = load_cipher(place.home / "master.key"), everything(place.uri)
    assert old != (place.home / "master.key").read_bytes()
    assert texts == {row["_id"]: row["sealed"] for row in found["evidence"]}
    keys = [key for row in found["evidence"] for _, key in wrapped_keys(row)]
    assert (ITEMS * 3 // 2, {True}) == (len(keys), {cipher.wraps(key) for key in keys})
    (meta,) = [row for row in found["meta"] if row["_id"] == "key"]
    assert [True] == [cipher.wraps(root) for root in meta["roots"]]
    cipher_of(meta, cipher)
    asyncio.run(check_opens(place))
    assert 3 == place.call("evidence", "verify").code


def kill_and_look(place: Place, more_s: float) -> bool:
    """Kill a change of keys, then see that everything still opens."""
    was_there = kill_in_the_middle(place, more_s, {"_id": "key", "roots.1": {"$exists": True}}, "keys", "rotate")
    asyncio.run(check_opens(place))
    return was_there
