"""Legal holds: what belongs to a held case is neither erased nor does its time run out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from evidence.case import Staff, staff_act
from evidence.custody import Act
from evidence.errors import ConfigError

OLD_AFTER = timedelta(days=180)
"""A hold that is older is shown to whoever looks: is it still needed?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """A case that is held."""

    case: str
    held_at: datetime
    until: date
    """When it is to be looked at again. It goes on until two persons lift it."""
    proposal: str
    """Its reason lies there, sealed."""
    proposed_by: str
    approved_by: str
    is_alone: bool
    released_at: datetime | None = None

    def why_listed(self, at: datetime) -> tuple[str, ...]:
        """What a supervisor should look at: ``old`` and ``past its day``; nothing for a hold in order."""
        if self.released_at is not None:
            return ()
        old = ("old",) if at - self.held_at > OLD_AFTER else ()
        return (*old, "past its day") if at.date() > self.until else old


def hold_code(case: str, until: date) -> str:
    """All that a hold covers, as a code."""
    return f"{case}/{until.isoformat()}"


def read_hold_code(about: str) -> tuple[str, date]:
    """The parts of ``hold_code``.

    Raises:
        ConfigError: it is not one.
    """
    case, _, day = about.partition("/")
    try:
        return case, date.fromisoformat(day)
    except ValueError:
        raise ConfigError(f'"{about}" is no hold: expected CASE/YYYY-MM-DD') from None


def hold_act(staff: Staff, action: str, case: str, proposal: str, detail: str) -> Act:
    """A case is about to be held, or released: ``case-hold``, ``case-release``."""
    return staff_act(staff, f"{action}:{proposal}", action, ("case", case), reason_code=f"{proposal}/{detail}")
