"""The chain of custody: what an entry says, and blocks of entries that prove each other.

An entry names who did what to which thing, by ids and codes: it has no room for a person's words.
Of an item it holds a salted commitment, so that erasing the item leaves the log whole. Entries are
linked one to the next (``prev``) and are leaves of one Merkle tree; each block of them is signed.
"""

import hashlib
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from evidence.canonical import canonical, canonical_ascii
from evidence.errors import CustodyBroken, StorageError
from evidence.merkle import HASH_BYTES, add_leaf, leaf_hash, root_of

VERSION = 1
MOST_ENTRIES = 1_000
"""Of one block."""
LARGEST_ENTRY_BYTES = 4_096
REQUEST_BYTES = 16
NOTHING_BEFORE = bytes(HASH_BYTES)
"""``prev`` of the very first entry."""
BEGIN, ROTATE = "begin", "rotate-key"
"""Actions that name a key: the first entry's, and that of each change of keys."""

_CODE = re.compile(r"[0-9A-Za-z._:/@+=,#~-]{0,200}")
_HEX = re.compile(r"([0-9a-f]{64})?")
_MARK = b"haechi custody block 1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody is about to do. Ids and codes only; the reason behind a code is kept elsewhere."""

    request: str
    """The same for the same act, however often it is asked for: it is written once."""
    action: str
    """Such as ``reveal``, ``export``, ``decide``, ``seal``, ``erase``."""
    actor: str
    """A pseudonymous id of staff, or the name of a part of the program."""
    actor_role: str
    session_id: str
    target_type: str
    target_id: str
    reason_code: str = ""
    commit: str = ""
    """A commitment made by ``evidence/canonical.py``; empty where there is nothing to commit to."""
    clock_offset_ms: int | None = None
    """How far this machine's clock was off; None where nobody measured it."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str) and not _CODE.fullmatch(value):
                raise StorageError(
                    f"custody: {field.name} is no code: expected up to 200 ASCII letters, digits and ._:/@+=,#~-"
                    " without blanks; words belong in a note, never in the log"
                )
        if not (self.request and self.action and _HEX.fullmatch(self.commit)):
            raise StorageError("custody: an act needs request and action, and a commit of 64 hexadecimal digits")


def request_hash(request: str) -> bytes:
    """What a request is found by; unique in the log."""
    return hashlib.sha256(request.encode()).digest()[:REQUEST_BYTES]


def log_id(first_key: bytes) -> str:
    """The name of a log, bound to its first public key: nobody else can begin a log of this name."""
    return hashlib.sha256(b"haechi custody log\n" + first_key).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a log stands: all that the next block needs."""

    log: str
    size: int
    """Entries so far; the next one's ``seq``."""
    peaks: tuple[bytes, ...]
    prev: bytes
    """Leaf hash of the last entry."""
    epoch: int
    """Of the last appender."""
    key: bytes
    """The public key in force."""

    @property
    def root(self) -> bytes:
        """Of the Merkle tree over all entries."""
        return root_of(self.peaks)


def new_head(first_key: bytes) -> Head:
    """Of a log without entries."""
    return Head(log=log_id(first_key), size=0, peaks=(), prev=NOTHING_BEFORE, epoch=0, key=first_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Up to 1,000 entries that were made durable together, signed."""

    log: str
    first: int
    """``seq`` of its first entry."""
    count: int
    prev: bytes
    """Leaf hash of the entry before its first."""
    root: bytes
    """Of the tree after its last entry."""
    peaks: tuple[bytes, ...]
    epoch: int
    """Counts the appenders that the log has had; never goes back."""
    key: bytes
    """Public key (Ed25519, 32 bytes) that signed it."""
    packed: bytes
    """The exact bytes of its entries, a line each, compressed (zlib)."""
    requests: tuple[bytes, ...]
    """``request_hash`` of each entry, in order."""
    signatures: tuple[bytes, ...]
    """Of ``signed_bytes``; a second one, by the new key, where its entry changes the key."""

    @property
    def end(self) -> int:
        """``seq`` after its last entry."""
        return self.first + self.count


def signed_bytes(block: Block) -> bytes:
    """What the signatures of a block are over: all its fields, the packed bytes and requests by their hash."""
    return _MARK + canonical(
        {
            "log": block.log,
            "first": block.first,
            "count": block.count,
            "prev": block.prev.hex(),
            "root": block.root.hex(),
            "peaks": [peak.hex() for peak in block.peaks],
            "epoch": block.epoch,
            "key": block.key.hex(),
            "packed_sha256": hashlib.sha256(block.packed).hexdigest(),
            "requests_sha256": hashlib.sha256(b"".join(block.requests)).hexdigest(),
        }
    )


def make_block(head: Head, acts: Sequence[Act], epoch: int, at: datetime) -> tuple[Block, Head]:
    """The next block, not yet signed, and where the log stands after it.

    Args:
        head: of the log so far.
        acts: 1 to 1,000, in order.
        epoch: of this appender.
        at: the moment, by the appender's clock: one clock, so that one that was set back shows.
    """
    if not 0 < len(acts) <= MOST_ENTRIES:
        raise StorageError(f"custody: a block of {len(acts)} entries; expected 1 to {MOST_ENTRIES}")
    lines, peaks, prev, ts = [], list(head.peaks), head.prev, moment(at)
    for seq, act in enumerate(acts, start=head.size):
        line = entry_bytes(act, head.log, seq, prev, ts)
        prev = leaf_hash(line)
        add_leaf(peaks, seq, prev)
        lines.append(line)
    after = Head(
        log=head.log,
        size=head.size + len(acts),
        peaks=tuple(peaks),
        prev=prev,
        epoch=epoch,
        key=bytes.fromhex(acts[-1].target_id) if acts[-1].action == ROTATE else head.key,
    )
    block = Block(
        log=head.log,
        first=head.size,
        count=len(acts),
        prev=head.prev,
        root=after.root,
        peaks=after.peaks,
        epoch=epoch,
        key=head.key,
        packed=pack(lines),
        requests=tuple(request_hash(act.request) for act in acts),
        signatures=(),
    )
    return block, after


def entry_bytes(act: Act, log: str, seq: int, prev: bytes, ts: str) -> bytes:
    """An entry as it is hashed and kept."""
    entry = {
        "v": VERSION,
        "log_id": log,
        "seq": seq,
        "ts": ts,
        "actor": act.actor,
        "actor_role": act.actor_role,
        "session_id": act.session_id,
        "action": act.action,
        "target_type": act.target_type,
        "target_id": act.target_id,
        "reason_code": act.reason_code,
        "commit": act.commit,
        "prev": prev.hex(),
        "clock_offset_ms": act.clock_offset_ms,
        "request": act.request,
    }
    return canonical_ascii(entry)


def moment(at: datetime) -> str:
    """ISO 8601, UTC, milliseconds: these sort as text."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pack(lines: Sequence[bytes]) -> bytes:
    """Entries as a block keeps them."""
    return zlib.compress(b"\n".join(lines), 1)


def unpack(block: Block) -> list[bytes]:
    """The exact bytes of a block's entries.

    Raises:
        CustodyBroken: the packed bytes are damaged.
    """
    opening = zlib.decompressobj()
    try:
        content = opening.decompress(block.packed, MOST_ENTRIES * LARGEST_ENTRY_BYTES)
    except zlib.error:
        raise CustodyBroken(block.first, "the packed entries from here on cannot be unpacked") from None
    if not opening.eof or opening.unused_data:
        raise CustodyBroken(block.first, "the packed entries from here on are cut, or something was put behind them")
    return content.split(b"\n")


def head_after(block: Block, rotated_to: bytes | None, last_leaf: bytes) -> Head:
    """Where the log stands after a block that was checked."""
    return Head(
        log=block.log,
        size=block.end,
        peaks=block.peaks,
        prev=last_leaf,
        epoch=block.epoch,
        key=rotated_to or block.key,
    )


def key_act(action: str, key: bytes, session_id: str) -> Act:
    """The act that begins a log with a key, or changes to one."""
    return Act(
        request=f"{action}:{key.hex()}",
        action=action,
        actor="custody",
        actor_role="system",
        session_id=session_id,
        target_type="key",
        target_id=key.hex(),
    )


def named_key(entry: Mapping[str, object]) -> bytes | None:
    """The key that an entry begins with or changes to; None for every other entry."""
    if entry.get("action") not in (BEGIN, ROTATE) or entry.get("target_type") != "key":
        return None
    try:
        key = bytes.fromhex(str(entry.get("target_id")))
    except ValueError:
        return None
    return key if len(key) == HASH_BYTES else None
