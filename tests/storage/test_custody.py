"""The appender: durable before anything is done, once only, by one process at a time."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from evidence.checkpoint import Files, read_notes
from evidence.errors import ConfigError, CustodyBroken, StorageError
from evidence.keys import NEXT, new_key, read_key, write_key
from evidence.verdict import State
from storage.custody import NOTE_EVERY, open_custody
from storage.custody_blocks import read_head
from storage.custody_lease import LEASE, make_checkpoint
from storage.mongo import Store
from tests.conftest import NOW, Clock
from tests.storage.custody import act, entries_of, past_the_store, verdict_of, write_log
from tests.storage.making import everything


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Of an installation that has just been made."""
    return Files(folder=tmp_path)


# ------------------------------------------------------------------ recording


async def test_an_entry_is_durable_when_record_returns(
    store: Store, own_database: str, clock: Clock, files: Files
) -> None:
    """The log begins by naming its key; every field of the entry is there, and the time is the appender's."""
    async with open_custody(store, clock, files) as custody:
        assert (1, 2) == await custody.record(act(1), replace(act(2), reason_code="case-12", clock_offset_ms=-3))
        (block,) = everything(own_database)["custody"]
    begin, first, second = entries_of(block)
    assert ("begin", read_key(files.key).public.hex()) == (begin["action"], begin["target_id"])
    assert {
        "v": 1,
        "log_id": block["log"],
        "seq": 1,
        "ts": "2026-11-20T09:00:00.000Z",
        "actor": "collector",
        "actor_role": "system",
        "session_id": "session-1",
        "action": "seal",
        "target_type": "item",
        "target_id": "item-1",
        "reason_code": "",
        "commit": "ab" * 32,
        "clock_offset_ms": None,
        "request": "seal:1",
    } == {name: value for name, value in first.items() if name != "prev"}
    assert ("case-12", -3) == (second["reason_code"], second["clock_offset_ms"])


async def test_a_repeated_request_is_written_once(store: Store, clock: Clock, files: Files) -> None:
    """At the same time, later, and by the next process."""
    async with open_custody(store, clock, files) as custody:
        first, second = await asyncio.gather(custody.record(act(1)), custody.record(act(1), act(2)))
        assert ((1,), (1, 2)) == (first, second)
        assert (3, 1) == await custody.record(act(3), act(1))
    async with open_custody(store, clock, files) as custody:
        assert (2, 4) == await custody.record(act(2), act(4))
    assert 5 == (await verdict_of(store)).size


async def test_entries_that_come_together_are_written_together(
    store: Store, own_database: str, clock: Clock, files: Files
) -> None:
    """Each caller gets its own number; there are few blocks and no gaps."""
    async with open_custody(store, clock, files) as custody:
        seqs = await asyncio.gather(*(custody.record(act(number)) for number in range(60)))
    assert list(range(1, 61)) == sorted(seq for (seq,) in seqs)
    assert 2 >= len(everything(own_database)["custody"])
    assert State.NOT_ANCHORED is (await verdict_of(store)).state


@pytest.mark.parametrize(
    "changes", [{"reason_code": "he said so"}, {"target_id": "김철수"}, {"commit": "abc"}, {"request": ""}]
)
def test_words_have_no_place_in_the_log(changes: dict[str, Any]) -> None:
    """Codes and ids only; the message does not repeat what was refused."""
    with pytest.raises(StorageError, match=r"^custody: ") as caught:
        replace(act(1), **changes)
    assert "김철수" not in str(caught.value)


async def test_nobody_else_writes_entries_about_keys(store: Store, clock: Clock, files: Files) -> None:
    """They would read as a change of keys."""
    async with open_custody(store, clock, files) as custody:
        with pytest.raises(StorageError, match="begin and rotate-key are entries that the log itself writes"):
            await custody.record(act(1, "rotate-key"))
    assert 0 == (await verdict_of(store)).size


# ------------------------------------------------------------------ fail closed


async def test_nothing_may_be_done_without_an_appender(store: Store, clock: Clock) -> None:
    """A machine without the key waits, then says so; its entry stays to be written later."""
    async with open_custody(store, clock, None, wait_s=0.3) as custody:
        with pytest.raises(StorageError, match=r"not durable within 0 s \(no appender took it\): nothing may be done"):
            await custody.record(act(1))
    with pytest.raises(StorageError, match="the log is closed"):
        await custody.record(act(2))


async def test_nothing_is_added_with_another_key(store: Store, clock: Clock, files: Files) -> None:
    """Nor is the key made anew where it was lost."""
    await write_log(store, clock, files.folder)
    files.key.unlink()
    async with open_custody(store, clock, files) as custody:
        with pytest.raises(ConfigError, match="cannot read"):
            await custody.record(act(50))
    write_key(files.key, new_key())
    async with open_custody(store, clock, files) as custody:
        with pytest.raises(ConfigError, match="is not the key of this store's log"):
            await custody.record(act(50))


async def test_nothing_is_added_behind_a_forged_block(
    store: Store, own_database: str, clock: Clock, files: Files
) -> None:
    """The last block is checked before the next one is written."""
    await write_log(store, clock, files.folder)
    with past_the_store(own_database) as blocks:
        blocks.update_one({"_id": 5}, {"$set": {"epoch": 7}})
    async with open_custody(store, clock, files) as custody:
        with pytest.raises(CustodyBroken, match="custody entry 5: its block is not signed by its key"):
            await custody.record(act(50))


async def test_nothing_is_added_to_a_log_that_was_emptied(
    store: Store, own_database: str, clock: Clock, files: Files
) -> None:
    """Our own checkpoints know that there was one."""
    await write_log(store, clock, files.folder)
    with past_the_store(own_database) as blocks:
        blocks.delete_many({})
    async with open_custody(store, clock, files) as custody:
        with pytest.raises(CustodyBroken, match="custody entry 0: the log ends here"):
            await custody.record(act(50))
    with pytest.raises(CustodyBroken, match="custody entry 0: the log ends here"):
        await make_checkpoint(store, files, NOW)


# ------------------------------------------------------------------ several processes


async def test_others_hand_their_entries_over(store: Store, own_database: str, clock: Clock, files: Files) -> None:
    """With the key or without, they wait until the appender has written them; nothing stays behind."""
    async with open_custody(store, clock, files, serves=True) as service:
        await service.record(act(0))
        async with open_custody(store, clock, None) as worker, open_custody(store, clock, files) as command:
            (first, second), (third,) = await asyncio.gather(worker.record(act(1), act(2)), command.record(act(3)))
            assert {2, 3, 4} == {first, second, third}
            assert (first,) == await worker.record(act(1))
        assert [] == everything(own_database)["custody_pending"]
    assert 5 == (await verdict_of(store)).size


async def test_a_forged_pending_entry_is_not_signed(
    store: Store, own_database: str, clock: Clock, files: Files
) -> None:
    """Whoever can write to the database has no master key."""
    forged = {"act": b'{"request":"x"}', "mac": bytes(32)}
    with past_the_store(own_database, "custody_pending") as pending:
        pending.insert_many([{"_id": "0" * 32, **forged}, {"_id": "1" * 32, "act": 5}, {"_id": "2" * 32}])
    async with open_custody(store, clock, files, serves=True) as custody:
        await custody.record(act(1))
    assert 2 == (await verdict_of(store)).size


async def test_an_appender_that_lost_its_lease_writes_nothing(
    store: Store, own_database: str, clock: Clock, files: Files
) -> None:
    """It slept; another took over with the next epoch. Its own entries go through the other one."""
    async with open_custody(store, clock, files) as sleeper:
        await sleeper.record(act(1))
        clock.forward(seconds=LEASE.total_seconds() + 1)
        async with open_custody(store, clock, files, serves=True) as successor:
            await successor.record(act(2))
            assert (3,) == await sleeper.record(act(3))
    epochs = [block["epoch"] for block in everything(own_database)["custody"]]
    assert [1, 2, 2] == epochs
    assert (State.NOT_ANCHORED, 4) == ((verdict := await verdict_of(store)).state, verdict.size)


async def test_the_next_appender_need_not_wait(store: Store, clock: Clock, files: Files) -> None:
    """Whoever leaves gives the lease back; the epoch goes on."""
    for epoch in (1, 2, 3):
        async with open_custody(store, clock, files) as custody:
            await custody.record(act(epoch))
        head = await read_head(store)
        assert head
        assert epoch == head.epoch


# ------------------------------------------------------------------ checkpoints and keys


async def test_a_checkpoint_is_made_at_the_end_and_now_and_then(store: Store, clock: Clock, files: Files) -> None:
    """The first at once, the next after five minutes or a thousand entries, the last when the log is left."""
    async with open_custody(store, clock, files) as custody:
        await custody.record(act(1))
        await custody.record(act(2))
        clock.forward(seconds=NOTE_EVERY.total_seconds())
        await custody.record(act(3))
        await custody.record(act(4))
        clock.forward(seconds=1)
    notes = read_notes(files.notes).notes
    assert [(2, NOW), (4, NOW + NOTE_EVERY), (5, NOW + NOTE_EVERY + timedelta(seconds=1))] == [
        (note.size, note.at) for note in notes
    ]
    verdict = await verdict_of(store, *notes)
    assert (State.INTACT, 5) == (verdict.state, verdict.anchored)


async def test_a_checkpoint_can_be_made_beside_the_appender(store: Store, clock: Clock, files: Files) -> None:
    """By a command, while the service writes."""
    assert await make_checkpoint(store, files, NOW) is None
    async with open_custody(store, clock, files) as custody:
        await custody.record(act(1))
        note = await make_checkpoint(store, files, NOW)
        assert note
        assert State.INTACT is (await verdict_of(store, note)).state


async def test_keys_are_changed_by_an_entry_that_both_sign(store: Store, clock: Clock, files: Files) -> None:
    """Also as the first thing that is asked of a log, and more than once."""
    async with open_custody(store, clock, files) as custody:
        assert 1 == await custody.rotate()
        first = read_key(files.key)
        (seq, _) = await asyncio.gather(custody.record(act(1)), custody.rotate())
        assert (2,) == seq
    assert first != read_key(files.key)
    async with open_custody(store, clock, files) as custody:
        assert (4,) == await custody.record(act(2))
    assert State.INTACT is (await verdict_of(store, *read_notes(files.notes).notes)).state


async def test_a_change_of_keys_that_was_cut_short_is_ended(store: Store, clock: Clock, files: Files) -> None:
    """The log has changed, the file not yet: the key that is about to come is found."""
    async with open_custody(store, clock, files) as custody:
        await custody.record(act(1))
        old = read_key(files.key)
        await custody.rotate()
    new = read_key(files.key)
    files.key.rename(files.key.with_name(files.key.name + NEXT))
    write_key(files.key, old)
    async with open_custody(store, clock, files) as custody:
        assert (3,) == await custody.record(act(2))
    assert new == read_key(files.key)
