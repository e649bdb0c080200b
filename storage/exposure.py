"""What each person had to look at today: items by severity and time without a break, with limits.

It protects people and measures nobody: no report outside the team shows it, and a skipped item counts
like any other.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from evidence.case import Staff, staff_act
from evidence.errors import ConfigError, ReviewRefused, StorageError
from evidence.records import Severity
from evidence.roles import Permission, Role, may
from evidence.waiting import KOREA
from storage.custody import Custody
from storage.mongo import Document, Store

SOFT_STOP = timedelta(minutes=45)
"""Without a break: then the console asks to pause."""
BREAK = timedelta(minutes=10)
"""A pause of this length begins anew."""
MOST_ITEMS = 200
"""In a day; a supervisor may lower it for a person, never raise it."""
TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Of one person in one day of Korea."""

    actor: str
    items: dict[Severity, int] = field(default_factory=dict)
    since: datetime | None = None
    """When the present stretch without a break began."""
    last_at: datetime | None = None
    most_items: int = MOST_ITEMS

    @property
    def total(self) -> int:
        """Items of all severities."""
        return sum(self.items.values())

    @property
    def is_full(self) -> bool:
        """Whether nothing more may be claimed today."""
        return self.total >= self.most_items

    def without_break(self, at: datetime) -> timedelta:
        """How long they look at things already; zero after a pause."""
        if self.since is None or self.last_at is None or at - self.last_at >= BREAK:
            return timedelta(0)
        return at - self.since

    def asks_for_pause(self, at: datetime) -> bool:
        """Whether the soft stop is reached."""
        return self.without_break(at) >= SOFT_STOP


async def read_exposure(store: Store, actor: str, at: datetime) -> Exposure:
    """What somebody had to look at today so far."""
    document = await store["exposure"].find_one({"_id": _name(actor, at)})
    limit = await store["exposure_limits"].find_one({"_id": actor})
    return _read(actor, document, limit)


async def read_exposures(store: Store, actors: Collection[str], at: datetime) -> dict[str, Exposure]:
    """The same for many."""
    names = {_name(actor, at): actor for actor in actors}
    seen = {names[row["_id"]]: row async for row in store["exposure"].find({"_id": {"$in": list(names)}})}
    limits = {row["_id"]: row async for row in store["exposure_limits"].find({"_id": {"$in": list(actors)}})}
    return {actor: _read(actor, seen.get(actor), limits.get(actor)) for actor in actors}


async def spend(store: Store, actor: str, severity: Severity | None, at: datetime) -> Exposure:
    """Count one item more, before it is shown; None only tells that they are still at it.

    Raises:
        ReviewRefused: the day's limit is reached.
    """
    name = _name(actor, at)
    for _ in range(TRIES):
        document = await store["exposure"].find_one({"_id": name})
        exposure = _read(actor, document, await store["exposure_limits"].find_one({"_id": actor}))
        if severity is not None and exposure.is_full:
            raise ReviewRefused(
                f"{exposure.total} items today, {exposure.most_items} are the limit: please go on tomorrow"
            )
        is_on = exposure.without_break(at) > timedelta(0)
        fresh = {severity: exposure.items.get(severity, 0) + 1} if severity is not None else {}
        items = {**exposure.items, **fresh}
        after: Document = {
            "items": {str(each): number for each, number in items.items()},
            "since": exposure.since if is_on else at,
            "last_at": at,
            "version": document["version"] + 1 if document else 0,
        }
        if await _write(store, name, document, after):
            return _read(actor, after, {"most_items": exposure.most_items})
    raise StorageError(f"exposure of {actor}: not written in {TRIES} tries: too many windows are open at once")


async def lower_limit(store: Store, custody: Custody, staff: Staff, actor: str, most_items: int, at: datetime) -> None:
    """Let somebody see fewer items a day than others.

    Raises:
        ReviewRefused: only a supervisor may.
        ConfigError: it would be more than for everybody.
        StorageError: the log did not take it; nothing was changed.
    """
    if staff.role not in set(Role) or not may(Role(staff.role), Permission.ASSIGN):
        raise ReviewRefused(f"the role {staff.role} may not set limits")
    if not 0 <= most_items <= MOST_ITEMS:
        raise ConfigError(f"a limit of {most_items} items a day: expected 0 to {MOST_ITEMS}; it is never raised")
    moment = at.strftime("%Y%m%dT%H%M%S%f")
    await custody.record(
        staff_act(
            staff,
            f"limit:{actor}:{most_items}:{moment}",
            "limit-exposure",
            ("staff", actor),
            reason_code=str(most_items),
        )
    )
    document = {"_id": actor, "most_items": most_items, "by": staff.actor, "at": at}
    await store["exposure_limits"].replace_one({"_id": actor}, document, upsert=True)


def _name(actor: str, at: datetime) -> str:
    return f"{actor} {at.astimezone(KOREA).date()}"


def _read(actor: str, document: Document | None, limit: Document | None) -> Exposure:
    most_items = limit["most_items"] if limit else MOST_ITEMS
    if document is None:
        return Exposure(actor=actor, most_items=most_items)
    items = {Severity(name): number for name, number in document["items"].items()}
    return Exposure(
        actor=actor, items=items, since=document["since"], last_at=document["last_at"], most_items=most_items
    )


async def _write(store: Store, name: str, before: Document | None, after: Document) -> bool:
    """False where another window of the same person was sooner."""
    if before is None:
        try:
            await store["exposure"].insert_one({"_id": name, **after})
        except DuplicateKeyError:
            return False
        return True
    written = await store["exposure"].update_one({"_id": name, "version": before["version"]}, {"$set": after})
    return bool(written.matched_count)
