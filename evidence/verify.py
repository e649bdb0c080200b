"""Verification of a custody log, block by block, in memory that does not grow with it.

Pure: blocks are fed in from wherever they lie, checkpoints are given. Nobody has to be trusted but
the name of the log, which every checkpoint carries and which is bound to its first key.
"""

import json
from collections.abc import Sequence
from hashlib import sha256

from evidence.backup import RESTORE, Restored, declared_restore
from evidence.canonical import canonical_ascii
from evidence.checkpoint import Note
from evidence.custody import BEGIN, ROTATE, Block, Head, head_after, named_key, new_head, signed_bytes, unpack
from evidence.diagnose import diagnose
from evidence.errors import CustodyBroken
from evidence.keys import is_signed_by
from evidence.merkle import EMPTY_ROOT, root_of
from evidence.verdict import Break, Damage, State, Verdict

MOST_NAMED = 10
STATES = {
    Damage.FORKED: State.TWO_HISTORIES,
    Damage.RESTORED: State.TWO_HISTORIES,
    Damage.BAD_NOTE: State.UNREADABLE,
}
"""What a damage makes of the log; any other one breaks it."""
Keys = list[tuple[bytes, int]]
"""Public keys with the size of the log at which each came into force."""


class Verification:
    """Takes the blocks of a log in order, then says what it found."""

    def __init__(self, outside: Sequence[Note] = (), own: Sequence[Note] = (), own_keys: Sequence[bytes] = ()) -> None:
        """Begin.

        Args:
            outside: checkpoints from outside the installation; these anchor the log.
            own: those that it kept beside the database; these can only show damage.
            own_keys: public keys that it signs with; a log in force under another one is not its own.
        """
        self._outside, self._own, self._own_keys = tuple(outside), tuple(own), tuple(own_keys)
        self._roots = dict.fromkeys((note.size for note in (*outside, *own)), b"")
        self._head: Head | None = None
        self._keys: Keys = []
        self._ts = self._begun_at = ""
        self._set_back: list[int] = []
        self._set_backs = 0
        self._broken: Break | None = None
        self._restored: list[Restored] = []

    @property
    def head(self) -> Head | None:
        """Where the log stands after what was added and holds; None before the first entry."""
        return self._head

    @property
    def size(self) -> int:
        """Entries that hold so far."""
        return self._head.size if self._head else 0

    def add(self, block: Block) -> bool:
        """Check the next block; False once the log is broken, then nothing more is of use."""
        if self._broken is None:
            head = self._head or _begin(block)
            self._broken = head if isinstance(head, Break) else self._check(block, head)
        return self._broken is None

    def break_off(self, found: Break) -> None:
        """What lies in the log is no block: that is the finding, unless there was one before."""
        self._broken = self._broken or found

    def end(self) -> Verdict:
        """The verdict over all that was added."""
        found = self._broken or self._check_notes() or self._check_key()
        anchor = None if found else max(self._outside, key=lambda note: note.size, default=None)
        whole = State.INTACT if anchor else State.NOT_ANCHORED
        state = STATES.get(found.damage, State.BROKEN) if found else whole
        return Verdict(
            state=state,
            log=self._head.log if self._head else "",
            size=self.size,
            root=self._head.root if self._head else EMPTY_ROOT,
            found=found,
            anchored=anchor.size if anchor else 0,
            anchored_at=anchor.at if anchor else None,
            set_back=tuple(self._set_back),
            set_back_count=self._set_backs,
            begun_at=self._begun_at,
            own_size=0 if found else max((note.size for note in self._own), default=0),
            restored=tuple(self._restored),
        )

    # ------------------------------------------------------------------ blocks

    def _check(self, block: Block, head: Head) -> Break | None:
        """All of a block against where the log stands; what is wrong is looked for only where something is."""
        after = self._follow(block, head)
        if after is None:
            return diagnose(block, head)
        if self._head is None:
            self._keys.append((head.key, 0))
            self._begun_at = str(json.loads(unpack(block)[0])["ts"])
        if after.key != block.key:
            self._keys.append((after.key, after.size))
        self._head = after
        return None

    def _follow(self, block: Block, head: Head) -> Head | None:
        """Where the log stands after a block; None where it does not follow."""
        is_next = block.log == head.log and block.first == head.size and block.prev == head.prev
        if not (is_next and block.key == head.key and block.epoch >= head.epoch):
            return None
        try:
            lines = unpack(block)
            entries = json.loads(b"[" + b",".join(lines) + b"]")
        except (CustodyBroken, ValueError, RecursionError):
            return None
        if not len(lines) == len(entries) == block.count == len(block.requests):
            return None
        peaks = self._fold(block, head, lines, entries)
        if peaks is None or peaks != block.peaks or root_of(peaks) != block.root:
            return None
        return self._signed(block, entries, sha256(b"\x00" + lines[-1]).digest())

    def _fold(
        self, block: Block, head: Head, lines: list[bytes], entries: list[dict[str, object]]
    ) -> tuple[bytes, ...] | None:
        """Peaks of the tree with a block's entries; None unless each is canonical and follows from the one before."""
        peaks, prev, seq, roots = list(head.peaks), head.prev.hex(), head.size, self._roots
        for line, entry, request in zip(lines, entries, block.requests, strict=True):
            try:
                is_next = entry["seq"] == seq and entry["prev"] == prev and entry["log_id"] == head.log
                asked, ts = str(entry["request"]), str(entry["ts"])
            except (KeyError, TypeError):
                return None
            is_asked = sha256(asked.encode("utf-8", "replace")).digest()[:16] == request
            if not (is_next and is_asked and canonical_ascii(entry) == line):
                return None
            leaf = peak = sha256(b"\x00" + line).digest()
            size = seq
            while size & 1:
                peak = sha256(b"\x01" + peaks.pop() + peak).digest()
                size >>= 1
            peaks.append(peak)
            prev, seq = leaf.hex(), seq + 1
            if seq in roots:
                roots[seq] = root_of(peaks)
            if ts < self._ts:
                self._note_set_back(seq - 1)
            self._ts = ts
        return tuple(peaks)

    def _note_set_back(self, seq: int) -> None:
        self._set_backs += 1
        if len(self._set_back) < MOST_NAMED:
            self._set_back.append(seq)

    def _signed(self, block: Block, entries: list[dict[str, object]], last_leaf: bytes) -> Head | None:
        """The head after a block whose signatures hold, and whose key entries are where they belong."""
        marked = [entry for entry in entries if entry.get("action") in (BEGIN, ROTATE, RESTORE)]
        self._restored += filter(None, map(declared_restore, marked))
        named = [entry["seq"] for entry in marked if entry["action"] != RESTORE]
        if block.first == 0:
            begins = named == [0] and named_key(entries[0]) == block.key
            return _if_signed(block, (block.key,), None, last_leaf) if begins else None
        if not named:
            return _if_signed(block, (block.key,), None, last_leaf)
        new = named_key(entries[0]) if block.count == 1 and entries[0].get("action") == ROTATE else None
        return _if_signed(block, (block.key, new), new, last_leaf) if new else None

    # ------------------------------------------------------------------ checkpoints

    def _check_notes(self) -> Break | None:
        """The log, and each checkpoint with all others, against what was signed."""
        notes, seen = (*self._outside, *self._own), dict[int, Note]()
        for check in (self._is_of_this_log, self._is_genuine):
            found = next((found for note in notes if (found := check(note))), None)
            if found:
                return found
        for note in notes:
            other = seen.setdefault(note.size, note)
            if other.root != note.root and not (self.lost(note) or self.lost(other)):
                return Break(damage=Damage.FORKED, seq=0, until=note.size - 1, what=f"{note.size}")
        breaks = [found for note in notes if (found := self.lost(note) or self._against(note))]
        return min(breaks, key=lambda found: found.damage is Damage.RESTORED, default=None)  # what is undeclared first

    def lost(self, note: Note) -> Break | None:
        """Says of a checkpoint that it is of a history which a declared restore ended; None of any other one."""
        if self._roots.get(note.size) == note.root:
            return None
        for restored in self._restored:
            is_last = note.size == restored.size and note.root == restored.root
            if is_last or restored.seq < note.size < restored.size:
                return Break(
                    damage=Damage.RESTORED, seq=restored.seq, until=restored.size - 1, what=f"{restored.backup[:16]}"
                )
        return None

    def _check_key(self) -> Break | None:
        if self._head is None or not self._own_keys or self._head.key in self._own_keys:
            return None
        return Break(damage=Damage.REPLACED, seq=0, until=self.size - 1, what=self._head.key.hex())

    def _is_of_this_log(self, note: Note) -> Break | None:
        if self._head is None or note.log == self._head.log:
            return None
        return Break(damage=Damage.REPLACED, seq=0, until=max(self.size, 1) - 1, what=note.log)

    def _is_genuine(self, note: Note) -> Break | None:
        """Signed by a key while it was in force; a key that a cut log does not know yet is left open."""
        known = [key for key, _ in self._keys if note.is_signed_by(key) and self._in_force(key, note.size)]
        if known or (note.size > self.size and not any(note.is_signed_by(key) for key, _ in self._keys)):
            return None
        if any((note.size, note.root) == (restored.size, restored.root) for restored in self._restored):
            return None  # by a key that only the lost entries named, and yet the log itself commits to it
        return Break(damage=Damage.BAD_NOTE, seq=0, until=max(note.size, 1) - 1, what=f"{note.size}")

    def _in_force(self, key: bytes, size: int) -> bool:
        ends = [*(since for _, since in self._keys[1:]), max(self.size, size)]
        return any(key == known and since <= size <= end for (known, since), end in zip(self._keys, ends, strict=True))

    def _against(self, note: Note) -> Break | None:
        if note.size > self.size:
            return Break(damage=Damage.CUT, seq=self.size, until=note.size - 1, what=f"{note.size}")
        if note.size == 0 or self._roots[note.size] == note.root:
            return None
        agreed = [other.size for other in (*self._outside, *self._own) if self._roots.get(other.size) == other.root]
        since = max((size for size in agreed if size < note.size), default=0)
        return Break(damage=Damage.FORKED, seq=since, until=note.size - 1, what=f"{note.size}")


def _begin(block: Block) -> Head | Break:
    """An empty log of the first block's key, if it may begin one of this name."""
    if block.first > 0:
        return Break(damage=Damage.REMOVED, seq=0, until=block.first - 1)
    head = new_head(block.key)
    if block.log != head.log:
        return Break(damage=Damage.FIELD_CHANGED, seq=0, until=max(block.count, 1) - 1, what="log, key")
    return head


def _if_signed(block: Block, keys: tuple[bytes, ...], new: bytes | None, last_leaf: bytes) -> Head | None:
    content = signed_bytes(block)
    if len(block.signatures) != len(keys):
        return None
    if not all(is_signed_by(key, signature, content) for key, signature in zip(keys, block.signatures, strict=True)):
        return None
    return head_after(block, new, last_leaf)
