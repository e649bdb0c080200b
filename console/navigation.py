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
    is_rare: bool = False
    """Whether it stands under "More"."""


NAVIGATION = (
    Place(path="/", label=_("Home"), words=_("What you may do here."), access=Access.SIGNED_IN),
    Place(
        path="/queue", label=_("Queue"), words=_("One flag at a time, masked."), access=Permission.DECIDE, live="queue"
    ),
    Place(path="/search", label=_("Search"), words=_("Find posts that were kept, masked."), access=Permission.SEARCH),
    Place(path="/cases", label=_("Cases"), words=_("Items and notes under one question."), access=Permission.NOTE),
    Place(
        path="/approvals",
        label=_("Approvals"),
        words=_("Packages, files, holds and erasures that wait for a second person."),
        access=Permission.APPROVE_PACKAGE,
    ),
    Place(
        path="/reveals",
        label=_("Reveals"),
        words=_("Masked text that somebody asked to see."),
        access=Permission.REVEAL,
        live="reveals",
    ),
    Place(
        path="/watchlist",
        label=_("Watchlist"),
        words=_("Rooms, words and rules; what a change would flag; candidates."),
        access=Permission.PROPOSE_WATCHLIST,
        live="watchlist-changes",
    ),
    Place(
        path="/notices", label=_("Notices"), words=_("What staff should know within minutes."), access=Permission.HEALTH
    ),
    Place(
        path="/assignments",
        is_rare=True,
        label=_("Assignments"),
        words=_("Who has what in hand; give flags to somebody, take them back."),
        access=Permission.ASSIGN,
    ),
    Place(
        path="/referrals",
        is_rare=True,
        label=_("Referrals"),
        words=_("Drafts for police and others: approve, send by hand, record."),
        access=Permission.RECORD_SENDING,
    ),
    Place(
        path="/pauses",
        is_rare=True,
        label=_("Pauses"),
        words=_("Stop one place or all crawling."),
        access=Permission.PAUSE,
    ),
    Place(path="/overview", label=_("Overview"), words=_("Load, agreement, coverage."), access=Permission.HEALTH),
    Place(
        path="/access-log",
        is_rare=True,
        label=_("My access"),
        words=_("What you looked at."),
        access=Permission.OWN_ACCESS_LOG,
    ),
    Place(
        path="/access-log/all",
        is_rare=True,
        label=_("Access log"),
        words=_("Who looked at what, when and from where."),
        access=Permission.ACCESS_LOG,
    ),
    Place(
        path="/people",
        is_rare=True,
        label=_("People"),
        words=_("Who may sign in, with which role."),
        access=Permission.PEOPLE,
    ),
    Place(
        path="/role-changes",
        is_rare=True,
        label=_("Role approvals"),
        words=_("Roles and links that wait for a second person."),
        access=Permission.APPROVE_ROLE,
        live="role-changes",
    ),
    Place(path="/help", label=_("Help"), words=_("What holds here, and who may do what."), access=Access.ANYONE),
)
