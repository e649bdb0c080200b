"""The table of who may do what."""

import pytest

from evidence.case import Staff
from evidence.roles import TABLE, WITHOUT_CONTENT, Allowance, Permission, Role, allowance, in_scope, may, reads_content

GLYPHS = {None: "-", Allowance(): "o", Allowance(needs_second=True): "2"}
ROWS = """
summary            o o o o -
health             o o o o o
propose-watchlist  - o o o -
approve-watchlist  - - - 2 -
decide             - o o o -
second-review      - o o o -
adjudicate         - - - o -
search             - * o o -
reveal             - - 2 2 -
approve-reveal     - - - o -
note               - o o o -
cases              - - o o -
draft-package      - - o - -
approve-package    - - - 2 -
urgent             - o o o -
record-sending     - - o o -
export             - - * * -
bulk               - * * * -
propose-erase      - - o o -
approve-erase      - - - 2 -
assign             - - - o -
own-access-log     - - o o -
access-log         - - - o o
verify-log         - - - o o
people             - - - - 2
approve-role       - - - 2 -
pause              - o o o o
"""
"""Viewer, monitor, investigator, supervisor, admin; ``*`` is allowed within bounds of its own."""


def test_the_table_is_the_published_one() -> None:
    """Row by row, so that a change is seen twice."""
    rows = [row.split() for row in ROWS.strip().splitlines()]
    found = [[str(name), *(GLYPHS.get(TABLE[name].get(role), "*") for role in Role)] for name in Permission]
    assert rows == found


def test_bounds() -> None:
    """Of what many things are done to at once, and of how far back a search goes."""
    bounds = {(p, r): a for p, row in TABLE.items() for r, a in row.items() if a.most or a.days}
    assert {
        (Permission.SEARCH, Role.MONITOR): Allowance(days=30),
        (Permission.EXPORT, Role.INVESTIGATOR): Allowance(most=500),
        (Permission.EXPORT, Role.SUPERVISOR): Allowance(most=5_000, needs_second=True),
        (Permission.BULK, Role.MONITOR): Allowance(most=50),
        (Permission.BULK, Role.INVESTIGATOR): Allowance(most=200),
        (Permission.BULK, Role.SUPERVISOR): Allowance(most=200),
    } == bounds
    assert allowance(Role.VIEWER, Permission.BULK) is None


def test_an_admin_reads_no_content() -> None:
    """All others do."""
    assert [Role.VIEWER, Role.MONITOR, Role.INVESTIGATOR, Role.SUPERVISOR] == [r for r in Role if reads_content(r)]
    assert {permission for permission in Permission if may(Role.ADMIN, permission)} <= WITHOUT_CONTENT


def test_nobody_both_proposes_and_approves_roles() -> None:
    """An admin proposes, a supervisor approves."""
    assert [] == [role for role in Role if may(role, Permission.PEOPLE) and may(role, Permission.APPROVE_ROLE)]


@pytest.mark.parametrize(
    ("own", "thing", "is_in"),
    [
        (None, {"B10"}, True),
        (None, set(), True),
        ({"B10"}, {"B10", "C10"}, True),
        ({"B10"}, {"C10"}, False),
        ({"B10"}, set(), False),
        ({"none"}, {"none"}, True),
        (set(), {"B10"}, False),
    ],
)
def test_scope(own: set[str] | None, thing: set[str], is_in: bool) -> None:
    """A thing is seen by those of any of its offices; without an office by those who see all."""
    offices = None if own is None else frozenset(own)
    staff = Staff(actor="staff-1", role="monitor", session_id="s", offices=offices)
    assert is_in is in_scope(staff, frozenset(thing))
