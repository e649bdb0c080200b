"""How far the log is held by others: its newest checkpoint at a moment, and the newest one that was time-stamped."""

from dataclasses import dataclass
from datetime import datetime

from evidence.checkpoint import Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Of the log, as far as its checkpoints tell."""

    note: Note
    """The newest checkpoint."""
    anchored: Note | None
    """The newest one that an authority stamped which is trusted here."""
    begun_at: datetime
    """Of the first checkpoint."""

    @property
    def is_anchored(self) -> bool:
        """Whether all of it up to the newest checkpoint is stamped."""
        return self.anchored is not None and self.anchored.size >= self.note.size

    @property
    def since(self) -> datetime:
        """From when on nothing is anchored, where it is not."""
        return self.anchored.at if self.anchored else self.begun_at
