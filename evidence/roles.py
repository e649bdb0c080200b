"""Who may do what: five roles and one table. Scope and second persons are applied to every cell of it.

An admin keeps accounts and machines and reads no content; nobody approves what they asked for.
"""

from dataclasses import dataclass
from enum import StrEnum

from evidence.case import Staff


class Role(StrEnum):
    """What somebody is here for. Each person has one."""

    VIEWER = "viewer"
    """Reads figures and summaries of their scope."""
    MONITOR = "monitor"
    """Keeps watchlists and decides flags."""
    INVESTIGATOR = "investigator"
    """Searches, builds cases, drafts packages."""
    SUPERVISOR = "supervisor"
    """Settles disputes, approves what needs a second person."""
    ADMIN = "admin"
    """Keeps accounts, keys and backups; reads no content."""


class Permission(StrEnum):
    """What the table has a row for."""

    SUMMARY = "summary"
    """Aggregates and daily summaries."""
    HEALTH = "health"
    """Whether the machine, the store and the sources work; figures only."""
    PROPOSE_WATCHLIST = "propose-watchlist"
    """Propose a change of sources, terms and rules."""
    APPROVE_WATCHLIST = "approve-watchlist"
    """Approve somebody else's change of them."""
    DECIDE = "decide"
    """Claim flags and decide them, masked."""
    SECOND_REVIEW = "second-review"
    """Review blindly what another person decided."""
    ADJUDICATE = "adjudicate"
    """Settle a dispute between two reviews."""
    SEARCH = "search"
    """Search the evidence, masked."""
    REVEAL = "reveal"
    """Ask to see masked text."""
    APPROVE_REVEAL = "approve-reveal"
    """Approve somebody else's reveal."""
    NOTE = "note"
    """Add notes to cases."""
    CASES = "cases"
    """Open cases, put items in, merge and split."""
    DRAFT_PACKAGE = "draft-package"
    """Draft an evidence package."""
    APPROVE_PACKAGE = "approve-package"
    """Approve somebody else's package."""
    URGENT = "urgent"
    """Raise child safety and draft its referral at once, alone."""
    RECORD_SENDING = "record-sending"
    """Record that a package was sent."""
    EXPORT = "export"
    """Take masked items out as CSV or JSON."""
    BULK = "bulk"
    """Act on many flags at once."""
    PROPOSE_ERASE = "propose-erase"
    """Propose a legal hold, an erasure, another retention."""
    APPROVE_ERASE = "approve-erase"
    """Approve what somebody else proposed of these."""
    ASSIGN = "assign"
    """Assign flags, set waiting times and queues, record recusals."""
    OWN_ACCESS_LOG = "own-access-log"
    """See what oneself has looked at."""
    ACCESS_LOG = "access-log"
    """See what others have looked at; ids and times, no content."""
    VERIFY_LOG = "verify-log"
    """Verify the custody log."""
    PEOPLE = "people"
    """Keep accounts: add, disable, propose a role."""
    APPROVE_ROLE = "approve-role"
    """Approve a role or a new link that an admin proposed."""
    PAUSE = "pause"
    """Pause all crawling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A cell of the table: it is allowed, within these bounds."""

    needs_second: bool = False
    """Takes effect only when another person has approved it."""
    most: int | None = None
    """Items at once; None for no bound."""
    days: int | None = None
    """How far back; None for no bound."""


_FREELY, _BY_TWO = Allowance(), Allowance(needs_second=True)
_V, _M, _I, _S, _A = Role.VIEWER, Role.MONITOR, Role.INVESTIGATOR, Role.SUPERVISOR, Role.ADMIN

TABLE: dict[Permission, dict[Role, Allowance]] = {
    Permission.SUMMARY: dict.fromkeys((_V, _M, _I, _S), _FREELY),
    Permission.HEALTH: dict.fromkeys((_V, _M, _I, _S, _A), _FREELY),
    Permission.PROPOSE_WATCHLIST: dict.fromkeys((_M, _I, _S), _FREELY),
    Permission.APPROVE_WATCHLIST: {_S: _BY_TWO},
    Permission.DECIDE: dict.fromkeys((_M, _I, _S), _FREELY),
    Permission.SECOND_REVIEW: dict.fromkeys((_M, _I, _S), _FREELY),
    Permission.ADJUDICATE: {_S: _FREELY},
    Permission.SEARCH: {_M: Allowance(days=30), _I: _FREELY, _S: _FREELY},
    Permission.REVEAL: dict.fromkeys((_I, _S), _BY_TWO),
    Permission.APPROVE_REVEAL: {_S: _FREELY},
    Permission.NOTE: dict.fromkeys((_M, _I, _S), _FREELY),
    Permission.CASES: dict.fromkeys((_I, _S), _FREELY),
    Permission.DRAFT_PACKAGE: {_I: _FREELY},
    Permission.APPROVE_PACKAGE: {_S: _BY_TWO},
    Permission.URGENT: dict.fromkeys((_M, _I, _S), _FREELY),
    Permission.RECORD_SENDING: dict.fromkeys((_I, _S), _FREELY),
    Permission.EXPORT: {_I: Allowance(most=500), _S: Allowance(most=5_000, needs_second=True)},
    Permission.BULK: {_M: Allowance(most=50), _I: Allowance(most=200), _S: Allowance(most=200)},
    Permission.PROPOSE_ERASE: dict.fromkeys((_I, _S), _FREELY),
    Permission.APPROVE_ERASE: {_S: _BY_TWO},
    Permission.ASSIGN: {_S: _FREELY},
    Permission.OWN_ACCESS_LOG: dict.fromkeys((_I, _S), _FREELY),
    Permission.ACCESS_LOG: dict.fromkeys((_S, _A), _FREELY),
    Permission.VERIFY_LOG: dict.fromkeys((_S, _A), _FREELY),
    Permission.PEOPLE: {_A: _BY_TWO},
    Permission.APPROVE_ROLE: {_S: _BY_TWO},
    Permission.PAUSE: dict.fromkeys((_M, _I, _S, _A), _FREELY),
}
"""What is not in it is not allowed."""

WITHOUT_CONTENT = frozenset(
    {Permission.HEALTH, Permission.ACCESS_LOG, Permission.VERIFY_LOG, Permission.PEOPLE, Permission.PAUSE}
)
"""What an admin may be given: none of these shows what anybody wrote."""


def may(role: Role, permission: Permission) -> bool:
    """Whether the table allows it, alone or with a second person."""
    return role in TABLE[permission]


def allowance(role: Role, permission: Permission) -> Allowance | None:
    """The bounds within which it is allowed; None where it is not."""
    return TABLE[permission].get(role)


def reads_content(role: Role) -> bool:
    """Whether the role shows posts, cases or figures made of them."""
    return any(may(role, permission) for permission in Permission if permission not in WITHOUT_CONTENT)


def in_scope(staff: Staff, offices: frozenset[str]) -> bool:
    """Whether something of these education offices is theirs to see.

    Args:
        staff: who asks.
        offices: NEIS codes of the thing; a thing without any is for those who see all.
    """
    return staff.offices is None or not staff.offices.isdisjoint(offices)
