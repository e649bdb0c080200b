"""What became of a block that does not hold: which entry, and what was done to it.

Called for the one block at which a verification stops; it may take its time.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from evidence.canonical import LARGEST, canonical_ascii
from evidence.custody import BEGIN, ROTATE, Block, Head, pack, request_hash, signed_bytes, unpack
from evidence.errors import CustodyBroken
from evidence.keys import is_signed_by
from evidence.merkle import add_leaf, leaf_hash, root_of
from evidence.verdict import Break, Damage

NEAR_EPOCHS = 64

Entry = Mapping[str, object]


def diagnose(block: Block, head: Head) -> Break:
    """Name the first bad entry of a block that does not follow from ``head``."""
    last = block.first + max(block.count, 1) - 1
    try:
        lines = unpack(block)
    except CustodyBroken:
        return Break(damage=Damage.CHANGED, seq=head.size, until=max(last, head.size), what="packed")
    entries = [_parse(line) for line in lines]
    for look in (_place, _order, _links):
        found = look(block, head, lines, entries)
        if found:
            return found
    return _fields(block, head, lines, entries)


def _parse(line: bytes) -> Entry | None:
    """An entry in canonical form; None for anything else."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and canonical_ascii(entry) == line else None


def _seqs(entries: Sequence[Entry | None]) -> list[object]:
    return [entry.get("seq") if entry else None for entry in entries]


def _place(block: Block, head: Head, lines: list[bytes], entries: Sequence[Entry | None]) -> Break | None:
    """A block under another number than its entries', before its turn, or for the second time."""
    seq = _seqs(entries)[0]
    if isinstance(seq, int) and 0 <= seq <= LARGEST and seq != block.first and _holds(replace(block, first=seq)):
        damage = Damage.INSERTED if seq < head.size else Damage.REORDERED
        return Break(damage=damage, seq=min(block.first, head.size), until=max(block.first, head.size), what="_id")
    if block.first > head.size:
        return Break(damage=Damage.REMOVED, seq=head.size, until=block.first - 1)
    if block.first < head.size:
        return Break(damage=Damage.INSERTED, seq=block.first, until=block.first + max(block.count, 1) - 1)
    return None


def _order(block: Block, head: Head, lines: list[bytes], entries: Sequence[Entry | None]) -> Break | None:
    """Numbers that do not run on by one."""
    seqs = _seqs(entries)
    expected = list(range(block.first, block.first + len(seqs)))
    wrong = next((seq for seq, found in zip(expected, seqs, strict=True) if seq != found), None)
    if wrong is None:
        return _number(block, head, lines)
    found = seqs[wrong - block.first]
    if sorted(map(str, seqs)) == sorted(map(str, expected)):
        return _at(Damage.REORDERED, wrong)
    if len(seqs) > block.count:
        return _at(Damage.INSERTED, wrong)
    if isinstance(found, int) and found > wrong and len(seqs) < block.count:
        return Break(damage=Damage.REMOVED, seq=wrong, until=found - 1)
    return _at(Damage.CHANGED, wrong)


def _number(block: Block, head: Head, lines: list[bytes]) -> Break | None:
    """More or fewer entries than were signed; None where it is ``count`` that lies."""
    end = block.first + len(lines)
    if len(lines) == block.count or _holds(_made_again(block, head, lines, block.requests)):
        return None
    if len(lines) < block.count:
        return Break(damage=Damage.REMOVED, seq=end, until=block.end - 1)
    return Break(damage=Damage.INSERTED, seq=max(block.end, block.first), until=end - 1)


def _links(block: Block, head: Head, lines: list[bytes], entries: Sequence[Entry | None]) -> Break | None:
    """The entry that its successor does not know, or that does not know its predecessor."""
    leaves = [leaf_hash(line) for line in lines]
    claims = [_claim(entry) for entry in entries[1:]]
    wrong = [place for place, claim in enumerate(claims) if claim != leaves[place]]
    first = entries[0]
    if first is None or first.get("log_id") != head.log or first.get("prev") != head.prev.hex():
        return _at(Damage.CHANGED, block.first)
    if not wrong:
        return None
    for place in (wrong[0], wrong[0] + 1):
        claim = claims[place] if place < len(claims) else None
        if claim and _root(head, [*leaves[:place], claim, *leaves[place + 1 :]]) == block.root:
            return _at(Damage.CHANGED, block.first + place)
    until = wrong[0] + 1 if wrong[0] + 1 in (*wrong, len(lines) - 1) else wrong[0]
    return Break(damage=Damage.CHANGED, seq=block.first + wrong[0], until=block.first + until)


def _claim(entry: Entry | None) -> bytes | None:
    """The leaf hash that an entry says its predecessor has."""
    try:
        return bytes.fromhex(str(entry["prev"])) if entry else None
    except (KeyError, ValueError):
        return None


def _root(head: Head, leaves: Sequence[bytes]) -> bytes:
    peaks = list(head.peaks)
    for size, leaf in enumerate(leaves, start=head.size):
        add_leaf(peaks, size, leaf)
    return root_of(peaks)


def _fields(block: Block, head: Head, lines: list[bytes], entries: Sequence[Entry | None]) -> Break:
    """The entries follow each other: the last one was changed, or what is stored beside them."""
    last = block.first + len(lines) - 1
    if _is_another_key(block, head, entries):
        return Break(damage=Damage.KEY_CHANGED, seq=block.first, until=last, what=block.key.hex())
    asked = [request_hash(str(entry.get("request"))) for entry in entries if entry]
    made = _made_again(block, head, lines, asked)
    was = next((guess for guess in _guesses(made, head, lines) if _holds(guess)), None)
    if was is None:
        damage = Damage.CHANGED if made.root != block.root else Damage.UNSIGNED
        return Break(damage=damage, seq=last if damage is Damage.CHANGED else block.first, until=last)
    names = [name for name in Block.__slots__ if getattr(was, name) != getattr(block, name)]
    if not names and block.epoch < head.epoch:
        return Break(damage=Damage.FENCED, seq=block.first, until=last, what=f"{block.epoch}")
    return Break(damage=Damage.FIELD_CHANGED, seq=block.first, until=last, what=", ".join(names) or "signatures")


def _guesses(made: Block, head: Head, lines: list[bytes]) -> Iterator[Block]:
    """What may have been signed, where the epoch was changed or the entries were packed anew."""
    for packed in (made.packed, pack(lines)):
        for epoch in (made.epoch, *range(max(head.epoch, 1), head.epoch + NEAR_EPOCHS)):
            yield replace(made, epoch=epoch, packed=packed)


def _is_another_key(block: Block, head: Head, entries: Sequence[Entry | None]) -> bool:
    """Whether it is well signed, but by a key that the log never changed to, or changes keys with one signature."""
    if not _holds(block):
        return False
    named = [entry for entry in entries if entry and entry.get("action") in (BEGIN, ROTATE) and entry.get("seq") != 0]
    return block.key != head.key or bool(named)


def _made_again(block: Block, head: Head, lines: list[bytes], requests: Sequence[bytes]) -> Block:
    """The block as its entries and the log before it make it; what cannot be made is taken as it stands."""
    peaks = list(head.peaks)
    for size, line in enumerate(lines, start=head.size):
        add_leaf(peaks, size, leaf_hash(line))
    return replace(
        block,
        log=head.log,
        first=head.size,
        count=len(lines),
        prev=head.prev,
        root=root_of(peaks),
        peaks=tuple(peaks),
        key=head.key,
        requests=tuple(requests),
    )


def _holds(block: Block) -> bool:
    """Whether its first signature is that of its key."""
    return bool(block.signatures) and is_signed_by(block.key, block.signatures[0], signed_bytes(block))


def _at(damage: Damage, seq: int) -> Break:
    return Break(damage=damage, seq=seq, until=seq)
