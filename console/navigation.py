"""The top bar: which pages there are, each shown to those who may open it. A new page family adds a line."""

from dataclasses import dataclass

from console.routing import Access
from console.words import _
from evidence.roles import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page that can be gone to from everywhere."""

    path: str
    label: str
    words: str
    """One line for the first page."""
    access: Access | Permission
    live: str = ""
    """Kind of the event whose ``count`` is shown beside it; empty for none."""


NAVIGATION = (
    Place(path="/", label=_("Home"), words=_("What you may do here."), access=Access.SIGNED_IN),
    Place(path="/search", label=_("Search"), words=_("Find posts that were kept, masked."), access=Permission.SEARCH),
    Place(path="/people", label=_("People"), words=_("Who may sign in, with which role."), access=Permission.PEOPLE),
    Place(
        path="/role-changes",
        label=_("Role approvals"),
        words=_("Roles and links that wait for a second person."),
        access=Permission.APPROVE_ROLE,
        live="role-changes",
    ),
    Place(path="/help", label=_("Help"), words=_("What holds here, and who may do what."), access=Access.ANYONE),
)
