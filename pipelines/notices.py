"""Rules of notices: from what is known of rooms, flags, accounts and the queue to Notices; and when they are told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from evidence.accounts import AccountState
from evidence.delivery import NATIONAL, OPERATOR, Delivery, Recipient
from evidence.notice import HEALTH, Kind, Notice, notice_id
from evidence.records import Count, Severity
from evidence.waiting import SURGE, Rank, growth_between

REMEMBERED = timedelta(hours=24)
"""Counts of a room that a surge is told by."""
SHORTEST_UNSEEN = timedelta(hours=1)
UNSEEN_TIMES = 3
"""Intervals of a room without a watched pass."""
LONG_WAIT = timedelta(minutes=10)
GRAVE = frozenset({Severity.HIGH, Severity.CRITICAL})
BY_THE_CLOCK = frozenset({Rank.P0, Rank.P1})
MANY, BURST = 5, timedelta(minutes=10)
"""After so many mails in so short a time the rest comes together in one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HourCount:
    """Members of a room in an hour, as bounds."""

    at: datetime
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomState:
    """A room as it was seen; None is what was never seen."""

    address: str
    code: str
    title_mark: str | None = None
    """Keyed hash of its title."""
    led_to: str | None = None
    """Another address or room that it turned into."""
    is_gone: bool = False
    hours: tuple[HourCount, ...] = ()
    """Oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedFlag:
    """A Flag of the last minutes."""

    id: str
    leader: str
    """The post that leads its kind: reposts have one leader."""
    code: str
    """Of its room."""
    at: datetime
    severity: Severity
    offices: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A Source on the watchlist."""

    address: str
    code: str
    every: timedelta
    read_at: datetime | None
    """When it was watched last, or first tried; None before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """Flags of one rank that wait too long."""

    rank: Rank
    flags: int
    oldest_due_at: datetime


def grave_notices(flags: Sequence[RaisedFlag], at: datetime) -> Iterator[Notice]:
    """One for a text, wherever it is posted."""
    for flag in flags:
        if flag.severity in GRAVE:
            yield Notice(
                id=notice_id(Kind.GRAVE, flag.leader, flag.at),
                kind=Kind.GRAVE,
                place=flag.leader,
                code=flag.code,
                at=at,
                is_grave=True,
                offices=flag.offices,
                about=(flag.id,),
            )


def room_notices(before: RoomState | None, now: RoomState, at: datetime) -> Iterator[Notice]:
    """What differs in a room; nothing the first time it is seen."""
    if before is None:
        return
    if now.is_gone and not before.is_gone:
        yield _of_room(Kind.GONE, now, at)
    if now.led_to is not None and now.led_to != before.led_to:
        yield _of_room(Kind.MOVED, now, at)
    if None not in (now.title_mark, before.title_mark) and now.title_mark != before.title_mark:
        yield _of_room(Kind.RENAMED, now, at)


def surge_notice(room: RoomState, count: Count, at: datetime) -> Notice | None:
    """Where a room gained a fifth and fifty members against any hour of the last day, by what is certain."""
    earlier = [hour.high for hour in room.hours if count.at - REMEMBERED <= hour.at < count.at]
    growth = growth_between(min(earlier), count.low) if earlier else None
    if growth is None or growth < SURGE:
        return None
    numbers = {"members": count.value, "gained": count.low - min(earlier)}
    return _of_room(Kind.SURGE, room, at, is_grave=True, numbers=numbers, since=count.at)


def remembered(room: RoomState, count: Count) -> tuple[HourCount, ...]:
    """The hours of a room with one more count: the lowest of each hour of the last day."""
    hour = count.at.replace(minute=0, second=0, microsecond=0)
    kept = {one.at: one for one in room.hours if one.at > hour - REMEMBERED}
    mine = kept.get(hour, HourCount(at=hour, low=count.low, high=count.high))
    kept[hour] = HourCount(at=hour, low=min(mine.low, count.low), high=min(mine.high, count.high))
    return tuple(sorted(kept.values(), key=lambda one: one.at))


def unseen_notices(watched: Sequence[Watched], paused: frozenset[str], at: datetime) -> Iterator[Notice]:
    """Rooms that were not read for three of their intervals and an hour, unless a person paused them."""
    for one in watched:
        if one.address in paused or one.read_at is None:
            continue
        waited = at - one.read_at
        if waited >= max(SHORTEST_UNSEEN, UNSEEN_TIMES * one.every):
            numbers = {"minutes": int(waited.total_seconds() // 60)}
            room = RoomState(address=one.address, code=one.code)
            yield _of_room(Kind.UNSEEN, room, at, numbers=numbers, since=one.read_at)


def account_notices(accounts: Sequence[AccountState], at: datetime) -> Iterator[Notice]:
    """Accounts that cannot be used; the rooms they read are blind meanwhile."""
    for account in accounts:
        if account.out_of_use is not None:
            numbers = {"rooms": len(account.rooms)}
            state = RoomState(address=account.label, code="account")
            yield _of_room(Kind.LIMITED, state, at, is_grave=True, numbers=numbers, since=account.out_since)


def wait_notices(waits_s: Mapping[str, float], at: datetime) -> Iterator[Notice]:
    """Hosts that asked to be left alone for long."""
    for host, left_s in waits_s.items():
        if left_s >= LONG_WAIT.total_seconds():
            yield _of_room(
                Kind.LIMITED, RoomState(address=host, code="host"), at, numbers={"minutes": int(left_s // 60)}
            )


def backlog_notices(overdue: Sequence[Overdue], at: datetime) -> Iterator[Notice]:
    """A rank whose flags wait longer than they may; grave where its time runs by the clock."""
    for one in overdue:
        minutes = int((at - one.oldest_due_at).total_seconds() // 60)
        state, numbers = RoomState(address=str(one.rank), code=str(one.rank)), {"flags": one.flags, "minutes": minutes}
        yield _of_room(Kind.BACKLOG, state, at, is_grave=one.rank in BY_THE_CLOCK, numbers=numbers)


def _of_room(
    kind: Kind,
    room: RoomState,
    at: datetime,
    *,
    is_grave: bool = False,
    numbers: Mapping[str, int] | None = None,
    since: datetime | None = None,
) -> Notice:
    """A notice of a place; where it lasts, ``since`` is when it began, and it is one however long it lasts."""
    return Notice(
        id=notice_id(kind, room.address, since or at),
        kind=kind,
        place=room.address,
        code=room.code,
        at=at,
        is_grave=is_grave,
        numbers=numbers or {},
    )


# ------------------------------------------------------------------ who is told, and when


def gets(recipient: Recipient, notice: Notice) -> bool:
    """Whether somebody on the list is told: operators of health, an office of what touches it, the rest of all."""
    if notice.owner is not None or not recipient.gets_notices or notice.at < recipient.added_at:
        return False
    if recipient.scope == OPERATOR:
        return notice.kind in HEALTH
    if recipient.scope == NATIONAL:
        return True
    return notice.kind is Kind.GRAVE and recipient.office in (notice.offices or ())


def is_quiet(at: datetime, quiet_hours: str | None, zone: ZoneInfo) -> bool:
    """Whether a moment is within ``22:00-07:00``, by the clock on the wall."""
    if quiet_hours is None:
        return False
    starts, ends = (time.fromisoformat(part) for part in quiet_hours.split("-"))
    now = at.astimezone(zone).time()
    return starts <= now < ends if starts <= ends else now >= starts or now < ends


def to_tell(notices: Sequence[Notice], told: Sequence[Delivery], at: datetime, *, quiet: bool) -> tuple[Notice, ...]:
    """What one receiver is told now, together.

    Args:
        notices: all of the last day that concern them.
        told: deliveries of notices to them in that time.
        at: now.
        quiet: whether these are quiet hours: then only what is grave.

    Returns:
        Oldest first; nothing where they had so many that the rest waits for one mail.
    """
    known = {name for delivery in told for name in delivery.about}
    open_ones = [one for one in notices if one.id not in known and (one.is_grave or not quiet)]
    recent = [delivery for delivery in told if at - delivery.due_at < BURST]
    return () if len(recent) >= MANY else tuple(sorted(open_ones, key=lambda one: (one.at, one.id)))
