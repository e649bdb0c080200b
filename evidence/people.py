"""Records of the people who use the console, and the acts of theirs that the log keeps."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from evidence.case import Staff, staff_act
from evidence.custody import Act
from evidence.errors import ConfigError
from evidence.roles import Role

Lang = Literal["ko", "en"]

LONGEST_NAME = 60
"""In code points."""

_NAME = re.compile(r"[^\W_][\w .@'-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may sign in."""

    id: str
    """A pseudonym, ``staff-`` and 12 hexadecimal digits: what the log knows them by."""
    name: str
    """What they sign in with; sealed at rest."""
    role: Role
    offices: frozenset[str] | None
    """NEIS codes; None for all."""
    lang: Lang
    zone: str
    """Of the times they are shown, such as ``Asia/Seoul``."""
    added_at: datetime
    has_password: bool = False
    has_code: bool = False
    """Whether a second factor is set up."""
    codes_left: int = 0
    """Recovery codes that were not used."""
    signed_in_at: datetime | None = None
    disabled_at: datetime | None = None


class Change(StrEnum):
    """What an admin proposes and a supervisor approves."""

    ADD = "add"
    """A new person; approval makes their first link."""
    ROLE = "role"
    """Another role, other offices."""
    LINK = "link"
    """A new link for somebody who lost password or telephone: whoever holds it signs in as them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChange:
    """A change of an account that waits for a second person."""

    id: str
    kind: Change
    person: str
    name: str
    role: Role
    offices: frozenset[str] | None
    proposed_by: str
    at: datetime
    not_before: datetime
    """Earliest approval: a day later where admins propose something for themselves."""


def checked_name(name: str) -> str:
    """A name as it is kept: NFKC, without blanks around it.

    Raises:
        ConfigError: it is empty, too long, or has characters that names do not have.
    """
    kept = " ".join(unicodedata.normalize("NFKC", name).split())
    if not _NAME.fullmatch(kept) or len(kept) > LONGEST_NAME:
        raise ConfigError(
            f"a name of {len(name)} characters is refused: expected 1 to {LONGEST_NAME} letters, digits, blanks, .@'-_"
        )
    return kept


def person_act(staff: Staff, request: str, action: str, person: str, reason_code: str = "") -> Act:
    """Something is about to be done to an account, or by it: a sign-in, a failed one, a change of roles.

    Args:
        staff: who does.
        request: the same for the same act.
        action: such as ``sign-in``, ``sign-in-failed``, ``role-approve``.
        person: id of the account.
        reason_code: such as the new role.
    """
    return staff_act(staff, request, action, ("person", person), reason_code=reason_code)
