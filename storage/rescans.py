"""Rescans: which words and rules run over which Captures, and how far they are with each place.

One document a rescan, one for each of its places under the same beginning of the id. A place's says up
to which Capture it was read: written in one transaction with what was found, so that a stop at any
moment repeats a partition and loses or doubles no count.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from pymongo import UpdateOne

from storage.leases import Lease, write_leased
from storage.mongo import Document, Store

RESCANS = "rescans"
PARTITION = 100
"""Captures that are read while a place is held: some seconds, which a pass over it can wait."""
FIRST, LONGEST, SHORTEST = timedelta(hours=1), timedelta(days=2), timedelta(minutes=1)
GROWTH, FEW, MANY = 4, 25, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescan:
    """One round of words and rules over Captures."""

    id: str
    """``WHAT SCOPE``: a hash of the words, rules and register, then what was asked for."""
    begun_at: datetime
    since: datetime
    until: datetime
    """Later Captures were read under the words of their time."""
    is_resumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a rescan did in a place."""

    captures: int = 0
    unreadable: int = 0
    posts: int = 0
    """Wordings of posts that were examined; the same one on several pages of a partition counts once."""
    kept: int = 0
    """Posts that were not kept before."""
    extended: int = 0
    """Kept posts in which something more was found."""
    flagged: int = 0
    """Flags raised."""

    def __add__(self, other: "Tally") -> "Tally":
        mine, theirs = asdict(self), asdict(other)
        return Tally(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How far a rescan is with a place."""

    done_at: datetime
    """Captures received before are done, and of this moment those up to ``done_id``."""
    done_id: str = ""
    tally: Tally = field(default_factory=Tally)
    is_done: bool = False


async def begin_rescan(
    store: Store, what: str, scope: str, since: datetime, until: datetime, *, begun_at: datetime
) -> Rescan:
    """Begin a rescan, or go on with one of the same words and scope that was not ended.

    Args:
        store: open.
        what: hash of all that decides what is found.
        scope: what was asked for, as it was typed: a resumed rescan keeps the moments that it stood for first.
        since: of Captures received from this moment on.
        until: before this moment.
        begun_at: now.
    """
    name = f"{what} {scope}"
    found = await store[RESCANS].find_one({"_id": name})
    if found is not None and found["ended_at"] is None:
        times = {key: found[key] for key in ("begun_at", "since", "until")}
        return Rescan(id=name, is_resumed=True, **times)
    await _forget_shares(store, name)
    rescan = Rescan(id=name, begun_at=begun_at, since=since, until=until)
    times = {"at": begun_at, "begun_at": begun_at, "since": since, "until": until, "ended_at": None}
    await store[RESCANS].update_one({"_id": name}, {"$set": times}, upsert=True)
    return rescan


async def find_rescan(store: Store, name: str) -> Rescan | None:
    """The rescan of an id while it is under way."""
    found = await store[RESCANS].find_one({"_id": name})
    if found is None or found["ended_at"] is not None:
        return None
    return Rescan(id=name, **{key: found[key] for key in ("begun_at", "since", "until")})


async def end_rescan(store: Store, rescan: Rescan, total: Tally, now: datetime) -> None:
    """Say that all places are done; how far each of them was is not needed any more."""
    await store[RESCANS].update_one({"_id": rescan.id}, {"$set": {"ended_at": now, "total": asdict(total)}})
    await _forget_shares(store, rescan.id)


async def read_share(store: Store, rescan: Rescan, source: str) -> Share:
    """How far it is with a place."""
    found = await store[RESCANS].find_one({"_id": _name(rescan, source)})
    if found is None:
        return Share(done_at=rescan.since)
    tally = Tally(**{name: found.get(name, 0) for name in Tally.__slots__})
    return Share(done_at=found["done_at"], done_id=found["done_id"], tally=tally, is_done=found["is_done"])


def found_write(rescan: Rescan, source: str, found: Tally, now: datetime) -> UpdateOne:
    """The write that counts what was found in a place; for the transaction that stores it."""
    first: Document = {"done_at": rescan.since, "done_id": "", "is_done": False}
    change: Document = {"$set": {"at": now}, "$inc": _more(found), "$setOnInsert": first}
    return UpdateOne({"_id": _name(rescan, source)}, change, upsert=True)


async def advance_share(
    store: Store, rescan: Rescan, lease: Lease, last: tuple[datetime, str], read: Tally, now: datetime
) -> None:
    """Say that a leased place is done up to a Capture, its time and id, and how many were read."""
    reached: Document = {"at": now, "done_at": last[0], "done_id": last[1], "is_done": False}
    change: Document = {"$set": reached, "$inc": _more(read)}
    write = UpdateOne({"_id": _name(rescan, lease.source)}, change, upsert=True)
    await write_leased(store, lease, now, {RESCANS: [write]})


async def end_share(store: Store, rescan: Rescan, lease: Lease, now: datetime) -> None:
    """Say that a leased place is done."""
    ended: Document = {"at": now, "done_at": rescan.until, "done_id": "", "is_done": True}
    write = UpdateOne({"_id": _name(rescan, lease.source)}, {"$set": ended}, upsert=True)
    await write_leased(store, lease, now, {RESCANS: [write]})


@dataclass(slots=True)
class Walk:
    """A walk over a place's Captures, oldest first, in ranges of time that hold neither few nor very many."""

    store: Store
    source: str
    until: datetime
    length: timedelta = FIRST

    async def following(self, share: Share, most: int = PARTITION) -> list[tuple[datetime, str]]:
        """Time and id of the next Captures; none at the end."""
        low = share.done_at
        while low < self.until:
            high = min(low + self.length, self.until)
            found = await self._between(low, high)
            self._adapt(len(found))
            rest = [one for one in found if one > (share.done_at, share.done_id)]
            if rest:
                return rest[:most]
            low = high
        return []

    async def _between(self, low: datetime, high: datetime) -> list[tuple[datetime, str]]:
        asked: Document = {"source": self.source, "at": {"$gte": low, "$lt": high}}
        found = self.store["captures"].find(asked, {"at": 1})
        return sorted([(document["at"], document["_id"]) async for document in found])

    def _adapt(self, found: int) -> None:
        if found < FEW:
            self.length = min(LONGEST, self.length * GROWTH)
        elif found > MANY:
            self.length = max(SHORTEST, self.length / GROWTH)


def _more(tally: Tally) -> dict[str, int]:
    return {name: number for name, number in asdict(tally).items() if number}


async def _forget_shares(store: Store, name: str) -> None:
    await store[RESCANS].delete_many({"_id": {"$gte": f"{name}\n", "$lt": f"{name}\x0b"}})


def _name(rescan: Rescan, source: str) -> str:
    return f"{rescan.id}\n{source}"
