"""From the store to the rules of notices: what is read for each, how far back, and how much of it."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from console.events import Event
from crawler.assemble import stored_watchlist
from crawler.delivery_plan import Courier
from crawler.filters import in_time
from evidence.delivery import State
from evidence.notice import Kind, Notice, notice_id
from evidence.pause import EVERYTHING
from evidence.query import SavedSearch
from evidence.records import Watchlist
from evidence.waiting import Rank
from pipelines.normalize import searched_form
from pipelines.notices import (
    HourCount,
    Overdue,
    RaisedFlag,
    RoomState,
    Watched,
    account_notices,
    backlog_notices,
    grave_notices,
    remembered,
    room_notices,
    surge_notice,
    unseen_notices,
    wait_notices,
)
from storage.accounts import StoredAccounts
from storage.deliveries import all_deliveries
from storage.holds import load_holds
from storage.mongo import Store
from storage.notice_values import (
    Raised,
    Remembered,
    RoomSeen,
    fresh_counts,
    overdue_flags,
    remembered_rooms,
    room_code,
    rooms_seen,
    untold_flags,
)
from storage.people import read_person
from storage.search import search
from storage.searches import telling_searches
from storage.watchlists import newest_number

LATE, A_WHILE = timedelta(hours=1), timedelta(minutes=5)
"""So far back the first turn looks at counts, and each turn before the one before it: passes end after they began."""
A_DAY = timedelta(days=1)
MOST_FOUND = 50

Publish = Callable[[Event], None]


@dataclass(slots=True)
class Lookout:
    """What making notices needs, and the watchlist as it was read last."""

    courier: Courier
    publish: Publish | None = None
    """Tells the browsers of this process; None where it has no console."""
    looked_at: datetime | None = None
    """When all that was seen before was told."""
    _known: tuple[int, Watchlist | None] = field(default=(-1, None))

    async def watchlist(self) -> Watchlist | None:
        """The newest stored one, read again only when there is a newer one."""
        number = await newest_number(self.courier.store)
        if number != self._known[0]:
            self._known = (number, await stored_watchlist(self.courier.store, self.courier.settings))
        return self._known[1]


async def of_flags(store: Store, muted: frozenset[str], at: datetime) -> tuple[list[Notice], tuple[Raised, ...]]:
    """Of Flags that are new or changed, also what to note once they are kept.

    Nobody is called for rooms that are muted, nor for what was raised more than a day ago, while no service ran.
    """
    raised = await untold_flags(store)
    flags = [
        RaisedFlag(
            id=flag.id,
            leader=flag.leader,
            code=room_code(store, flag.source),
            at=flag.at,
            severity=flag.severity,
            offices=flag.offices,
        )
        for flag in raised
        if flag.source not in muted and flag.at > at - A_DAY
    ]
    return list(grave_notices(flags, at)), raised


async def of_rooms(
    lookout: Lookout, paused: frozenset[str], at: datetime
) -> tuple[list[Notice], dict[str, Remembered]]:
    """Of rooms on the watchlist; also what is to be remembered of them once the notices are kept."""
    store, watchlist = lookout.courier.store, await lookout.watchlist()
    every = {source.address: source.every_s for source in watchlist.sources} if watchlist else {}
    seen, before = await rooms_seen(store, every), await remembered_rooms(store, every)
    since = at - LATE if lookout.looked_at is None else lookout.looked_at - A_WHILE
    counts = await fresh_counts(store, since, at + A_DAY)
    made: list[Notice] = []
    memory: dict[str, Remembered] = {}
    for room in seen:
        then = before.get(room.address)
        now = _now(store, room, then)
        made += room_notices(_then(now, then), now, at)
        if (count := counts.get(room.address)) is not None:
            surge = surge_notice(now, count, at)
            made += [surge] if surge else []
            now = replace(now, hours=() if surge else now.hours)  # the next one is against what there is now
            now = replace(now, hours=remembered(now, count))
        if _memory(now) != then:
            memory[room.address] = _memory(now)
    watched = [_watched(store, room, every[room.address]) for room in seen if not room.is_gone]  # that was told
    return [*made, *(() if EVERYTHING in paused else unseen_notices(watched, paused, at))], memory


def _now(store: Store, room: RoomSeen, then: Remembered | None) -> RoomState:
    hours = then.hours if then else ()
    return RoomState(
        address=room.address,
        code=room_code(store, room.address),
        title_mark=room.title_mark,
        led_to=room.led_to,
        is_gone=room.is_gone,
        hours=tuple(HourCount(at=at, low=low, high=high) for at, low, high in hours),
    )


def _then(now: RoomState, then: Remembered | None) -> RoomState | None:
    if then is None:
        return None
    return replace(now, title_mark=then.title_mark, led_to=then.led_to, is_gone=then.is_gone)


def _memory(now: RoomState) -> Remembered:
    return Remembered(
        title_mark=now.title_mark,
        led_to=now.led_to,
        is_gone=now.is_gone,
        hours=tuple((hour.at, hour.low, hour.high) for hour in now.hours),
    )


def _watched(store: Store, room: RoomSeen, every_s: int) -> Watched:
    code = room_code(store, room.address)
    return Watched(address=room.address, code=code, every=timedelta(seconds=every_s), read_at=room.read_at)


async def of_accounts(store: Store, at: datetime) -> list[Notice]:
    """Of accounts that cannot be used, and hosts that asked to wait for long."""
    states = await StoredAccounts(store).states((), at)
    waits_s = {host: left_s for host, (left_s, _) in (await load_holds(store, at, 0.0)).items()}
    return [*account_notices(states, at), *wait_notices(waits_s, at)]


async def of_queue(store: Store, at: datetime) -> list[Notice]:
    """Of Flags that wait longer than they may."""
    found = await overdue_flags(store, [str(rank) for rank in Rank], at)
    overdue = [Overdue(rank=Rank(lane), flags=flags, oldest_due_at=due_at) for lane, (flags, due_at) in found.items()]
    return list(backlog_notices(overdue, at))


async def of_searches(store: Store, at: datetime) -> list[Notice]:
    """Of saved searches whose owner wants to be told; each within what its owner may see."""
    made: list[Notice] = []
    for name, saved in await telling_searches(store, at):
        made += await _of_search(store, name, saved, at)
    return made


async def _of_search(store: Store, name: str, saved: SavedSearch, at: datetime) -> list[Notice]:
    """By when a post was first seen: the next look adds to the same notice."""
    owner = await read_person(store, saved.owner)
    if owner is not None and owner.disabled_at is not None:
        return []
    asked = in_time(saved.query, saved.since, saved.until, at)
    since = max(filter(None, (asked.since, at - A_DAY)))
    query = replace(asked, scope=owner.offices if owner else None, since=since)
    found: dict[str, list[str]] = {}
    async with aclosing(search(store, query, searched_form, at)) as posts:
        async for post in posts:
            if post.seen_at >= max(at - LATE, saved.at):
                found.setdefault(notice_id(Kind.SEARCH, name, post.seen_at), []).append(post.id)
            if sum(map(len, found.values())) == MOST_FOUND:
                break
    same = {"kind": Kind.SEARCH, "place": name, "code": "search", "at": at, "owner": saved.owner}
    return [Notice(id=notice, about=tuple(ids), **same) for notice, ids in found.items()]  # type: ignore[arg-type]


async def of_deliveries(store: Store, at: datetime) -> list[Notice]:
    """Of what was refused in the last day."""
    failed = [one for one in await all_deliveries(store, at - A_DAY, at) if one.state is State.FAILED]
    if not failed:
        return []
    return [
        Notice(
            id=notice_id(Kind.UNDELIVERED, "deliveries", at),
            kind=Kind.UNDELIVERED,
            place="deliveries",
            code="delivery",
            at=at,
            numbers={"deliveries": len(failed)},
        )
    ]
