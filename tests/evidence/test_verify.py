"""Verification of logs: whole ones, keys that change, checkpoints, and everything that can be seen from outside."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.checkpoint import Note, sign_head
from evidence.custody import ROTATE, Block, key_act, make_block, pack, unpack
from evidence.keys import SigningKey
from evidence.merkle import add_leaf, leaf_hash, prove_consistency, prove_inclusion, root_of
from evidence.verdict import Break, Damage, State, Verdict
from evidence.verifier.proofs import is_consistent, is_included
from tests.evidence.chain import KEY, NEW_KEY, THIEF, Log, act, check, sign


def found(verdict: Verdict) -> tuple[State, Damage | None, int | None, int | None]:
    """The state, what was found and where."""
    where = verdict.found
    return (verdict.state, where.damage, where.seq, where.until) if where else (verdict.state, None, None, None)


# ------------------------------------------------------------------ whole logs


def test_a_whole_log_without_a_checkpoint_is_not_anchored() -> None:
    """It holds in itself; of its end nothing can be said."""
    log = Log(KEY, 5, 1, 3)
    verdict = check(log.blocks)
    assert (State.NOT_ANCHORED, 9, log.head.root, None) == (verdict.state, verdict.size, verdict.root, verdict.found)
    assert 3 == verdict.state.exit_code


@pytest.mark.parametrize("at", [1, 5, 6, 9])
def test_a_checkpoint_from_outside_anchors_what_it_signed(at: int) -> None:
    """Also in the middle of a block that was written later."""
    log = Log(KEY)
    note = None
    for size in (1, 4, 1, 3):
        log.grow(size)
        note = log.note() if log.head.size == at else note
    assert note
    verdict = check(log.blocks, [note])
    assert (State.INTACT, 0, at, note.at) == (
        verdict.state,
        verdict.state.exit_code,
        verdict.anchored,
        verdict.anchored_at,
    )


def test_our_own_checkpoints_anchor_nothing() -> None:
    """They lie beside the database; they only show damage."""
    log = Log(KEY, 5)
    verdict = check(log.blocks, own=[log.note()])
    assert (State.NOT_ANCHORED, 5) == (verdict.state, verdict.own_size)


def test_an_empty_log_is_not_anchored() -> None:
    """There is nothing to be broken."""
    assert (State.NOT_ANCHORED, 0) == (check([]).state, check([]).size)


def test_a_clock_that_was_set_back_is_flagged() -> None:
    """It is no damage, but somebody should ask why."""
    log = Log(KEY, 2)
    log.now -= timedelta(hours=1)
    log.grow(2)
    verdict = check(log.blocks, [log.note()])
    assert (State.INTACT, (2,), 1) == (verdict.state, verdict.set_back, verdict.set_back_count)


# ------------------------------------------------------------------ keys


def test_a_key_that_both_keys_signed_for_is_followed() -> None:
    """Checkpoints of the time before and after hold, each under its own key."""
    log = Log(KEY, 3)
    before = log.note()
    log.rotate().grow(2)
    assert State.INTACT is check(log.blocks, [before, log.note()]).state


def by_thief(log: Log) -> Log:
    """A block under a key that the log knows nothing of."""
    block, log.head = make_block(replace(log.head, key=THIEF.public), [act(99)], 1, log.now)
    log.blocks.append(sign(block, THIEF))
    return log


def half_rotated(log: Log, *keys: SigningKey) -> Log:
    """A change of keys that not both of them signed."""
    return log.add([key_act(ROTATE, NEW_KEY.public, "session-1")], *keys)


def rotated_in_company(log: Log) -> Log:
    """A change of keys among other entries."""
    return log.add([act(50), key_act(ROTATE, NEW_KEY.public, "session-1")], KEY, NEW_KEY)


@pytest.mark.parametrize(
    "log",
    [
        by_thief(Log(KEY, 3)),
        half_rotated(Log(KEY, 3), KEY),
        half_rotated(Log(KEY, 3), KEY, THIEF),
        rotated_in_company(Log(KEY, 3)),
    ],
)
def test_a_key_change_without_both_signatures_is_found(log: Log) -> None:
    """The block is named from its first entry on."""
    state, damage, seq, _ = found(check(log.blocks))
    assert (State.BROKEN, Damage.KEY_CHANGED, 3) == (state, damage, seq)


def test_an_old_key_signs_no_later_checkpoint() -> None:
    """Whoever stole it can sign for the time in which it was in force only."""
    log = Log(KEY, 3).rotate().grow(2)
    stolen = sign_head(log.head, KEY, log.now)
    assert (State.UNREADABLE, Damage.BAD_NOTE) == found(check(log.blocks, [stolen]))[:2]


# ------------------------------------------------------------------ what only a checkpoint shows


def test_a_cut_tail_needs_a_checkpoint_from_outside() -> None:
    """Without one the end is not provable, and it is said so; with one the first missing entry is named."""
    log = Log(KEY, 3, 2, 2)
    assert State.NOT_ANCHORED is check(log.blocks[:-1]).state
    assert (State.BROKEN, Damage.CUT, 5, 6) == found(check(log.blocks[:-1], [log.note()]))
    assert (State.BROKEN, Damage.CUT, 5, 6) == found(check(log.blocks[:-1], own=[log.note()]))
    assert (State.BROKEN, Damage.CUT, 0, 6) == found(check([], [log.note()]))


def test_an_old_backup_is_found_even_from_before_a_change_of_keys() -> None:
    """Its key is not known any more, its size is."""
    log = Log(KEY, 3)
    backup = list(log.blocks)
    note = log.rotate().note()
    assert (State.BROKEN, Damage.CUT, 3, 3) == found(check(backup, [note]))


def test_two_histories_are_told_from_damage() -> None:
    """An old backup that was written on, or a log rewritten with its key: both are signed and contradict."""
    log = Log(KEY, 3)
    common = log.note()
    other = log.copy().grow(4, "reveal")
    log.grow(4)
    assert (State.TWO_HISTORIES, Damage.FORKED, 3, 6) == found(check(other.blocks, [common, log.note()]))
    assert 4 == check(other.blocks, [log.note()]).state.exit_code
    assert (State.TWO_HISTORIES, Damage.FORKED, 0, 6) == found(check(log.blocks, [log.note(), other.note()]))
    assert (State.TWO_HISTORIES, Damage.FORKED, 0, 6) == found(check(log.blocks, [log.note()], [other.note()]))


def test_a_log_in_place_of_another_is_found() -> None:
    """Its name is bound to its first key."""
    assert (State.BROKEN, Damage.REPLACED, 0, 2) == found(check(Log(THIEF, 3).blocks, [Log(KEY, 3).note()]))


@pytest.mark.parametrize("change", [{"size": 2}, {"root": bytes(32)}, {"signature": bytes(64)}, {"key_id": bytes(4)}])
def test_a_changed_checkpoint_is_no_proof(change: dict[str, object]) -> None:
    """Neither of anything being right nor of anything being wrong."""
    log = Log(KEY, 3)
    note: Note = replace(log.note(), **change)  # type: ignore[arg-type]
    assert (State.UNREADABLE, Damage.BAD_NOTE) == found(check(log.blocks, [note]))[:2]


# ------------------------------------------------------------------ blocks that were made by whoever has the key


def test_a_log_whose_first_block_is_not_its_own_is_refused() -> None:
    """The first entry names the key; the name of the log is bound to it."""
    log = Log(KEY)
    log.add([act(0)], KEY)
    assert (State.BROKEN, 0) == found(check(log.blocks))[::2]
    first = Log(KEY, 2).blocks[0]
    assert (State.BROKEN, Damage.FIELD_CHANGED, 0, 1) == found(check([replace(first, log="0" * 32)]))


def test_an_appender_that_was_fenced_off_is_named() -> None:
    """Epochs never go back."""
    log = Log(KEY, 3)
    log.epoch = 5
    log.grow(1)
    log.epoch = 4
    log.grow(1)
    assert (State.BROKEN, Damage.FENCED, 4, 4) == found(check(log.blocks))


@pytest.mark.parametrize("extra", [b"\n", b"\n{}", b' {"a":1}'])
def test_what_is_put_beside_entries_is_found_even_if_signed(extra: bytes) -> None:
    """Each line is one entry in canonical form and nothing else."""
    block = Log(KEY, 3).blocks[0]
    lines = unpack(block)
    packed = pack([*lines[:-1], lines[-1] + extra])
    assert State.BROKEN is check([sign(replace(block, packed=packed), KEY)]).state


FIELDS = ("log", "prev", "root", "peaks", "key", "packed", "requests", "signatures")
LONG = Log(KEY, 4, 9)


@settings(max_examples=60)
@given(st.data(), st.sampled_from(FIELDS))
def test_any_changed_bit_of_a_block_is_found(data: st.DataObject, name: str) -> None:
    """In whichever field, before or after another block."""
    place = data.draw(st.integers(0, 1))
    block = LONG.blocks[place]
    value = getattr(block, name)
    parts = list(value) if isinstance(value, tuple) else [value.encode() if isinstance(value, str) else value]
    part, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 10_000))
    at = bit // 8 % len(parts[part])
    parts[part] = parts[part][:at] + bytes([parts[part][at] ^ 1 << bit % 8]) + parts[part][at + 1 :]
    changed = tuple(parts) if isinstance(value, tuple) else parts[0]
    kept: Any = changed.decode("latin-1") if isinstance(value, str) and isinstance(changed, bytes) else changed
    blocks = [*LONG.blocks[:place], replace(block, **{name: kept}), *LONG.blocks[place + 1 :]]
    verdict = check(blocks)
    assert verdict.found
    assert (State.BROKEN, True) == (verdict.state, block.first <= verdict.found.seq < block.end)


@pytest.mark.parametrize(
    "line",
    [b"[" * 9_000, b'{"seq":1}', b'{"seq":9007199254740993}', b"{}", b"", b"[]", b"1", b'"\xff"', b'{"seq":true}'],
)
def test_no_line_however_odd_stops_a_verification(line: bytes) -> None:
    """It is a finding, never a failure of ours; also where root and peaks were made to agree."""
    block = LONG.blocks[0]
    lines = [unpack(block)[0], line]
    peaks: list[bytes] = []
    for size, one in enumerate(lines):
        add_leaf(peaks, size, leaf_hash(one))
    odd = replace(
        block, packed=pack(lines), count=2, requests=block.requests[:2], peaks=tuple(peaks), root=root_of(peaks)
    )
    assert State.BROKEN is check([odd]).state
    assert State.BROKEN is check([sign(odd, KEY)]).state


# ------------------------------------------------------------------ erasure


def test_after_an_erasure_every_old_proof_still_holds() -> None:
    """The log has the salted commitment alone: destroying salt and text touches nothing that was signed."""
    log = Log(KEY, 4, 3)
    before, old = log.note(), log.head
    lines = [line for block in log.blocks for line in unpack(block)]
    log.grow(3, "erase")
    lines += unpack(log.blocks[-1])
    leaves = [leaf_hash(line) for line in lines]
    assert State.INTACT is check(log.blocks, [before]).state
    assert is_included(leaves[5], 5, 10, prove_inclusion(leaves, 5), log.head.root)
    assert is_included(leaves[5], 5, 7, prove_inclusion(leaves[:7], 5), before.root)
    assert is_consistent(7, 10, old.root, log.head.root, prove_consistency(leaves, 7))


def test_a_break_that_is_no_block_ends_it() -> None:
    """What the database says comes in as it is; a finding before it stays."""
    from evidence.verify import Verification

    verification = Verification()
    first: Block = Log(KEY, 3).blocks[0]
    assert verification.add(first)
    verification.break_off(Break(damage=Damage.INSERTED, seq=3, until=3))
    verification.break_off(Break(damage=Damage.CHANGED, seq=9, until=9))
    assert not verification.add(first)
    assert (State.BROKEN, Damage.INSERTED, 3, 3) == found(verification.end())
