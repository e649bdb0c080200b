"""Acts that need two persons: one proposes, another one approves, and it is done once, soon."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from evidence.case import Staff, staff_act
from evidence.custody import Act
from evidence.errors import ConfigError

REVEAL, EXPORT, ERASE, HOLD, RELEASE = "reveal", "export", "erase", "hold", "release"
"""Acts that are proposed; any other code may be too."""
LASTS: dict[str, timedelta] = {REVEAL: timedelta(minutes=15)}
LASTS_ELSE = timedelta(days=3)
"""How long after its proposal an act may be approved and done."""
LONGEST_REASON = 2_000

_ID = re.compile(r"proposal-[0-9a-f]{16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An act on a thing that waits for a second person, or for being done."""

    id: str
    act: str
    about: str
    """The thing: an id or code, the whole of what the act covers. Approval of one thing is no approval of another."""
    reason: str
    offices: frozenset[str] | None
    """Whose things it touches: both persons must see all of these. None: only staff who see every office."""
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    is_alone: bool = False
    """Whether there was nobody else to approve it."""
    used_at: datetime | None = None

    def state(self, at: datetime) -> str:
        """``used``, ``expired``, ``approved`` or ``waiting``."""
        if self.used_at is not None:
            return "used"
        if at >= self.expires_at:
            return "expired"
        return "approved" if self.approved_by is not None else "waiting"


def check_proposal_id(name: str) -> str:
    """Give back an id that has the form of one.

    Raises:
        ConfigError: it has not.
    """
    if not _ID.fullmatch(name):
        raise ConfigError(f'"{name}" is no proposal: expected an id such as proposal-1f2e3d4c5b6a7988')
    return name


def sees(staff: Staff, offices: frozenset[str] | None) -> bool:
    """Whether somebody's scope covers all of these offices; None stands for every office."""
    return staff.offices is None or (offices is not None and offices <= staff.offices)


def propose_act(staff: Staff, proposal: str, act: str, about: str, commit: str) -> Act:
    """An act is proposed; the reason is committed to."""
    return _act(staff, "propose", proposal, act, about, commit)


def approve_act(staff: Staff, proposal: str, act: str, about: str) -> Act:
    """A second person approves what another one proposed."""
    return _act(staff, "approve", proposal, act, about)


def alone_act(staff: Staff, proposal: str, act: str, about: str) -> Act:
    """Whoever proposed it goes on without a second person: there is none."""
    return _act(staff, "approve-alone", proposal, act, about)


def _act(staff: Staff, action: str, proposal: str, act: str, about: str, commit: str = "") -> Act:
    return staff_act(
        staff, f"{action}:{proposal}:{staff.actor}", action, (act, about), reason_code=proposal, commit=commit
    )
