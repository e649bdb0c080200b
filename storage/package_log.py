"""The part of the log that goes into a package, read and checked in one pass over the whole log."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from evidence.checkpoint import Note
from evidence.custody import BEGIN, ROTATE, Block, signed_bytes, unpack
from evidence.errors import CustodyBroken, StorageError
from evidence.merkle import HASH_BYTES, Span, consistency_spans, inclusion_spans, leaf_hash, span_roots
from evidence.package.contents import Earlier, LoggedEntry, LogPart, Rotation
from evidence.verdict import State
from evidence.verify import Verification
from storage.custody_blocks import read_blocks
from storage.mongo import Store

Wants = Callable[[str, str, str], bool]
"""Whether an entry is wanted, by its action, the thing that it is about, and its reason code."""

_NAMED = re.compile(rb'"action":"([^"]*)".*"reason_code":"([^"]*)".*"target_id":"([^"]*)"')
_MARK = b"haechi custody block 1\n"


@dataclass(slots=True)
class _Scan:
    """What a pass gathers; 32 bytes an entry."""

    leaves: bytearray = field(default_factory=bytearray)
    lines: dict[int, bytes] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    """Those that change the key."""


async def read_log_part(store: Store, note: Note, notes: Sequence[Note], wants: Wants) -> LogPart:
    """The wanted entries with their proofs under a checkpoint.

    Args:
        store: open.
        note: our newest checkpoint.
        notes: earlier ones that the package shall be consistent with.
        wants: which entries; the first one and changes of the key always come too.

    Raises:
        CustodyBroken: the log does not hold: nothing of it is handed over.
    """
    scan = await _scan(store, note, notes, wants)
    earlier = [one for one in _distinct(notes) if 0 < one.size < note.size]
    spans: set[Span] = set()
    for seq in scan.lines:
        spans.update(inclusion_spans(seq, note.size))
    for one in earlier:
        spans.update(consistency_spans(one.size, note.size))
    for block in scan.blocks:
        spans.update(inclusion_spans(block.first, block.end))
    roots = span_roots(_each(scan.leaves), spans)

    def proof(wanted: Sequence[Span]) -> tuple[bytes, ...]:
        return tuple(roots[span] for span in wanted)

    return LogPart(
        note=note,
        keys=_keys(scan),
        entries=tuple(
            LoggedEntry(seq=seq, line=line, proof=proof(inclusion_spans(seq, note.size)))
            for seq, line in sorted(scan.lines.items())
        ),
        rotations=tuple(
            Rotation(
                seq=block.first,
                signed=signed_bytes(block).removeprefix(_MARK).decode(),
                signatures=block.signatures,
                proof=proof(inclusion_spans(block.first, block.end)),
            )
            for block in scan.blocks
        ),
        earlier=tuple(Earlier(note=one, proof=proof(consistency_spans(one.size, note.size))) for one in earlier),
    )


async def _scan(store: Store, note: Note, notes: Sequence[Note], wants: Wants) -> _Scan:
    """Read the log up to the checkpoint, checking all of it on the way."""
    scan, verification = _Scan(), Verification(own=[*notes, note])
    async with aclosing(read_blocks(store)) as blocks:
        async for block in blocks:
            if not verification.add(block):
                break
            _gather(scan, block, wants)
            if block.end >= note.size:
                break
    verdict = verification.end()
    if verdict.state not in (State.INTACT, State.NOT_ANCHORED) or verdict.size != note.size:
        found = verdict.found
        raise CustodyBroken(
            found.seq if found else verdict.size,
            f"the log is {verdict.state}: nothing of it is handed over; run haechi evidence verify",
        )
    return scan


def _gather(scan: _Scan, block: Block, wants: Wants) -> None:
    for seq, line in enumerate(unpack(block), start=block.first):
        scan.leaves += leaf_hash(line)
        named = _NAMED.search(line)
        if named is None:
            raise StorageError(f"custody entry {seq} names no action")
        action, reason, about = (part.decode() for part in named.groups())
        if action == ROTATE:
            scan.blocks.append(block)
        if action in (BEGIN, ROTATE) or wants(action, about, reason):
            scan.lines[seq] = line


def _keys(scan: _Scan) -> tuple[bytes, ...]:
    seqs = [0, *(block.first for block in scan.blocks)]
    return tuple(bytes.fromhex(json.loads(scan.lines[seq])["target_id"]) for seq in seqs)


def _each(leaves: bytearray) -> Iterator[bytes]:
    return (bytes(leaves[start : start + HASH_BYTES]) for start in range(0, len(leaves), HASH_BYTES))


def _distinct(notes: Sequence[Note]) -> list[Note]:
    """One checkpoint of each size, smallest first."""
    by_size = {note.size: note for note in reversed(notes)}
    return [by_size[size] for size in sorted(by_size)]
