"""Changes of accounts: proposed by an admin, carried out when a supervisor has approved them.

Each is in the log before it takes effect; where the log does not take it, nothing changes.
"""

from datetime import timedelta

from console.events import Event
from console.visit import Console
from evidence.approval import sees
from evidence.case import Staff
from evidence.errors import ConfigError
from evidence.people import Change, Person, RoleChange, person_act
from evidence.roles import Permission
from storage.people import add_person, disable, set_role
from storage.role_changes import take_role_change, waiting
from storage.sessions import end_sessions, make_link

LINK_LASTS = timedelta(minutes=15)


def is_open(console: Console, staff: Staff, change: RoleChange) -> bool:
    """Whether they may approve it now: neither their own nor for themselves, within their offices, in its time."""
    is_own = staff.actor in (change.proposed_by, change.person)
    return not is_own and sees(staff, change.offices) and console.clock() >= change.not_before


async def approve(console: Console, staff: Staff, change: RoleChange) -> str | None:
    """Carry a change out.

    Returns:
        The secret of the link that was made, None where none was: it is given to the person, once.

    Raises:
        ConfigError: another person decided it meanwhile.
        StorageError: the log did not take it; nothing was changed.
    """
    code = f"{change.kind}/{change.role}"
    await console.custody.record(
        person_act(staff, f"role-approve:{change.id}:{staff.actor}", "role-approve", change.person, code)
    )
    if await take_role_change(console.store, change.id) is None:
        raise ConfigError("somebody else decided this meanwhile: load the page again")
    await tell_of_role_changes(console)
    if change.kind is Change.ADD:
        await add_person(console.store, change.name, change.role, change.offices, console.lang, console.clock())
    elif change.kind is Change.ROLE:
        await set_role(console.store, change.person, change.role, change.offices)
        await end_sessions(console.store, change.person)
        return None
    await disable(console.store, change.person, None)
    return await make_link(console.store, change.person, console.clock(), LINK_LASTS)


async def decline(console: Console, staff: Staff, change: RoleChange) -> None:
    """Take a change off the list."""
    await console.custody.record(person_act(staff, f"role-decline:{change.id}", "role-decline", change.person))
    await take_role_change(console.store, change.id)
    await tell_of_role_changes(console)


async def lock_out(console: Console, staff: Staff, person: Person) -> None:
    """Disable an account at once; its sessions end."""
    request = f"disable:{person.id}:{console.clock().isoformat()}"
    await console.custody.record(person_act(staff, request, "disable", person.id))
    await disable(console.store, person.id, console.clock())
    await end_sessions(console.store, person.id)


async def tell_of_role_changes(console: Console) -> None:
    """Let supervisors know how many changes wait."""
    count = len(await waiting(console.store, console.clock()))
    console.events.publish(Event(kind="role-changes", permission=Permission.APPROVE_ROLE, values={"count": count}))
