"""By whose leave a package goes out un-encrypted: a second person's, for exactly these items and this recipient.

Sealed under the recipient's key it needs none; nor does a package of practice, in which everything is invented.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from crawler.package_asked import Asked
from evidence.approval import EXPORT, Proposal
from evidence.errors import ConfigError
from evidence.package.contents import Leave
from storage.approvals import take
from storage.mongo import Store
from storage.people import all_people
from storage.sealed import SealedItem

FEWEST = 2
"""With so many people registered there is a second one to ask."""
NOBODY_ELSE = "nobody else is registered in this installation"


def leave_code(asked: Asked, items: Sequence[SealedItem]) -> str:
    """What is proposed: case, profile, office, and by their hash the items; with another item it is another package."""
    named = hashlib.sha256("\n".join(sorted(item.id for item in items)).encode()).hexdigest()[:16]
    return f"{asked.case}/{asked.profile.name}/{asked.office or '-'}/{named}"


def needs_leave(asked: Asked) -> bool:
    """Whether a second person has to agree."""
    return asked.recipient is None and not asked.is_practice


async def take_leave(store: Store, asked: Asked, items: Sequence[SealedItem], at: datetime) -> Leave | None:
    """Use up the approval of a package; None where none is needed.

    Raises:
        ConfigError: nobody approved it, or something else was approved.
    """
    if not needs_leave(asked):
        return None
    if asked.proposal is None:
        raise ConfigError("an un-encrypted package needs a second person's approval; --for KEY.pub seals it instead")
    return _leave(await take(store, asked.proposal, EXPORT, leave_code(asked, items), at))


async def check_alone(store: Store, at: datetime) -> None:
    """See that there is nobody else to ask.

    Raises:
        ConfigError: there is.
    """
    people = [person for person in await all_people(store, at) if person.disabled_at is None]
    if len(people) >= FEWEST:
        raise ConfigError(
            f"an un-encrypted package needs a second person's approval, and {len(people)} people are registered here:"
            " --propose by one, --approve PROPOSAL by another; or seal it with --for KEY.pub"
        )


def _leave(found: Proposal) -> Leave:
    return Leave(
        proposal=found.id,
        proposed_by=found.proposed_by,
        approved_by=found.approved_by or "",
        is_alone=found.is_alone,
        reason=found.reason if found.is_alone else None,
    )
