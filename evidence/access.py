"""Access to what is kept, as the law asks for it: who, when, from where, whose, what; read out of the custody log."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

SYSTEM = b'"actor_role":"system"'
"""In entries of the program's own parts, such as seals: nobody looked at anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """An act of a person."""

    entry: int
    """Number in the log."""
    at: datetime
    actor: str
    """A pseudonym."""
    role: str
    where: str
    """The machine, or the session where no machine is named."""
    whose_type: str
    whose: str
    """Id of the item, post, case or person it was about."""
    what: str
    """Such as ``reveal``, ``export``, ``case-put``."""
    reason_code: str


def read_access(line: bytes) -> Access | None:
    """An entry of the log as an access; None where it is one of the program's own."""
    if SYSTEM in line:
        return None
    entry = json.loads(line)
    return Access(
        entry=entry["seq"],
        at=datetime.fromisoformat(entry["ts"]).astimezone(UTC),
        actor=entry["actor"],
        role=entry["actor_role"],
        where=entry["session_id"].partition("@")[2] or entry["session_id"],
        whose_type=entry["target_type"],
        whose=entry["target_id"],
        what=entry["action"],
        reason_code=entry["reason_code"],
    )
