"""How far an item is proven, in words: its entry in the log, the checkpoint above it, who else holds that."""

from dataclasses import dataclass
from datetime import datetime

from console.words import Message, _
from evidence.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Of one entry."""

    entry: int | None
    state: str
    """``waiting``, ``logged``, ``checkpointed`` or ``anchored``."""
    checkpoint_at: datetime | None = None
    not_anchored_since: datetime | None = None

    @property
    def kind(self) -> str:
        """Of its badge."""
        return {"waiting": "plain", "logged": "plain", "checkpointed": "warn", "anchored": "good"}[self.state]

    @property
    def words(self) -> Message:
        """In one sentence."""
        return Message(_WORDS[self.state], entry=f"{self.entry:,}" if self.entry is not None else "–")


_WORDS = {
    "waiting": _("On its way into the log"),
    "logged": _("Sealed at entry %(entry)s, under no checkpoint yet"),
    "checkpointed": _("Sealed at entry %(entry)s, under a signed checkpoint, not anchored"),
    "anchored": _("Sealed at entry %(entry)s, under a checkpoint that others time-stamped"),
}


def proof_of(entry: int | None, standing: Standing | None) -> Proof:
    """How far an entry is proven.

    Args:
        entry: its number; None while it is on its way.
        standing: of the log; None before its first checkpoint.
    """
    if entry is None:
        return Proof(entry=None, state="waiting")
    if standing is None or entry >= standing.note.size:
        return Proof(entry=entry, state="logged")
    if standing.anchored is not None and entry < standing.anchored.size:
        return Proof(entry=entry, state="anchored", checkpoint_at=standing.anchored.at)
    return Proof(entry=entry, state="checkpointed", checkpoint_at=standing.note.at, not_anchored_since=standing.since)
