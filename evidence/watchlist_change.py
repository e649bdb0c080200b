"""Changes of the watchlist: edits that one person proposes, another one saves, as a new version."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from evidence.canonical import canonical
from evidence.case import Staff, staff_act
from evidence.custody import Act

WATCHLIST = "watchlist"
"""The act, as two persons do it (``evidence/approval.py``)."""
MOST_EDITS = 200
"""Of one change."""


class EditKind(StrEnum):
    """What an edit does."""

    PUT = "put"
    """An entry is added, or says something else."""
    REMOVE = "remove"
    """An entry goes."""
    WHOLE = "whole"
    """The text is replaced: an import, or an earlier version again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One step from one version of the watchlist to the next."""

    kind: EditKind
    section: str = ""
    """``sources``, ``directories``, ``terms`` or ``rules``; empty for the whole text."""
    name: str = ""
    """Address or id of the entry as it was; empty for a new one."""
    entry: str = ""
    """The entry as YAML on one line, or the whole text."""


class Standing(StrEnum):
    """What became of a change."""

    WAITING = "waiting"
    """For another person."""
    SAVED = "saved"
    """It is in a version."""
    DECLINED = "declined"
    """Somebody decided against it, or took it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchlistChange:
    """Edits that wait for a second person, or did."""

    id: str
    """Of its proposal."""
    base: int
    """Number of the version that whoever proposed it looked at; 0 for none."""
    edits: tuple[Edit, ...]
    by: str
    at: datetime
    standing: Standing
    offices: frozenset[str] | None = None
    """Whose places it touches; None for all."""
    decided_by: str | None = None
    decided_at: datetime | None = None
    version: int | None = None
    """That it became."""

    @property
    def is_whole(self) -> bool:
        """Whether it replaces the text: then it fits on its own version only."""
        return any(edit.kind is EditKind.WHOLE for edit in self.edits)


def edits_hash(edits: Sequence[Edit]) -> str:
    """What is proposed and approved: 64 hexadecimal digits over the exact edits."""
    return hashlib.sha256(canonical([asdict(edit) for edit in edits])).hexdigest()


def text_hash(text: str) -> str:
    """Of a version's text, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def save_act(staff: Staff, number: int, sha256: str, change: str) -> Act:
    """A version of the watchlist is about to be saved: its number and the hash of its text."""
    return _act(staff, "watchlist-save", str(number), change, sha256)


def decline_act(staff: Staff, change: str) -> Act:
    """A change is about to be declined."""
    return _act(staff, "watchlist-decline", change, "", "")


def room_act(staff: Staff, action: str, address: str, at: datetime) -> Act:
    """A candidate is about to be dismissed, or that is taken back."""
    return staff_act(staff, f"{action}:{address}:{at.isoformat()}", action, ("room", address))


def _act(staff: Staff, action: str, target: str, reason_code: str, commit: str) -> Act:
    return staff_act(
        staff,
        f"{action}:{target}:{reason_code}:{commit[:16]}",
        action,
        (WATCHLIST, target),
        reason_code=reason_code,
        commit=commit,
    )
