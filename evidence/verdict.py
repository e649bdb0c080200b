"""What a verification of the log can come to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from evidence.backup import Restored


class State(StrEnum):
    """The outcome, with the exit code of ``haechi evidence verify``."""

    INTACT = "intact"
    """Whole, and held by a checkpoint from outside the database."""
    BROKEN = "broken"
    """Not what was written; the first bad entry is named."""
    NOT_ANCHORED = "not anchored"
    """Whole in itself; whether its end was cut off cannot be told without a checkpoint from outside."""
    TWO_HISTORIES = "two histories"
    """The key signed two logs that contradict each other."""
    UNREADABLE = "unreadable"
    """A checkpoint or the database could not be read: nothing is said of the log."""

    @property
    def exit_code(self) -> int:
        """0, 2, 3, 4 or 5."""
        return {"intact": 0, "broken": 2, "not anchored": 3, "two histories": 4, "unreadable": 5}[self.value]


class Damage(StrEnum):
    """What is wrong with the log."""

    CHANGED = "changed"
    """An entry is not what was written."""
    INSERTED = "inserted"
    """An entry, or a document, was slipped in."""
    REMOVED = "removed"
    """Entries are missing before others."""
    REORDERED = "reordered"
    """Entries or blocks stand in each other's place."""
    FIELD_CHANGED = "field changed"
    """The entries are whole; something that is stored beside them was changed."""
    KEY_CHANGED = "key changed"
    """Signed by a key that the log never changed to."""
    UNSIGNED = "unsigned"
    """Not signed by the log's key: slipped in, or changed together with all that depends on it."""
    FENCED = "fenced"
    """Written by an appender after another one had taken over."""
    CUT = "cut"
    """The log ends before a checkpoint: its tail was cut off, or an old backup was put back."""
    REPLACED = "replaced"
    """The checkpoint is of another log: this one stands in its place, or the checkpoint is not for it."""
    FORKED = "forked"
    """At the size of a checkpoint the log is another one: rewritten, or two histories were kept."""
    RESTORED = "restored"
    """The checkpoint is of the history before a restore that the log declares: a backup was put back, and what the
    log had got since that backup was made is lost."""
    BAD_NOTE = "bad checkpoint"
    """A checkpoint was changed, or is not signed by the log's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Where the log does not hold."""

    damage: Damage
    seq: int
    """The first bad entry."""
    until: int
    """The last entry that may be the bad one, or that is missing; ``seq`` where that is known exactly."""
    what: str = ""
    """Names of fields, an id, or a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found."""

    state: State
    log: str
    """Empty where there is no log."""
    size: int
    """Entries that were checked and hold."""
    root: bytes
    found: Break | None
    anchored: int
    """So many entries, from the first, are held by a checkpoint from outside."""
    anchored_at: datetime | None
    """The time in that checkpoint."""
    set_back: tuple[int, ...]
    """The first ten entries whose time lies before that of the entry before; a flag, not damage."""
    set_back_count: int
    begun_at: str = ""
    """The time in the first entry; empty in an empty log."""
    own_size: int = 0
    """Entries that the installation's own file of checkpoints vouches for; it lies beside the database, not outside."""
    restored: tuple[Restored, ...] = ()
    """Restores that the log declares, in order: whether their entries hold is for ``found`` to say."""
