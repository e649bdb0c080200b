"""Logs of custody in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from evidence.checkpoint import Note, sign_head
from evidence.custody import BEGIN, ROTATE, Act, Block, Head, key_act, make_block, new_head, signed_bytes
from evidence.keys import SigningKey
from evidence.verdict import Verdict
from evidence.verify import Verification

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
KEY, NEW_KEY, THIEF = (SigningKey(secret=bytes([number]) * 32) for number in (1, 2, 3))


def act(number: int, action: str = "seal") -> Act:
    """Something that was done to an item."""
    return Act(
        request=f"{action}:{number}",
        action=action,
        actor="collector",
        actor_role="system",
        session_id="session-1",
        target_type="item",
        target_id=f"item-{number}",
        commit=f"{number:064x}",
    )


class Log:
    """A log that grows block by block, each signed."""

    def __init__(self, key: SigningKey = KEY, *sizes: int) -> None:
        self.key, self.epoch, self.now = key, 1, NOW
        self.head: Head = new_head(key.public)
        self.blocks: list[Block] = []
        for size in sizes:
            self.grow(size)

    def grow(self, size: int, action: str = "seal") -> "Log":
        """Add a block; the first one begins with the entry that begins a log."""
        first = self.head.size
        acts = [act(number, action) for number in range(first, first + size)]
        if first == 0:
            acts[0] = key_act(BEGIN, self.key.public, "session-1")
        return self.add(acts, self.key)

    def rotate(self, key: SigningKey = NEW_KEY) -> "Log":
        """Change keys by the book."""
        self.add([key_act(ROTATE, key.public, "session-1")], self.key, key)
        self.key = key
        return self

    def add(self, acts: Sequence[Act], *keys: SigningKey) -> "Log":
        """Add a block with these signatures."""
        block, self.head = make_block(self.head, acts, self.epoch, self.now)
        self.blocks.append(sign(block, *keys))
        self.now += timedelta(seconds=1)
        return self

    def note(self) -> Note:
        """A checkpoint of the log as it stands."""
        return sign_head(self.head, self.key, self.now)

    def copy(self) -> "Log":
        """Another one that goes its own way from here."""
        other = Log(self.key)
        other.head, other.blocks, other.now, other.epoch = self.head, list(self.blocks), self.now, self.epoch
        return other


def sign(block: Block, *keys: SigningKey) -> Block:
    """The block with signatures of these keys over its fields as they are."""
    return replace(block, signatures=tuple(key.sign(signed_bytes(block)) for key in keys))


def check(blocks: Iterable[Block], outside: Sequence[Note] = (), own: Sequence[Note] = ()) -> Verdict:
    """The verdict over blocks and checkpoints."""
    verification = Verification(outside, own)
    for block in blocks:
        if not verification.add(block):
            break
    return verification.end()
