"""What can be done to the log by writing to the database past the program, and what verification says of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from pymongo.collection import Collection

from evidence.checkpoint import Files, Note, sign_head
from evidence.custody import Act, key_act, make_block, new_head, signed_bytes
from evidence.keys import SigningKey, read_key
from evidence.verdict import Damage, State
from storage.custody_blocks import block_document, read_head
from storage.mongo import Document, Store
from tests.conftest import NOW, Clock
from tests.storage.custody import act, entries_of, packed, past_the_store, verdict_of, write_log

Blocks = Collection[Document]
Attack = Callable[[Blocks], object]

FIRST, SECOND, THIRD = 0, 4, 5
"""``_id`` of the blocks: entries 0-3, 4 and 5-8."""


def block(blocks: Blocks, name: int) -> Document:
    """A stored block."""
    found = blocks.find_one({"_id": name})
    assert found
    return found


def edited(name: int, place: int, **changes: Any) -> Attack:
    """Change fields of one entry and pack the block again."""

    def attack(blocks: Blocks) -> None:
        entries = entries_of(block(blocks, name))
        entries[place] |= changes
        blocks.update_one({"_id": name}, {"$set": {"packed": packed(entries)}})

    return attack


def repacked(name: int, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Attack:
    """Let other entries stand in a block."""
    return lambda blocks: blocks.update_one(
        {"_id": name}, {"$set": {"packed": packed(change(entries_of(block(blocks, name))))}}
    )


def renamed(*pairs: tuple[int, int]) -> Attack:
    """Put blocks under other numbers."""

    def attack(blocks: Blocks) -> None:
        taken = [(block(blocks, old), new) for old, new in pairs]
        for old, _ in pairs:
            blocks.delete_one({"_id": old})
        blocks.insert_many([{**document, "_id": new} for document, new in taken])

    return attack


def relinked(blocks: Blocks) -> None:
    """Change an entry of the last block and make everything after it agree, but for the signature."""
    before, after = block(blocks, SECOND), block(blocks, THIRD)
    head = replace(
        new_head(before["key"]),
        log=before["log"],
        size=THIRD,
        peaks=tuple(before["peaks"]),
        prev=after["prev"],
    )
    forged, _ = make_block(head, [act(number, "forged") for number in range(4)], after["epoch"], NOW)
    document = block_document(replace(forged, signatures=tuple(after["signatures"])))
    blocks.replace_one({"_id": THIRD}, document)


def copied(blocks: Blocks) -> None:
    """Put an old block behind the last one; the index that forbids it is dropped first."""
    blocks.drop_indexes()
    blocks.insert_one({**block(blocks, SECOND), "_id": 9})


ENTRY_ATTACKS: dict[str, tuple[Attack, Damage, int, int]] = {
    "a middle entry": (edited(THIRD, 1, target_id="item-x"), Damage.CHANGED, 6, 6),
    "the first entry of all": (edited(FIRST, 0, session_id="x"), Damage.CHANGED, 0, 0),
    "the first of a block": (edited(THIRD, 0, actor="somebody"), Damage.CHANGED, 5, 5),
    "the last of a block": (edited(THIRD, 3, action="reveal"), Damage.CHANGED, 8, 8),
    "the only one of a block": (edited(SECOND, 0, commit="cd" * 32), Damage.CHANGED, 4, 4),
    "a time": (edited(THIRD, 2, ts="2020-01-01T00:00:00.000Z"), Damage.CHANGED, 7, 7),
    "a chain link": (edited(THIRD, 2, prev="00" * 32), Damage.CHANGED, 7, 7),
    "a number": (edited(THIRD, 2, seq=70), Damage.CHANGED, 7, 7),
    "a new field": (edited(THIRD, 2, note="x"), Damage.CHANGED, 7, 7),
    "an entry slipped in": (repacked(THIRD, lambda old: [*old[:2], old[0], *old[2:]]), Damage.INSERTED, 7, 7),
    "an entry put behind": (repacked(THIRD, lambda old: [*old, {**old[3], "seq": 9}]), Damage.INSERTED, 9, 9),
    "an entry removed": (repacked(THIRD, lambda old: [*old[:1], *old[2:]]), Damage.REMOVED, 6, 6),
    "the first one removed": (repacked(THIRD, lambda old: old[1:]), Damage.REMOVED, 5, 5),
    "the last one removed": (repacked(THIRD, lambda old: old[:3]), Damage.REMOVED, 8, 8),
    "two in each other's place": (
        repacked(THIRD, lambda old: [old[0], old[2], old[1], old[3]]),
        Damage.REORDERED,
        6,
        6,
    ),
    "rewritten to the end": (relinked, Damage.UNSIGNED, 5, 8),
}

BLOCK_ATTACKS: dict[str, tuple[Attack, Damage, int, int]] = {
    "a middle block removed": (lambda blocks: blocks.delete_one({"_id": SECOND}), Damage.REMOVED, 4, 4),
    "the first block removed": (lambda blocks: blocks.delete_one({"_id": FIRST}), Damage.REMOVED, 0, 3),
    "two blocks in each other's place": (renamed((SECOND, THIRD), (THIRD, SECOND)), Damage.REORDERED, 4, 4),
    "a block moved on": (renamed((THIRD, 6)), Damage.REORDERED, 5, 6),
    "an old block put behind": (copied, Damage.INSERTED, 9, 9),
    "a document that is none": (lambda blocks: blocks.insert_one({"_id": ObjectId()}), Damage.INSERTED, 9, 9),
    "a number that is none": (lambda blocks: blocks.insert_one({"_id": 4.5}), Damage.INSERTED, 9, 9),
    "one far behind": (lambda blocks: blocks.insert_one({"_id": 2**40}), Damage.INSERTED, 9, 9),
}

FIELDS: dict[str, Any] = {
    "log": "0" * 32,
    "count": 7,
    "prev": b"\x01" * 32,
    "root": bytes(32),
    "peaks": [bytes(32)],
    "epoch": 3,
    "key": bytes(32),
    "requests": [bytes(16)],
    "signatures": [bytes(64)],
    "packed": b"",
    "more": 1,
}


Found = tuple[State, Damage | None, int, int]


async def found_after(attack: Attack, store: Store, blocks: Blocks, *outside: Note) -> Found:
    """What verification says after an attack, which is then undone."""
    before = list(blocks.find({}))
    attack(blocks)
    verdict = await verdict_of(store, *outside)
    blocks.delete_many({})
    blocks.insert_many(before)
    found = verdict.found
    return (verdict.state, found.damage, found.seq, found.until) if found else (verdict.state, None, -1, -1)


@pytest.mark.parametrize("attacks", [ENTRY_ATTACKS, BLOCK_ATTACKS], ids=["entries", "blocks"])
async def test_each_attack_is_found_and_named(
    store: Store, own_database: str, clock: Clock, tmp_path: Path, attacks: dict[str, tuple[Attack, Damage, int, int]]
) -> None:
    """With and without a checkpoint: the kind of damage, and the first bad entry."""
    note = await write_log(store, clock, tmp_path)
    expected = {name: (State.BROKEN, *named) for name, (_, *named) in attacks.items()}
    with past_the_store(own_database) as blocks:
        assert expected == {name: await found_after(attack, store, blocks) for name, (attack, *_) in attacks.items()}
        attack = attacks[next(iter(attacks))][0]
        assert State.BROKEN is (await found_after(attack, store, blocks, note))[0]
    assert State.INTACT is (await verdict_of(store, note)).state


@pytest.mark.parametrize("where", [FIRST, SECOND, THIRD])
async def test_every_stored_field_of_a_block_is_covered(
    store: Store, own_database: str, clock: Clock, tmp_path: Path, where: int
) -> None:
    """A change that leaves the entries as they are is found too, in the block where it is."""
    await write_log(store, clock, tmp_path)

    def changed(name: str) -> Attack:
        return lambda blocks: blocks.update_one({"_id": where}, {"$set": {name: FIELDS[name]}})

    with past_the_store(own_database) as blocks:
        found = {name: await found_after(changed(name), store, blocks) for name in FIELDS}
    assert dict.fromkeys(FIELDS, (State.BROKEN, where)) == {name: (at[0], at[2]) for name, at in found.items()}


async def test_a_field_that_lies_is_named(store: Store, own_database: str, clock: Clock, tmp_path: Path) -> None:
    """The entries are said to be whole, since they are."""
    await write_log(store, clock, tmp_path)
    named = {}
    for name in ("count", "prev", "root", "peaks", "epoch", "requests"):
        with past_the_store(own_database) as blocks:
            kept = block(blocks, THIRD)[name]
            blocks.update_one({"_id": THIRD}, {"$set": {name: FIELDS[name]}})
            found = (await verdict_of(store)).found
            blocks.update_one({"_id": THIRD}, {"$set": {name: kept}})
        named[name] = (found.damage, found.what) if found else None
    assert {name: (Damage.FIELD_CHANGED, name) for name in named} == named


# ------------------------------------------------------------------ what needs a checkpoint, or the key


async def test_a_cut_tail_is_named_with_a_checkpoint_only(
    store: Store, own_database: str, clock: Clock, tmp_path: Path
) -> None:
    """Without one the verdict is that the end is not provable: never that all is well."""
    note = await write_log(store, clock, tmp_path)
    with past_the_store(own_database) as blocks:
        blocks.delete_one({"_id": THIRD})
    assert State.NOT_ANCHORED is (await verdict_of(store)).state
    for verdict in (await verdict_of(store, note), await verdict_of(store, own=(note,))):
        assert verdict.found
        assert (Damage.CUT, 5, 8) == (verdict.found.damage, verdict.found.seq, verdict.found.until)


async def test_an_old_backup_that_is_written_on_is_two_histories(
    store: Store, own_database: str, clock: Clock, tmp_path: Path
) -> None:
    """Our own file of checkpoints refuses to go on; once it is gone too, the outside one tells."""
    from evidence.errors import CustodyBroken

    await write_log(store, clock, tmp_path)
    with past_the_store(own_database) as blocks:
        backup = list(blocks.find({}))
        lost = await write_log(store, clock, tmp_path, start=100)
        blocks.delete_many({})
        blocks.insert_many(backup)
    with pytest.raises(CustodyBroken, match=r"custody entry 9: the log ends here, but .* checkpoint of 17 entries"):
        await write_log(store, clock, tmp_path, start=200)
    Files(folder=tmp_path).notes.unlink()
    await write_log(store, clock, tmp_path, start=200)
    verdict = await verdict_of(store, lost)
    assert verdict.found
    assert (State.TWO_HISTORIES, Damage.FORKED) == (verdict.state, verdict.found.damage)


async def rewrite(store: Store, blocks: Blocks, key: SigningKey, acts: list[Act]) -> None:
    """Begin the log anew with a key, and make it as long as it was."""
    head = await read_head(store)
    assert head
    begun = new_head(key.public)
    block_, _ = make_block(begun, [key_act("begin", key.public, "x"), *acts], head.epoch, NOW)
    blocks.delete_many({})
    blocks.insert_one(block_document(replace(block_, signatures=(key.sign(signed_bytes(block_)),))))


async def test_a_log_rewritten_with_its_key_contradicts_what_it_signed(
    store: Store, own_database: str, clock: Clock, tmp_path: Path
) -> None:
    """Whoever has the key can make a whole new log; a checkpoint elsewhere he cannot reach."""
    note = await write_log(store, clock, tmp_path)
    with past_the_store(own_database) as blocks:
        key = read_key(Files(folder=tmp_path).key)
        await rewrite(store, blocks, key, [act(number, "other") for number in range(8)])
    assert State.NOT_ANCHORED is (await verdict_of(store)).state
    assert State.TWO_HISTORIES is (await verdict_of(store, note)).state


async def test_a_log_rewritten_with_another_key_is_another_log(
    store: Store, own_database: str, clock: Clock, tmp_path: Path
) -> None:
    """Its name says so."""
    note = await write_log(store, clock, tmp_path)
    thief = SigningKey(secret=bytes(32))
    with past_the_store(own_database) as blocks:
        await rewrite(store, blocks, thief, [act(number) for number in range(8)])
    verdict = await verdict_of(store, note)
    assert verdict.found
    assert (State.BROKEN, Damage.REPLACED) == (verdict.state, verdict.found.damage)


async def test_two_signed_heads_of_one_size_are_two_histories(store: Store, clock: Clock, tmp_path: Path) -> None:
    """Whichever of them the database agrees with."""
    note = await write_log(store, clock, tmp_path)
    key = read_key(Files(folder=tmp_path).key)
    head = await read_head(store)
    assert head
    other = sign_head(replace(head, peaks=(bytes(32),)), key, NOW)
    verdict = await verdict_of(store, note, other)
    assert (State.TWO_HISTORIES, 4) == (verdict.state, verdict.state.exit_code)
