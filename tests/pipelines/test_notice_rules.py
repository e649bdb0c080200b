"""Rules of notices: what makes one, what is the same one, who is told and when."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evidence.accounts import AccountState
from evidence.case import Staff
from evidence.delivery import Delivery, Recipient, State, new_delivery
from evidence.notice import Kind, Notice, concerns, notice_id
from evidence.records import Count, Severity
from evidence.waiting import Rank
from pipelines.notices import (
    BURST,
    HourCount,
    Overdue,
    RaisedFlag,
    RoomState,
    Watched,
    account_notices,
    backlog_notices,
    gets,
    grave_notices,
    is_quiet,
    remembered,
    room_notices,
    surge_notice,
    to_tell,
    unseen_notices,
)
from tests.conftest import NOW

ROOM = RoomState(address="https://t.me/room", code="R-1", title_mark="a")
HOUR = timedelta(hours=1)


def flag(number: int, severity: Severity = Severity.HIGH, leader: str = "1:1", **more: Any) -> RaisedFlag:
    """A Flag of a moment ago."""
    given = {"at": NOW, "offices": frozenset({"B10"}), **more}
    return RaisedFlag(id=f"1:{number}", leader=leader, code="R-1", severity=severity, **given)


def count(low: int, high: int | None = None, **ago: float) -> Count:
    """Members."""
    return Count(source=ROOM.address, at=NOW - timedelta(**ago), value=low, low=low, high=high or low, origin="landing")


def notice(kind: Kind = Kind.GRAVE, number: int = 1, **more: Any) -> Notice:
    """One that was made now."""
    given = {"place": str(number), "code": "R-1", "at": NOW, "is_grave": kind is Kind.GRAVE, **more}
    return Notice(id=notice_id(kind, given["place"], given["at"]), kind=kind, **given)


def recipient(scope: str, **more: Any) -> Recipient:
    """Somebody on the list who wants notices."""
    given = {"address": "a@b.example", "lang": "ko", "gets_notices": True, "added_at": NOW - HOUR, **more}
    return Recipient(id="r", scope=scope, proposal="p", is_active=True, **given)


def test_reposts_are_one_notice() -> None:
    """Of a day and a text; milder flags are none."""
    made = list(grave_notices([flag(1), flag(2), flag(3, Severity.MEDIUM), flag(4, leader="9:9")], NOW))
    assert (3, 2) == (len(made), len({one.id for one in made}))
    later = flag(5, at=NOW + timedelta(days=1))
    assert made[0].id != next(grave_notices([later], NOW)).id


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        (ROOM, []),
        (replace(ROOM, title_mark="b"), [Kind.RENAMED]),
        (replace(ROOM, title_mark=None), []),
        (replace(ROOM, led_to="https://t.me/other"), [Kind.MOVED]),
        (replace(ROOM, is_gone=True), [Kind.GONE]),
    ],
)
def test_what_differs_in_a_room(now: RoomState, kinds: list[Kind]) -> None:
    """Once it is known; the first sight of a room says nothing."""
    assert kinds == [one.kind for one in room_notices(ROOM, now, NOW)]
    assert [] == list(room_notices(None, now, NOW))


@pytest.mark.parametrize(
    ("before", "now", "gained"),
    [
        (count(1_000, hours=3), count(1_300), 300),
        (count(1_000, hours=3), count(1_150), None),
        (count(100, hours=3), count(140), None),
        (count(1_000, 1_099, hours=3), count(1_300), None),
        (count(1_000, hours=30), count(5_000), None),
    ],
)
def test_surges(before: Count, now: Count, gained: int | None) -> None:
    """A fifth and fifty members within a day, by what is certain whatever was rounded."""
    room = replace(ROOM, hours=remembered(replace(ROOM), before))
    made = surge_notice(room, now, NOW)
    assert gained == (made.numbers["gained"] if made else None)


def test_hours_are_remembered_for_a_day() -> None:
    """The lowest of each."""
    room = ROOM
    for hours in range(40, 0, -1):
        room = replace(room, hours=remembered(room, count(1_000 - hours, hours=hours)))
        room = replace(room, hours=remembered(room, count(2_000, hours=hours)))
    assert 24 == len(room.hours)
    assert [1_000 - hours for hours in range(24, 0, -1)] == [hour.low for hour in room.hours]
    assert isinstance(room.hours[0], HourCount)


def test_rooms_that_are_not_read() -> None:
    """After three intervals and an hour, once for as long as it lasts; not what a person paused."""
    watched = Watched(address="a", code="R-1", every=timedelta(minutes=10), read_at=NOW - HOUR)
    first, later = (next(unseen_notices([watched], frozenset(), NOW + timedelta(hours=more))) for more in (0, 30))
    assert (first.id, 60) == (later.id, first.numbers["minutes"])
    assert [] == list(unseen_notices([watched], frozenset({"a"}), NOW))
    assert [] == list(unseen_notices([replace(watched, every=HOUR)], frozenset(), NOW))
    assert [] == list(unseen_notices([replace(watched, read_at=None)], frozenset(), NOW))


def test_accounts_and_backlog() -> None:
    """An account that is out of use, and ranks that wait too long; by the clock it is grave."""
    account = AccountState(label="+82", out_of_use="banned", out_since=NOW, rooms=("a", "b"), look_ups=0)
    assert [2] == [one.numbers["rooms"] for one in account_notices([account], NOW)]
    assert [] == list(account_notices([replace(account, out_of_use=None)], NOW))
    overdue = [Overdue(rank=rank, flags=3, oldest_due_at=NOW - HOUR) for rank in (Rank.P0, Rank.P2)]
    assert [(True, 60), (False, 60)] == [
        (one.is_grave, one.numbers["minutes"]) for one in backlog_notices(overdue, NOW)
    ]


@pytest.mark.parametrize(
    ("scope", "kinds"),
    [
        ("operator", {Kind.LIMITED, Kind.UNSEEN, Kind.BACKLOG, Kind.UNDELIVERED}),
        ("national", set(Kind)),
        ("office:B10", {Kind.GRAVE}),
        ("office:C10", set()),
    ],
)
def test_who_gets_what(scope: str, kinds: set[Kind]) -> None:
    """Operators of health, an office of its own, others of all; what is for one person is for nobody else."""
    made = [notice(kind, offices=frozenset({"B10"})) for kind in Kind]
    assert kinds == {one.kind for one in made if gets(recipient(scope), one)}
    assert not any(gets(recipient(scope, gets_notices=False), one) for one in made)
    assert not any(gets(recipient(scope, added_at=NOW + HOUR), one) for one in made)
    assert not gets(recipient(scope), notice(Kind.SEARCH, owner="ann"))


def test_whom_it_concerns_in_the_console() -> None:
    """An admin sees health alone, a monitor their offices, an owner their own."""
    admin, seoul = (
        Staff(actor=role, role=role, session_id="s", offices=offices)
        for role, offices in (("admin", None), ("monitor", frozenset({"B10"})))
    )
    grave, elsewhere = notice(offices=frozenset({"B10"})), notice(offices=frozenset({"C10"}))
    assert [(False, True), (False, False), (True, True), (False, True)] == [
        (concerns(one, admin), concerns(one, seoul))
        for one in (grave, elsewhere, notice(Kind.BACKLOG), notice(Kind.SEARCH, owner="monitor"))
    ]


@pytest.mark.parametrize(("hours", "quiet"), [("17:00-19:00", True), ("22:00-07:00", False), ("17:59-06:00", True)])
def test_quiet_hours(hours: str, quiet: bool) -> None:
    """By the clock on the wall, over midnight too; 18:00 in Seoul."""
    assert quiet is is_quiet(NOW, hours, ZoneInfo("Asia/Seoul"))
    assert not is_quiet(NOW, None, ZoneInfo("Asia/Seoul"))


def told(*names: str, **ago: float) -> Delivery:
    """A mail of notices."""
    at = NOW - timedelta(**ago)
    return replace(new_delivery(f"notice {at} {names}", 1, "r", "mail", at, names), state=State.SENT)


def test_told_once_together_and_not_at_night() -> None:
    """Grave ones pass quiet hours; after many mails the rest waits for one."""
    grave, mild = notice(), notice(Kind.RENAMED, 2)
    assert (grave, mild) == tuple(sorted(to_tell([mild, grave], [], NOW, quiet=False), key=lambda one: one.place))
    assert (grave,) == to_tell([mild, grave], [], NOW, quiet=True)
    assert (mild,) == to_tell([mild, grave], [told(grave.id, hours=1)], NOW, quiet=False)
    many = [told(f"notice-{number}", minutes=number) for number in range(5)]
    assert () == to_tell([grave, mild], many, NOW, quiet=False)
    assert 2 == len(to_tell([grave, mild], many, NOW + BURST - timedelta(minutes=4), quiet=False))
